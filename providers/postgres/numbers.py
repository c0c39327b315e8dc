"""The numbers that one look at a database gives; pure."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.database_readings import ConnectionCounts
from providers.group_numbers import grouped_readings
from providers.postgres.counters import Figure, Rates
from providers.postgres.overview import UNSEEN, Overview
from providers.readings import Reading, SourceId

BY_APPLICATION: Final = "connections_by_application"


class Findings(Struct, frozen=True, kw_only=True):
    """Everything numeric of one look."""

    overview: Overview
    rates: Rates
    size: Figure
    """The newest; asked once a minute, which is what its age can be (so is `average`, sooner)."""

    average: Figure


def readings_of(source: SourceId, at: Moment, findings: Findings) -> tuple[Reading, ...]:
    """One reading for each metric, always the same metrics; those without a number say why."""
    numbers = [
        *_connections(findings.overview.connections),
        *_sessions(findings.overview),
        *_rates(findings.rates),
        # Of this look, although it was asked seldom: it is the newest there is to be had.
        ("database_size_bytes", findings.size, "bytes"),
        ("query_avg_ms", findings.average, "ms"),
    ]
    return (
        *[_reading(source, name, figure, unit, at) for name, figure, unit in numbers],
        # The poller counts the reads that fail; a look that came back did not.
        _reading(source, "connect_failed", (0.0, ""), "count", at),
        *_by_application(source, findings.overview.connections, at),
    )


def _by_application(
    source: SourceId, counts: ConnectionCounts | None, at: Moment
) -> Iterator[Reading]:
    if counts is None or (counts.used and not counts.by_application):
        yield _reading(source, BY_APPLICATION, (None, UNSEEN), "count", at)
        return
    named = [(name.text, float(sessions)) for name, sessions in counts.by_application]
    yield from grouped_readings(source, BY_APPLICATION, "count", at, named)


def _reading(source: SourceId, name: str, figure: Figure, unit: str, at: Moment) -> Reading:
    value, reason = figure
    return Reading(source=source, metric=name, value=value, unit=unit, at=at, reason=reason)


def _seen(value: float | None) -> Figure:
    return (None, UNSEEN) if value is None else (float(value), "")


def _connections(counts: ConnectionCounts | None) -> list[tuple[str, Figure, str]]:
    if counts is None:
        nothing: Figure = (None, UNSEEN)
        return [
            ("connections_used", nothing, "count"),
            ("connections_available", nothing, "count"),
            ("connections_percent", nothing, "%"),
        ]
    percent: Figure = (None, "no connections are open to ordinary users")
    if counts.available > 0:
        percent = (100.0 * counts.used / counts.available, "")
    return [
        ("connections_used", (float(counts.used), ""), "count"),
        ("connections_available", (float(counts.available), ""), "count"),
        ("connections_percent", percent, "%"),
    ]


def _sessions(overview: Overview) -> list[tuple[str, Figure, str]]:
    numbers = [
        ("long_queries", _seen(overview.long_queries), "count"),
        ("idle_in_transaction", _seen(overview.idle_in_transaction), "count"),
        ("blocked", _seen(overview.blocked), "count"),
        ("oldest_transaction_s", _seen(overview.oldest_transaction_s), "s"),
    ]
    if overview.in_recovery:
        replayed = overview.replay_lag_s is not None
        lag: Figure = (overview.replay_lag_s, "" if replayed else "nothing was replayed yet")
        numbers.append(("replay_lag_s", lag, "s"))
    return numbers


def _rates(rates: Rates) -> list[tuple[str, Figure, str]]:
    return [
        ("cache_hit_percent", rates.cache_hit_percent, "%"),
        ("transactions_per_s", rates.transactions_per_s, "per_s"),
        ("rollbacks_per_s", rates.rollbacks_per_s, "per_s"),
        ("deadlocks", rates.deadlocks, "count"),
        ("temp_bytes_per_s", rates.temp_bytes_per_s, "bytes_per_s"),
    ]
