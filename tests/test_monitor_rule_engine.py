"""Rules through a running engine: flapping, silence, restarts, suspend, clocks that are set."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.events import EventKind
from monitor.snapshot import AlertView
from monitor.states import EndpointState
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.workspace import WorkspaceSpec
from providers.errors import Unauthorized
from providers.harvest import Harvest
from tests.fakes import START as DAY
from tests.fakes import ManualClock, ScriptedSource, probe
from tests.test_monitor_engine import HEALTH, LMA, Network, Rig, kpi, running, source

BARE = replace(LMA, kpis=())
LOAD = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=5.0)


def silent_spec(no_data_s: float = 120.0) -> WorkspaceSpec:
    spec = kpi("errors", LOAD, no_data_s=no_data_s, no_data_severity="P3")
    return replace(LMA, rows=(), kpis=(spec,))


def alert(rig: Rig, key: str) -> AlertView | None:
    return next((one for one in rig.view.alerts if one.key == key), None)


def told(rig: Rig) -> list[str]:
    """What the timeline says of alerts, oldest first."""
    kinds = {EventKind.ALERT, EventKind.CLEARED}
    return [one.text for one in reversed(rig.view.timeline) if one.kind in kinds]


def by_turns(clock: ManualClock, reads: int, then: object) -> ScriptedSource:
    """An endpoint that is good and bad by turns for so many reads, and then something else."""
    steps = [probe() if index % 2 else probe(503) for index in range(reads)]
    return source(clock, HEALTH, *steps, then)


async def test_an_endpoint_that_flaps_is_one_alert_that_stays_and_is_told_once() -> None:
    clock = ManualClock()
    steps = [probe(503)] * 3 + [probe(), probe(503)] * 12
    api = source(clock, HEALTH, *steps, probe())
    async with running(clock, [api], BARE) as rig:
        seen = set()
        for _ in range(26):
            await rig.run(10)
            found = alert(rig, f"check/{HEALTH}")
            assert found is not None
            seen.add((found.phase, found.level, found.episode))
        assert {one[0] for one in seen} >= {Phase.FIRING, Phase.FLAPPING}
        assert len({one[2] for one in seen}) == 1
        assert rig.cell().state is EndpointState.FLAPPING
        assert rig.view.worst.endswith("flapping")
        found = alert(rig, f"check/{HEALTH}")
        assert found is not None
        assert (found.level, found.checks) == (Level.CRITICAL, 21)
        assert f"{found.changes} changes in the last 21 checks" in found.why
        assert told(rig) == ["API /health 503", "API /health flapping"]
        await rig.run(200)
        assert rig.view.alerts == ()
        assert told(rig)[2:] == ["API /health cleared"]


async def test_what_flaps_without_ever_being_down_warns_and_fires_nothing() -> None:
    clock = ManualClock()
    api = by_turns(clock, 20, probe())
    async with running(clock, [api], BARE) as rig:
        await rig.run(150)
        found = alert(rig, f"check/{HEALTH}")
        assert found is not None
        assert (found.phase, found.level, found.fired) == (Phase.FLAPPING, Level.WARNING, None)
        await rig.run(250)
        assert rig.view.alerts == ()
        assert told(rig) == ["API /health flapping", "API /health steady again"]


async def test_flapping_over_a_restart_is_told_once(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "history.db"
    async with running(clock, [by_turns(clock, 40, probe())], BARE, path=path) as rig:
        await rig.run(150)
        before = alert(rig, f"check/{HEALTH}")
    clock.advance(20)
    async with running(clock, [by_turns(clock, 40, probe())], BARE, path=path) as rig:
        await rig.run(15)
        after = alert(rig, f"check/{HEALTH}")
        assert before is not None
        assert after is not None
        assert after.phase is before.phase is Phase.FLAPPING
        assert after.episode == before.episode
        assert told(rig) == ["API /health flapping"]


async def test_no_data_is_an_alert_of_its_own_beside_the_one_that_fired() -> None:
    clock = ManualClock()
    refused = Unauthorized("HTTP", "look", "401 token rejected")
    api = source(clock, HEALTH, {"errors": 9.0}, refused, refused)
    async with running(clock, [api], silent_spec()) as rig:
        await rig.run(100)
        band, waiting = (alert(rig, f"kpi/lma/errors{more}") for more in ("", "/no-data"))
        assert band is not None
        assert (band.level, band.phase) == (Level.CRITICAL, Phase.UNKNOWN)
        assert band.why.endswith("was firing when last seen")
        assert waiting is not None
        assert (waiting.level, waiting.phase, waiting.severity) == (
            Level.WARNING, Phase.PENDING, "P3")  # fmt: skip
        assert waiting.why.startswith("no number, 1m")
        assert waiting.required_s == 120
        await rig.run(30)
        fired = alert(rig, "kpi/lma/errors/no-data")
        assert fired is not None
        assert (fired.phase, fired.level) == (Phase.FIRING, Level.WARNING)
        assert fired.episode == waiting.episode
        assert set(told(rig)) == {"Errors 9.0 % > 5 %", "Errors no data"}


async def test_no_data_that_comes_back_clears_with_the_second_number() -> None:
    clock = ManualClock()
    refused = Unauthorized("HTTP", "look", "401 token rejected")

    async def answer() -> Harvest:
        if 20 <= clock.now().tick_s - 1_000 < 300:
            raise refused
        return api.harvest(probe(), {"errors": 1.0})

    api = source(clock, HEALTH, answer)
    async with running(clock, [api], silent_spec()) as rig:
        phases: list[Phase] = []
        for _ in range(90):
            await rig.run(5)
            found = alert(rig, "kpi/lma/errors/no-data")
            phase = Phase.OK if found is None else found.phase
            if not phases or phases[-1] is not phase:
                phases.append(phase)
        assert phases == [Phase.OK, Phase.PENDING, Phase.FIRING, Phase.RECOVERING, Phase.OK]
        assert told(rig) == ["Errors no data", "Errors cleared"]


async def test_no_data_is_no_alert_while_our_own_network_is_down() -> None:
    clock, network = ManualClock(), Network()
    silent = probe(None)
    api = source(clock, HEALTH, {"errors": 1.0}, silent)
    async with running(clock, [api], silent_spec(), connectivity=network.check) as rig:
        network.answer = "no route"
        await rig.run(600)
        assert rig.engine.latest.offline_since is not None
        assert rig.view.alerts == ()


async def test_no_data_survives_a_restart_and_a_long_pause_begins_none(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "history.db"
    refused = Unauthorized("HTTP", "look", "401 token rejected")
    async with running(clock, [source(clock, HEALTH, {"errors": 1.0})], silent_spec(),
                       path=path) as rig:  # fmt: skip
        await rig.run(60)
    clock.advance(86_400)
    async with running(clock, [source(clock, HEALTH, refused)], silent_spec(), path=path) as rig:
        await rig.run(20)
        assert alert(rig, "kpi/lma/errors/no-data") is None
        await rig.run(150)
        before = alert(rig, "kpi/lma/errors/no-data")
    clock.advance(600)
    async with running(clock, [source(clock, HEALTH, refused)], silent_spec(), path=path) as rig:
        await rig.run(2)
        after = alert(rig, "kpi/lma/errors/no-data")
        assert before is not None
        assert after is not None
        assert (before.phase, after.phase) == (Phase.FIRING, Phase.FIRING)
        assert after.episode == before.episode
        assert told(rig) == ["Errors no data"]


@pytest.mark.parametrize("away_s", [20.0, 7_200.0, 3 * 86_400.0])
async def test_what_fired_before_a_restart_is_the_same_alert_after_it(
    tmp_path: Path, away_s: float
) -> None:
    clock, path = ManualClock(), tmp_path / "history.db"
    warning = Band(name=BandName.WARNING, comparison=Comparison.ABOVE, limit=2, for_s=900)
    spec = replace(LMA, kpis=(kpi("errors", warning, LOAD),))

    async def worse() -> Harvest:
        errors = 3.0 if clock.now().tick_s < 1_030 else 9.0
        return api.harvest(probe(503), {"errors": errors})

    api = source(clock, HEALTH, worse)
    async with running(clock, [api], spec, path=path) as rig:
        await rig.run(60)
        before = {one.key: one.episode for one in rig.view.alerts}
        assert {one.phase for one in rig.view.alerts} == {Phase.FIRING}
        assert len(before) == 2
        texts = told(rig)
    clock.advance(away_s)
    api = source(clock, HEALTH, worse)
    async with running(clock, [api], spec, path=path) as rig:
        await rig.run(0.05)
        assert {one.key: one.episode for one in rig.view.alerts} == before
        await rig.run(30)
        assert {one.key: one.episode for one in rig.view.alerts} == before
        assert len(told(rig)) <= len(texts)
        events = await rig.engine.history.events(DAY - timedelta(days=1))
        keys = [one.key for one in events if one.kind is EventKind.ALERT]
        assert len(keys) == len(set(keys)) == 2


async def test_a_wall_clock_that_jumps_neither_fires_nor_clears(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "history.db"
    band = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=5.0, for_s=300)
    spec = replace(LMA, rows=(), kpis=(kpi("errors", band),))
    api = source(clock, HEALTH, {"errors": 9.0})
    async with running(clock, [api], spec, path=path) as rig:
        await rig.run(100)
        clock.set_wall(7_200)
        await rig.run(100)
        clock.set_wall(-14_400)
        await rig.run(90)
        (pending,) = rig.view.alerts
        assert pending.phase is Phase.PENDING
        assert 275 <= pending.elapsed_s < 300
        # What looked old for a moment costs its own interval, and no more.
        await rig.run(30)
        (fired,) = rig.view.alerts
        assert fired.phase is Phase.FIRING
    # Two hours before it began, as the clock now has it.
    async with running(clock, [source(clock, HEALTH, {"errors": 9.0})], spec, path=path) as rig:
        await rig.run(5)
        (again,) = rig.view.alerts
        assert (again.phase, again.episode) == (Phase.FIRING, fired.episode)


async def test_a_suspend_neither_fires_what_waits_nor_clears_what_fires() -> None:
    clock = ManualClock()
    waiting = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=5.0, for_s=300)
    spec = replace(LMA, rows=(), kpis=(kpi("errors", waiting), kpi("load", LOAD)))
    api = source(clock, HEALTH, {"errors": 9.0, "load": 9.0})
    async with running(clock, [api], spec) as rig:
        await rig.run(200)
        clock.advance(8 * 3_600)
        await rig.run(30)
        found = {one.key: one for one in rig.view.alerts}
        assert found["kpi/lma/errors"].phase is Phase.PENDING
        # Eight hours without a sample are no evidence: it starts anew.
        assert found["kpi/lma/errors"].elapsed_s < 60
        assert found["kpi/lma/load"].phase is Phase.FIRING
        assert found["kpi/lma/load"].onset is not None
        assert found["kpi/lma/load"].onset.at <= DAY + timedelta(seconds=10)
        assert told(rig) == ["Load 9.0 % > 5 %"]


async def test_a_consecutive_rule_tells_how_soon_it_notices() -> None:
    clock = ManualClock()
    api = source(clock, HEALTH, probe(), probe(503))
    async with running(clock, [api], BARE) as rig:
        await rig.run(15)
        found = alert(rig, f"check/{HEALTH}")
        assert found is not None
        assert (found.phase, found.failures, found.needed) == (Phase.PENDING, 1, 3)
        assert found.detection == rig.cell().detection == "3 in a row, detected within 35s"
