"""Render's measurements made numbers; pure.

Source: the vendor's specification of `GET /metrics/…`. An empty answer is normal: some series need
a paid instance, and a service nobody asks has no requests.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.fields import Fields
from providers.vendor import entries, sort_out

BUCKET_S: Final = 60
SPAN: Final = timedelta(minutes=10)
TOO_OLD: Final = timedelta(minutes=6)
NOTHING: Final = "Render has no such measurement: it needs a paid instance, or nothing happened"
UNLIMITED: Final = "Render tells no limit"

_BYTES: Final[Mapping[str, float]] = {
    "b": 1,
    "bytes": 1,
    "byte": 1,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}
_MS: Final[Mapping[str, float]] = {"ms": 1, "milliseconds": 1, "s": 1e3, "seconds": 1e3}


class Series(Struct, frozen=True, kw_only=True):
    """One line of a chart."""

    labels: Mapping[str, str]
    unit: str
    values: tuple[tuple[datetime, float], ...]
    """In the order they came."""

    @property
    def newest(self) -> tuple[datetime, float] | None:
        """The last value."""
        return max(self.values, default=None)


Measured = tuple[Series, ...] | ProviderError
"""One metric, or why it could not be read."""


class Value(Struct, frozen=True, kw_only=True):
    """A number, or why there is none."""

    number: float | None
    reason: str = ""


def series_of(answer: object, system: str, operation: str) -> tuple[Series, ...]:
    """The series of one answer.

    Raises:
        BadAnswer: It is no list, or none of them can be read.
    """
    found = sort_out(entries(answer, "", system, operation), _series, "series")
    return found.readable()


def _series(item: Fields) -> Series:
    points = ((point.moment_iso("timestamp"), point.number("value")) for point in _points(item))
    return Series(
        labels={one.word("field"): one.word("value", "") for one in item.items("labels")},
        unit=item.text("unit").line(20).lower(),
        values=tuple(points),
    )


def _points(item: Fields) -> Sequence[Fields]:
    return item.items("values")


def _blind(measured: Measured) -> Value | None:
    if isinstance(measured, ProviderError):
        return Value(number=None, reason=measured.reason)
    return None if any(one.values for one in measured) else Value(number=None, reason=NOTHING)


def _worst(measured: Sequence[Series], now: datetime) -> tuple[float, str] | None:
    """The highest of the newest values, with its unit; None when all are too old."""
    newest = [(one.newest, one.unit) for one in measured]
    fresh = [(point[1], unit) for point, unit in newest if point and now - point[0] <= TOO_OLD]
    return max(fresh, default=None)


def percent(used: Measured, limit: Measured, now: datetime) -> Value:
    """How much of its limit the instance uses that is nearest to it."""
    blind = _blind(used)
    if blind is not None or isinstance(used, ProviderError):
        return blind or Value(number=None, reason=NOTHING)
    if isinstance(limit, ProviderError):
        return Value(number=None, reason=f"its limit could not be read: {limit.reason}")
    worst = _worst(used, now)
    limits = [(one.newest[1], one.unit) for one in limit if one.newest]
    least = min(limits, default=None)
    if worst is None:
        return Value(number=None, reason="Render's newest value is too old")
    if least is None or least[0] <= 0:
        return Value(number=None, reason=UNLIMITED)
    if worst[1] == least[1]:
        return Value(number=100 * worst[0] / least[0])
    sizes = [_BYTES.get(unit) for _number, unit in (worst, least)]
    if sizes[0] is None or sizes[1] is None:
        return Value(number=None, reason=f"in {worst[1]}, its limit in {least[1]}")
    return Value(number=100 * worst[0] * sizes[0] / (least[0] * sizes[1]))


def memory_bytes(used: Measured, now: datetime) -> Value:
    """What the biggest instance uses."""
    return _scaled(used, now, _BYTES)


def latency_ms(measured: Measured, now: datetime) -> Value:
    """The asked quantile over all hosts, of the host where it is worst."""
    return _scaled(measured, now, _MS)


def _scaled(measured: Measured, now: datetime, units: Mapping[str, float]) -> Value:
    blind = _blind(measured)
    if blind is not None or isinstance(measured, ProviderError):
        return blind or Value(number=None, reason=NOTHING)
    worst = _worst(measured, now)
    if worst is None:
        return Value(number=None, reason="Render's newest value is too old")
    scale = units.get(worst[1])
    if scale is None:
        return Value(number=None, reason=f"in a unit we do not know: {worst[1]}")
    return Value(number=worst[0] * scale)


class Traffic(Struct, frozen=True, kw_only=True):
    """The requests of the newest whole minute."""

    per_minute: Value
    failed_percent: Value
    at: datetime | None = None


def traffic(measured: Measured, now: datetime) -> Traffic:
    """Requests of the newest minute that is over, and how many of them ended with 5xx."""
    blind = _blind(measured)
    if blind is not None or isinstance(measured, ProviderError):
        reason = blind or Value(number=None, reason=NOTHING)
        return Traffic(per_minute=reason, failed_percent=reason)
    over = now - timedelta(seconds=BUCKET_S)
    times = [at for one in measured for at, _value in one.values if at <= over]
    newest = max(times, default=None)
    if newest is None or now - newest > TOO_OLD:
        late = Value(number=None, reason="Render counted no whole minute lately")
        return Traffic(per_minute=late, failed_percent=late)
    counts = [
        (one.labels.get("statusCode", ""), value)
        for one in measured
        for at, value in one.values
        if at == newest
    ]
    total = sum(value for _status, value in counts)
    return Traffic(per_minute=Value(number=total), failed_percent=_failed(counts, total), at=newest)


def _failed(counts: Sequence[tuple[str, float]], total: float) -> Value:
    if total <= 0:
        return Value(number=None, reason="no request in that minute")
    if not any(status for status, _value in counts):
        return Value(number=None, reason="Render does not tell the requests by status")
    failed = sum(value for status, value in counts if status.startswith("5"))
    return Value(number=100 * failed / total)
