"""Vercel: what a build printed, for the page of a deploy that failed."""

from collections.abc import Mapping
from typing import Final

from providers.fields import Fields
from providers.http import Api
from providers.log_readings import LogLevel, LogLine
from providers.text import EMPTY, Foreign
from providers.vendor import Sorted, entries, segment, sort_out
from providers.vercel import SYSTEM

OPERATION: Final = "read build events"
MOST_EVENTS: Final = 500

_LEVELS: Final[Mapping[str, LogLevel]] = {
    "stdout": LogLevel.INFO,
    "command": LogLevel.INFO,
    "stderr": LogLevel.WARNING,
    "fatal": LogLevel.ERROR,
}
"""By `type`, unless the event has a `level`; build tools write much that is well to stderr."""

_SAID: Final[Mapping[str, LogLevel]] = {"error": LogLevel.ERROR, "warning": LogLevel.WARNING}


async def build_events(
    api: Api, deployment_id: str, team: str | None, *, most: int = MOST_EVENTS
) -> Sorted[LogLine]:
    """The last lines that the build of a deployment printed, oldest first.

    Args:
        api: The account's client.
        deployment_id: `dpl_…`, also of one that failed.
        team: Id of the team.
        most: How many of the newest lines.

    Raises:
        ProviderError: Vercel did not give them.
    """
    params = [("builds", "1"), ("direction", "backward"), ("limit", str(most))]
    answer = await api.get(
        OPERATION,
        f"/v3/deployments/{segment(deployment_id)}/events",
        params=[*params, *([("teamId", team)] if team else [])],
    )
    found = sort_out(entries(answer.value, "", SYSTEM, OPERATION)[:most], event_of, "event")
    ordered = tuple(sorted(found.kept, key=lambda line: line.at))
    return Sorted(kept=ordered, notice=found.notice, hopeless=found.hopeless)


def event_of(item: Fields) -> LogLine | None:
    """One event; None for one that says nothing, as a change of state does.

    Newer events carry their text themselves, older ones in a `payload`.

    Raises:
        BadAnswer: It lacks what names it, or a field is of the wrong type.
    """
    told = item.optional_fields("payload") or item
    text = told.optional_text("text") or EMPTY
    if not text:
        return None
    at = item.optional_moment_ms("created") or told.moment_ms("date")
    kind = item.optional_word("type") or ""
    level = item.optional_text("level") or EMPTY
    return LogLine(
        id=told.optional_word("id") or told.word("serial"),
        at=at,
        level=_SAID.get(level.text) or _LEVELS.get(kind, LogLevel.UNKNOWN),
        text=text,
        origin=_origin(told),
    )


def _origin(told: Fields) -> Foreign:
    info = told.optional_fields("info")
    return (info.optional_text("name") if info else None) or EMPTY
