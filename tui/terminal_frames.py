"""Frames as few bytes as they can be, and with nothing in them that acts on the terminal.

Textual 8.2.8 writes a changed cell together with everything before it in its widget, once for each
changed cell of a line, and every piece of text with both its colours and a reset behind it: 4 kB
for a handful of cells. Here only the changed cells go out, and only what differs in the style.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui.terminal_text import harmless

Piece = tuple[int, int, Iterable[Segment]]
"""Column and line where segments go."""


class TightFrame(CompositorUpdate):
    """Strips with their places, written with nothing said twice.

    Args:
        pieces: In the order they are written.
    """

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = tuple(pieces)
        self.cleaned = 0
        """Texts that slipped past their cleaning (promise P13): more than 0 is a bug of ours."""

    def render_segments(self, console: Console) -> str:
        """The frame as the terminal gets it; links are left out, they are foreign addresses."""
        colours = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001  # as Textual does
        written: list[str] = []
        before = ""
        for x, y, segments in self._pieces:
            written.append(f"\x1b[{y + 1};{x + 1}H")
            for text, style, _ in segments:
                ansi = _ansi(style, colours)
                if ansi != before and not (text.isspace() and alike(before, ansi)):
                    written.append(turn(before, ansi))
                    before = ansi
                written.append(self._sound(text))
        if before:
            written.append("\x1b[0m")
        return "".join(written)

    def _sound(self, text: str) -> str:
        if text.isprintable():
            return text
        self.cleaned += 1
        return harmless(text)


def _ansi(style: Style | None, colours: ColorSystem) -> str:
    if style is None:
        return ""
    known = style._ansi  # noqa: SLF001  # where Textual 8.2.8 keeps it too
    return Strip.render_ansi(style, colours) if known is None else known


@lru_cache(maxsize=4096)
def turn(before: str, after: str) -> str:
    """The shortest sequence that turns one style into another; both as SGR codes."""
    if before == after:
        return ""
    old, new = _parts(before), _parts(after)
    lost = old[0] != new[0] or (old[1] and not new[1]) or (old[2] and not new[2])
    if lost or not before:
        return f"\x1b[{'0;' if before else ''}{after}m" if after else "\x1b[0m"
    codes = [now for was, now in zip(old[1:], new[1:], strict=True) if was != now]
    return f"\x1b[{';'.join(codes)}m" if codes else ""


@lru_cache(maxsize=4096)
def alike(before: str, after: str) -> bool:
    """Whether a blank looks the same in both styles: its ink is not seen."""
    old, new = _parts(before), _parts(after)
    attributes = {*old[0].split(";"), *new[0].split(";")}
    return bool(before and after) and old[2] == new[2] and attributes <= _UNSEEN


@lru_cache(maxsize=4096)
def _parts(ansi: str) -> tuple[str, str, str]:
    """Attributes, foreground and background of SGR codes."""
    found: dict[str, list[str]] = {"attributes": [], "foreground": [], "background": []}
    codes = iter(ansi.split(";") if ansi else ())
    for code in codes:
        kind = _kind(code)
        found[kind].append(code)
        if code in _EXTENDED:
            system = next(codes, "")
            rest = [next(codes, "") for _ in range(3 if system == "2" else 1)]
            found[kind] += [system, *rest]
    return tuple(";".join(codes) for codes in found.values())  # type: ignore[return-value]  # three of them


_EXTENDED: Final = frozenset({"38", "48"})

_UNSEEN: Final = frozenset({"", "1", "2", "3"})
"""Bold, dim and italic: a blank does not show them, as it does a line, or ink for a ground."""


def _kind(code: str) -> str:
    number = int(code) if code.isdecimal() else 0
    if 30 <= number <= 39 or 90 <= number <= 97:
        return "foreground"
    return "background" if 40 <= number <= 49 or 100 <= number <= 107 else "attributes"


def tight_frame(update: object) -> TightFrame | None:
    """A frame of Textual's as a tight one; None for what is no frame."""
    if isinstance(update, ChopsUpdate):
        return TightFrame(_changed(update))
    return TightFrame(_whole(update)) if isinstance(update, LayoutUpdate) else None


def _whole(update: LayoutUpdate) -> Iterator[Piece]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield x, y, strip
            x += strip.cell_length


def _changed(update: ChopsUpdate) -> Iterator[Piece]:
    for y, first, past in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < past and end > first:
                start, stop = max(first, x), min(past, end)
                yield _cut(x, y, strip, start - x, stop - x)


def _cut(x: int, y: int, strip: Strip, start: int, stop: int) -> Piece:
    """The changed part of a strip; all of it where the cut would go through a wide character."""
    if start <= 0 and stop >= strip.cell_length:
        return x, y, strip
    parts = list(strip.divide([start, stop, strip.cell_length]))
    if len(parts) > 1 and "".join(part.text for part in parts) == strip.text:
        return x + start, y, parts[1]
    return x, y, strip
