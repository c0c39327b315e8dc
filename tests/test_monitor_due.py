"""When snapshots are published."""

from datetime import timedelta

from monitor.due import AFTER_S, EAGER_S, FIRST_S, PUBLISH_S, REST_S, Due, at_rest
from monitor.snapshot import Snapshot
from monitor.tracks import SourceTrack
from monitor.turns import Outcome
from providers.clock import Moment
from providers.harvest import Harvest
from tests.fakes import START, probe, source_spec


def at(tick_s: float) -> Moment:
    return Moment(at=START + timedelta(seconds=tick_s), tick_s=tick_s)


def snapshot(tick_s: float = 7.3) -> Snapshot:
    return Snapshot(at=at(tick_s), sequence=1, workspaces={}, sources={})


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
    due.rest_after(snapshot(), [])
    assert due.tick_s == 8 + AFTER_S
    due.published(8.25)
    due.rest_after(snapshot(), [])
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
