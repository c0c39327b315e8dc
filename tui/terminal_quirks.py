"""Where Textual's insides are touched, each with the version that needs it; nowhere else.

All of it was written against textual 8.2.8 and is held by tests/test_terminal_*.py.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.cells import cell_len
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip

SOFTWARE_ERROR: Final = 70
"""Exit status of a program that found a bug in itself (sysexits.h)."""

FORBIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What no cell may hold: controls, bidirectional and invisible marks, lone surrogates."""

_SAFE_LINK: Final = re.compile(r"https://[!-~]{1,2000}\Z")

_LONGEST_ANSWER: Final = 16
_ANSWER: Final = re.compile(r"\x1b\[\?2026;\d\$y")

QUESTION: Final = "\x1b[?2026$p"
"""Asks for the state of synchronised output: Textual asks the same at the start, and every
terminal that answers mode requests answers it, with 0 when it does not know the mode."""


def harmless(text: str) -> str:
    """`text` without what may not be in a cell, keeping its width.

    Forbidden characters are no cells wide but for lone surrogates, which become `?`.
    """
    return FORBIDDEN.sub(lambda match: "?" * max(cell_len(match[0]), 0), text)


def guard_frame(update: object) -> int:
    """Clean the strips of a frame in place, so that no text acts on the terminal (promise P13).

    Text is cleaned where it enters; this is the second line, for what slipped through. Textual
    8.2.8 hands frames to the app as one of two private classes and caches what a strip renders
    to, so a strip that was rendered before has been looked at before.

    Returns:
        How many strips had to be cleaned.
    """
    if isinstance(update, ChopsUpdate):
        cleaned = 0
        for chop in update.chops:
            for x, strip in chop.items():
                if strip is not None and _dirty(strip):
                    chop[x] = _cleaned(strip)  # type: ignore[index]  # a plain dict in 8.2.8
                    cleaned += 1
        return cleaned
    if isinstance(update, LayoutUpdate):
        return _guard_layout(update)
    return 0


def _guard_layout(update: LayoutUpdate) -> int:
    cleaned = 0
    lines: list[Iterable[Strip]] = []
    for line in update.strips:
        strips = list(line)
        for index, strip in enumerate(strips):
            if _dirty(strip):
                strips[index] = _cleaned(strip)
                cleaned += 1
        lines.append(strips)
    update.strips = lines
    return cleaned


def _dirty(strip: Strip) -> bool:
    if strip._render_cache is not None:  # noqa: SLF001  # rendered, so looked at before
        return False
    return any(
        FORBIDDEN.search(text) or (style is not None and _bad_link(style))
        for text, style, _ in strip
    )


def _bad_link(style: Style) -> bool:
    return style.link is not None and _SAFE_LINK.match(style.link) is None


def _cleaned(strip: Strip) -> Strip:
    def segments() -> Iterator[Segment]:
        for text, style, _ in strip:
            bad = style is not None and _bad_link(style)
            yield Segment(harmless(text), style.update_link(None) if style and bad else style)

    return Strip(segments(), strip.cell_length)


class InputParser:
    """Textual's parser of terminal input, made to survive any input, that also hears answers."""

    def __init__(self) -> None:
        self._parser = XTermParser()
        self._tail = ""

    @property
    def undecided(self) -> bool:
        """Whether the input so far may be a lone escape key: look again in a moment."""
        # 8.2.8 keeps the time to give up in a private field and has no way to ask for it.
        return self._parser._timeout_time is not None  # noqa: SLF001  # no public way in 8.2.8

    def feed(self, text: str) -> Iterator[Message]:
        """Events in `text`, or those that waiting made certain when it is empty."""
        try:
            yield from self._parser.feed(text) if text else self._parser.tick()
        except (ParseError, ValueError, LookupError, TypeError, OverflowError, StopIteration):
            # 8.2.8 converts numbers of any length and looks up codes unchecked.
            self._parser = XTermParser()

    def answers(self, text: str) -> int:
        """How many answers to `QUESTION` end in `text`; they may begin in the text before."""
        joined = self._tail + text
        found = [match.end() for match in _ANSWER.finditer(joined)]
        self._tail = joined[max([*found, len(joined) - _LONGEST_ANSWER]) :]
        return len(found)


class GuardedApp(App[int], inherit_bindings=False):
    """An app that draws only guarded frames, never to a terminal that is behind, and ends quietly.

    Textual 8.2.8 prints a traceback with the local variables of every frame when something goes
    wrong, tokens and all (promises §2.3), and leaves with status 0. Here the exception is kept in
    `crash` for whoever started the app, and nothing is printed.
    """

    ENABLE_COMMAND_PALETTE = False

    crash: BaseException | None = None
    """What ended the app, if anything did."""

    frames_guarded: int = 0
    """Strips that had to be cleaned at the last line of defence; more than 0 is a bug."""

    _owes_repaint: bool = False

    def may_write(self) -> bool:
        """Whether the terminal keeps up; checked before every frame."""
        return True

    def repaint_owed(self) -> None:
        """Draw what was held back while the terminal was behind."""
        if self._owes_repaint:
            self._owes_repaint = False
            self.refresh()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not self.may_write():
            self._owes_repaint = True
            return
        self.frames_guarded += guard_frame(renderable)
        super()._display(screen, renderable)

    def _fatal_error(self) -> None:
        self._end_with(self._exception)

    def panic(self, *_renderables: RenderableType) -> None:
        """End because something went wrong; nothing is printed."""
        self._end_with(self._exception)

    def _end_with(self, error: BaseException | None) -> None:
        self.crash = self.crash or error or RuntimeError("the screen gave up")
        self._return_code = SOFTWARE_ERROR
        self._close_messages_no_wait()
