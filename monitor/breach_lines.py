"""The log lines around the onset of an alert, the most telling first; pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from monitor.logs import RANKS, LoggedLine
from monitor.words import duration_words

AROUND_S: Final = 120.0
"""Seconds before and after the onset."""

_BAD: Final = 2
_OWN: Final = re.compile(r"[/.]+")
_WORDS: Final = re.compile(r"[/.\-\s]+")


class Breach(Struct, frozen=True, kw_only=True):
    """What the logs say of an onset."""

    lines: tuple[LoggedLine, ...]
    """Warnings and errors first, of them those of the same service; then in order of time."""

    count: int
    """How many lines there are around the onset."""

    bad: int
    """How many of them are warnings or worse."""

    short_s: float = 0.0
    """How much of the time before the onset is not kept any more."""


def around(lines: Sequence[LoggedLine], onset: datetime, service: str, most: int) -> Breach:
    """The lines within two minutes of an onset.

    Args:
        lines: All that are kept, oldest first.
        onset: When it began.
        service: Whose lines come first; empty: nobody's.
        most: How many are given.
    """
    near = [one for one in lines if abs((one.line.at - onset).total_seconds()) <= AROUND_S]

    def weight(one: LoggedLine) -> tuple[bool, bool, int, datetime, str]:
        rank = RANKS[one.line.level]
        # What went well in the service must not hide what failed beside it.
        return (rank < _BAD, not speaks_of(one, service), -rank, one.line.at, one.key)

    missing_s = 0.0
    if lines:
        kept_s = (onset - lines[0].line.at).total_seconds()
        missing_s = min(max(AROUND_S - kept_s, 0.0), 2 * AROUND_S)
    return Breach(
        lines=tuple(sorted(near, key=weight)[:most]),
        count=len(near),
        bad=sum(RANKS[one.line.level] >= _BAD for one in near),
        short_s=missing_s,
    )


def speaks_of(logged: LoggedLine, service: str) -> bool:
    """Whether a line is of a service, by the name of its source or of what wrote it."""
    name = service.casefold()
    # Our own names are whole between these; an instance is called after its service: `api-7f9c`.
    own = _OWN.split(logged.source.casefold())
    return bool(name) and (
        name in own or name in _WORDS.split(logged.line.origin.line(200).casefold())
    )


def breach_words(breach: Breach) -> str:
    """How many lines there are, and whether some are missing."""
    if not breach.count:
        return "no log line within 2 minutes of the onset"
    lines = "1 line" if breach.count == 1 else f"{breach.count} lines"
    bad = f", {breach.bad} of them warnings or errors" if breach.bad else ""
    short = f"; {duration_words(breach.short_s)} of it is not kept" if breach.short_s else ""
    return f"{lines} within 2 minutes of the onset{bad}{short}"
