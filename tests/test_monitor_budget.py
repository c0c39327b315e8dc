"""Uptime, what is left of the downtime that a goal allows, and how fast it is used."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts import alerts_of
from monitor.budget import (
    Tally,
    allowed_s,
    burn,
    burn_words,
    exhausted_at,
    left_words,
    month_of,
    pace_words,
    seen_words,
)
from monitor.group_states import inner_text, restore_inner
from monitor.history import History
from monitor.kpis import KpiTrack
from monitor.memory import recall
from monitor.snapshot import KpiView
from monitor.state_texts import KpiId
from monitor.timeline import Timeline
from monitor.verdicts import Band, BandName, Comparison, Phase
from monitor.workspace import BurnSpec, KpiSpec, SeriesRef, Statistic, WorkspaceSpec
from monitor.world import World
from providers.clock import Moment
from providers.readings import Reading, SourceId
from tests.examples import examples
from tests.fakes import ManualClock, source_spec

SOURCE = SourceId("localloop/production/site/health")
UP = SeriesRef(source=SOURCE, metric="up")
GOAL = Band(name=BandName.TARGET, comparison=Comparison.BELOW, limit=99.9)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "zone", "days", "budget"),
    [
        (datetime(2025, 4, 10, tzinfo=UTC), UTC, 30, "43m12s"),
        (datetime(2025, 1, 31, 23, 59, tzinfo=UTC), UTC, 31, "44m38s"),
        (datetime(2025, 2, 1, tzinfo=UTC), UTC, 28, "40m19s"),
        (datetime(2024, 2, 29, tzinfo=UTC), UTC, 29, "41m45s"),
        (datetime(2025, 12, 31, 12, tzinfo=UTC), UTC, 31, "44m38s"),
        # The clocks change: March is an hour shorter, October an hour longer.
        (datetime(2025, 3, 15, tzinfo=UTC), BERLIN, 31 - 1 / 24, "44m34s"),
        (datetime(2025, 10, 15, tzinfo=UTC), BERLIN, 31 + 1 / 24, "44m42s"),
    ],
)
def test_a_month_allows_a_thousandth_of_its_own_length(
    at: datetime, zone: ZoneInfo, days: float, budget: str
) -> None:
    start, end = month_of(at, zone)
    assert start <= at < end
    assert (end - start).total_seconds() == pytest.approx(days * 86_400)
    left = allowed_s(99.9, (end - start).total_seconds())
    minutes, seconds = divmod(int(left), 60)
    assert f"{minutes}m{seconds:02d}s" == budget


def test_a_month_begins_at_midnight_of_its_zone() -> None:
    start, end = month_of(datetime(2025, 6, 30, 23, tzinfo=UTC), BERLIN)
    assert start == datetime(2025, 6, 30, 22, tzinfo=UTC)
    assert end == datetime(2025, 7, 31, 22, tzinfo=UTC)


@given(st.integers(1_000_000_000, 3_800_000_000), st.sampled_from([UTC, BERLIN]))
def test_months_follow_each_other_without_a_gap(seconds: int, zone: ZoneInfo) -> None:
    start, end = month_of(datetime.fromtimestamp(seconds, UTC), zone)
    assert start.timestamp() <= seconds < end.timestamp()
    assert month_of(start, zone) == (start, end)
    assert month_of(end, zone)[0] == end
    assert month_of(end - timedelta(seconds=1), zone) == (start, end)


@pytest.mark.parametrize(
    ("tally", "window_s", "rate"),
    [
        (Tally(3_600, 0), 3_600, 0),
        (Tally(3_600, 3.6), 3_600, 1),
        (Tally(3_600, 51.84), 3_600, 14.4),
        # Seen for a minute only: the rest of half the window counts as good.
        (Tally(60, 60), 3_600, 60 / 1_800 / 0.001),
        (Tally(0, 0), 3_600, None),
    ],
)
def test_the_rate_at_which_a_budget_burns(
    tally: Tally, window_s: float, rate: float | None
) -> None:
    found = burn(tally, window_s, 99.9).rate
    assert found == (None if rate is None else pytest.approx(rate))


def test_when_it_is_used_up_follows_from_the_pace() -> None:
    now = datetime(2025, 4, 10, tzinfo=UTC)
    end = datetime(2025, 5, 1, tzinfo=UTC)
    assert exhausted_at(now, end, 864.0, Tally(86_400, 86.4)) == now + timedelta(days=10)
    assert exhausted_at(now, end, 864.0, Tally(86_400, 8.64)) is None, "it lasts"
    assert exhausted_at(now, end, 0.0, Tally(86_400, 86.4)) is None, "it is used up"
    assert exhausted_at(now, end, 864.0, Tally(0, 0)) is None


def kpi(*, calendar: bool = True, burns: tuple[BurnSpec, ...] = (), **more: object) -> KpiSpec:
    return KpiSpec(
        key="uptime",
        title="Uptime",
        environment="production",
        unit="%",
        series=(UP,),
        statistic=Statistic.UPTIME,
        window_s=31 * 86_400.0 if calendar else 30 * 86_400.0,
        bands=(GOAL,),
        calendar_month=calendar,
        burns=burns,
        **more,  # type: ignore[arg-type]
    )


def workspace(*kpis: KpiSpec) -> WorkspaceSpec:
    return WorkspaceSpec(
        name="localloop",
        title="",
        environments=(),
        services=(),
        rows=(),
        kpis=kpis,
        databases=(),
        deploy_sources=(),
        vendor_sources=(),
    )


class Watch:
    """An uptime whose check is made every 15 s."""

    def __init__(self, spec: KpiSpec, begin: datetime) -> None:
        self.track = KpiTrack(spec, {SOURCE: source_spec(SOURCE, interval_s=15)})
        self.begin = begin
        self.passed_s = 0.0

    @property
    def now(self) -> Moment:
        at = self.begin + timedelta(seconds=self.passed_s)
        return Moment(at=at, tick_s=1_000 + self.passed_s)

    def pass_by(self, seconds: float, *, up: bool | None) -> None:
        """Time in which the check is good or bad, or nobody looks."""
        end = self.passed_s + seconds
        while self.passed_s < end:
            if up is not None:
                self.track.add(UP, Reading.of(SOURCE, "up", float(up), "", self.now))
            self.passed_s += 15

    def view(self) -> KpiView:
        return self.track.view(self.now)


APRIL = datetime(2025, 4, 1, tzinfo=UTC)


def test_ten_minutes_down_leave_a_good_half_hour_of_a_month() -> None:
    watch = Watch(kpi(), APRIL)
    watch.pass_by(86_400, up=True)
    watch.pass_by(600, up=False)
    watch.pass_by(86_400, up=True)
    view = watch.view()
    budget = view.budget
    assert budget is not None
    assert budget.total_s == pytest.approx(2_592)
    assert budget.used_s == pytest.approx(600, abs=1)
    assert left_words(budget) == "33m12s of 43m12s left"
    assert budget.seen_percent == pytest.approx(100, abs=0.1)
    assert seen_words(budget) == ""
    assert view.value == pytest.approx(100 * (1 - 600 / 173_400), abs=0.001)
    assert view.missed_target
    # 600 s of the last 48 h: 33 m 12 s more are gone in 6.7 days.
    assert budget.exhausted_at is not None
    assert pace_words(budget).startswith("at this pace exhausted on 2025-04-09")


def test_time_that_nobody_saw_is_neither_up_nor_down_and_is_told() -> None:
    watch = Watch(kpi(), APRIL)
    watch.pass_by(61_200, up=True)
    watch.pass_by(38_700, up=None)
    watch.pass_by(100, up=True)
    view = watch.view()
    assert view.value == 100
    assert view.budget is not None
    assert view.budget.used_s == 0
    assert seen_words(view.budget) == "seen 61 % of the month so far"


def test_a_budget_that_is_used_up_says_by_how_much() -> None:
    watch = Watch(kpi(), APRIL)
    watch.pass_by(86_400, up=True)
    watch.pass_by(3_600, up=False)
    budget = watch.view().budget
    assert budget is not None
    assert left_words(budget) == "budget used up, 16m48s over"
    assert pace_words(budget) == "nothing is left"


def test_a_new_month_begins_with_a_new_budget_and_thirty_days_slide_on() -> None:
    watch = Watch(kpi(), datetime(2025, 4, 30, 12, tzinfo=UTC))
    watch.pass_by(3_600, up=False)
    watch.pass_by(39_600, up=True)
    watch.pass_by(3_600, up=True)
    budget = watch.view().budget
    assert budget is not None
    assert budget.start == datetime(2025, 5, 1, tzinfo=UTC)
    assert budget.used_s == 0
    assert budget.percent == 100
    assert budget.rolling_percent == pytest.approx(100 * (1 - 3_600 / 46_800), abs=0.01)


def test_a_month_of_another_zone_begins_at_its_midnight() -> None:
    watch = Watch(kpi(zone=BERLIN), datetime(2025, 4, 30, 21, tzinfo=UTC))
    watch.pass_by(3_600, up=False)
    watch.pass_by(3_600, up=True)
    budget = watch.view().budget
    assert budget is not None
    assert budget.start == datetime(2025, 4, 30, 22, tzinfo=UTC)
    assert budget.used_s == pytest.approx(0, abs=1)


def test_a_rule_about_the_pace_fires_at_its_rate_and_not_below() -> None:
    fast = Band(
        name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=14.4, clear_consecutive=1
    )
    rule = BurnSpec(window_s=3_600, band=fast)
    watch = Watch(kpi(burns=(rule,)), APRIL)
    watch.pass_by(3_600, up=True)
    assert watch.view().burns[0].verdict.phase is Phase.OK
    # 14.4 times a thousandth of an hour are 51.84 s.
    watch.pass_by(45, up=False)
    watch.pass_by(15, up=True)
    assert watch.view().burns[0].verdict.phase is Phase.OK
    watch.pass_by(30, up=False)
    watch.pass_by(15, up=True)
    view = watch.view()
    found = view.burns[0]
    assert found.name == "burn-1h"
    assert found.verdict.phase is Phase.FIRING
    (alert,) = alerts_of(workspace(view.spec), (), (view,), (), watch.now)
    assert alert.key == "kpi/localloop/uptime/burn-1h"
    assert alert.title == "Uptime: error budget burns"
    assert alert.brief == "Uptime burns 20.8× over 1h (> 14.4×)"
    watch.pass_by(3_900, up=True)
    assert watch.view().burns[0].verdict.phase is Phase.OK


def test_a_restart_goes_on_with_what_burned_although_a_wall_was_drawn_before() -> None:
    fast = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=14.4)
    watch = Watch(kpi(burns=(BurnSpec(window_s=3_600, band=fast),)), APRIL)
    watch.pass_by(3_600, up=True)
    watch.pass_by(120, up=False)
    (before,) = watch.view().burns
    text = inner_text(watch.track)
    again = Watch(watch.track.spec, watch.now.at)
    assert again.view().burns[0].verdict.phase is Phase.UNKNOWN, "nothing is recalled yet"
    restore_inner(again.track, text, again.now)
    again.pass_by(300, up=False)
    (after,) = again.view().burns
    assert (after.verdict.phase, before.verdict.phase) == (Phase.FIRING, Phase.FIRING)
    assert after.verdict.onset is not None
    assert before.verdict.onset is not None
    assert after.verdict.onset.at == before.verdict.onset.at


def test_an_hour_of_each_burn_is_told_in_words() -> None:
    watch = Watch(kpi(), APRIL)
    watch.pass_by(3_600, up=True)
    budget = watch.view().budget
    assert budget is not None
    assert [burn_words(one) for one in budget.burns] == [
        "0.0× over 1h",
        "0.0× over 6h (seen 17 %)",
        "0.0× over 3d (seen 1 %)",
    ]


async def test_a_restart_remembers_the_month_from_its_history(tmp_path: Path) -> None:
    clock = ManualClock()
    history = History.open(tmp_path / "h.db", clock)
    spec = kpi(calendar=False)
    sources = {SOURCE: source_spec(SOURCE, interval_s=300)}
    before = KpiTrack(spec, sources)
    for index in range(12 * 24 * 6):
        value = 0.0 if 500 <= index < 512 else 1.0
        reading = Reading.of(SOURCE, "up", value, "", clock.now())
        before.add(UP, reading)
        history.record([reading])
        clock.advance(300)
    await history.flush()
    writer = history._writer

    def pack(_store: object) -> None:
        while writer._routine():
            continue

    await asyncio.wrap_future(writer.ask(pack, None))
    world = World([workspace(spec)], sources.values(), clock.now())
    await recall(world, Timeline(), history, clock.now())
    track = world.kpis[KpiId(workspace="localloop", key="uptime")]
    for each in (before, track):
        each.add(UP, Reading.of(SOURCE, "up", 1.0, "", clock.now()))
    one, other = before.view(clock.now()), track.view(clock.now())
    assert one.value == pytest.approx(100 * (1 - 12 / (12 * 24 * 6)), abs=0.01)
    assert other.value == pytest.approx(one.value, abs=0.01)
    assert one.budget is not None
    assert other.budget is not None
    assert other.budget.used_s == pytest.approx(3_600, rel=0.02)
    assert other.budget.used_s == pytest.approx(one.budget.used_s, rel=0.02)
    await history.aclose()


@settings(max_examples=examples(40))
@given(st.lists(st.tuples(st.integers(1, 200), st.sampled_from([True, False, None])), max_size=12))
def test_down_is_never_more_than_seen_and_neither_more_than_passed(
    spans: list[tuple[int, bool | None]],
) -> None:
    watch = Watch(kpi(), APRIL)
    for steps, up in spans:
        watch.pass_by(steps * 15, up=up)
    tally = watch.track.uptime.slots.tally(  # type: ignore[union-attr]
        APRIL.timestamp(), watch.now.at.timestamp()
    )
    assert 0 <= tally.down_s <= tally.seen_s + 1e-6
    assert tally.seen_s <= watch.passed_s + 1e-6
    downs = sum(steps * 15 for steps, up in spans if up is False)
    if all(up is not None for _, up in spans):
        assert tally.seen_s == pytest.approx(watch.passed_s, abs=1)
        assert tally.down_s == pytest.approx(downs, rel=0.05, abs=16)
