"""Numbers may wait a second, states may not."""

import pytest
from msgspec.structs import replace

from monitor.due import PUBLISH_S, REST_S
from monitor.snapshot import Snapshot
from providers.clock import Moment
from tests import snapshot_values as values
from tests.screen_rig import screen
from tui.app import TICK_S
from tui.calm import (
    CALM_S,
    KEYS_REST_S,
    PATIENCE_S,
    URGENT_PATIENCE_S,
    Calm,
    weight_of,
)
from tui.terminal_pace import EARLY_S, FramePace


def after(moment: Moment, seconds: float) -> Moment:
    from datetime import timedelta

    return Moment(at=moment.at + timedelta(seconds=seconds), tick_s=moment.tick_s + seconds)


def faster(snapshot: Snapshot) -> Snapshot:
    """The same world with other numbers."""
    view = snapshot.workspaces["lma"]
    kpis = tuple(replace(kpi, value=(kpi.value or 0) + 0.01) for kpi in view.kpis)
    return replace(
        snapshot, sequence=snapshot.sequence + 1, workspaces={"lma": replace(view, kpis=kpis)}
    )


def test_other_numbers_weigh_the_same() -> None:
    snapshot = values.snapshot(values.incident())
    assert weight_of(snapshot, "lma") == weight_of(faster(snapshot), "lma")


@pytest.mark.parametrize(
    "other",
    [
        values.snapshot(values.calm()),
        values.snapshot(values.states()),
        values.snapshot(values.stale()),
        values.snapshot(values.failed()),
        values.offline(),
        values.broken_config(),
    ],
)
def test_another_state_weighs_differently(other: Snapshot) -> None:
    assert weight_of(values.snapshot(values.incident()), "lma") != weight_of(other, "lma")


def test_numbers_wait_for_the_next_frame_and_no_longer() -> None:
    calm, snapshot = Calm(), values.snapshot(values.incident())
    now = snapshot.at
    assert not calm.may_wait(snapshot, "lma", now), "nothing has been drawn yet"
    calm.drawn(now)
    assert calm.may_wait(faster(snapshot), "lma", after(now, 1))
    assert not calm.may_wait(faster(snapshot), "lma", after(now, CALM_S + 0.1))


def test_an_engine_that_falls_silent_is_told_at_once() -> None:
    calm, snapshot = Calm(), values.snapshot(values.incident())
    calm.may_wait(snapshot, "lma", snapshot.at)
    calm.drawn(after(snapshot.at, 5))
    assert not calm.may_wait(snapshot, "lma", after(snapshot.at, 5.5))


async def test_the_clock_goes_on_while_numbers_wait() -> None:
    async with screen() as rig:
        before = rig.text().splitlines()[0]
        await rig.publish(faster(values.snapshot(values.incident())), after_s=1.0)
        after_one = rig.text().splitlines()[0]
        assert before != after_one


def waited(*, urgent: bool, every_s: float, link_s: float = 0.0) -> float:
    """Seconds until a frame may be drawn while keys come every so often."""
    calm, pace, begin = Calm(), FramePace(1.0), values.snapshot(values.incident()).at
    if link_s:
        pace.asked(0.0)
        pace.answered(link_s)
    for step in range(200):
        now = after(begin, step / 100)
        if step % round(every_s * 100) == 0:
            calm.keyed(now)
        if not calm.pause_s(pace, now, urgent=urgent):
            return step / 100
    return 2.0


def test_frames_wait_for_a_pause_between_keys() -> None:
    rest_s = pytest.approx(KEYS_REST_S, abs=0.011)
    assert waited(urgent=False, every_s=0.2) == rest_s
    assert waited(urgent=True, every_s=0.2) == rest_s


def test_frames_wait_for_a_held_key_but_not_for_long() -> None:
    assert waited(urgent=False, every_s=0.03) == pytest.approx(PATIENCE_S, abs=0.011)
    assert waited(urgent=True, every_s=0.03) == pytest.approx(URGENT_PATIENCE_S, abs=0.011)


def test_on_a_slow_link_the_pause_begins_when_the_terminal_shows_the_key() -> None:
    assert waited(urgent=False, every_s=1, link_s=0.2) == pytest.approx(
        KEYS_REST_S + 0.2, abs=0.011
    )


def test_without_keys_nothing_waits() -> None:
    calm, pace, now = Calm(), FramePace(1.0), values.snapshot(values.incident()).at
    assert calm.pause_s(pace, now, urgent=False) == 0
    pace.drawn(now.tick_s)
    assert calm.pause_s(pace, now, urgent=True) == pytest.approx(1 - EARLY_S)
    assert calm.pause_s(pace, now, urgent=False) == float("inf"), "the next news come soon enough"


@pytest.mark.parametrize("late_s", [0.0, 0.04])
@pytest.mark.parametrize("every_s", [PUBLISH_S, REST_S])
def test_the_clock_goes_on_between_news_and_keeps_none_of_them_waiting(
    every_s: float, late_s: float
) -> None:
    pace, calm, now = FramePace(1.0), Calm(), values.snapshot(values.incident()).at
    began_s = now.tick_s
    drawn: list[float] = []
    for count in range(30):
        news_s = count * every_s + late_s * (count % 2)
        looks_s = (news_s, news_s + TICK_S + late_s)
        for look_s in looks_s if every_s > TICK_S else looks_s[:1]:
            look = after(now, look_s)
            if calm.pause_s(pace, look, urgent=False) == 0 and pace.may_draw(look.tick_s):
                pace.drawn(look.tick_s)
                drawn.append(look.tick_s - began_s)
    assert [int(each + 0.25) for each in drawn] == list(range(int(30 * every_s)))
