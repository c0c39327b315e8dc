"""Amounts as people read them, for the columns of a list; pure."""

import math
from datetime import UTC, datetime
from typing import Final

from providers.text import Foreign

NOTHING: Final = Foreign("—")
"""What stands where the server says nothing."""

_BINARY: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL: Final = ("", "k", "M", "G", "T")
_SPANS: Final = ((86_400, "d"), (3_600, "h"), (60, "m"))


def size(amount: float | None) -> Foreign:
    """Bytes: `3.4 GiB`."""
    return NOTHING if amount is None else Foreign(_scaled(amount, 1024, _BINARY))


def growth(amount: float | None) -> Foreign:
    """Bytes more or less than before: `+12 MiB`, `-3 KiB`, `0 B`."""
    if amount is None:
        return NOTHING
    return Foreign(f"{'+' if amount > 0 else ''}{_scaled(amount, 1024, _BINARY)}")


def count(amount: float | None) -> Foreign:
    """How many: `417`, `12.4k`."""
    return NOTHING if amount is None else Foreign(_scaled(amount, 1000, _DECIMAL).rstrip())


def several(amount: int, one: str, many: str = "") -> str:
    """`1 table`, `3 tables`.

    Args:
        amount: How many.
        one: What one is called.
        many: What many are called, where that is not `one` with an s.
    """
    return f"{amount} {one if amount == 1 else many or one + 's'}"


def milliseconds(amount: float | None) -> Foreign:
    """A time: `0.4 ms`, `812 ms`, `2.14 s`, `3h12m`."""
    if amount is None:
        return NOTHING
    if amount < 1000:
        return Foreign(f"{amount:.3g} ms")
    return seconds(amount / 1000)


def seconds(amount: float | None) -> Foreign:
    """A span: `2.1 s`, `45 s`, `12m04s`, `3h12m`, `9d04h`."""
    if amount is None:
        return NOTHING
    if amount < 60:
        return Foreign(f"{amount:.1f} s" if amount < 9.95 else f"{int(amount)} s")
    whole = int(amount)
    for (long, name), (short, small) in zip(_SPANS, (*_SPANS[1:], (1, "s")), strict=True):
        if whole >= long:
            return Foreign(f"{whole // long}{name}{whole % long // short:02d}{small}")
    return Foreign(f"{whole} s")


def percent(part: float | None, whole: float | None) -> Foreign:
    """A share: `42 %`, `0.4 %`, `<0.1 %`; none of nothing."""
    if part is None or not whole:
        return NOTHING
    share = 100 * part / whole
    if 0 < share < 0.1:
        return Foreign("<0.1 %")
    return Foreign(f"{share:.1f} %" if share < 9.95 else f"{share:.0f} %")


def fraction(amount: float | None) -> Foreign:
    """A plain number with three figures: `-0.43`."""
    return NOTHING if amount is None else Foreign(f"{amount:.3g}")


def when(epoch_s: float | None) -> datetime | None:
    """A time from the server's seconds since 1970; None for none, or for one nobody can mean."""
    if epoch_s is None or not math.isfinite(epoch_s):
        return None
    try:
        return datetime.fromtimestamp(epoch_s, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def minute(at: datetime | None) -> Foreign:
    """A time to the minute, in UTC; `never` for none."""
    return Foreign("never" if at is None else f"{at:%Y-%m-%d %H:%MZ}")


def _scaled(amount: float, step: int, units: tuple[str, ...]) -> str:
    unit = units[0]
    for unit in units:
        if abs(amount) < step or unit == units[-1]:
            break
        amount /= step
    digits = f"{amount:.0f}" if unit == units[0] or abs(amount) >= 99.5 else f"{amount:.3g}"
    return f"{digits}{unit}" if step == 1000 else f"{digits} {unit}"
