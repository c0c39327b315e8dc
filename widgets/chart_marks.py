"""Moments on a chart: what kind each is, told by its sign, and labels that never run together.

Pure. The sign stands at its place; where labels would collide they become one that counts them,
`3 deploys`; where kinds are mixed each has its own, `▴7d20b5e ■2 alerts`.
"""

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from widgets.cells import Cell, Line, Tone, cut

Signs = list[tuple[str, Tone]]

LONGEST: Final = 12
"""Columns of the label of a single mark, its sign included."""


class MarkKind(enum.Enum):
    """What happened."""

    DEPLOY = "deploy"
    ALERT = "alert"
    OPERATOR = "operator"
    CONFIG = "config"
    VENDOR = "vendor"


SIGNS: Final = {
    MarkKind.DEPLOY: "▴",
    MarkKind.ALERT: "■",
    MarkKind.OPERATOR: "◆",
    MarkKind.CONFIG: "◇",
    MarkKind.VENDOR: "▾",
}

_TONES: Final = {MarkKind.DEPLOY: Tone.ACCENT, MarkKind.ALERT: Tone.TITLE}

_PLURALS: Final = {
    MarkKind.DEPLOY: "deploys",
    MarkKind.ALERT: "alerts",
    MarkKind.OPERATOR: "actions",
    MarkKind.CONFIG: "configs",
    MarkKind.VENDOR: "incidents",
}

_MEANINGS: Final = {
    MarkKind.DEPLOY: "deploy",
    MarkKind.ALERT: "alert began",
    MarkKind.OPERATOR: "operator",
    MarkKind.CONFIG: "configuration",
    MarkKind.VENDOR: "vendor incident",
}


class Mark(Struct, frozen=True, kw_only=True):
    """A moment worth seeing on a chart, such as a deploy."""

    at: datetime
    label: str
    kind: MarkKind = MarkKind.DEPLOY


class Cluster(Struct, frozen=True, kw_only=True):
    """Marks whose labels would not fit beside each other."""

    column: int
    """Of the first of them."""

    marks: tuple[Mark, ...]
    brief: bool = False
    """Signs alone: there is no room for words."""

    @property
    def parts(self) -> tuple[tuple[str, Tone], ...]:
        """Each kind with its sign and tone: the label of one, the number of several."""
        by_kind: dict[MarkKind, list[Mark]] = {}
        for mark in self.marks:
            by_kind.setdefault(mark.kind, []).append(mark)
        told = _signed if self.brief else _told
        return tuple(
            (told(kind, marks), _TONES.get(kind, Tone.NORMAL)) for kind, marks in by_kind.items()
        )

    @property
    def text(self) -> str:
        """All of it on one line."""
        return " ".join(text for text, _ in self.parts)

    @property
    def tone(self) -> Tone:
        """Of the first kind in it."""
        return _TONES.get(self.marks[0].kind, Tone.NORMAL)


def _told(kind: MarkKind, marks: Sequence[Mark]) -> str:
    if len(marks) == 1:
        return cut(f"{SIGNS[kind]}{marks[0].label}", LONGEST)
    return f"{SIGNS[kind]}{len(marks)} {_PLURALS[kind]}"


def _signed(kind: MarkKind, marks: Sequence[Mark]) -> str:
    return f"{SIGNS[kind]}{len(marks) if len(marks) > 1 else ''}"


def clusters(placed: Iterable[tuple[int, Mark]], width: int) -> tuple[Cluster, ...]:
    """Marks put together until no two labels touch.

    Args:
        placed: Column and mark.
        width: Columns there are; a label at the right edge is moved in.
    """
    found: list[Cluster] = []
    for column, mark in sorted(placed, key=lambda pair: (pair[0], pair[1].at)):
        made = Cluster(column=column, marks=(mark,))
        # A label that grew, or was moved in from the edge, may reach the one before it.
        while found and begin_of(made, width) <= _end(found[-1], width):
            short = Cluster(column=made.column, marks=made.marks, brief=True)
            if begin_of(short, width) > _end(found[-1], width):
                # What is far from it in time must not be told together with it.
                made = short
                break
            before = found.pop()
            made = Cluster(column=before.column, marks=(*before.marks, *made.marks))
        found.append(made)
    return tuple(found)


def begin_of(cluster: Cluster, width: int) -> int:
    """Where the text of a cluster begins."""
    return max(min(cluster.column, width - len(cluster.text)), 0)


def _end(cluster: Cluster, width: int) -> int:
    """The column after the text and a blank."""
    return begin_of(cluster, width) + len(cluster.text)


def legend(kinds: Iterable[MarkKind], *, ranges: bool = False, note: str = "") -> Line:
    """What the signs mean, of those that are there; empty when there are none.

    Args:
        kinds: Of the marks in sight.
        ranges: Whether the lowest and the highest of each step are drawn.
        note: What else is to be known of the chart.
    """
    seen = set(kinds)
    parts = [f"{SIGNS[kind]} {_MEANINGS[kind]}" for kind in MarkKind if kind in seen]
    if ranges:
        parts.append("⡇ lowest to highest")
    if note:
        parts.append(note)
    return (Cell("   ".join(parts), Tone.MUTED),) if parts else ()


def mark_signs(marks: Sequence[Cluster], width: int) -> Signs:
    """The row of labels."""
    signs: Signs = [(" ", Tone.NORMAL)] * width
    for cluster in marks:
        place = begin_of(cluster, width)
        for text, tone in cluster.parts:
            for sign in text:
                if place < width:
                    signs[place] = (sign, tone)
                place += 1
            place += 1
    return signs
