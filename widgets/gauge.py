"""A value against its limits in one line: ━ filled, ─ empty, ┃ at each limit, ╂ where it is passed.

Pure. A gauge fills from the good end towards the bad one, so that a long bar is bad whether the
KPI must stay below its limits or above them. It is told by its signs; colours only repeat them.
"""

import math
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from monitor.verdicts import Band, BandName, Comparison
from widgets.cells import Line, Tone, merged

FILLED, RAIL, LIMIT, PASSED = "━", "─", "┃", "╂"

HEADROOM: Final = 1.25
"""How far past its last limit a gauge goes when nobody said where it ends."""

_TONES: Final = {
    BandName.TARGET: Tone.MUTED,
    BandName.REVIEW: Tone.MUTED,
    BandName.WARNING: Tone.WARNING,
    BandName.CRITICAL: Tone.CRITICAL,
}


class Scale(Struct, frozen=True, kw_only=True):
    """The ends of a gauge; `good` may be the larger one."""

    good: float
    bad: float

    def share(self, value: float) -> float:
        """How far a value is from the good end to the bad one, from 0 to 1."""
        if self.bad == self.good:
            return 0.0
        return max(0.0, min((value - self.good) / (self.bad - self.good), 1.0))


class Limit(Struct, frozen=True, kw_only=True):
    """One mark on a gauge."""

    at: float
    tone: Tone


def limits_of(bands: Sequence[Band], *, lit: bool) -> tuple[Limit, ...]:
    """The marks for a KPI's bands; of two at one place the worse wins.

    Args:
        bands: Mildest first.
        lit: In the tones of the bands; else all quiet, as on a KPI that is well.
    """
    marks = {
        band.limit: Limit(at=band.limit, tone=_TONES[band.name] if lit else Tone.MUTED)
        for band in bands
        if math.isfinite(band.limit)
    }
    return tuple(marks.values())


def scale_of(bands: Sequence[Band], span: tuple[float, float] | None, *, percent: bool) -> Scale:
    """The ends of a KPI's gauge: as configured, else from all well to a little past the last limit.

    Args:
        bands: Its bands; those that are passed from above turn the gauge around.
        span: As configured, the lower end first.
        percent: All well is 100 for a percentage that must stay above its limits.
    """
    downwards = any(band.comparison in {Comparison.BELOW, Comparison.AT_MOST} for band in bands)
    if span is not None and span[0] < span[1] and all(map(math.isfinite, span)):
        return Scale(good=span[1], bad=span[0]) if downwards else Scale(good=span[0], bad=span[1])
    ends = [band.limit for band in bands if math.isfinite(band.limit)]
    if downwards:
        good = 100.0 if percent else max(ends, default=1.0) * 2
        return Scale(good=good, bad=good - (good - min(ends, default=0.0)) * HEADROOM)
    return Scale(good=0.0, bad=max(ends, default=0.0) * HEADROOM or 1.0)


def gauge(
    value: float | None, limits: Sequence[Limit], width: int, scale: Scale, tone: Tone
) -> Line:
    """A gauge of exactly `width` columns; no number leaves the rail empty.

    Args:
        value: Where it stands; None or not finite: nowhere.
        limits: The marks.
        width: Columns of the terminal.
        scale: Both ends.
        tone: Of the filled part.
    """
    last = max(width - 1, 0)
    filled = 0
    if value is not None and math.isfinite(value):
        filled = min(math.ceil(scale.share(value) * width), width)
    marks = {min(int(scale.share(limit.at) * width), last): limit.tone for limit in limits}
    signs: list[tuple[str, Tone]] = []
    for place in range(width):
        passed = place < filled
        if place in marks:
            signs.append((PASSED if passed else LIMIT, marks[place]))
        else:
            signs.append((FILLED, tone) if passed else (RAIL, Tone.BORDER))
    return merged(signs)
