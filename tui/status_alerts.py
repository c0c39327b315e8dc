"""An alert as JSON and as a line of text."""

from collections.abc import Iterator
from typing import Final

from monitor.alert_view import Care, CareKind
from monitor.response import overdue_s, response_words
from monitor.snapshot import AlertView
from monitor.verdicts import Level, Phase
from monitor.words import date_words, duration_words, follow_words
from providers.clock import Moment
from tui.status_values import Json, moment_text, rounded, time_text

MARKS: Final = {
    Level.OK: "ok  ",
    Level.UNKNOWN: "?   ",
    Level.WARNING: "WARN",
    Level.CRITICAL: "CRIT",
}
"""The level in front of each line, in letters: a pipe may lose every other sign."""


def alert_json(alert: AlertView, now: Moment) -> dict[str, Json]:
    """One alert, with who is at it and how soon somebody must be."""
    return {
        "key": alert.key,
        "title": alert.title,
        "level": alert.level.word,
        "phase": alert.phase.value,
        "severity": alert.severity or None,
        "environment": alert.environment or None,
        "since": moment_text(alert.since),
        "why": alert.why,
        "elapsed_s": rounded(alert.elapsed_s),
        "required_s": rounded(alert.required_s),
        "failures": alert.failures,
        "episode": alert.episode,
        "fired": moment_text(alert.fired),
        "changes": alert.changes if alert.checks else None,
        "checks": alert.checks or None,
        "detection": alert.detection or None,
        "runbook": alert.runbook or None,
        "source": alert.source,
        "cause": alert.cause or None,
        "followers": list(alert.followers),
        "maintenance": alert.maintenance or None,
        "care": _care(alert.care),
        "response": _response(alert, now),
    }


def _care(care: Care | None) -> Json:
    if care is None:
        return None
    return {
        "kind": care.kind.value,
        "operator": care.operator,
        "host": care.host,
        "at": time_text(care.at),
        "until": time_text(care.until),
        "note": care.note or None,
        "shared": care.shared,
    }


def _response(alert: AlertView, now: Moment) -> Json:
    clock = alert.clock
    if clock is None:
        return None
    return {
        "within": clock.words,
        "since": time_text(clock.since),
        "due": time_text(clock.due),
        "answered_at": time_text(clock.met_at),
        "overdue_s": rounded(overdue_s(alert, now.at)),
    }


def alert_line(alert: AlertView, now: Moment) -> str:
    """One alert in a line."""
    lasting = duration_words(alert.since.age_s(now))
    progress = _progress(alert)
    said = "".join(f" [{words}]" for words in said_words(alert, now))
    where = f" {alert.environment}" if alert.environment else ""
    indent = "  follows: " if alert.cause else ""
    return (
        f"{MARKS[alert.level]} {alert.severity or '-':5} {lasting:>6}  {indent}{alert.title}"
        f"{where}: {alert.why} [{progress}]{said}"
    )


def _progress(alert: AlertView) -> str:
    """How far its rule has come: `pending 3m10s of 5m00s`, `pending 2 of 3 in a row`."""
    elapsed, required = duration_words(alert.elapsed_s), duration_words(alert.required_s)
    match alert.phase:
        case Phase.PENDING if alert.required_s:
            return f"pending {elapsed} of {required}"
        case Phase.PENDING if alert.needed:
            words = f"pending {alert.failures} of {alert.needed} in a row"
            within = alert.detection.partition(", ")[2]
            return f"{words}, {within}" if within else words
        case Phase.RECOVERING if alert.required_s:
            return f"recovering {elapsed} of {required}"
        case Phase.FLAPPING:
            return f"flapping {alert.changes} of {alert.checks}"
        case _:
            return str(alert.phase.value)


def said_words(alert: AlertView, now: Moment) -> Iterator[str]:
    """Who is at it or snoozed it, and how its response clock stands."""
    if alert.followers:
        yield follow_words(len(alert.followers))
    if alert.maintenance:
        yield alert.maintenance
    if (care := alert.care) is not None:
        did = "snoozed" if care.kind is CareKind.SNOOZED else "acknowledged"
        note = f": {care.note}" if care.note else ""
        yield f"{did} by {care.operator} until {date_words(care.until)}{note}"
    if (clock := alert.clock) is not None:
        yield response_words(clock, now.at)
