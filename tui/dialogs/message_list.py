"""What was notified, as a page."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Final

from monitor.words import clock_words
from tui.messages import Notice
from widgets.cells import Cell, Line, Tone

_TONES: Final[Mapping[str, Tone]] = {"warning": Tone.WARNING, "error": Tone.CRITICAL}


def message_lines(notices: Iterable[Notice], zone: tzinfo) -> tuple[Line, ...]:
    """A line each, in the order given."""
    lines = [
        (
            Cell(f"{clock_words(notice.at, zone)}  ", Tone.MUTED),
            Cell(notice.text, _TONES.get(notice.severity, Tone.NORMAL)),
        )
        for notice in notices
    ]
    return tuple(lines) or ((Cell("no messages", Tone.MUTED),),)
