"""Limits of bands: when a value is past one, and the words for it; pure."""

import math
from typing import Final

from monitor.verdicts import Band, BandName, Comparison, Level
from monitor.words import number_words, span_words

ALERTING: Final = (BandName.WARNING, BandName.CRITICAL)
"""The bands that can fire; target and review are only shown as missed."""

LEVELS: Final = {
    BandName.TARGET: Level.OK,
    BandName.REVIEW: Level.OK,
    BandName.WARNING: Level.WARNING,
    BandName.CRITICAL: Level.CRITICAL,
}
"""The level of a band that fires."""


def alarms(band: Band) -> bool:
    """Whether a band can fire; one that is only proposed is drawn and waits for a yes."""
    return band.name in ALERTING and not band.proposed


def is_past(comparison: Comparison, value: float, limit: float) -> bool:
    """Whether the value is on the bad side of the limit; the limit itself only if inclusive."""
    match comparison:
        case Comparison.ABOVE:
            return value > limit
        case Comparison.AT_LEAST:
            return value >= limit
        case Comparison.BELOW:
            return value < limit
        case Comparison.AT_MOST:
            return value <= limit


def is_bad(band: Band, value: float) -> bool:
    """Whether the value counts towards firing."""
    return is_past(band.comparison, value, band.limit)


def is_good(band: Band, value: float) -> bool:
    """Whether the value counts towards clearing: neither past the limit nor the clear limit.

    A clear limit on the wrong side of the limit adds nothing: what is bad is never good.
    """
    clear = band.limit if band.clear_limit is None else band.clear_limit
    return not is_bad(band, value) and not is_past(band.comparison, value, clear)


def usable(value: float | None) -> float | None:
    """The value if it can be judged: finite; else None."""
    return value if value is not None and math.isfinite(value) else None


def limit_words(band: Band, unit: str) -> str:
    """The limit as in `> 5 %` or `> 5 % for 5m`."""
    words = f"{band.comparison.value} {_limit(band, unit)}"
    if band.for_s > 0:
        words += f" for {span_words(band.for_s)}"
    if band.consecutive > 1:
        words += f" ×{band.consecutive}"
    return words


def past_words(band: Band, value: float, unit: str) -> str:
    """Value and limit as in `2.4 % > 2 %`."""
    shown = number_words(value, unit)
    if shown == number_words(band.limit, unit) and value != band.limit:
        # Rounding must not make a broken limit look kept.
        shown = f"{value:.6g} {unit}".strip()
    return f"{shown} {band.comparison.value} {_limit(band, unit)}"


def _limit(band: Band, unit: str) -> str:
    """A limit as people write it: `2 %`, not `2.0 %`."""
    return number_words(band.limit, unit).replace(".0 ", " ")
