"""Differences of PostgreSQL's counters between two looks; pure.

Counters only grow. When they were reset, when the server started anew, or when another server
answers under the same name, the interval has no number rather than a negative or a huge one.
"""

from msgspec import Struct

Figure = tuple[float | None, str]
"""A number, or None with the reason."""

FIRST_LOOK = "needs a second look"
RESET = "the server's counters were reset"
NOTHING_READ = "no blocks were read since the last look"
NO_STATEMENTS = "no statement ended since the last look"
_SHORTEST_S = 0.001


class Counters(Struct, frozen=True, kw_only=True):
    """The counters of one database at one instant; None for what the server did not say."""

    at_s: float | None
    """By the server's clock."""

    era: tuple[float | None, float | None]
    """When the server started and when its counters were reset."""

    commits: int | None
    rollbacks: int | None
    blocks_hit: int | None
    blocks_read: int | None
    deadlocks: int | None
    temp_bytes: int | None


class Rates(Struct, frozen=True, kw_only=True):
    """What happened between two looks."""

    transactions_per_s: Figure
    """Committed and rolled back; one of them is our own look."""

    rollbacks_per_s: Figure
    deadlocks: Figure
    temp_bytes_per_s: Figure
    cache_hit_percent: Figure


def rates_between(before: Counters | None, after: Counters) -> Rates:
    """The rates from one look to the next; without a number where there can be none."""
    reason = _incomparable(before, after)
    if reason or before is None:
        none: Figure = (None, reason)
        return Rates(
            transactions_per_s=none,
            rollbacks_per_s=none,
            deadlocks=none,
            temp_bytes_per_s=none,
            cache_hit_percent=none,
        )
    seconds = (after.at_s or 0.0) - (before.at_s or 0.0)
    rollbacks = difference(before.rollbacks, after.rollbacks)
    transactions = _sum(difference(before.commits, after.commits), rollbacks)
    return Rates(
        transactions_per_s=_per_second(transactions, seconds),
        rollbacks_per_s=_per_second(rollbacks, seconds),
        deadlocks=difference(before.deadlocks, after.deadlocks),
        temp_bytes_per_s=_per_second(difference(before.temp_bytes, after.temp_bytes), seconds),
        cache_hit_percent=_hit_percent(
            difference(before.blocks_hit, after.blocks_hit),
            difference(before.blocks_read, after.blocks_read),
        ),
    )


def _incomparable(before: Counters | None, after: Counters) -> str:
    if before is None:
        return FIRST_LOOK
    if before.era != after.era:
        return RESET
    if before.at_s is None or after.at_s is None or after.at_s - before.at_s < _SHORTEST_S:
        return "the server's clock did not move forward"
    return ""


def difference(before: float | None, after: float | None) -> Figure:
    """How much a counter grew; no number when it went back or is not there."""
    if before is None or after is None:
        return None, "the server does not count this"
    if after < before:
        return None, RESET
    return float(after - before), ""


def _sum(first: Figure, second: Figure) -> Figure:
    if first[0] is None or second[0] is None:
        return None, first[1] or second[1]
    return first[0] + second[0], ""


def _per_second(figure: Figure, seconds: float) -> Figure:
    value, reason = figure
    return (None, reason) if value is None else (value / seconds, "")


def _hit_percent(hit: Figure, read: Figure) -> Figure:
    total, reason = _sum(hit, read)
    if total is None or hit[0] is None:
        return None, reason
    return (100.0 * hit[0] / total, "") if total > 0 else (None, NOTHING_READ)


class StatementTimes(Struct, frozen=True, kw_only=True):
    """Totals of pg_stat_statements at one instant."""

    calls: int | None
    total_ms: float | None


def average_ms(before: StatementTimes | None, after: StatementTimes) -> Figure:
    """Mean execution time of the statements that ended between two looks."""
    if before is None:
        return None, FIRST_LOOK
    calls, reason = difference(before.calls, after.calls)
    spent, why = difference(before.total_ms, after.total_ms)
    if calls is None or spent is None:
        return None, reason or why
    return (spent / calls, "") if calls > 0 else (None, NO_STATEMENTS)
