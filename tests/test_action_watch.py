"""Whether what should recover is said to have, and only then."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.plan import Danger
from actions.verbs import Outcome
from actions.watch import (
    LONGEST_S,
    SHORTEST_S,
    Look,
    Watch,
    WatchVerdict,
    lasting_s,
    looks,
    subjects,
)
from monitor.snapshot import EndpointRow, Snapshot, WorkspaceView
from providers.clock import Moment, SystemClock
from tests import snapshot_values
from tests.action_rig import standing
from tests.test_action_door import Seat
from tests.values_actions import NOW, later, plan, target


def look(key: str, at_s: float, *, good: bool | None = True, words: str = "200") -> Look:
    return Look(key=key, title=f"API {key}", good=good, at=later(at_s), words=words)


def begun(**good: bool) -> Watch:
    before = [look(key, -5, good=each) for key, each in good.items()]
    return Watch(before, NOW, 300.0)


def test_three_newer_readings_that_are_well_verify_it() -> None:
    watch = begun(health=False)
    for second in (1, 2):
        found = watch.take([look("health", second)], later(second))
        assert found.verdict is None
    found = watch.take([look("health", 3)], later(3))
    assert (found.verdict, found.words) == (WatchVerdict.VERIFIED, "API health 200 three times")


def test_those_that_stand_alike_are_told_together() -> None:
    watch = begun(health=True, ready=True, live=True)
    for second in (1, 2, 3, 4):
        found = watch.take([look("health", second), look("ready", second)], later(second))
    assert found.words == "API live no reading since · API health, API ready 200 three times"


def test_a_reading_counts_once_and_only_after_the_outcome() -> None:
    watch = begun(health=False)
    for second in range(10):
        found = watch.take([look("health", -1), look("health", 1)], later(second))
    assert (found.verdict, found.words) == (None, "API health 200 once")


def test_a_bad_reading_begins_anew() -> None:
    watch = begun(health=False)
    for second in range(1, 9):
        good = second not in {3, 6}
        found = watch.take([look("health", second, good=good)], later(second))
    assert found.verdict is None
    assert watch.take([look("health", 9)], later(9)).verdict is WatchVerdict.VERIFIED


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (True, False, WatchVerdict.WORSE),
        (False, False, WatchVerdict.NOT_YET),
        (False, None, WatchVerdict.NOT_YET),
        (True, None, WatchVerdict.NOT_YET),
    ],
)
def test_when_the_time_is_over(before: bool, after: bool | None, verdict: WatchVerdict) -> None:
    watch = begun(health=before, ready=True)
    for second in (1, 2, 3):
        watch.take([look("ready", second), look("health", second, good=after)], later(second))
    assert watch.take([], later(299)).verdict is None
    assert watch.take([], later(300)).verdict is verdict


def test_a_number_is_told_as_before_and_after() -> None:
    before = Look(
        key="errors", title="Error rate", good=False, at=NOW, words="2.4 %", is_number=True
    )
    watch = Watch([before], NOW, 300.0)
    found = watch.take([replace(before, good=True, at=later(2), words="1.1 %")], later(2))
    assert found.words == "Error rate 2.4 % → 1.1 %"


def test_what_was_not_there_before_is_not_followed() -> None:
    watch = begun(health=True)
    found = watch.take([look("another", 1, good=False)], later(1))
    assert found.words == "API health no reading since"


def rows(view: WorkspaceView) -> list[str]:
    return [str(row.cells["production"].source) for row in view.endpoints]


def test_the_subjects_are_what_the_plan_names_as_far_as_it_is_there() -> None:
    view = snapshot_values.incident()
    named = rows(view)[0]
    of = replace(plan(), watches=(named, "errors", "no-such", named))
    assert subjects(of, view) == (named, "errors")
    assert [one.title for one in looks(subjects(of, view), view)] == [
        view.endpoints[0].spec.title,
        "Error rate",
    ]


def test_without_names_it_is_the_service_and_what_is_not_well() -> None:
    view = snapshot_values.incident()
    found = subjects(plan(), view)
    own = (row.cells["production"] for row in view.endpoints if row.spec.service == "api")
    assert set(found) == {*(str(one.source) for one in own), "errors", "query", "connections"}
    assert subjects(replace(plan(), danger=Danger.LIGHT), view) == ()
    nobody = replace(plan(), target=replace(target(), kind="user", short_name="u1"))
    assert subjects(nobody, view) == ()


def test_it_lasts_as_long_as_its_slowest_kpi_needs_and_not_for_ever() -> None:
    view = snapshot_values.incident()
    assert lasting_s(plan(), view, []) == SHORTEST_S
    slow = replace(view.kpis[0], spec=replace(view.kpis[0].spec, window_s=900.0))
    view = replace(view, kpis=(slow, *view.kpis[1:]))
    assert lasting_s(plan(), view, ["errors"]) == 1_020.0
    assert lasting_s(replace(plan(), takes_s=1e9), view, ["errors"]) == LONGEST_S


class World:
    """Snapshots whose readings are always from just now."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.well = False

    def latest(self) -> Snapshot:
        now = self.clock.now()
        view = snapshot_values.calm() if self.well else snapshot_values.incident()
        kpis = tuple(replace(one, at=now) for one in view.kpis)
        found = replace(view, endpoints=_of_now(view, now), kpis=kpis)
        return replace(snapshot_values.snapshot(found), at=now)


def _of_now(view: WorkspaceView, now: Moment) -> tuple[EndpointRow, ...]:
    return tuple(
        replace(row, cells={name: replace(cell, at=now) for name, cell in row.cells.items()})
        for row in view.endpoints
    )


async def test_a_restart_is_followed_until_all_is_well(tmp_path: Path) -> None:
    world = World()
    async with standing() as service:
        seat = Seat(service, tmp_path / "audit.jsonl", "ana", latest=world.latest)
        try:
            done = await seat.restarted()
            state = await seat.until(lambda state: state.running[-1].watch)
            going = state.running[-1].watch
            assert done.outcome is Outcome.DONE
            assert going is not None
            assert going.verdict is None
            assert going.until - world.clock.now().at > timedelta(seconds=SHORTEST_S - 30)
            world.well = True
            await seat.until(
                lambda state: state.running[-1].watch and state.running[-1].watch.verdict
            )
            [written] = _watches(await seat.door.book.entries())
            assert written["outcome"] == "verified"
            assert "three times" in str(written["words"])
            await seat.door.refresh()
        finally:
            await seat.door.aclose(5)
        texts = [one.text for one in seat.events]
        assert texts[-2:] == ["Restart API: done", "Restart API: verified"]


async def test_the_end_of_the_program_ends_the_watch_and_says_so(tmp_path: Path) -> None:
    world = World()
    async with standing() as service:
        seat = Seat(service, tmp_path / "audit.jsonl", "ana", latest=world.latest)
        await seat.restarted()
        await seat.until(lambda state: state.running[-1].watch)
        await seat.door.aclose(5)
        [written] = _watches(seat.door.record.audit.entries())
        assert written["outcome"] == "not known"
        assert str(written["words"]).startswith("the program ended")


def _watches(entries: object) -> list[Mapping[str, object]]:
    assert isinstance(entries, tuple)
    return [
        {"outcome": one.outcome, "words": one.words}
        for one in entries
        if one.kind is AuditKind.WATCH
    ]
