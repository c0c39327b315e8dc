"""Differences of counters: never negative, never invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from providers.postgres.counters import (
    NOTHING_READ,
    RESET,
    Counters,
    StatementTimes,
    average_ms,
    rates_between,
)

BEFORE = Counters(
    at_s=1000.0,
    era=(1.0, None),
    commits=100,
    rollbacks=10,
    blocks_hit=1000,
    blocks_read=100,
    deadlocks=1,
    temp_bytes=0,
)


def later(**changes: object) -> Counters:
    return structs.replace(BEFORE, at_s=1010.0, **changes)


def test_rates_are_growth_over_the_servers_own_seconds() -> None:
    after = later(commits=150, rollbacks=20, blocks_hit=1090, blocks_read=110, deadlocks=3)

    rates = rates_between(BEFORE, structs.replace(after, temp_bytes=5000))

    assert rates.transactions_per_s == (6.0, "")
    assert rates.rollbacks_per_s == (1.0, "")
    assert rates.deadlocks == (2.0, "")
    assert rates.temp_bytes_per_s == (500.0, "")
    assert rates.cache_hit_percent == (90.0, "")


def test_no_blocks_read_is_no_hit_rate() -> None:
    assert rates_between(BEFORE, later()).cache_hit_percent == (None, NOTHING_READ)


@pytest.mark.parametrize("era", [(2.0, None), (1.0, 5.0)])
def test_after_a_restart_or_a_reset_there_is_no_number(era: tuple[float, float | None]) -> None:
    rates = rates_between(BEFORE, later(commits=9_000, era=era))

    assert {getattr(rates, field.name) for field in structs.fields(rates)} == {(None, RESET)}


def test_a_counter_that_goes_back_costs_its_own_number_alone() -> None:
    rates = rates_between(BEFORE, later(deadlocks=0, temp_bytes=10))

    assert rates.deadlocks == (None, RESET)
    assert rates.temp_bytes_per_s == (1.0, "")


def test_a_clock_that_stands_still_gives_no_rate() -> None:
    rates = rates_between(BEFORE, structs.replace(BEFORE, commits=200))

    assert rates.transactions_per_s[0] is None
    assert rates.transactions_per_s[1]


counts = st.none() | st.integers(min_value=0, max_value=2**63 - 1)
counters = st.builds(
    Counters,
    at_s=st.none() | st.floats(min_value=0, max_value=4e9),
    era=st.tuples(st.just(1.0) | st.none(), st.none() | st.just(2.0)),
    commits=counts,
    rollbacks=counts,
    blocks_hit=counts,
    blocks_read=counts,
    deadlocks=counts,
    temp_bytes=counts,
)


@given(before=st.none() | counters, after=counters)
def test_every_figure_is_a_fair_number_or_says_why_not(
    before: Counters | None, after: Counters
) -> None:
    rates = rates_between(before, after)

    for field in structs.fields(rates):
        value, reason = getattr(rates, field.name)
        assert (value is None) == bool(reason)
        assert value is None or value >= 0
    hit = rates.cache_hit_percent[0]
    assert hit is None or hit <= 100.0


@given(
    calls=st.tuples(counts, counts),
    ms=st.tuples(st.none() | st.floats(0, 1e12), st.none() | st.floats(0, 1e12)),
)
def test_the_average_is_never_made_of_nothing(
    calls: tuple[int | None, int | None], ms: tuple[float | None, float | None]
) -> None:
    before, after = (StatementTimes(calls=calls[turn], total_ms=ms[turn]) for turn in range(2))

    value, reason = average_ms(before, after)

    assert (value is None) == bool(reason)
    assert value is None or value >= 0
