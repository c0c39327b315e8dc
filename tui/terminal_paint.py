"""When the screen is painted, and of what: only what has changed, and no timer that only waits.

Textual 8.2.8 renders every widget of a screen whole for one changed cell (1.3 ms for a clock), cuts
each line wherever any widget begins, hidden ones too, and its timer wakes the process once more
after each frame, to find that nothing is left to do.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from monitor.contained import Contained
from tui.terminal_frames import Piece, TightFrame

FRAME_S: Final = 1 / 60
"""Shortest time between two frames: Textual's own."""

Holes = dict[int, list[tuple[int, int]]]
"""For each line the columns, from and up to, that nothing was painted on yet."""


class FrameTimer:
    """Paints as soon as it is asked to, at most every `FRAME_S`; sleeps without a wake-up else.

    Takes the place of a screen's own timer, and answers to the same names.

    Args:
        paint: Draws one frame.
        failed: Told the exception that `paint` raised, which Textual would ask its loop to print.
    """

    def __init__(self, paint: Callable[[], object], failed: Callable[[Exception], object]) -> None:
        self._paint = paint
        self._failed = failed
        self._due: asyncio.Handle | None = None
        self._painted_s = float("-inf")

    def resume(self) -> None:
        """Paint soon."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            wait_s = self._painted_s + FRAME_S - loop.time()
            soon = wait_s <= 0
            self._due = loop.call_soon(self._run) if soon else loop.call_later(wait_s, self._run)

    def pause(self) -> None:
        """Paint no more until asked again."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def painted_nothing(self) -> None:
        """The frame was held back: the next one need not wait for its sake."""
        self._painted_s = float("-inf")

    def _run(self) -> None:
        self._due = None
        self._painted_s = asyncio.get_running_loop().time()
        with Contained() as contained:
            self._paint()
        if contained.error is not None:
            self._failed(contained.error)


def changed_frame(compositor: Compositor) -> TightFrame | None:
    """The frame that brings the terminal up to date; None where Textual has to make it.

    That is when nothing is dirty, and when a part that changed ends within a wide character.
    """
    dirty = compositor._dirty_regions  # noqa: SLF001  # no public way in 8.2.8
    screen = compositor.size.region
    if not dirty:
        return None
    if screen in dirty:
        pieces = _whole(compositor, screen.line_range)
    else:
        holes: Holes = {}
        for y, first, past in compositor._regions_to_spans(dirty):  # noqa: SLF001  # as above
            if 0 <= y < screen.height:
                holes.setdefault(y, []).append((max(first, 0), min(past, screen.width)))
        found = _pieces(compositor.visible_widgets, holes)
        if found is None:
            return None
        pieces = found
    dirty.clear()
    return TightFrame(pieces)


def shown_lines(compositor: Compositor, lines: Iterable[int]) -> dict[int, list[Segment]]:
    """Lines of a screen as they are now, for one that lets them shine through."""
    shown: dict[int, list[Segment]] = {y: [] for y in lines}
    for _, y, segments in _whole(compositor, shown):
        shown[y].extend(segments)
    return shown


def _whole(compositor: Compositor, lines: Iterable[int]) -> list[Piece]:
    """All of some lines; half a wide character, of which a widget hides the rest, is a blank."""
    width, height = compositor.size
    holes = {y: [(0, width)] for y in lines if 0 <= y < height}
    return _pieces(compositor.visible_widgets, holes, halves=True) or []


def _pieces(
    widgets: Mapping[Widget, tuple[Region, Region]], holes: Holes, *, halves: bool = False
) -> list[Piece] | None:
    """What the widgets in front show in the holes; fills them up."""
    pieces: list[Piece] = []
    for widget, (region, clip) in widgets.items():
        seen = region.intersection(clip)
        lines = [y for y in holes if seen.y <= y < seen.bottom and _meets(holes[y], seen)]
        for first, strips in _rendered(widget, region, seen, lines):
            for y, strip in enumerate(strips, first):
                for start, stop in _taken(holes, y, seen):
                    part = _part(strip, start - seen.x, stop - seen.x, halves=halves)
                    if part is None:
                        return None
                    pieces.append((start, y, part))
        if not holes:
            break
    pieces.sort(key=lambda piece: (piece[1], piece[0]))
    return pieces


def _meets(spans: list[tuple[int, int]], seen: Region) -> bool:
    return any(first < seen.right and past > seen.x for first, past in spans)


def _rendered(
    widget: Widget, region: Region, seen: Region, lines: list[int]
) -> Iterator[tuple[int, list[Strip]]]:
    """The lines of one widget, in runs without a gap; each with where it begins."""
    begin = 0
    for place, y in enumerate(lines):
        if place + 1 == len(lines) or lines[place + 1] != y + 1:
            first = lines[begin]
            crop = Region(seen.x - region.x, first - region.y, seen.width, y + 1 - first)
            yield first, widget.render_lines(crop)
            begin = place + 1


def _taken(holes: Holes, y: int, seen: Region) -> list[tuple[int, int]]:
    """The parts of a line's holes that a widget fills; they are holes no more."""
    taken: list[tuple[int, int]] = []
    left: list[tuple[int, int]] = []
    for first, past in holes[y]:
        start, stop = max(first, seen.x), min(past, seen.right)
        if start >= stop:
            left.append((first, past))
            continue
        taken.append((start, stop))
        left += [part for part in ((first, start), (stop, past)) if part[0] < part[1]]
    if left:
        holes[y] = left
    else:
        del holes[y]
    return taken


def _part(strip: Strip, start: int, stop: int, *, halves: bool) -> Iterable[Segment] | None:
    """Some columns of a strip; None where the cut goes through a wide character, and may not."""
    length = strip.cell_length
    if start <= 0 and stop >= length:
        return strip
    part: list[Segment] = []
    past = 0
    for segment in strip:
        text, style, _ = segment
        begin, past = past, past + (len(text) if text.isascii() else cell_len(text))
        if past <= start or begin >= stop:
            continue
        if begin >= start and past <= stop:
            part.append(segment)
        elif _NARROW(text):
            part.append(Segment(text[max(start - begin, 0) : stop - begin], style))
        else:
            return _divided(strip, start, stop, halves=halves)
    return part


_NARROW: Final = re.compile(r"[ -~\u2500-\u259f\u2800-\u28ff]*").fullmatch
"""Matches what has one column for each character: letters, frames, bars and braille."""


def _divided(strip: Strip, start: int, stop: int, *, halves: bool) -> Strip | None:
    """As `_part`, whatever characters it has."""
    parts = list(strip.divide([start, stop, strip.cell_length]))
    whole = halves or "".join(part.text for part in parts) == strip.text
    return parts[1] if len(parts) > 1 and whole else None
