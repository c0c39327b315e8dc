"""The end of what a deploy printed, as lines of its page. Pure."""

from datetime import tzinfo
from typing import Final

from monitor.words import clock_words
from providers.log_readings import LogLevel, LogLine, Printed
from tui.screens.parts import heading, muted
from widgets.cells import Cell, Line, Tone, said
from widgets.log_fields import TONES

_SHOWN: Final = 40
"""Newest lines: a failure stands at the end."""


def printed_lines(printed: Printed | None, zone: tzinfo) -> tuple[Line, ...]:
    """The newest lines, oldest first; None: it could not be read."""
    if printed is None:
        return (heading("Printed"), muted("it could not be read now; L tries again"))
    shown = printed.lines[-_SHOWN:]
    count = len(printed.lines)
    kept = f"   the last {len(shown)} of {count} lines" if count > len(shown) else ""
    title = (*heading("Printed"), Cell("  "), said(printed.by, Tone.MUTED), Cell(kept, Tone.MUTED))
    lines: list[Line] = [title]
    if printed.notice:
        lines.append((Cell(printed.notice, Tone.WARNING),))
    elif not shown:
        lines.append(muted("nothing is kept of what it printed"))
    return (*lines, *(_line(line, zone) for line in shown))


def _line(line: LogLine, zone: tzinfo) -> Line:
    tone = TONES[line.level]
    text = said(line.text, tone if line.level is not LogLevel.UNKNOWN else Tone.NORMAL)
    return (Cell(f"{clock_words(line.at, zone)}  ", Tone.MUTED), text)
