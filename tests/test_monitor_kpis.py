"""One KPI over time: windows, staleness, scale, memory."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.history import History
from monitor.kpis import KpiTrack
from monitor.memory import recall
from monitor.state_texts import KpiId
from monitor.timeline import Timeline
from monitor.turns import Outcome
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.workspace import KpiSpec, SeriesRef, Statistic, WorkspaceSpec
from monitor.world import World
from providers.clock import Moment
from providers.harvest import Harvest
from providers.readings import Failure, Reading, SourceId, Trouble
from tests.fakes import START as DAY
from tests.fakes import ManualClock, probe, source_spec

ONE, TWO = SourceId("lma/production/a/x"), SourceId("lma/production/b/x")
SPECS = {one: source_spec(one) for one in (ONE, TWO)}
ERRORS = SeriesRef(source=ONE, metric="errors")
OTHERS = SeriesRef(source=TWO, metric="errors")
REQUESTS = SeriesRef(source=ONE, metric="requests")
OVER_FIVE = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=5)


def kpi(
    statistic: Statistic,
    *series: SeriesRef,
    window_s: float = 300,
    bands: tuple[Band, ...] = (OVER_FIVE,),
    **more: object,
) -> KpiSpec:
    return KpiSpec(
        key="k",
        title="K",
        environment="production",
        unit="",
        series=series or (ERRORS,),
        statistic=statistic,
        window_s=window_s,
        bands=bands,
        **more,  # type: ignore[arg-type]
    )


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=1_000 + seconds)


class Track(KpiTrack):
    """A KPI that is fed with plain numbers."""

    def feed(self, seconds: float, value: float | None, ref: SeriesRef = ERRORS) -> None:
        self.add(ref, Reading.of(ref.source, ref.metric, value, "", at(seconds)))


def test_several_series_are_pooled() -> None:
    track = Track(kpi(Statistic.P95, ERRORS, OTHERS), SPECS)
    for index in range(10):
        track.feed(index, float(index))
        track.feed(index, 100.0 + index, OTHERS)
    assert track.view(at(10)).value == 108
    average = Track(kpi(Statistic.AVERAGE, ERRORS, OTHERS), SPECS)
    average.feed(1, 4.0)
    average.feed(1, 8.0, OTHERS)
    assert average.view(at(1)).value == 6


def test_a_ratio_is_scaled_and_needs_its_attempts() -> None:
    spec = kpi(Statistic.RATIO, denominator=(REQUESTS,), minimum_attempts=20.0)
    track = Track(spec, SPECS)
    track.feed(1, 1.0)
    track.feed(1, 10.0, REQUESTS)
    view = track.view(at(1))
    assert (view.value, view.reason) == (None, "judged from 20 attempts on, 10 so far")
    assert view.verdict.level is Level.UNKNOWN
    track.feed(10, 3.0)
    track.feed(10, 30.0, REQUESTS)
    assert track.view(at(10)).value == 10
    assert track.view(at(10)).verdict.phase is Phase.FIRING


def test_a_scale_is_applied_before_the_judgement() -> None:
    track = Track(kpi(Statistic.AVERAGE, scale=100.0), SPECS)
    track.feed(1, 0.06)
    assert track.view(at(1)).value == pytest.approx(6)
    assert track.view(at(1)).verdict.level is Level.CRITICAL


def test_a_number_without_bands_is_a_trend_and_never_an_alarm() -> None:
    track = Track(kpi(Statistic.LAST, bands=()), SPECS)
    assert track.view(at(0)).verdict.level is Level.UNKNOWN
    track.feed(1, 1e9)
    assert track.view(at(1)).verdict.level is Level.OK


def test_why_there_is_no_number_is_what_the_source_said() -> None:
    track = Track(kpi(Statistic.LAST), SPECS)
    assert track.view(at(0)).reason == "no reading yet"
    track.add(
        ERRORS,
        Reading(source=ONE, metric="errors", value=None, unit="", at=at(1), reason="no such field"),
    )
    assert track.view(at(1)).reason == "no such field"


def test_readings_too_old_are_no_data() -> None:
    track = Track(kpi(Statistic.AVERAGE), SPECS)
    track.feed(0, 1.0)
    assert track.view(at(25)).verdict.level is Level.OK
    stale = track.view(at(26))
    assert (stale.value, stale.reason) == (None, "no data for 26s")
    assert stale.verdict.level is Level.UNKNOWN
    track.feed(30, 1.0)
    assert track.view(at(30)).verdict.level is Level.OK


def test_what_was_counted_stays_counted_until_it_leaves_the_window() -> None:
    over_one = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=1)
    track = Track(kpi(Statistic.COUNT, bands=(over_one,)), SPECS)
    for seconds in (0, 10):
        track.feed(seconds, 1.0)
    assert track.view(at(200)).value == 2
    assert track.view(at(305)).value == 1
    gone = track.view(at(311))
    assert (gone.value, gone.verdict.phase) == (None, Phase.UNKNOWN)
    assert gone.verdict.level is Level.CRITICAL, "it was firing when last seen"


def test_offline_time_moves_no_state() -> None:
    track = Track(kpi(Statistic.LAST), SPECS)
    track.feed(0, 9.0)
    track.view(at(0))
    states = track.states
    track.feed(10, 1.0)
    track.view(at(10), suspended=True)
    assert track.states == states


def test_the_small_history_holds_gaps() -> None:
    track = Track(kpi(Statistic.LAST), SPECS)
    for seconds, value in ((0, 1.0), (10, None), (20, 3.0)):
        track.feed(seconds, value)
        view = track.view(at(seconds))
    assert view.history == (1.0, None, 3.0)


def workspace(*kpis: KpiSpec) -> WorkspaceSpec:
    return WorkspaceSpec(
        name="lma",
        title="LMA",
        environments=(),
        services=(),
        rows=(),
        kpis=kpis,
        databases=(),
        deploy_sources=(),
        vendor_sources=(),
    )


def ended(
    value: float | None, failure: Failure | None, *, harvested: bool = True, reason: str = ""
) -> Outcome:
    """A read of `API /health/metrics`, with an answer or without."""
    numbers = Reading.of(ONE, "errors", value, "", at(0))
    if reason:
        numbers = replace(numbers, reason=reason)
    payload = replace(probe(), failure=failure)
    harvest = Harvest(payload=payload, numbers=(numbers,), at=at(0))
    return Outcome(
        spec=replace(source_spec(ONE), title="API /health/metrics"),
        harvest=harvest if harvested else None,
        failure=None if harvested else failure,
        at=at(0),
        took_ms=1.0,
        by_hand=False,
    )


def failed(trouble: Trouble, sentence: str) -> Failure:
    return Failure(trouble=trouble, sentence=sentence)


ANSWERED_503 = failed(Trouble.SERVER_FAILED, "answered 503, expected 200 (pool exhausted)")
LATE = failed(Trouble.TIMED_OUT, "no complete answer within 5 s, while waiting for the first byte")
UNREACHABLE = failed(Trouble.UNREACHABLE, "PostgreSQL: read sessions: connection refused")
BUG = failed(Trouble.BUG, "API: bug in quarterdeck: KeyError at x.py:3")


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (ended(None, ANSWERED_503), "no data: API /health/metrics answered 503"),
        (
            ended(None, ANSWERED_503, reason="HTML instead of JSON"),
            "no data: API /health/metrics answered 503",
        ),
        (ended(None, LATE), "no data: API /health/metrics: no complete answer within 5 s"),
        (ended(None, None), "no data: API /health/metrics gives no errors"),
        (ended(None, None, reason="not a number but str"), "not a number but str"),
        (ended(None, UNREACHABLE, harvested=False), "no data: API /health/metrics unreachable"),
        (ended(None, BUG, harvested=False), "no data: bug in quarterdeck"),
    ],
)
def test_a_missing_number_is_explained_by_its_source(outcome: Outcome, reason: str) -> None:
    world = World([workspace(kpi(Statistic.AVERAGE))], [outcome.spec], at(0))
    world.take(outcome)
    view = world.kpis[KpiId(workspace="lma", key="k")].view(at(0))
    assert (view.value, view.reason) == (None, reason)
    assert view.verdict.why == reason


def test_what_is_stale_says_why_as_well() -> None:
    gone = ended(None, UNREACHABLE, harvested=False)
    world = World([workspace(kpi(Statistic.AVERAGE))], [gone.spec], at(0))
    track = world.kpis[KpiId(workspace="lma", key="k")]
    world.take(ended(1.0, None))
    world.take(replace(gone, at=at(20)))
    assert track.view(at(20)).value == 1.0
    assert track.view(at(30)).reason == "no data for 30s: API /health/metrics unreachable"


def test_the_next_number_ends_the_explanation() -> None:
    track = Track(kpi(Statistic.AVERAGE, window_s=5), SPECS)
    track.miss(ONE, "no data: API unreachable")
    assert track.view(at(0)).reason == "no data: API unreachable"
    track.feed(1, 2.0)
    assert track.view(at(1)).reason == ""
    assert track.view(at(40)).reason == "no data for 39s"


@pytest.mark.parametrize("statistic", [Statistic.AVERAGE, Statistic.P95, Statistic.RATE])
async def test_a_restart_gives_the_window_back(statistic: Statistic, tmp_path: Path) -> None:
    clock = ManualClock()
    history = History.open(tmp_path / "h.db", clock)
    spec = kpi(statistic)
    before = KpiTrack(spec, SPECS)
    for index in range(60):
        reading = Reading.of(ONE, "errors", float(index * index), "", clock.now())
        before.add(ERRORS, reading)
        history.record([reading])
        clock.advance(10)
    value = before.view(clock.now()).value
    await history.aclose()
    history = History.open(tmp_path / "h.db", clock)
    world = World([workspace(spec)], SPECS.values(), clock.now())
    await recall(world, Timeline(), history, clock.now())
    track = world.kpis[KpiId(workspace="lma", key="k")]
    fresh = Reading.of(ONE, "errors", None, "", clock.now())
    track.add(ERRORS, fresh)
    assert track.view(clock.now()).value == pytest.approx(value)
    await history.aclose()


async def test_a_month_of_uptime_is_remembered(tmp_path: Path) -> None:
    clock = ManualClock()
    history = History.open(tmp_path / "h.db", clock)
    up = SeriesRef(source=ONE, metric="up")
    spec = kpi(Statistic.AVERAGE, up, window_s=30 * 86_400.0, scale=100.0, bands=())
    good = 0
    for index in range(24 * 20):
        value = 0.0 if index % 48 == 0 else 1.0
        good += int(value)
        history.record([Reading.of(ONE, "up", value, "", clock.now())])
        clock.advance(3_600)
    await history.flush()
    writer = history._writer

    def pack(store: object) -> None:
        while writer._routine():
            continue

    await asyncio.wrap_future(writer.ask(pack, None))
    world = World([workspace(spec)], SPECS.values(), clock.now())
    await recall(world, Timeline(), history, clock.now())
    track = world.kpis[KpiId(workspace="lma", key="k")]
    track.add(up, Reading.of(ONE, "up", 1.0, "", clock.now()))
    expected = 100 * (good + 1) / (24 * 20 + 1)
    assert track.view(clock.now()).value == pytest.approx(expected, abs=0.01)
    await history.aclose()
