"""Two walls over loopback share one journal: an outage is one message in Slack, and its end too."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.notices.teller import Teller
from demo.faults import FaultKind
from demo.vendors.slack_state import INCIDENTS
from monitor.channel_view import ChannelView
from monitor.engine import Engine
from monitor.snapshot import Snapshot
from providers.clock import SystemClock
from tests.whole_world import Ground, Tree, Watched, alone, ground
from tui.config.load import load
from tui.wire_care import care_folder, journals
from tui.wire_clients import clients
from tui.wire_notices import channels
from tui.wiring import build_engine

pytestmark = pytest.mark.xdist_group("whole-notices")

GROUP_S = 2.0
WAIT_S = 25.0


class Telling(Watched):
    """An engine that tells people; what belongs together waits for seconds only."""

    async def _build(self) -> Engine:
        config, clock = load(self._path), SystemClock()
        engine = await build_engine(config, clock, self._past)
        shared = clients(config, clock)
        kept = journals(config, clock, care_folder(config))
        await engine.notices.use(Teller(channels(config, shared, clock), kept, clock, GROUP_S))
        return engine

    @property
    def channel(self) -> ChannelView:
        return self.latest.workspaces["lma"].channels[0]


def quiet(folder: Path, world: Ground) -> Any:
    """One check and the Slack channel, over a folder that is shared."""

    def change(tree: Tree) -> None:
        slack, secret = tree["accounts"]["slack"], tree["secrets"]["slack"]
        alone(tree)
        tree["accounts"], tree["secrets"] = {"slack": slack}, {"slack": secret}
        tree["settings"]["shared_folder"] = str(folder)
        tree["workspaces"]["lma"]["notices"] = {
            "channels": {"incidents": {"slack": {"account": "slack", "channel": INCIDENTS}}}
        }

    return world.file("told.yaml", change)


@contextlib.contextmanager
def telling(path: Path) -> Iterator[Telling]:
    engine = Telling(path)
    engine.thread.start()
    try:
        engine.until(lambda s: bool(s.workspaces["lma"].channels))
        yield engine
    finally:
        assert engine.thread.stop(5.0)


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground(database=False) as made:
        yield made


def posted(world: Ground) -> list[str]:
    """What the program wrote into the incident channel."""
    found = world.world.estate.alerting.slack.of(INCIDENTS)
    return [one.text for one in reversed(found) if one.bot_name == "Quarterdeck"]


def fires(snapshot: Snapshot) -> bool:
    return bool(snapshot.workspaces["lma"].alerts)


def sent(engine: Telling, start: str) -> Any:
    def holds(snapshot: Snapshot) -> bool:
        (channel,) = snapshot.workspaces["lma"].channels
        return channel.last_words.startswith(start)

    return engine.until(holds, lambda: engine.channel, seconds=WAIT_S)


def test_two_walls_tell_an_outage_once_and_its_end_once(world: Ground, tmp_path: Path) -> None:
    path = quiet(tmp_path, world)
    with telling(path) as dana, telling(path) as ivan:
        with world.fault("lma-api-production", FaultKind.UNAVAILABLE):
            for wall in (dana, ivan):
                sent(wall, "API live production")
            (fired,) = posted(world)
            assert fired.startswith("LMA: CRITICAL API live production 503")
        for wall in (dana, ivan):
            sent(wall, "cleared: API live production")
        assert [text.partition(" API")[0] for text in posted(world)] == [
            "LMA: CRITICAL",
            "LMA: CLEARED",
        ]
        told = [
            event.text
            for wall in (dana, ivan)
            for event in wall.latest.workspaces["lma"].timeline
            if event.text.startswith("told ")
        ]
        assert len(told) == 2, "each message stands on the timeline of whoever sent it"
        assert dana.channel.problem == ivan.channel.problem == ""


def test_a_slack_that_fails_is_said_on_the_wall_and_asked_again(
    world: Ground, tmp_path: Path
) -> None:
    before = len(posted(world))
    outage = world.fault("lma-api-production", FaultKind.UNAVAILABLE)
    with telling(quiet(tmp_path, world)) as wall, world.fault("slack", FaultKind.REFUSE):
        with outage:
            wall.until(lambda _: bool(wall.channel.problem), seconds=WAIT_S)
            assert "again in 15 s" in wall.channel.problem
            assert any("notice incidents: Slack" in one for one in wall.latest.notices)
            reads = wall.source("lma/production/api/live").last_success
            assert reads is not None, "polling goes on"
        wall.until(lambda snapshot: not fires(snapshot), seconds=WAIT_S)
    assert len(posted(world)) == before
