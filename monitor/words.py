"""Numbers, spans and times in words: the same everywhere, on screens, in text and in alerts.

Pure and terminal-free. Widths are stated, so that columns never move when a value changes.
"""

import math
from datetime import UTC, datetime, tzinfo
from typing import Final

NOTHING: Final = "—"
"""What stands where there is no number."""

DURATION_WIDTH: Final = 6
"""The widest `duration_words`, such as `12m04s` or `99d23h`."""

SHORT_WIDTH: Final = 4
"""The width of every `short_duration`."""

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_BYTES: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_COUNTS: Final = ("", "k", "M", "G", "T")


def duration_words(seconds: float | None) -> str:
    """A span in its two largest units: `40s`, `4m40s`, `2h51m`, `9d04h`, `120d`.

    Rounds down, so that a span is never told longer than it was. None gives a dash.
    """
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"
    if whole < 100 * _DAY:
        return f"{whole // _DAY}d{whole % _DAY // _HOUR:02d}h"
    return f"{whole // _DAY}d"


def span_words(seconds: float) -> str:
    """A configured span without its empty parts: `30s`, `5m`, `1h`, `1h30m`, `30d`."""
    whole = max(0, round(seconds))
    if not whole:
        return f"{seconds:g}s"
    parts: list[str] = []
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m"), (1, "s")):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def short_duration(seconds: float | None) -> str:
    """A span in its largest unit, right-aligned in four columns: ` 40s`, `  5m`, `  3h`, ` 61d`."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING.rjust(SHORT_WIDTH)
    whole = max(0, int(seconds))
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if whole >= size:
            return f"{min(whole // size, 999)}{unit}".rjust(SHORT_WIDTH)
    return f"{whole}s".rjust(SHORT_WIDTH)


def age_words(seconds: float | None) -> str:
    """How long ago, in one unit: `3s ago`, `4m ago`; `never` for None."""
    return "never" if seconds is None else f"{short_duration(seconds).strip()} ago"


def number_words(value: float | None, unit: str) -> str:
    """A number with its unit, three figures where they matter; a dash for None.

    Milliseconds turn into seconds from 1,000 on, bytes into their binary units. A percentage
    that is not 0 or 100 is never rounded to either (99.996 is `99.99 %`).

    Args:
        value: The number, or None for "no data".
        unit: As in `Reading.unit`: `ms`, `s`, `%`, `bytes`, `per_s`, `count`, `days` or any other.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    match unit:
        case "ms":
            return _milliseconds(value)
        case "s":
            return f"{_figures(value)} s" if abs(value) < _MINUTE else _signed_duration(value)
        case "%":
            return f"{_percent(value)} %"
        case "bytes":
            return _scaled(value, 1024, _BYTES)
        case "bytes_per_s":
            return f"{_scaled(value, 1024, _BYTES)}/s"
        case "per_s":
            return f"{_count(value)}/s"
        case "days":
            return f"{math.floor(value)} d"
        case "" | "count":
            return _count(value)
        case _:
            blank = "" if unit.startswith("/") else " "
            return f"{_count(value)}{blank}{unit}"


def clock_words(at: datetime, zone: tzinfo = UTC) -> str:
    """The time of day to the second; with a `Z` in UTC: `16:32:49Z`."""
    return f"{at.astimezone(zone):%H:%M:%S}{'Z' if zone is UTC else ''}"


def minute_words(at: datetime, zone: tzinfo = UTC) -> str:
    """The time of day to the minute, `16:32`."""
    return f"{at.astimezone(zone):%H:%M}"


def date_words(at: datetime, zone: tzinfo = UTC) -> str:
    """Date and time to the minute, `2025-01-31 16:32`; with a `Z` in UTC."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}{'Z' if zone is UTC else ''}"


def _figures(value: float) -> str:
    """Two decimals below 10, one below 100, else none; no trailing zeros that say nothing."""
    size = abs(value)
    if size >= 99.95:
        return f"{value:.0f}"
    text = f"{value:.1f}" if size >= 9.995 else f"{value:.2f}"
    if float(text) == 0 and value:
        return "<0.01" if value > 0 else ">-0.01"
    return text.rstrip("0").rstrip(".")


def _milliseconds(value: float) -> str:
    if abs(value) >= 59_995:
        return _signed_duration(value / 1000)
    if abs(value) >= 999.5:
        return f"{value / 1000:.2f} s" if abs(value) < 9_995 else f"{value / 1000:.1f} s"
    if abs(value) >= 9.95:
        return f"{value:.0f} ms"
    return f"{_figures(value)} ms"


def _signed_duration(seconds: float) -> str:
    return f"{'-' if seconds < 0 else ''}{duration_words(abs(seconds))}"


def _percent(value: float) -> str:
    if value in {0, 100}:
        return f"{value:.0f}"
    if 99 < value < 100:
        return f"{math.floor(value * 100 + 1e-9) / 100:.2f}"
    if abs(value) < 0.01:
        return "<0.01" if value > 0 else ">-0.01"
    if abs(value) < 0.95:
        return f"{value:.2f}".rstrip("0")
    if abs(value) < 9.95:
        return f"{value:.1f}"
    return f"{value:.0f}" if not 98 < value < 100 else f"{value:.1f}"


def _scaled(value: float, base: int, units: tuple[str, ...]) -> str:
    size, step = value, 0
    while abs(size) >= base - 0.5 and step < len(units) - 1:
        size /= base
        step += 1
    text = f"{size:.1f}" if step and abs(size) < 99.95 else f"{size:.0f}"
    return f"{text} {units[step]}"


def _count(value: float) -> str:
    if abs(value) < 100_000:
        return f"{value:.0f}" if value == int(value) else _figures(value)
    size, step = value, 0
    while abs(size) >= 999.5 and step < len(_COUNTS) - 1:
        size /= 1000
        step += 1
    return f"{_figures(size)}{_COUNTS[step]}"


def noun(count: float | None, one: str, many: str) -> str:
    """What so many are called: `session` of 1, `sessions` of all else."""
    return one if count == 1 else many


def follow_words(count: int) -> str:
    """How many alerts follow from another one: `1 follows`, `3 follow`."""
    return f"{count} follows" if count == 1 else f"{count} follow"
