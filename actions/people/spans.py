"""How long something is to last, as people write it. Pure."""

import re
from typing import Final

from actions.verbs import Unplannable

_PART: Final = re.compile(r"(\d{1,6})([dhm])", re.ASCII)
_UNITS: Final = {"d": 86_400.0, "h": 3_600.0, "m": 60.0}
SHORTEST_S: Final = 60.0
LONGEST_S: Final = 3_650 * 86_400.0


def span_s(text: str) -> float:
    """Seconds of `7d`, `12h` or `1h30m`.

    Raises:
        Unplannable: It is none, or shorter than a minute, or longer than ten years.
    """
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Unplannable(f"{text[:20]!r} is no time to last: write one like 12h, 7d or 1h30m")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise Unplannable("it lasts from one minute to ten years")
    return seconds


def span_words(seconds: float) -> str:
    """The shortest way to write it that `span_s` reads back, to the minute."""
    left = round(seconds / 60) * 60
    parts = []
    for unit, length in _UNITS.items():
        count, left = divmod(left, int(length))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "1m"
