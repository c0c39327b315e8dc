"""How soon a rule notices, in words: what "three in a row" means in seconds (A:274); pure."""

import math
from functools import lru_cache

from monitor.verdicts import Band
from monitor.words import span_words


def detection_s(in_a_row: int, interval_s: float, timeout_s: float, for_s: float = 0.0) -> float:
    """Seconds from the begin of a trouble to the sample that makes its rule fire, at the longest.

    The trouble begins right after a good sample, and the last answer takes all the time it has.
    """
    waited = 1 + math.ceil(for_s / interval_s) if interval_s > 0 else 1
    return max(in_a_row, waited) * interval_s + timeout_s


@lru_cache(maxsize=256)
def detection_words(in_a_row: int, interval_s: float, timeout_s: float) -> str:
    """`3 in a row, detected within 50s`; asked for with every answer of every check."""
    within = span_words(math.ceil(detection_s(in_a_row, interval_s, timeout_s)))
    return f"{in_a_row} in a row, detected within {within}"


def band_detection_words(bands: tuple[Band, ...], interval_s: float, timeout_s: float) -> str:
    """The same for the first band that counts samples in a row; empty when none does."""
    counting = next((band for band in bands if band.consecutive > 1), None)
    if counting is None:
        return ""
    within_s = detection_s(counting.consecutive, interval_s, timeout_s, counting.for_s)
    within = span_words(math.ceil(within_s))
    return f"{counting.consecutive} in a row, detected within {within}"
