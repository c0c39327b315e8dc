"""Which of the things people said about an alert holds: the truth table, and what always holds."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.alert_track import AlertTrack
from monitor.alert_view import AlertView, CareKind
from monitor.care import BEGINNING, answered_at, cared, held, said_of, snoozed_last, worsened
from monitor.care_entries import CareEntry, EntryKind
from monitor.verdicts import Level, Phase
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment
from tests.fakes import START, ManualClock
from tests.test_monitor_engine import LMA

KEY = "check/lma/production/api/health"
ACK, SNOOZE, BACK, ENDED, WORSE = (
    EntryKind.ACKNOWLEDGED,
    EntryKind.SNOOZED,
    EntryKind.TAKEN_BACK,
    EntryKind.ENDED,
    EntryKind.WORSE,
)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def alert(
    since: float = 0, level: Level = Level.CRITICAL, phase: Phase = Phase.FIRING, key: str = KEY
) -> AlertView:
    return AlertView(
        key=key,
        title="API /health down",
        subject="API /health",
        level=level,
        phase=phase,
        severity="SEV1",
        environment="production",
        since=Moment(at=at(since), tick_s=1_000 + since * 60),
        why="answered 503",
        elapsed_s=0,
        required_s=0,
        failures=3,
        runbook="",
        source=None,
    )


def said(
    kind: EntryKind,
    minutes: float,
    *,
    lasts: float = 60,
    by: str = "ana",
    level: Level = Level.CRITICAL,
    name: str = "",
) -> CareEntry:
    return CareEntry(
        id=name or f"{kind.value}-{minutes}-{by}",
        at=at(minutes),
        kind=kind,
        operator=by,
        login=by,
        host="bastion",
        workspace="lma",
        key=KEY,
        until=at(minutes + lasts) if kind in {ACK, SNOOZE} else None,
        level=level,
        subject="API /health",
    )


HOLDS = [
    # what was said, of which alert, seen when, and what holds
    ("nothing", [], alert(), 5, None),
    ("acknowledged", [said(ACK, 2)], alert(), 5, "ana"),
    ("snoozed", [said(SNOOZE, 2)], alert(), 5, "ana"),
    ("at the last moment", [said(ACK, 2)], alert(), 61.99, "ana"),
    ("its time is up", [said(ACK, 2)], alert(), 62, None),
    ("said before it began: of an earlier time", [said(ACK, 2)], alert(since=4), 5, None),
    ("said in the second in which it began", [said(ACK, 2)], alert(since=2.01), 5, "ana"),
    ("got worse", [said(ACK, 2, level=Level.WARNING)], alert(), 5, None),
    ("got better", [said(ACK, 2)], alert(level=Level.WARNING), 5, "ana"),
    ("taken back", [said(ACK, 2), said(BACK, 3)], alert(), 5, None),
    ("said again", [said(ACK, 2), said(BACK, 3), said(ACK, 4, by="bo")], alert(), 5, "bo"),
    ("the last one holds", [said(ACK, 2), said(SNOOZE, 3, by="bo")], alert(), 5, "bo"),
    ("the last one is over", [said(ACK, 2), said(SNOOZE, 3, lasts=1)], alert(), 5, None),
    ("two at once: what is louder", [said(ACK, 2), said(SNOOZE, 2, by="bo")], alert(), 5, "ana"),
    ("taken back at once", [said(ACK, 2), said(BACK, 2)], alert(), 5, None),
    ("worse once is worse for good", [said(ACK, 2), said(WORSE, 3)], alert(), 5, None),
    ("of a time still to come", [said(ACK, 30)], alert(), 5, None),
    ("a clock that was set back a little", [said(ACK, 5.05)], alert(), 5, "ana"),
    ("our own eyes before another's note", [said(ACK, 2), said(ENDED, 3)], alert(), 5, "ana"),
]


@pytest.mark.parametrize(
    ("entries", "of", "now", "who"), [row[1:] for row in HOLDS], ids=[row[0] for row in HOLDS]
)
def test_the_truth_table(
    entries: list[CareEntry], of: AlertView, now: float, who: str | None
) -> None:
    (shown,) = cared([of], said_of(entries), at(now))
    assert (None if shown.care is None else shown.care.operator) == who


def test_who_comes_in_the_midst_of_it_believes_the_journal() -> None:
    """A program that has just begun knows no onset before its own: the entry may be older."""
    fresh, came = alert(since=30), {KEY: BEGINNING}
    assert held(fresh, said_of([said(ACK, 2)]), at(31)) is None
    assert held(fresh, said_of([said(ACK, 2)]), at(31), came) is not None
    cleared = said_of([said(ACK, 2), said(ENDED, 10)])
    assert held(fresh, cleared, at(31), came) is None
    again = said_of([said(ACK, 2), said(ENDED, 10), said(ACK, 20, by="bo")])
    found = held(fresh, again, at(31), came)
    assert found is not None
    assert found.operator == "bo"


def test_an_alert_whose_onset_moves_is_the_same_while_it_is_there() -> None:
    """The oldest of several long queries ends, and the alert goes on with the next."""
    moved = alert(since=10)
    assert held(moved, said_of([said(ACK, 5)]), at(11)) is None
    assert held(moved, said_of([said(ACK, 5)]), at(11), {KEY: at(1)}) is not None


def test_the_two_are_not_alike() -> None:
    one, two = alert(), alert(key="other")
    snoozed = replace(said(SNOOZE, 2), key="other")
    shown = snoozed_last(cared([two, one], said_of([said(ACK, 2), snoozed]), at(5)))
    assert [each.key for each in shown] == [KEY, "other"]
    assert shown[0].care is not None
    assert shown[0].care.kind is CareKind.ACKNOWLEDGED
    assert shown[1].care is not None
    assert shown[1].care.kind is CareKind.SNOOZED


def test_the_clock_is_met_by_the_first_who_was_at_it() -> None:
    entries = [said(SNOOZE, 1), said(ACK, 3, lasts=1), said(ACK, 30, by="bo")]
    assert answered_at(alert(), said_of(entries), at(40)) == at(3)
    assert answered_at(alert(), said_of([*entries, said(BACK, 31)]), at(40)) is None
    assert answered_at(alert(), said_of([said(SNOOZE, 1)]), at(40)) is None
    mild = [said(ACK, 3, level=Level.WARNING), said(ACK, 9)]
    assert answered_at(alert(), said_of(mild), at(40)) == at(9)
    assert answered_at(alert(since=20), said_of(entries), at(25)) is None


def test_a_track_tells_once_what_is_over() -> None:
    clock = ManualClock()
    track = AlertTrack(LMA)
    track.view([], clock.now(), offline=False)
    clock.advance(300)
    mild = alert(since=5, level=Level.WARNING)
    track.view([mild], clock.now(), offline=False)
    track.said = said_of([said(ACK, 5, level=Level.WARNING)])
    assert track.view([mild], clock.now(), offline=False)[0].care is not None
    assert track.take_over() == {}
    (worse,) = track.view([alert(since=5)], clock.now(), offline=False)
    assert worse.care is None
    assert track.take_over() == {KEY: WORSE}
    track.view([], clock.now(), offline=True)
    assert ENDED not in track.take_over().values()
    track.view([], clock.now(), offline=False)
    assert track.take_over() == {KEY: ENDED}
    track.view([], clock.now(), offline=False)
    assert track.take_over() == {}


def test_after_it_cleared_the_next_time_is_another() -> None:
    clock = ManualClock()
    track = AlertTrack(LMA)
    clock.advance(0)
    track.view([], clock.now(), offline=False)
    clock.advance(120)
    track.said = said_of([said(ACK, 2.5)])
    first = alert(since=2)
    clock.advance(60)
    assert track.view([first], clock.now(), offline=False)[0].care is not None
    clock.advance(60)
    track.view([], clock.now(), offline=False)
    clock.advance(60)
    second = alert(since=4.9)
    assert track.view([second], clock.now(), offline=False)[0].care is None


ENTRIES = st.lists(
    st.builds(
        said,
        st.sampled_from([ACK, SNOOZE, BACK, ENDED, WORSE]),
        st.integers(0, 6),
        lasts=st.sampled_from([1, 3, 60]),
        by=st.sampled_from(["ana", "bo"]),
        level=st.sampled_from([Level.WARNING, Level.CRITICAL]),
        name=st.sampled_from(["", "a", "b"]),
    ),
    max_size=8,
)
ALERTS = st.builds(
    alert,
    st.integers(0, 6),
    st.sampled_from([Level.WARNING, Level.CRITICAL]),
    st.sampled_from([Phase.PENDING, Phase.FIRING, Phase.RECOVERING]),
)
SEEN = st.sampled_from([{}, {KEY: BEGINNING}, {KEY: at(1)}])


@given(ENTRIES, ALERTS, SEEN, st.integers(0, 70), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(
    entries: list[CareEntry], of: AlertView, seen: dict[str, datetime], now: int, rng: object
) -> None:
    shuffled = list(entries)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = said_of(entries), said_of(shuffled)
    assert one == other
    assert cared([of], one, at(now), seen) == cared([of], other, at(now), seen)
    assert answered_at(of, one, at(now), seen) == answered_at(of, other, at(now), seen)


@given(ENTRIES, ALERTS, SEEN, st.integers(0, 70))
def test_reading_it_twice_changes_nothing_and_nothing_holds_for_ever(
    entries: list[CareEntry], of: AlertView, seen: dict[str, datetime], now: int
) -> None:
    said_once = said_of(entries)
    assert said_of([*entries, *entries]) == said_once
    assert said_of(one for about in said_once.values() for one in about) == said_once
    found = held(of, said_once, at(now), seen)
    if found is not None:
        assert found.kind in {ACK, SNOOZE}
        assert of.level <= found.level
        assert of.key not in worsened([of], said_once, at(now), seen)
    assert held(of, said_once, at(100_000), seen) is None


@given(ENTRIES, st.integers(0, 6), SEEN, st.integers(0, 70))
def test_a_worse_alert_is_never_quieter(
    entries: list[CareEntry], since: int, seen: dict[str, datetime], now: int
) -> None:
    mild, bad = alert(since, Level.WARNING), alert(since, Level.CRITICAL)
    if held(bad, said_of(entries), at(now), seen) is not None:
        assert held(mild, said_of(entries), at(now), seen) is not None


def test_without_a_word_nothing_changes() -> None:
    spec: WorkspaceSpec = LMA
    assert spec.severities == ()
    alerts = (alert(),)
    assert cared(alerts, {}, at(5)) == alerts
