"""Where each pane stands on the wall for a size of terminal: pure, and only from the size.

Data never moves a pane: what a pane needs is worked out from the configuration (how many checks,
how many KPIs), not from what is happening.
"""

import enum
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from widgets.tiers import Tier, room_for_wall, tier_of


class PaneId(enum.IntEnum):
    """The panes by the number that focuses them; the vendor strip has none."""

    VENDORS = 0
    ALERTS = 1
    DEPLOYS = 2
    ENDPOINTS = 3
    KPIS = 4
    QUERIES = 5
    CHART = 6
    TIMELINE = 7


class Shape(enum.Enum):
    """How much there is room for."""

    WIDE = "wide"
    """Everything, in boxes."""
    NORMAL = "normal"
    """Boxes of fewer columns or lines; chart and timeline on their keys."""
    NARROW = "narrow"
    """Rules instead of boxes, one pane beneath the other; deploys on their key."""
    TINY = "tiny"
    """Too small for the wall: alerts, and a line that says so."""


class Place(Struct, frozen=True, kw_only=True):
    """Where one pane stands, in cells of the terminal."""

    x: int
    y: int
    width: int
    height: int


class WallPlan(Struct, frozen=True, kw_only=True):
    """The whole wall for one size."""

    shape: Shape
    places: Mapping[PaneId, Place]
    """Panes that are absent have no room here and open maximised by their key."""

    footer: bool = True
    too_small: bool = False
    """Say that the terminal is smaller than the wall needs."""


class Needs(Struct, frozen=True, kw_only=True):
    """What the configuration asks of the wall."""

    checks: int = 0
    """Rows of the endpoints pane."""

    kpis: int = 0
    vendors: bool = False


class _Band(Struct, frozen=True, kw_only=True):
    """Panes side by side over the whole width, with the heights they can use."""

    panes: tuple[tuple[PaneId, float], ...]
    """Each with its share of the width."""

    least: int
    """With less it is left out."""

    best: int
    most: int
    """Beyond this more lines would stay empty."""


_WIDE_LINES: Final = 44
"""Lines from which chart and timeline stand on the wall."""

_DEPLOYS_TOO: Final = 30
"""Lines from which a narrow wall has room for the deploys as well."""

_FOOTER: Final = 1


def shape_of(width: int, height: int) -> Shape:
    """The shape of the wall for a terminal of this size."""
    if not room_for_wall(width, height):
        return Shape.TINY
    if tier_of(width) is Tier.NARROW:
        return Shape.NARROW
    roomy = tier_of(width) >= Tier.WIDE and height >= _WIDE_LINES
    return Shape.WIDE if roomy else Shape.NORMAL


def plan_wall(
    width: int, height: int, needs: Needs, maximised: PaneId | None = None, top: int = 1
) -> WallPlan:
    """Lay the wall out; every cell between header and footer belongs to at most one pane.

    Args:
        width: Columns of the terminal.
        height: Lines of the terminal.
        needs: What the configuration asks for.
        maximised: The one pane that has all the room.
        top: Lines above the panes: the header, and the banner while it speaks.
    """
    shape = shape_of(width, height)
    footer = _FOOTER if height >= 6 else 0
    room = max(height - top - footer, 1)
    if maximised is not None:
        whole = Place(x=0, y=top, width=width, height=max(height - top - footer, 1))
        return WallPlan(shape=shape, places={maximised: whole}, footer=bool(footer))
    bands = _bands(shape, needs, width, room)
    return WallPlan(
        shape=shape,
        places=_stack(bands, _share_heights(bands, room), width, top),
        footer=bool(footer),
        too_small=shape is Shape.TINY,
    )


def _bands(shape: Shape, needs: Needs, width: int, room: int) -> tuple[_Band, ...]:
    """The bands from top to bottom: also the order in which they keep their place."""
    if shape is Shape.TINY:
        return (_Band(panes=((PaneId.ALERTS, 1.0),), least=1, best=8, most=100),)
    if shape is Shape.NARROW:
        return _narrow(needs, room)
    return _boxed(needs, chart=shape is Shape.WIDE, boxed_strip=tier_of(width) >= Tier.WIDE)


def _narrow(needs: Needs, room: int) -> tuple[_Band, ...]:
    checks = max(needs.checks, 1)
    bands: tuple[_Band, ...] = (_Band(panes=((PaneId.ALERTS, 1.0),), least=3, best=5, most=9),)
    if room >= _DEPLOYS_TOO:
        bands += (_Band(panes=((PaneId.DEPLOYS, 1.0),), least=4, best=6, most=9),)
    bands += (
        _Band(panes=((PaneId.ENDPOINTS, 1.0),), least=3, best=min(checks, 9) + 1, most=checks + 1),
        _Band(panes=((PaneId.KPIS, 1.0),), least=3, best=4, most=max(needs.kpis, 1) + 1),
        _Band(panes=((PaneId.QUERIES, 1.0),), least=3, best=4, most=100),
    )
    if needs.vendors:
        bands += (_Band(panes=((PaneId.VENDORS, 1.0),), least=1, best=1, most=1),)
    return bands


def _boxed(needs: Needs, *, chart: bool, boxed_strip: bool) -> tuple[_Band, ...]:
    checks, pairs = max(needs.checks, 1), max(-(-needs.kpis // 2), 1)
    bands: tuple[_Band, ...] = (
        _Band(
            panes=((PaneId.ALERTS, 0.5), (PaneId.DEPLOYS, 0.5)),
            least=4,
            best=7,
            most=12,
        ),
        _Band(panes=((PaneId.ENDPOINTS, 1.0),), least=5, best=min(checks, 12) + 3, most=checks + 3),
        _Band(panes=((PaneId.KPIS, 1.0),), least=3, best=min(pairs, 6) + 2, most=pairs + 2),
        _Band(panes=((PaneId.QUERIES, 1.0),), least=5, best=8, most=16 if chart else 100),
    )
    if chart:
        panes = ((PaneId.CHART, 0.66), (PaneId.TIMELINE, 0.34))
        bands += (_Band(panes=panes, least=7, best=12, most=100),)
    if needs.vendors:
        tall = 3 if boxed_strip else 1
        bands += (_Band(panes=((PaneId.VENDORS, 1.0),), least=tall, best=tall, most=tall),)
    return bands


def _share_heights(bands: tuple[_Band, ...], room: int) -> list[int]:
    """Heights that fill the room: first the least of each, then the best, then the most."""
    heights = [0] * len(bands)
    # The strip at the foot is one line: it is given its place before the bands above grow.
    for index, band in enumerate(bands):
        taken = min(band.least, room)
        if taken == band.least or index == 0:
            heights[index] = taken
            room -= taken
    room = _grow(heights, [band.best for band in bands], room)
    room = _share(heights, [band.most for band in bands], room)
    if room and bands:
        last = max(index for index, height in enumerate(heights) if height)
        tallest = max(range(last + 1), key=lambda index: bands[index].most)
        heights[tallest] += room
    return heights


def _grow(heights: list[int], wanted: Iterable[int], room: int) -> int:
    """Let every band that stands grow towards what it wants, the upper ones first."""
    for index, goal in enumerate(wanted):
        if heights[index]:
            more = min(max(goal - heights[index], 0), room)
            heights[index] += more
            room -= more
    return room


def _share(heights: list[int], most: list[int], room: int) -> int:
    """Give what is left line by line to each in turn, so that none starves."""
    growing = [index for index, height in enumerate(heights) if 0 < height < most[index]]
    while room and growing:
        for index in growing[:room]:
            heights[index] += 1
            room -= 1
        growing = [index for index in growing if heights[index] < most[index]]
    return room


def _stack(
    bands: tuple[_Band, ...], heights: list[int], width: int, top: int
) -> dict[PaneId, Place]:
    places: dict[PaneId, Place] = {}
    y = top
    for band, height in zip(bands, heights, strict=True):
        x = 0
        for number, (pane, share) in enumerate(band.panes if height else ()):
            last = number == len(band.panes) - 1
            taken = width - x if last else round(width * share)
            places[pane] = Place(x=x, y=y, width=taken, height=height)
            x += taken
        y += height
    return places
