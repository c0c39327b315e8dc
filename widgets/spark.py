"""A history in one line of text: ▁ to ▇, never the full block, so that rows do not melt together.

Pure. A gap is drawn as a gap. Everything that is no finite number is a gap.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

BARS: Final = "▁▂▃▄▅▆▇"
GAP: Final = " "

Values = Sequence[float | None]


def spark(values: Values, width: int, *, ceiling: float | None = None) -> str:
    """The newest `width` values, right-aligned, from 0 to `ceiling`.

    Args:
        values: Oldest first.
        width: Columns of the result, always.
        ceiling: What ▇ stands for; None: the largest value shown. Histories of one column share
            it, so that calm rows stay flat and a bad one stands up.
    """
    if width <= 0:
        return ""
    newest = [_finite(value) for value in values[-width:]]
    top = shared_ceiling([newest]) if ceiling is None else ceiling
    return "".join(_bar(value, top) for value in newest).rjust(width)


def shared_ceiling(histories: Iterable[Values]) -> float:
    """The largest finite value in any of the histories; 0 when there is none."""
    return max(
        (value for history in histories for value in map(_finite, history) if value), default=0.0
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _bar(value: float | None, top: float) -> str:
    if value is None:
        return GAP
    if top <= 0 or not math.isfinite(top):
        return BARS[0]
    share = max(0.0, min(value / top, 1.0))
    return BARS[min(int(share * len(BARS)), len(BARS) - 1)]
