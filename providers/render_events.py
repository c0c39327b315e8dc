"""The feed of a Render service in our words; pure.

Source: the vendor's specification of `GET /services/{serviceId}/events`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.system_readings import Condition, Record
from providers.text import EMPTY, Foreign

FINE: Final = Condition.FINE
NOTABLE: Final = Condition.NOTABLE
DEGRADED: Final = Condition.DEGRADED

EVENTS: Final[Mapping[str, tuple[str, Condition, bool]]] = {
    "artifact_fetch_failed": ("artifact not fetched", DEGRADED, True),
    "artifact_source_changed": ("artifact source changed", NOTABLE, True),
    "autoscaling_config_changed": ("autoscaling set up anew", NOTABLE, True),
    "autoscaling_ended": ("scaled by itself", NOTABLE, True),
    "autoscaling_started": ("scales by itself", NOTABLE, False),
    "branch_deleted": ("its branch was deleted", DEGRADED, True),
    "build_ended": ("build", FINE, True),
    "build_started": ("build started", FINE, False),
    "commit_ignored": ("a commit was ignored", FINE, False),
    "cron_job_run_ended": ("run", FINE, False),
    "cron_job_run_started": ("run started", FINE, False),
    "deploy_ended": ("deploy", FINE, True),
    "deploy_started": ("deploy started", FINE, False),
    "disk_created": ("disk made", NOTABLE, True),
    "disk_updated": ("disk changed", NOTABLE, True),
    "disk_deleted": ("disk deleted", NOTABLE, True),
    "image_pull_failed": ("image not pulled", DEGRADED, True),
    "initial_deploy_hook_ended": ("first hook ended", FINE, False),
    "initial_deploy_hook_started": ("first hook started", FINE, False),
    "instance_count_changed": ("instances", NOTABLE, True),
    "job_run_ended": ("job", FINE, False),
    "maintenance_mode_enabled": ("maintenance mode", NOTABLE, True),
    "maintenance_mode_uri_updated": ("maintenance page changed", NOTABLE, True),
    "maintenance_ended": ("Render's maintenance ended", FINE, True),
    "maintenance_started": ("Render's maintenance", NOTABLE, True),
    "pipeline_minutes_exhausted": ("no pipeline minutes left: nothing is built", DEGRADED, True),
    "plan_changed": ("plan", NOTABLE, True),
    "pre_deploy_ended": ("pre-deploy", FINE, True),
    "pre_deploy_started": ("pre-deploy started", FINE, False),
    "server_available": ("an instance is available", FINE, False),
    "server_failed": ("an instance failed", DEGRADED, True),
    "server_hardware_failure": ("hardware failed", DEGRADED, True),
    "server_restarted": ("restarted", NOTABLE, True),
    "service_resumed": ("resumed", NOTABLE, True),
    "service_suspended": ("suspended", Condition.PAUSED, True),
    "suspender_added": ("a reason to suspend it", NOTABLE, True),
    "suspender_removed": ("a reason to suspend it went", FINE, True),
    "zero_downtime_redeploy_ended": ("moved to new hardware", FINE, True),
    "zero_downtime_redeploy_started": ("moves to new hardware", FINE, False),
    "auto_deploy_disabled": ("autodeploy off", NOTABLE, True),
    "auto_deploy_enabled": ("autodeploy on", NOTABLE, True),
}
"""By `type`: our words, how bad it is unless its outcome says, whether it is a change."""

_OUTCOMES: Final[Mapping[str, Condition]] = {
    "succeeded": FINE,
    "failed": DEGRADED,
    "canceled": NOTABLE,
}
_STATUSES: Final = ("deployStatus", "buildStatus", "preDeployStatus")
_SPANS: Final = (("fromInstances", "toInstances"), ("from", "to"), ("fromSizeGB", "toSizeGB"))
_PEOPLE: Final = ("triggeredByUser", "actor")


class Event(Struct, frozen=True, kw_only=True):
    """One line of the feed."""

    id: str
    type: str
    at: datetime
    outcome: str
    """`succeeded`, `failed`, `canceled`, or empty."""

    reason: str
    """Why, in words made here and numbers of the vendor."""

    out_of_memory: bool
    deploy_id: str
    rollback: bool
    """The deploy was started to go back."""

    by: Foreign
    """Who did it, where Render tells: an address, a name or an id."""


def event_of(item: Fields) -> Event:
    """One event.

    Raises:
        BadAnswer: It has no id, time or type, or a field is of the wrong type.
    """
    details = item.optional_fields("details")
    reason = _failure(details)
    return Event(
        id=item.word("id"),
        type=item.word("type"),
        at=item.moment_iso("timestamp"),
        outcome=_word(details, _STATUSES),
        reason=_why(details, reason),
        out_of_memory="oomKilled" in reason if reason is not None else False,
        deploy_id=_word(details, ("deployId",)),
        rollback=_rollback(details),
        by=_by(details),
    )


def _by(details: Fields | None) -> Foreign:
    people = () if details is None else (details.optional_text(name) for name in _PEOPLE)
    return next((person for person in people if person), EMPTY)


def _word(details: Fields | None, names: Sequence[str]) -> str:
    if details is None:
        return ""
    return next((word for name in names if (word := details.optional_word(name))), "")


def _rollback(details: Fields | None) -> bool:
    started = details is not None and isinstance(details.raw("trigger"), dict)
    return bool(details and started and details.fields("trigger").optional_flag("rollback"))


def _failure(details: Fields | None) -> Fields | None:
    """Why something failed; a deploy has it one level further in, some events as a text."""
    if details is None or not isinstance(details.raw("reason"), dict):
        return None
    reason = details.fields("reason")
    return reason.optional_fields("failure") or reason


def _why(details: Fields | None, reason: Fields | None) -> str:
    if reason is not None and (said := _failed_by(reason)):
        return said
    if details is None:
        return ""
    spans = (_span(details, *names) for names in _SPANS)
    said = next((span for span in spans if span), "")
    person = _by(details)
    by = f"by {person.line(60)}" if person else ""
    text = details.optional_text("message") if isinstance(details.raw("message"), str) else None
    return " ".join(filter(None, (said, by, text.line(120) if text else "")))


def _failed_by(reason: Fields) -> str:
    killed = reason.optional_fields("oomKilled")
    if killed is not None:
        limit = killed.optional_text("memoryLimit") or EMPTY
        return f"out of memory{f', limit {limit.line(20)}' if limit else ''}"
    code = reason.optional_number("nonZeroExit")
    timed_out = reason.optional_integer("timedOutSeconds")
    unhealthy = reason.optional_text("unhealthy")
    found = {
        f"exit code {code:.0f}" if code is not None else "": code is not None,
        "evicted": bool(reason.optional_flag("evicted")),
        "ended too early": bool(reason.optional_flag("earlyExit")),
        f"timed out after {timed_out} s": timed_out is not None,
        f"unhealthy: {unhealthy.line(120)}" if unhealthy else "": unhealthy is not None,
    }
    return ", ".join(words for words, holds in found.items() if holds and words)


def _span(details: Fields, before: str, after: str) -> str:
    old, new = details.raw(before), details.raw(after)
    if not isinstance(old, str | int | float) or not isinstance(new, str | int | float):
        return ""
    return f"{Foreign(str(old)).line(30)} to {Foreign(str(new)).line(30)}"


def record_of(event: Event, url: str) -> Record:
    """The event as a row of the pane."""
    words, condition, change = EVENTS.get(
        event.type, (event.type.replace("_", " "), Condition.UNKNOWN, False)
    )
    title = f"{words} {event.outcome}".strip()
    return Record(
        id=event.id,
        title=Foreign(title),
        condition=_OUTCOMES.get(event.outcome, Condition.UNKNOWN) if event.outcome else condition,
        state=Foreign(event.reason),
        at=event.at,
        details=(("deploy", Foreign(event.deploy_id)),),
        url=url,
        change=change,
    )


def newest_first(events: Iterable[Event]) -> tuple[Event, ...]:
    """In the order to show."""
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def counted(events: Sequence[Event], kind: str, since: datetime) -> int:
    """How many of a type there were since then."""
    return sum(event.type == kind and event.at >= since for event in events)


def failing(events: Sequence[Event], now: datetime) -> Event | None:
    """The newest failure of an instance after which none is known to have come back.

    A quarter of an hour without news counts as mended: instances that fail again say so again.

    Args:
        events: Newest first.
        now: The present.
    """
    for event in events:
        if event.type in {"server_available", "server_restarted", "deploy_ended"}:
            return None
        if event.type in {"server_failed", "server_hardware_failure"}:
            return event if now - event.at <= timedelta(minutes=15) else None
    return None


def live_by_rollback(events: Sequence[Event]) -> bool:
    """Whether the newest deploy that succeeded went back; events newest first."""
    ended = next(
        (one for one in events if one.type == "deploy_ended" and one.outcome == "succeeded"), None
    )
    if ended is None:
        return False
    return any(one.rollback and one.deploy_id == ended.deploy_id for one in events)
