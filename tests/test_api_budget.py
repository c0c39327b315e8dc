"""The share of each vendor's limit that is used, and our own calls, by real clients."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.api_budget import ApiBudgetSource, metric_of
from providers.base import SourceKind
from providers.http import Api
from providers.system_readings import Condition, SystemReading
from providers.tally import SPAN_S, Tally
from tests.fakes import ManualClock
from tests.vendor_rigs import client, numbers_of, shifted_clock, spec_of
from tests.vendor_server import Asked, Reply, json_reply, vendor_server


@asynccontextmanager
async def telling(clock: ManualClock, **headers: str) -> AsyncIterator[Api]:
    """A client of a vendor that tells its limit in these headers."""

    def answer(_asked: Asked) -> Reply:
        return json_reply({}, 200, **headers)

    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        yield api


def source(clock: ManualClock, **apis: tuple[str, Api]) -> ApiBudgetSource:
    return ApiBudgetSource(
        spec_of("API budget", SourceKind.SYSTEM),
        "API budget",
        {name: api for name, (_, api) in apis.items()},
        {name: kind for name, (kind, _) in apis.items()},
        clock,
    )


LIMITED = {"X_RateLimit_Limit": "100", "X_RateLimit_Remaining": "15"}


async def test_the_worst_account_is_the_number() -> None:
    clock = shifted_clock()
    async with (
        telling(clock, X_RateLimit_Limit="100", X_RateLimit_Remaining="60") as calm,
        telling(clock, **LIMITED) as busy,
    ):
        await calm.get("ask", "/")
        await busy.get("ask", "/")
        harvest = await source(clock, calm=("vercel", calm), busy=("github", busy)).read()

    assert numbers_of(harvest) == {
        "api_budget_used_percent": pytest.approx(85),
        "calls_per_minute": 2,
        "calm_used_percent": pytest.approx(40),
        "busy_used_percent": pytest.approx(85),
    }
    assert isinstance(harvest.payload, SystemReading)
    assert harvest.payload.condition is Condition.DEGRADED
    assert "busy 85 %" in harvest.payload.summary.text


async def test_what_was_never_asked_is_no_data_and_not_nought() -> None:
    clock = shifted_clock()
    async with telling(clock) as api:
        harvest = await source(clock, a=("vercel", api)).read()

    (reading,) = [each for each in harvest.numbers if each.metric == "a_used_percent"]
    assert reading.value is None
    assert reading.reason == "the vendor does not tell its limit"
    assert isinstance(harvest.payload, SystemReading)
    (row,) = harvest.payload.sections[0].records
    assert (row.condition, row.state.text) == (Condition.UNKNOWN, "limit not told")
    assert numbers_of(harvest)["api_budget_used_percent"] is None


async def test_a_budget_of_long_ago_says_nothing_of_now() -> None:
    clock = shifted_clock()
    async with telling(clock, **LIMITED) as api:
        await api.get("ask", "/")
        clock.advance(901)
        harvest = await source(clock, a=("vercel", api)).read()

    (reading,) = [each for each in harvest.numbers if each.metric == "a_used_percent"]
    assert (reading.value, reading.reason) == (None, "not asked for 15 minutes")


async def test_a_vendor_without_headers_is_measured_by_our_own_calls() -> None:
    clock = shifted_clock()
    async with telling(clock) as api:
        for _ in range(3):
            await api.get("ask", "/")
        looking = source(clock, key=("google-key", api))
        before = numbers_of(await looking.read())
        clock.advance(61)
        after = numbers_of(await looking.read())

    assert before["key_used_percent"] == pytest.approx(2)
    assert after["key_used_percent"] == 0
    assert before["calls_per_minute"] == 3


async def test_looking_sends_nothing() -> None:
    clock = shifted_clock()
    async with telling(clock) as api:
        looking = source(clock, a=("vercel", api))
        await looking.read()
        assert api.sent_within(3_600) == 0


def test_a_tally_counts_by_the_second_and_forgets() -> None:
    clock = shifted_clock()
    tally = Tally(clock)
    for _ in range(5):
        tally.note()
    clock.advance(30)
    tally.note()

    assert (tally.within(10), tally.within(60)) == (1, 6)
    clock.advance(45)
    assert tally.within(60) == 1


@given(st.lists(st.sampled_from((0.0, 0.4, 1.0, 59.9, 600.0, 3_600.0, 9_000.0)), max_size=40))
def test_a_tally_counts_what_the_hour_holds_whenever_it_came(pauses: list[float]) -> None:
    clock = shifted_clock()
    tally, at = Tally(clock), list[float]()
    for pause_s in pauses:
        clock.advance(pause_s)
        tally.note()
        at.append(clock.now().tick_s)
        now_s = at[-1]
        for span_s in (60.0, float(SPAN_S)):
            assert tally.within(span_s) == sum(int(one) > now_s - span_s for one in at)


@pytest.mark.parametrize(
    ("account", "metric"),
    [("lma-vercel", "lma_vercel_used_percent"), ("main", "main_used_percent")],
)
def test_metric_names(account: str, metric: str) -> None:
    assert metric_of(account) == metric
