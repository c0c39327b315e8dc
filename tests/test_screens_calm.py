"""Numbers may wait a second, states may not."""

import pytest
from msgspec.structs import replace

from monitor.snapshot import Snapshot
from providers.clock import Moment
from tests import snapshot_values as values
from tests.screen_rig import screen
from tui.calm import CALM_S, Calm, weight_of


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
