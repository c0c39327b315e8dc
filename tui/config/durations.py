"""Durations and sizes as people write them: a number never stands without its unit."""

import itertools
import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

LONGEST_S: Final = 3650 * 86_400.0
"""Ten years: a longer duration is a slip of the keyboard."""

_SECONDS: Final[Mapping[str, float]] = {
    "d": 86_400.0,
    "h": 3_600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 0.001,
}
_BYTES: Final[Mapping[str, int]] = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|d|h|m|s)", re.ASCII)
_SIZE: Final = re.compile(r"(\d{1,9})(B|KiB|MiB)", re.ASCII)
_BARE: Final = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)


class Unreadable(ValueError):
    """A text is not a duration or a size; the message says what one looks like."""


def parse_duration(text: str) -> float:
    """Seconds of a duration such as `15s`, `1h30m`, `500ms` or `2d`.

    Raises:
        Unreadable: No unit, an unknown one, units not from large to small, or too long.
    """
    if _BARE.fullmatch(text):
        raise Unreadable(f'a duration needs a unit: "{text}s" or "{text}m"?')
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Unreadable("not a duration: write one like 15s, 5m, 1h30m, 500ms or 2d")
    sizes = [_SECONDS[unit] for _, unit in parts]
    if any(later >= earlier for earlier, later in itertools.pairwise(sizes)):
        raise Unreadable("the units of a duration go from large to small, each once: 1h30m")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if seconds > LONGEST_S:
        raise Unreadable(f"longer than {format_duration(LONGEST_S)}")
    return round(seconds, 6)


def format_duration(seconds: float) -> str:
    """The shortest way to write `seconds` (not negative) that `parse_duration` reads back.

    Below a millisecond is dropped.
    """
    left = round(seconds * 1000)
    parts: list[str] = []
    for unit, length_s in _SECONDS.items():
        count, left = divmod(left, round(length_s * 1000))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_size(text: str) -> int:
    """Bytes of a size such as `64KiB` or `5MiB`.

    Raises:
        Unreadable: No unit, or an unknown one.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise Unreadable("not a size: write one like 512B, 64KiB or 5MiB")
    return int(match[1]) * _BYTES[match[2]]


def format_size(size_bytes: int) -> str:
    """The size in the largest unit that divides it."""
    for unit, length in sorted(_BYTES.items(), key=lambda item: -item[1]):
        if size_bytes and size_bytes % length == 0:
            return f"{size_bytes // length}{unit}"
    return f"{size_bytes}B"


def _duration(value: object) -> object:
    if isinstance(value, bool):
        raise Unreadable("not a duration: write one like 15s or 5m")
    if isinstance(value, int | float):
        raise Unreadable(f'a duration needs a unit: "{value:g}s" or "{value:g}m"?')
    return parse_duration(value) if isinstance(value, str) else value


def _size(value: object) -> object:
    if isinstance(value, bool):
        raise Unreadable("not a size: write one like 64KiB or 5MiB")
    if isinstance(value, int | float):
        raise Unreadable(f'a size needs a unit: "{value:g}KiB"?')
    return parse_size(value) if isinstance(value, str) else value


Duration = Annotated[
    float,
    BeforeValidator(_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d+(\.\d+)?(d|h|m|s|ms))+$",
            "examples": ["15s", "5m", "1h30m", "500ms", "2d"],
        }
    ),
]
"""Seconds; written as a text with units."""

Size = Annotated[
    int,
    BeforeValidator(_size),
    PlainSerializer(format_size, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d+(B|KiB|MiB)$", "examples": ["64KiB", "1MiB"]}
    ),
]
"""Bytes; written as a text with a unit."""


def lasting(shortest: str, longest: str) -> AfterValidator:
    """Bounds for a `Duration`, both written as durations and both allowed."""
    low_s, high_s = parse_duration(shortest), parse_duration(longest)

    def within(seconds: float) -> float:
        if not low_s <= seconds <= high_s:
            raise ValueError(f"must be from {shortest} to {longest}")
        return seconds

    return AfterValidator(within)


def sized(smallest: str, largest: str) -> AfterValidator:
    """Bounds for a `Size`, both written as sizes and both allowed."""
    low, high = parse_size(smallest), parse_size(largest)

    def within(size_bytes: int) -> int:
        if not low <= size_bytes <= high:
            raise ValueError(f"must be from {smallest} to {largest}")
        return size_bytes

    return AfterValidator(within)
