"""A KPI told apart by a key: a window and an alert for each group, and room for some."""

import itertools
import sys
from collections.abc import Iterator
from datetime import timedelta
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts import alerts_of
from monitor.group_states import inner_text
from monitor.groups import MOST_GROUPS
from monitor.kpi_alerts import MOST_ALONE
from monitor.kpis import KpiTrack
from monitor.snapshot import AlertView, KpiView
from monitor.state_texts import KpiId
from monitor.turns import Outcome
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.workspace import KpiSpec, SeriesRef, Statistic, WorkspaceSpec
from monitor.world import World
from providers.clock import Moment
from providers.harvest import Harvest
from providers.readings import Reading, SourceId
from tests.examples import examples
from tests.fakes import START as DAY
from tests.fakes import probe, source_spec

SOURCE = SourceId("localloop/production/supabase/main.sign-ins")
FAILED = SeriesRef(source=SOURCE, metric="failed_sign_ins_by_address")
OVER_100 = Band(
    name=BandName.CRITICAL,
    comparison=Comparison.ABOVE,
    limit=100,
    severity="P0",
    runbook="A:284",
)
EVERY_S = 15.0


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=1_000 + seconds)


def spec(statistic: Statistic = Statistic.LAST, *bands: Band, window_s: float = 300) -> KpiSpec:
    return KpiSpec(
        key="failed-logins",
        title="Failed logins",
        environment="production",
        unit="count",
        series=(FAILED,),
        statistic=statistic,
        window_s=window_s,
        bands=bands or (OVER_100,),
        grouped="address",
    )


class Signs:
    """Looks at all addresses, each with what every one of them has."""

    def __init__(self, kpi: KpiSpec | None = None) -> None:
        self.track = KpiTrack(kpi or spec(), {SOURCE: source_spec(SOURCE, interval_s=EVERY_S)})
        self.passed_s = 0.0

    def look(self, **counts: float) -> KpiView:
        return self.look_at({name.replace("_", "."): value for name, value in counts.items()})

    def look_at(self, counts: dict[str, float]) -> KpiView:
        self.passed_s += EVERY_S
        for name, value in (("", max(counts.values(), default=0.0)), *counts.items()):
            self.track.add(
                FAILED,
                Reading(
                    source=SOURCE,
                    metric=FAILED.metric,
                    value=value,
                    unit="count",
                    at=at(self.passed_s),
                    group=name,
                ),
            )
        return self.view()

    def view(self) -> KpiView:
        return self.track.view(at(self.passed_s))

    @property
    def alerts(self) -> tuple[AlertView, ...]:
        return alerts_of(workspace(self.track.spec), (), (self.view(),), (), at(self.passed_s))


def workspace(*kpis: KpiSpec) -> WorkspaceSpec:
    return WorkspaceSpec(
        name="localloop",
        title="LocalLoop",
        environments=(),
        services=(),
        rows=(),
        kpis=kpis,
        databases=(),
        deploy_sources=(),
        vendor_sources=(),
    )


def test_the_101st_of_one_address_fires_and_101_of_two_do_not() -> None:
    signs = Signs()
    view = signs.look(one=51, two=50)
    assert view.verdict.phase is Phase.OK
    assert signs.look(one=100, two=1).verdict.phase is Phase.OK
    view = signs.look(one=101)
    assert (view.verdict.phase, view.verdict.level) == (Phase.FIRING, Level.CRITICAL)
    assert view.value == 101
    assert view.verdict.why.endswith("from one")


def test_each_address_past_the_limit_is_an_alert_of_its_own() -> None:
    signs = Signs()
    signs.look_at({"203.0.113.7": 150, "198.51.100.4": 120, "192.0.2.1": 3})
    found = {alert.key: alert for alert in signs.alerts}
    assert set(found) == {
        "kpi/localloop/failed-logins/203.0.113.7",
        "kpi/localloop/failed-logins/198.51.100.4",
    }
    alert = found["kpi/localloop/failed-logins/203.0.113.7"]
    assert alert.group == "203.0.113.7"
    assert alert.brief == "Failed logins 150 > 100 from 203.0.113.7"
    assert alert.title == "Failed logins > 100 from 203.0.113.7"
    assert (alert.severity, alert.runbook) == ("P0", "A:284")
    assert signs.view().verdict.why == "150 > 100 from 203.0.113.7, and 1 more"


def test_many_at_once_share_a_line_and_those_shown_stay() -> None:
    signs = Signs()
    signs.look_at({f"192.0.2.{host}": 500 - host for host in range(2)})
    signs.look_at({f"192.0.2.{host}": 101 + host for host in range(17)})
    first = signs.alerts
    assert len(first) == MOST_ALONE + 1
    assert {alert.group for alert in first[:2]} == {"192.0.2.0", "192.0.2.1"}
    rest = first[-1]
    assert rest.key == "kpi/localloop/failed-logins/~more"
    assert rest.brief == "Failed logins +12 more addresses"
    signs.look_at({f"192.0.2.{host}": 900 - host for host in range(17)})
    assert [alert.key for alert in signs.alerts] == [alert.key for alert in first]


def test_an_address_that_is_no_longer_named_clears_after_two_looks() -> None:
    signs = Signs()
    signs.look(one=150)
    assert signs.look().verdict.phase is Phase.RECOVERING
    view = signs.look()
    assert view.verdict.phase is Phase.OK
    assert view.value == 0
    assert signs.alerts == ()
    signs.look()
    assert signs.view().groups == (), "and is then forgotten"


def test_nobody_at_all_is_zero_and_no_look_at_all_is_no_data() -> None:
    signs = Signs()
    assert signs.view().value is None
    assert signs.view().verdict.phase is Phase.UNKNOWN
    view = signs.look()
    assert (view.value, view.verdict.phase) == (0.0, Phase.OK)


def test_a_feed_that_ends_leaves_what_fires_firing_and_says_so() -> None:
    signs = Signs()
    signs.look(one=150)
    signs.passed_s += 120
    view = signs.view()
    assert view.value is None
    assert (view.verdict.level, view.verdict.phase) == (Level.CRITICAL, Phase.UNKNOWN)
    assert "was firing when last seen from one" in view.verdict.why
    (alert,) = signs.alerts
    assert alert.fact == "no data, was firing (one)"


def test_a_reason_instead_of_groups_is_told() -> None:
    signs = Signs()
    missing = Reading(
        source=SOURCE,
        metric=FAILED.metric,
        value=None,
        unit="count",
        at=at(1),
        reason="the role may not see that table",
    )
    signs.track.add(FAILED, missing)
    view = signs.track.view(at(1))
    assert (view.value, view.reason) == (None, "the role may not see that table")
    assert view.verdict.level is Level.UNKNOWN


def test_counters_are_counted_apart() -> None:
    over_nine = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=9)
    signs = Signs(spec(Statistic.INCREASE, over_nine))
    signs.look(one=1_000, two=5)
    signs.look(one=1_004, two=10)
    view = signs.look(one=1_009, two=15)
    assert [(group.name, group.value) for group in view.groups] == [("two", 10), ("one", 9)]
    assert view.groups[0].verdict.phase is Phase.FIRING
    assert view.groups[1].verdict.phase is Phase.OK


def test_of_a_number_that_must_stay_above_the_absent_is_not_zero() -> None:
    below = Band(name=BandName.WARNING, comparison=Comparison.BELOW, limit=95)
    signs = Signs(spec(Statistic.LAST, below))
    assert signs.look(web=99, app=97).verdict.phase is Phase.OK
    assert signs.look(web=99).verdict.phase is Phase.OK
    view = signs.look(web=90)
    assert (view.verdict.phase, view.value) == (Phase.FIRING, 90)


def test_there_is_room_for_some_and_what_matters_stays() -> None:
    signs = Signs()
    signs.look_at({"bad": 150})
    flood = {f"host-{number:04d}": float(number % 90) for number in range(1_000)}
    view = signs.look_at({**flood, "bad": 150, "worst": 4_000})
    names = {group.name for group in view.groups}
    assert {"bad", "worst"} <= names
    groups = signs.track.groups
    assert groups is not None
    assert len(groups._groups) <= MOST_GROUPS
    assert view.groups_note == "746 of 1002 addresses are not followed: no room for more"
    kept = {group.value for group in groups._groups.values()}
    assert min(one for one in kept if one is not None) >= 60, "the largest stay"
    assert signs.look_at({"bad": 150}).groups_note == ""


def outcome(counts: dict[str, float], seconds: float) -> Outcome:
    numbers = tuple(
        Reading(
            source=SOURCE,
            metric=FAILED.metric,
            value=value,
            unit="count",
            at=at(seconds),
            group=name,
        )
        for name, value in (("", max(counts.values(), default=0.0)), *counts.items())
    )
    return Outcome(
        spec=source_spec(SOURCE, interval_s=EVERY_S),
        harvest=Harvest(payload=probe(), numbers=numbers, at=at(seconds)),
        failure=None,
        at=at(seconds),
        took_ms=1.0,
        by_hand=False,
    )


def restarted(world: World, seconds: float) -> World:
    """Another process that knows what the first one saved."""
    after = World([world.workspaces["localloop"].spec], [source_spec(SOURCE)], at(seconds))
    after.restore(world.states(changed_only=False), at(seconds))
    return after


def kpi_of(world: World, seconds: float) -> KpiView:
    return world.kpis[KpiId(workspace="localloop", key="failed-logins")].view(at(seconds))


def test_a_restart_neither_forgets_an_address_nor_fires_twice() -> None:
    world = World([workspace(spec())], [source_spec(SOURCE)], at(0))
    world.take(outcome({"203.0.113.7": 150, "192.0.2.1": 4}, 10))
    before = kpi_of(world, 10)
    after = restarted(world, 20)
    waiting = kpi_of(after, 20)
    assert waiting.verdict.phase is Phase.UNKNOWN
    assert waiting.verdict.level is Level.CRITICAL
    after.take(outcome({"203.0.113.7": 151}, 25))
    view = kpi_of(after, 25)
    assert view.groups[0].verdict.phase is Phase.FIRING
    onset = view.groups[0].verdict.onset
    assert onset is not None
    assert before.groups[0].verdict.onset is not None
    assert onset.at == before.groups[0].verdict.onset.at


@pytest.fixture
def made() -> Iterator[list[str]]:
    """What `inner_text` gave back, call by call."""
    texts: list[str] = []

    def watch(frame: FrameType, event: str, given: object) -> None:
        if event == "return" and frame.f_code is inner_text.__code__:
            texts.append(str(given))

    before = sys.getprofile()
    sys.setprofile(watch)
    yield texts
    sys.setprofile(before)


def test_groups_are_written_as_text_only_when_they_are_to_be_saved(made: list[str]) -> None:
    world = World([workspace(spec())], [source_spec(SOURCE)], at(0))
    key = "kpi/localloop/failed-logins/inner"

    def saved(seconds: float, *, changed_only: bool = True) -> str | None:
        kpi_of(world, seconds)
        return world.states(changed_only=changed_only).get(key)

    world.take(outcome({"203.0.113.7": 4}, 10))
    saved(10)
    made.clear()
    assert saved(11) is None
    assert made == []
    world.take(outcome({"203.0.113.7": 150}, 20))
    fires = saved(20)
    assert fires is not None
    assert "203.0.113.7" in fires
    assert saved(21) is None
    assert saved(22, changed_only=False) == fires
    assert made == [fires, fires]


def test_after_a_restart_a_window_that_is_not_whole_yet_clears_nothing() -> None:
    over_nine = Band(
        name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=9, clear_consecutive=1
    )
    kpi = spec(Statistic.SUM, over_nine)
    world = World([workspace(kpi)], [source_spec(SOURCE)], at(0))
    world.take(outcome({"one": 10}, 10))
    assert kpi_of(world, 10).verdict.phase is Phase.FIRING
    after = restarted(world, 20)
    after.take(outcome({"one": 1}, 25))
    assert kpi_of(after, 25).verdict.level is Level.CRITICAL
    for seconds in range(35, 330, 10):
        after.take(outcome({"one": 0}, seconds))
        kpi_of(after, seconds)
    assert kpi_of(after, 330).verdict.phase is Phase.OK


def test_the_order_of_groups_in_one_answer_does_not_matter() -> None:
    seen = set()
    for order in itertools.permutations({"a": 150.0, "b": 101.0, "c": 7.0}.items()):
        signs = Signs()
        view = signs.look_at(dict(order))
        seen.add((view.verdict.why, tuple(group.name for group in view.groups)))
    assert len(seen) == 1


@settings(max_examples=examples(60))
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 200), max_size=6), max_size=12
    ),
    st.sampled_from([Statistic.LAST, Statistic.MAXIMUM, Statistic.SUM, Statistic.COUNT]),
)
def test_each_group_is_judged_as_if_it_were_alone(
    looks: list[dict[str, int]], statistic: Statistic
) -> None:
    """What a group is told to be does not depend on the others, and the KPI is its worst group."""
    together = Signs(spec(statistic, window_s=60))
    alone = {name: Signs(spec(statistic, window_s=60)) for name in "abcdef"}
    for counts in looks:
        view = together.look_at({name: float(value) for name, value in counts.items()})
        for name, signs in alone.items():
            mine = {name: float(counts[name])} if name in counts else {}
            own = signs.look_at(mine)
            found = {group.name: group for group in view.groups}.get(name)
            single = {group.name: group for group in own.groups}.get(name)
            assert (found is None) == (single is None)
            if found is not None and single is not None:
                assert found.value == single.value
                assert found.verdict.phase is single.verdict.phase
        levels = [group.verdict.level for group in view.groups]
        assert view.verdict.level is max(levels, default=Level.OK)


@pytest.mark.parametrize("more", [0, 1])
def test_one_more_than_fit_stand_alone_too(more: int) -> None:
    signs = Signs()
    signs.look_at({f"host-{number}": 150.0 for number in range(MOST_ALONE + more)})
    assert all(alert.group for alert in signs.alerts)


def changed(world: World, kpi: KpiSpec, seconds: float) -> World:
    """The same process after its configuration was edited."""
    return World([workspace(kpi)], [source_spec(SOURCE)], at(seconds), before=world)


def test_an_edit_of_a_band_keeps_the_windows_and_what_fires() -> None:
    over_nine = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=9)
    over_two = Band(name=BandName.WARNING, comparison=Comparison.ABOVE, limit=2)
    world = World([workspace(spec(Statistic.SUM, over_nine))], [source_spec(SOURCE)], at(0))
    world.take(outcome({"one": 10, "two": 4}, 10))
    assert [one.verdict.phase for one in kpi_of(world, 10).groups] == [Phase.FIRING, Phase.OK]
    after = changed(world, spec(Statistic.SUM, over_two, over_nine), 20)
    view = kpi_of(after, 20)
    assert {one.name: one.value for one in view.groups} == {"one": 10, "two": 4}
    assert view.verdict.level is Level.CRITICAL
    after.take(outcome({"one": 0, "two": 0}, 25))
    levels = {one.name: one.verdict.level for one in kpi_of(after, 25).groups}
    assert levels == {"one": Level.CRITICAL, "two": Level.WARNING}


def test_an_edit_of_the_window_clears_nothing_before_the_new_one_is_whole() -> None:
    over_nine = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=9)
    world = World([workspace(spec(Statistic.SUM, over_nine))], [source_spec(SOURCE)], at(0))
    world.take(outcome({"one": 10}, 10))
    assert kpi_of(world, 10).verdict.phase is Phase.FIRING
    after = changed(world, spec(Statistic.SUM, over_nine, window_s=60), 20)
    for seconds in (25, 35, 45):
        after.take(outcome({"one": 1}, seconds))
        assert kpi_of(after, seconds).verdict.level is Level.CRITICAL
    for seconds in (75, 85):
        after.take(outcome({"one": 1}, seconds))
        view = kpi_of(after, seconds)
    assert view.verdict.phase is Phase.OK
