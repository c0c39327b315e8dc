"""How much a terminal of a given size has room for."""

import enum
from typing import Final

FULL_WALL: Final = (80, 24)
"""Columns and lines below which only header, alerts and a note are shown."""


class Tier(enum.IntEnum):
    """Steps of the wall by the width of the whole terminal."""

    NARROW = 0
    """Under 100 columns: rules for boxes, only what is not ok among the KPIs."""
    NORMAL = 1
    WIDE = 2
    """From 150 columns: histories of KPIs, chart and timeline, boxed vendors."""
    HUGE = 3
    """From 200 columns: a second chart."""


def tier_of(width: int) -> Tier:
    """The step for a terminal so many columns wide."""
    if width < 100:
        return Tier.NARROW
    if width < 150:
        return Tier.NORMAL
    return Tier.WIDE if width < 200 else Tier.HUGE


def room_for_wall(width: int, height: int) -> bool:
    """Whether the full wall fits."""
    return width >= FULL_WALL[0] and height >= FULL_WALL[1]
