"""The frame of a pane as lines of cells: a round box, a single rule, or nothing.

The number and the title stand at the top left, what is known and which keys work at the bottom
right; under 100 columns a rule takes the place of the box and saves a line and four columns.
"""

import enum

from msgspec import Struct

from widgets.cells import Cell, Line, Tone, cut_line, join, line_width
from widgets.glyphs import Box

DOT = Cell(" · ", Tone.MUTED)


class FrameKind(enum.Enum):
    """How much frame a pane has room for."""

    BOX = "box"
    RULE = "rule"
    BARE = "bare"


class Hint(Struct, frozen=True, kw_only=True):
    """A key that works here, for a frame or the footer."""

    key: str
    words: str
    """Ends in an ellipsis when the key only opens a guard."""

    live: bool = True
    """False: drawn dim, as for a guarded key while read-only."""


class Frame(Struct, frozen=True, kw_only=True):
    """Everything a frame says."""

    kind: FrameKind
    title: Line
    narrowed: Line = ()
    """What the rows are filtered by: what is hidden must not be taken for what is not there."""

    trouble: Line = ()
    """Why what is shown is old, or not all of it."""

    facts: Line = ()
    """What the pane knows of its content: `5 over 5m · pool 58/60`."""

    hints: tuple[Hint, ...] = ()
    place: Line = ()
    """Which part of a longer list is in view."""

    focused: bool = False
    danger: bool = False


def hint_line(hints: tuple[Hint, ...], *, bright: bool) -> Line:
    """The keys of a pane: `a ack · i incident`."""
    return join(
        (
            (
                Cell(hint.key, Tone.ACCENT if bright and hint.live else Tone.MUTED),
                Cell(f" {hint.words}", Tone.MUTED),
            )
            for hint in hints
        ),
        DOT,
    )


def tone_of(frame: Frame) -> Tone:
    """The tone of the frame's own lines."""
    if frame.danger:
        return Tone.CRITICAL
    return Tone.ACCENT if frame.focused else Tone.BORDER


def top_line(frame: Frame, box: Box, width: int) -> Line:
    """The upper edge with the title."""
    tone = tone_of(frame)
    named = (*frame.title, *frame.narrowed, *frame.trouble)
    if frame.kind is FrameKind.RULE:
        known = join((named, frame.facts, frame.place), Cell("  "))
        title = cut_line(known, max(width - 2, 0))
        rest = max(width - 1 - line_width(title), 0)
        return (Cell(box.across[: width or 0], tone), *title, Cell(box.across * rest, tone))
    title = cut_line(named, max(width - 6, 0))
    rest = max(width - 5 - line_width(title), 0)
    start = Cell(f"{box.top_left}{box.across} ", tone)
    return (start, *title, Cell(f" {box.across * rest}{box.top_right}", tone))


def bottom_line(frame: Frame, box: Box, width: int) -> Line:
    """The lower edge with the place on the left, facts and keys on the right."""
    tone = tone_of(frame)
    left = _label(frame.place, box, tone)
    said = join((frame.facts, hint_line(frame.hints, bright=frame.focused)), DOT)
    room = width - 3 - line_width(left)
    if line_width(said) + 2 > room:
        said = cut_line(frame.facts, max(room - 2, 0))
    right = (Cell(" "), *said, Cell(" ")) if said else ()
    rest = max(width - 3 - line_width(left) - line_width(right), 0)
    return (
        Cell(box.bottom_left, tone),
        *left,
        Cell(box.across * rest, tone),
        *right,
        Cell(f"{box.across}{box.bottom_right}", tone),
    )


def _label(words: Line, box: Box, tone: Tone) -> Line:
    return (Cell(f"{box.across} ", tone), *words, Cell(" ")) if words else ()
