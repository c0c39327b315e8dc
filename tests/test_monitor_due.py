"""When snapshots are published."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from monitor.alert_view import AlertView, Care, CareKind, ResponseClock
from monitor.due import EAGER_S, FIRST_S, PUBLISH_S, REST_S, Due, at_rest
from monitor.maintenance import Once, Span, Window
from monitor.schedule import AFTER_S
from monitor.snapshot import Snapshot
from monitor.tracks import SourceTrack
from monitor.turns import Outcome
from monitor.verdicts import Phase
from providers.clock import Moment
from providers.harvest import Harvest
from tests.fakes import START, probe, source_spec
from tests.snapshot_values import calm
from tests.values_notices import alert, cared


def at(tick_s: float) -> Moment:
    return Moment(at=START + timedelta(seconds=tick_s), tick_s=tick_s)


def snapshot(tick_s: float = 7.3) -> Snapshot:
    return Snapshot(at=at(tick_s), sequence=1, workspaces={}, sources={})


def alerting(*alerts: AlertView, **more: object) -> Snapshot:
    return replace(snapshot(), workspaces={"lma": replace(calm(), alerts=alerts, **more)})


def until(tick_s: float) -> Care:
    return replace(cared(CareKind.SNOOZED), until=at(tick_s).at)


def clock(due_s: float, met_s: float | None = None) -> ResponseClock:
    met = None if met_s is None else at(met_s).at
    return ResponseClock(due=at(due_s).at, words="15m", met_at=met, since=at(0).at)


def span(begins_s: float, ends_s: float) -> Span:
    begins, ends = at(begins_s).at, at(ends_s).at
    once = Once(begins=begins, ends=ends)
    return Span(window=Window(key="w", title="Upgrade", when=once), begins=begins, ends=ends)


def outcome(moment: Moment) -> Outcome:
    return Outcome(
        spec=source_spec("lma/production/api/health"),
        harvest=Harvest(payload=probe(), at=moment),
        failure=None,
        at=moment,
        took_ms=10.0,
        by_hand=False,
    )


def test_the_first_is_due_at_once() -> None:
    assert Due().tick_s <= 0


def test_calm_ones_follow_the_full_second() -> None:
    due = Due()
    due.published(7.3)
    assert due.tick_s == 7 + PUBLISH_S + AFTER_S


def test_what_stirs_ends_a_rest() -> None:
    due = Due()
    due.published(7.3)
    due.rest_after(snapshot(), [], telling=False)
    assert due.tick_s == 8 + AFTER_S
    due.published(8.25)
    due.rest_after(snapshot(), [], telling=False)
    assert due.tick_s == 8 + REST_S + AFTER_S
    due.stir()
    assert due.tick_s == 8 + PUBLISH_S + AFTER_S
    due.published(9.25)
    assert due.tick_s == 9 + PUBLISH_S + AFTER_S


def test_what_grows_old_is_followed_and_what_is_unknown_is_not() -> None:
    begun = at(0)
    track = SourceTrack(spec=source_spec("lma/production/api/health"), asked_since=begun)
    assert not at_rest(snapshot(), [track], 2), "it is awaited"
    track.take(outcome(at(0)))
    assert at_rest(snapshot(), [track], 25)
    assert not at_rest(snapshot(), [track], 26)
    assert at_rest(snapshot(tick_s=500), [track], 502), "it can not become more unknown"


@pytest.mark.parametrize(
    ("seen", "rests"),
    [
        pytest.param(alerting(alert()), True, id="it merely fires"),
        pytest.param(alerting(alert(phase=Phase.UNKNOWN)), True, id="nobody sees it any more"),
        pytest.param(alerting(alert(phase=Phase.PENDING)), False, id="about to fire"),
        pytest.param(alerting(alert(phase=Phase.RECOVERING)), False, id="about to clear"),
        pytest.param(alerting(alert(phase=Phase.FLAPPING)), False, id="comes and goes"),
        pytest.param(alerting(alert(), alert(phase=Phase.PENDING)), False, id="one of two waits"),
        pytest.param(alerting(alert(care=until(9.3))), False, id="its snooze ends"),
        pytest.param(alerting(alert(care=until(9.4))), True, id="its snooze ends later"),
        pytest.param(alerting(alert(clock=clock(9.0))), False, id="its response is due"),
        pytest.param(alerting(alert(clock=clock(9.0, met_s=3))), True, id="somebody is at it"),
        pytest.param(alerting(alert(clock=clock(5.0))), True, id="it is overdue already"),
        pytest.param(alerting(maintenance=(span(0, 9),)), False, id="a window ends"),
        pytest.param(alerting(maintenance=(span(0, 60),)), True, id="a window goes on"),
        pytest.param(alerting(coming=(span(9, 60),)), False, id="a window begins"),
        pytest.param(alerting(coming=(span(10, 60),)), True, id="a window begins later"),
    ],
)
def test_a_time_that_runs_is_followed_and_what_merely_stands_is_not(
    seen: Snapshot, rests: bool
) -> None:
    assert at_rest(seen, [], 9.3) is rests


def test_alerts_that_people_are_told_of_are_followed() -> None:
    due = Due()
    due.published(8.25)
    due.rest_after(alerting(alert()), [], telling=True)
    assert due.tick_s == 8 + PUBLISH_S + AFTER_S
    due.rest_after(alerting(alert()), [], telling=False)
    assert due.tick_s == 8 + REST_S + AFTER_S
    due.rest_after(alerting(), [], telling=True)
    assert due.tick_s == 8 + REST_S + AFTER_S


def test_the_very_first_answers_hardly_wait_and_later_ones_a_little() -> None:
    due = Due()
    due.published(5.0)
    due.heard(5.01)
    due.heard(5.02)
    assert due.tick_s == 5.01 + FIRST_S
    due.published(5.03)
    due.heard(5.04)
    assert due.tick_s == 5.03 + EAGER_S


def test_what_is_asked_by_hand_is_seen_soon() -> None:
    due = Due()
    due.published(5.0)
    due.hurry()
    assert due.tick_s == 5.0 + EAGER_S
