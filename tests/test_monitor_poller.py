"""Reads at their pace: nobody delays anybody, nothing overlaps, nothing bursts."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.poller import Poller
from monitor.schedule import LONGEST_BACKOFF_S, backoff_s, next_start_s
from monitor.turns import Outcome
from providers.base import SourceKind
from providers.errors import RateLimited, Unauthorized, Unreachable
from providers.harvest import Harvest
from providers.readings import SourceId, Trouble
from tests.fakes import ManualClock, ScriptedSource, Stubborn, forever, probe, settle, source_spec


class Rig:
    """A poller that runs, with all its outcomes."""

    def __init__(self, clock: ManualClock, sources: Sequence[ScriptedSource]) -> None:
        self.clock = clock
        self.poller = Poller(sources, clock, random.Random(7))
        self.outcomes: list[Outcome] = []

    async def keep_turning(self) -> None:
        while True:
            self.outcomes += await self.poller.turn(1.0)

    def of(self, source: ScriptedSource) -> list[Outcome]:
        return [one for one in self.outcomes if one.spec.id == source.spec.id]


@asynccontextmanager
async def running(clock: ManualClock, sources: Sequence[ScriptedSource]) -> AsyncIterator[Rig]:
    rig = Rig(clock, sources)
    task = asyncio.create_task(rig.keep_turning())
    try:
        yield rig
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await rig.poller.aclose()


def scripted(clock: ManualClock, name: str, *steps: object, **spec: object) -> ScriptedSource:
    return ScriptedSource(source_spec(f"lma/production/{name}", **spec), clock, steps)  # type: ignore[arg-type]


def within_a_fifth(source: ScriptedSource, interval_s: float) -> None:
    assert len(source.gaps_s) >= 5
    assert all(0.8 * interval_s <= gap <= 1.2 * interval_s for gap in source.gaps_s), source.gaps_s


async def test_first_reads_begin_at_once_in_groups_of_five() -> None:
    clock = ManualClock()
    sources = [scripted(clock, f"s{i}", forever) for i in range(12)]
    async with running(clock, sources):
        await settle()
        assert sum(len(one.reads) for one in sources) == 5
        await clock.run(0.1)
        assert [len(one.reads) for one in sources] == [1] * 12


async def test_answers_and_wakes_bring_no_group_before_its_time() -> None:
    clock = ManualClock()
    sources = [scripted(clock, f"s{index}") for index in range(15)]
    poller = Poller(sources, clock, random.Random(7))
    poller.begin((0.05,))
    await settle()
    assert sum(len(source.reads) for source in sources) == 5
    told = await poller.turn(0.0)
    assert len(told) == 5
    poller.wake()
    await poller.turn(0.0)
    await settle()
    assert sum(len(source.reads) for source in sources) == 5
    clock.advance(0.05)
    await poller.turn(0.0)
    await settle()
    assert sum(len(source.reads) for source in sources) == 10
    await poller.aclose()


async def test_groups_follow_after_their_leads_until_they_may_go_on() -> None:
    clock = ManualClock()
    sources = [scripted(clock, f"s{index}", forever) for index in range(20)]
    poller = Poller(sources, clock, random.Random(7))
    poller.begin((0.05, 1.0))

    async def begun_after(seconds: float) -> int:
        clock.advance(seconds)
        poller.wake()
        await poller.turn(0.0)
        await settle()
        return sum(len(source.reads) for source in sources)

    assert await begun_after(0.05) == 10
    assert await begun_after(0.9) == 10
    poller.go_on()
    assert await begun_after(0.02) == 15
    assert await begun_after(0.02) == 20
    await poller.aclose()


async def test_gaps_are_jittered_by_a_tenth_and_average_to_the_interval() -> None:
    clock = ManualClock()
    source = scripted(clock, "api", interval_s=60.0)
    async with running(clock, [source]):
        await clock.run(60 * 100)
    within_a_fifth(source, 60)
    # On a grid of 3 s, with the other sources: 54, 57, 60, 63 and 66.
    assert len({round(gap) for gap in source.gaps_s}) >= 5
    assert sum(source.gaps_s) / len(source.gaps_s) == pytest.approx(60, rel=0.02)
    assert max(source.gaps_s) - min(source.gaps_s) >= 0.1 * 60


async def test_ten_stuck_sources_leave_the_others_their_interval() -> None:
    clock = ManualClock()
    stuck = [scripted(clock, f"stuck{i}", Stubborn(_never)) for i in range(10)]
    well = [scripted(clock, f"well{i}") for i in range(4)]
    async with running(clock, [*stuck, *well]) as rig:
        await clock.run(200)
        for one in well:
            within_a_fifth(one, 10)
        assert [len(one.reads) for one in stuck] == [1] * 10
        assert len(rig.poller.hung) == 10
        for one in stuck:
            one.steps[0].let_go.set()  # type: ignore[union-attr]
        await settle()


async def test_a_read_past_its_deadline_is_stopped_and_said_so() -> None:
    clock = ManualClock()
    source = scripted(clock, "api", forever)
    async with running(clock, [source]) as rig:
        await clock.run(5.9)
        assert rig.outcomes == []
        await clock.run(0.2)
        (outcome,) = rig.outcomes
    assert outcome.failure is not None
    assert outcome.failure.trouble is Trouble.TIMED_OUT
    assert "no answer within 5 s" in outcome.failure.sentence


async def test_a_read_that_swallows_its_cancellation_is_told_and_never_doubled() -> None:
    clock = ManualClock()
    stubborn = Stubborn(lambda: source.harvest(probe()))
    source = scripted(clock, "api", stubborn)
    async with running(clock, [source]) as rig:
        await clock.run(120)
        assert source.most_under_way == 1
        assert len(source.reads) == 1
        said = [one.failure.sentence for one in rig.of(source) if one.failure]
        assert len(said) == 2
        assert "does not stop when told to" in said[1]
        assert [len(rig.poller.hung), len(rig.poller.refresh())] == [1, 0]

        stubborn.let_go.set()
        await settle()
        assert len(rig.poller.hung) == 0
        await clock.run(30)
        assert len(source.reads) > 1
        harvests = [one for one in rig.of(source) if one.harvest is not None]
        assert len(harvests) == len(source.reads) - 1, "what came too late is no answer"
    assert source.most_under_way == 1


async def test_a_bug_in_one_source_is_its_failure_and_the_others_go_on() -> None:
    clock = ManualClock()
    broken = scripted(clock, "broken", KeyError("secret-token"))
    well = scripted(clock, "well")
    async with running(clock, [broken, well]) as rig:
        await clock.run(100)
    within_a_fifth(well, 10)
    failure = rig.of(broken)[0].failure
    assert failure is not None
    assert failure.trouble is Trouble.BUG
    assert "KeyError" in failure.sentence
    assert "broken" in failure.sentence
    assert "secret-token" not in failure.sentence


async def test_a_read_that_brings_nothing_is_a_bug_and_not_the_end() -> None:
    async def nothing() -> None:
        return None

    clock = ManualClock()
    source = scripted(clock, "odd", nothing)
    async with running(clock, [source]) as rig:
        await clock.run(1)
    (outcome,) = rig.outcomes
    assert outcome.failure is not None
    assert outcome.failure.trouble is Trouble.BUG


async def test_a_failing_source_is_asked_less_and_less_but_never_given_up() -> None:
    clock = ManualClock()
    source = scripted(
        clock,
        "db/main",
        Unreachable("PG", "look", "refused"),
        kind=SourceKind.DATABASE,
        interval_s=30.0,
    )
    async with running(clock, [source]):
        await clock.run(3_600)
    assert source.gaps_s[0] == pytest.approx(30, rel=0.15)
    assert source.gaps_s[3] > 1.5 * source.gaps_s[0]
    assert max(source.gaps_s) <= LONGEST_BACKOFF_S * 1.15
    assert source.reads[-1].tick_s > clock.now().tick_s - 400


async def test_an_endpoint_that_is_down_keeps_its_interval() -> None:
    clock = ManualClock()
    source = scripted(clock, "api", probe(503))
    async with running(clock, [source]):
        await clock.run(300)
    within_a_fifth(source, 10)


async def test_retry_after_is_obeyed_even_by_hand() -> None:
    clock = ManualClock()
    source = scripted(
        clock,
        "deploys/api",
        RateLimited("Vercel", "list", "429", retry_after_s=120),
        probe(),
        kind=SourceKind.DEPLOYS,
    )
    async with running(clock, [source]) as rig:
        await clock.run(1)
        assert rig.poller.refresh() == ()
        await clock.run(118)
        assert len(source.reads) == 1
        await clock.run(20)
    assert source.gaps_s[0] >= 120


async def test_by_hand_at_most_once_a_second_and_never_beside_a_read() -> None:
    clock = ManualClock()
    source = scripted(clock, "api")
    async with running(clock, [source]) as rig:
        await clock.run(3)
        assert rig.poller.refresh([source.spec.id, SourceId("gone")]) == (source.spec.id,)
        assert rig.poller.refresh() == ()
        await clock.run(0.5)
        assert rig.poller.refresh() == ()
        assert len(source.reads) == 2
        await clock.run(0.6)
        assert rig.poller.refresh() == (source.spec.id,)
        await settle()
        assert [one.by_hand for one in rig.of(source)] == [False, True, True]


SILENT = probe(None)


@pytest.mark.parametrize(
    ("second", "by_hand", "interval_s", "told_s"),
    [
        pytest.param(probe(), False, 10.0, 1.25, id="an answer, with those of its second"),
        pytest.param(probe(503), False, 10.0, 1.25, id="a bad one is published no sooner"),
        pytest.param(SILENT, False, 10.0, 0.4, id="silence: is it our own network"),
        pytest.param(Unreachable("HTTP", "GET", "no"), False, 10.0, 0.4, id="a failure"),
        pytest.param(probe(), True, 10.0, 0.4, id="asked by hand"),
        pytest.param(probe(), False, 1.5, 0.4, id="asked again soon"),
    ],
)
async def test_what_presses_is_told_at_once_and_all_else_with_its_second(
    second: object, by_hand: bool, interval_s: float, told_s: float
) -> None:
    clock = ManualClock()
    ends = asyncio.Event()

    async def ended() -> Harvest:
        await ends.wait()
        return await source._step(second)  # type: ignore[arg-type]

    source = scripted(clock, "api", probe(), ended, interval_s=interval_s)
    async with running(clock, [source]) as rig:
        assert await _first_told(rig, 1) == 0.0, "the first answer"
        while len(source.reads) < 2:
            clock.advance(max(0.0, clock.next_due_s - clock.now().tick_s))
            if by_hand:
                rig.poller.refresh()
            await settle()
        begun_s = clock.now().tick_s
        await clock.run(math.floor(begun_s) + 1.4 - begun_s)
        at = clock.now()
        ends.set()
        assert await _first_told(rig, 2) == pytest.approx(told_s)
        outcome = rig.of(source)[1]
        assert outcome.at == at
        assert outcome.took_ms == pytest.approx((at.tick_s - begun_s) * 1000)


async def _first_told(rig: Rig, count: int) -> float:
    """Part of the second in which so many outcomes have been told."""
    await settle()
    began_s = math.floor(rig.clock.now().tick_s)
    while len(rig.outcomes) < count:
        rig.clock.advance(rig.clock.next_due_s - rig.clock.now().tick_s)
        await settle()
    return rig.clock.now().tick_s - began_s


async def test_by_hand_right_after_a_read_is_one_more_read() -> None:
    clock = ManualClock()
    source = scripted(clock, "api")
    async with running(clock, [source]) as rig:
        await clock.run(12)
        while rig.poller.under_way or not rig.poller.is_reading(source.spec.id):
            clock.advance(clock.next_due_s - clock.now().tick_s)
            await settle()
        reads, told = len(source.reads), len(rig.outcomes)
        assert rig.poller.refresh() == (source.spec.id,)
        await settle()
        assert len(source.reads) == reads + 1
        assert [one.by_hand for one in rig.outcomes[told:]] == [False, True]


@pytest.mark.parametrize("seconds", [60.0, 8 * 3_600.0])
async def test_after_a_suspend_each_source_is_read_once_and_spread_out(seconds: float) -> None:
    clock = ManualClock()
    sources = [scripted(clock, f"s{i}") for i in range(20)]
    async with running(clock, sources) as rig:
        await clock.run(50)
        before = [len(one.reads) for one in sources]
        woke_s = clock.now().tick_s + seconds
        clock.advance(seconds)
        await clock.run(0.01)
        assert sum(len(one.reads) for one in sources) - sum(before) <= 5
        await clock.run(6)
        after = [one.reads[-1].tick_s - woke_s for one in sources]
        assert all(len(one.reads) == n + 1 for one, n in zip(sources, before, strict=True))
        assert max(after) - min(after) > 2
        assert rig.poller.pauses == 1


async def test_a_wall_clock_set_back_or_forth_makes_no_burst() -> None:
    clock = ManualClock()
    source = scripted(clock, "api")
    async with running(clock, [source]) as rig:
        await clock.run(25)
        reads = len(source.reads)
        clock.set_wall(-7_200)
        await clock.run(8)
        assert len(source.reads) <= reads + 2
        clock.set_wall(7_200)
        await clock.run(8)
        assert len(source.reads) <= reads + 4
        assert rig.poller.pauses == 2
        await clock.run(100)
    assert len(source.reads) >= reads + 10


async def test_a_read_under_way_over_a_suspend_gets_its_time_again() -> None:
    clock = ManualClock()
    source = scripted(clock, "api", forever)
    async with running(clock, [source]) as rig:
        await clock.run(2)
        clock.advance(3_600)
        await clock.run(3)
        assert rig.outcomes == []


async def test_replacing_closes_what_went_and_keeps_the_turn_of_what_stayed() -> None:
    clock = ManualClock()
    stays, goes, comes = (scripted(clock, name) for name in ("stays", "goes", "comes"))
    async with running(clock, [stays, goes]) as rig:
        await clock.run(12)
        reads = len(stays.reads)
        await rig.poller.replace({one.spec.id: one for one in (stays, comes)})
        await clock.run(1)
        assert (goes.closed, stays.closed) == (1, 0)
        assert len(comes.reads) == 1
        assert len(stays.reads) == reads
        gone = len(goes.reads)
        await clock.run(40)
        assert len(goes.reads) == gone
    assert (stays.closed, comes.closed) == (1, 1)


async def test_the_end_does_not_wait_for_a_read_that_does_not_stop() -> None:
    clock = ManualClock()
    stubborn = Stubborn(lambda: source.harvest(probe()))
    source = scripted(clock, "api", stubborn)
    async with running(clock, [source]):
        await clock.run(1)
        started = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started < 1.0
    assert source.closed == 1
    stubborn.let_go.set()
    await settle()


async def test_advice_and_trouble_of_a_provider_error_arrive() -> None:
    clock = ManualClock()
    error = Unauthorized("Render", "list deploys", "401", advice="make a new key")
    source = scripted(clock, "deploys/api", error, kind=SourceKind.DEPLOYS)
    async with running(clock, [source]) as rig:
        await clock.run(1)
    failure = rig.outcomes[0].failure
    assert failure is not None
    assert (failure.trouble, failure.advice) == (Trouble.UNAUTHORIZED, "make a new key")


@given(st.floats(0.5, 600), st.integers(0, 200))
def test_backoff_grows_and_stays_within_its_cap(interval_s: float, failures: int) -> None:
    wait_s = backoff_s(interval_s, failures)
    assert interval_s <= wait_s <= max(interval_s, LONGEST_BACKOFF_S)
    assert backoff_s(interval_s, failures + 1) >= wait_s


@given(
    st.floats(1, 600),
    st.floats(0, 1e6),
    st.floats(0, 1e5),
    st.integers(0, 50),
    st.floats(0, 900),
    st.integers(0, 2**32),
)
def test_the_next_start_is_never_in_the_past_and_never_before_the_wait(
    interval_s: float, due_s: float, late_s: float, failures: int, wait_s: float, seed: int
) -> None:
    now_s = due_s + late_s
    found = next_start_s(interval_s, due_s, now_s, failures, wait_s, random.Random(seed))
    assert found >= now_s - 1.0
    assert found >= now_s + wait_s or wait_s == 0


def _never() -> Harvest:
    raise AssertionError("never brought home")


async def test_what_no_pane_shows_is_read_at_leisure_until_it_is_looked_at() -> None:
    clock = ManualClock()
    source = scripted(clock, "logs", interval_s=10.0, unseen_interval_s=100.0)
    async with running(clock, [source]) as rig:
        await clock.run(450)
        assert 4 <= len(source.reads) <= 6
        rig.poller.look_at(frozenset({source.spec.id}))
        await clock.run(1)
        before = len(source.reads)
        await clock.run(100)
        assert 9 <= len(source.reads) - before <= 11
        rig.poller.look_at(frozenset())
        before = len(source.reads)
        await clock.run(300)
        assert len(source.reads) - before <= 5


async def test_looking_does_not_ask_a_vendor_that_wants_to_be_left_alone() -> None:
    clock = ManualClock()
    limited = RateLimited("Vendor", "list", "429", retry_after_s=300)
    source = scripted(clock, "logs", limited, interval_s=10.0, unseen_interval_s=100.0)
    async with running(clock, [source]) as rig:
        await clock.run(5)
        rig.poller.look_at(frozenset({source.spec.id}))
        await clock.run(250)
        assert len(source.reads) == 1
