"""GitHub's workflow runs in our words; pure.

Source: GitHub's specification of `GET /repos/{owner}/{repo}/actions/runs`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from providers.deploy_readings import DeployReading, DeployState
from providers.fields import Fields
from providers.text import EMPTY, Foreign
from providers.vendor import https_url, message_of

COMPLETED: Final = "completed"

STATES: Final[Mapping[str, DeployState]] = {
    "queued": DeployState.QUEUED,
    "requested": DeployState.QUEUED,
    "pending": DeployState.QUEUED,
    "waiting": DeployState.BLOCKED,
    "in_progress": DeployState.BUILDING,
}
"""By `status`; `waiting` waits for a person to approve the environment."""

CONCLUSIONS: Final[Mapping[str, DeployState]] = {
    "success": DeployState.SUCCEEDED,
    "failure": DeployState.FAILED,
    "timed_out": DeployState.FAILED,
    "startup_failure": DeployState.FAILED,
    "cancelled": DeployState.CANCELED,
    "skipped": DeployState.CANCELED,
    "stale": DeployState.CANCELED,
    "action_required": DeployState.BLOCKED,
    "neutral": DeployState.UNKNOWN,
}
"""By `conclusion`; `neutral` says neither that it deployed nor that it failed to."""


def state_of(status: Foreign, conclusion: Foreign) -> tuple[DeployState, Foreign]:
    """Where a run stands by the two words GitHub gives it, and the one that decided."""
    if status.text != COMPLETED:
        return STATES.get(status.text, DeployState.UNKNOWN), status
    return CONCLUSIONS.get(conclusion.text, DeployState.UNKNOWN), conclusion or status


def run_of(item: Fields, service: str, environment: str) -> DeployReading:
    """One workflow run of the list.

    Args:
        item: As it came.
        service: Name of the configured service.
        environment: Of the configuration; a run does not say what it deploys to.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    status = item.optional_text("status") or EMPTY
    state, word = state_of(status, item.optional_text("conclusion") or EMPTY)
    ended_at = _ended_at(item, status)
    return DeployReading(
        vendor="GitHub",
        id=str(item.integer("id")),
        target=service,
        environment=environment,
        state=state,
        vendor_state=word,
        commit=item.text("head_sha"),
        message=message_of(_message(item)),
        author=_login(item, "triggering_actor") or _login(item, "actor"),
        trigger=item.text("event"),
        branch=item.optional_text("head_branch") or EMPTY,
        created_at=item.optional_moment_iso("run_started_at") or item.moment_iso("created_at"),
        live_at=ended_at,
        ended_at=ended_at,
        url=https_url(item.text("html_url").text),
    )


def notices_of(runs: Iterable[DeployReading]) -> Iterator[str]:
    """Runs that stand still until a person approves them."""
    for run in runs:
        if run.state is DeployState.BLOCKED:
            yield f"a run waits for approval: {run.message.line(80) or run.id}"


def _ended_at(item: Fields, status: Foreign) -> datetime | None:
    """A run carries no end of its own: the last change of a completed one is its end."""
    return item.moment_iso("updated_at") if status.text == COMPLETED else None


def _message(item: Fields) -> Foreign:
    """The run's own title, or the commit's where that only repeats the workflow's name."""
    title = item.optional_text("display_title") or EMPTY
    name = item.optional_text("name") or EMPTY
    commit = item.optional_fields("head_commit")
    message = (commit.optional_text("message") if commit else None) or EMPTY
    told = title if title != name else message
    return told or message or title


def _login(item: Fields, name: str) -> Foreign:
    actor = item.optional_fields(name)
    return (actor.optional_text("login") if actor else None) or EMPTY
