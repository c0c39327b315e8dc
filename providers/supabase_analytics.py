"""Supabase's analytics endpoints: how they are asked, and how they fail with status 200."""

from datetime import UTC, datetime, timedelta
from typing import Final

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.supabase_parts import SYSTEM
from providers.text import EMPTY, Foreign
from providers.vendor import Entry, entries

LOGS: Final = "/analytics/endpoints/logs.all"

FURTHEST: Final = timedelta(hours=23, minutes=55)
"""A question may span 24 hours; a little less, since the clocks are not the same."""


def bounds(start: datetime, end: datetime) -> tuple[tuple[str, str], ...]:
    """The bounds of a question; without any, only the last minute is looked at."""
    start = max(start, end - FURTHEST)
    return (("iso_timestamp_start", _iso(start)), ("iso_timestamp_end", _iso(end)))


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def analytics_rows(value: object, operation: str) -> list[Entry]:
    """The rows of an answer.

    Raises:
        BadAnswer: There is no list of rows, or an `error` in its place: these endpoints answer
            200 when a question failed.
    """
    fields = Fields(value, SYSTEM, operation)
    if "error" in fields:
        raise BadAnswer(
            SYSTEM,
            operation,
            "$.error: the question was not answered",
            advice="nothing to mend here; it is asked again by itself",
            detail=_said(fields),
        )
    return entries(value, "result", SYSTEM, operation)


def _said(fields: Fields) -> Foreign:
    try:
        return Foreign(fields.text("error", EMPTY).line(300))
    except BadAnswer:
        return _said_inside(fields)


def _said_inside(fields: Fields) -> Foreign:
    try:
        return Foreign(fields.fields("error").text("message", EMPTY).line(300))
    except BadAnswer:
        return EMPTY


def row_moment(row: Fields, name: str = "timestamp") -> datetime:
    """A row's time: microseconds of the epoch, or ISO 8601.

    Raises:
        BadAnswer: It is missing or neither.
    """
    try:
        micros = row.number(name)
    except BadAnswer:
        return row.moment_iso(name)
    try:
        return datetime.fromtimestamp(micros / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        reason = f"{row.path}.{name}: not a time in microseconds"
        raise BadAnswer(SYSTEM, "read logs", reason) from None
