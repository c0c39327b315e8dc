"""The door behind the wall: opened after the first answers, reached from another loop, closed."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from actions.audit import Audit
from actions.audit_entries import AuditKind, Author
from actions.plan import Target
from actions.verbs import Outcome
from monitor.engine import Engine
from monitor.events import EventKind
from monitor.history import History
from monitor.thread import EngineThread
from providers.clock import SystemClock
from tests.waiting import until
from tests.whole_world import Ground, Tree, ground, without_systems
from tui.config.content import content
from tui.config.kept import keep, kept
from tui.config.load import load
from tui.config.model import Config
from tui.config.watch import ConfigWatch
from tui.door_link import DoorLink, NoDoor
from tui.doorway import Doorway
from tui.wire_clients import action_apis, clients
from tui.wire_door import MODULES
from tui.wiring import build_engine, start_following

pytestmark = [pytest.mark.xdist_group("door-link"), pytest.mark.timeout(120)]

CLOCK = SystemClock()
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground(database=False) as made:
        yield made


class Program:
    """The engine's thread as the wall starts it, with its door."""

    def __init__(self, world: Ground, shared: Path, *, read_only: bool = False) -> None:
        shared.mkdir(mode=0o770)
        self.changed = threading.Event()
        self.path = world.file(f"{shared.parent.name}.yaml", without_systems, self._shared(shared))
        self.audit = Audit(shared / "audit.jsonl", Author(operator="x", login="x", host="x"), CLOCK)
        doorway = Doorway(CLOCK, read_only=read_only)
        self.following: list[asyncio.Task[None]] = []

        async def build() -> Engine:
            config = await asyncio.to_thread(load, self.path)
            engine = await build_engine(config, CLOCK, None, doorway=doorway)
            watch = ConfigWatch("", self.path, CLOCK)
            self.following.append(start_following(engine, watch, CLOCK, doorway))
            return engine

        self.thread = EngineThread(build)
        self.thread.at_end = doorway.aclose
        self.link = DoorLink(self.thread)

    def _shared(self, folder: Path) -> Callable[[Tree], None]:
        def change(tree: Tree) -> None:
            tree["settings"]["shared_folder"] = str(folder)

        return change

    async def until(self, holds: Callable[[], object]) -> None:
        await until(holds)

    async def begun(self) -> None:
        """There is a door, and nobody acts: it is shut."""
        self.thread.start()
        await self.until(lambda: self.thread.door)
        assert self.link.state is None

    async def target(self) -> Target:
        family = (await self.link.ready()).family_of("autodeploy-off")
        assert family is not None
        return await family.target("autodeploy-off", "lma/staging/api")


async def test_an_action_from_the_screens_loop_to_the_timeline(
    world: Ground, tmp_path: Path
) -> None:
    program = Program(world, tmp_path / "shared")
    link = program.link
    assert (link.state, link.catalogue) == (None, None)
    assert link.refusal("lma", "staging") is not None
    with pytest.raises(NoDoor):
        await link.ready()
    try:
        await program.begun()
        assert link.refusal("lma", "staging") is None
        target = await program.target()
        await program.until(lambda: _well(program.thread))
        proposal = await link.propose("autodeploy-off", target, {})
        assert proposal.decision.words == ""
        lease = await link.arm("lma", "staging", reason="try it", minutes=5)
        assert link.state is not None
        assert link.state.leases == (lease,)
        await link.start(proposal, proposal.confirmed(reason="try it", typed="api"))
        await program.until(lambda: link.state and link.state.running[-1].over)
        assert link.state.running[-1].outcome is Outcome.DONE
        await program.until(lambda: link.state and link.state.undos)
        assert await link.disarm("lma", "staging")
        assert (await link.verified()).sound
        await program.until(lambda: len(_told(program.thread)) == 2)
    finally:
        assert program.thread.stop(20)
    assert program.thread.failure is None
    kinds = [one.kind for one in program.audit.entries()]
    assert kinds[:3] == [AuditKind.LEASE, AuditKind.INTENT, AuditKind.OUTCOME]
    with pytest.raises(NoDoor):
        await link.ready()


async def test_a_changed_configuration_counts_at_once(world: Ground, tmp_path: Path) -> None:
    program = Program(world, tmp_path / "shared")
    try:
        await program.begun()
        before = await program.link.ready()
        text = program.path.read_text().replace("read_only: false", "read_only: true")
        program.path.write_text(text)
        await program.until(lambda: program.link.refusal("lma", "staging"))
        assert await program.link.ready() is not before
    finally:
        assert program.thread.stop(20)


async def test_a_changed_configuration_counts_at_once_while_nobody_acts(
    world: Ground, tmp_path: Path
) -> None:
    program = Program(world, tmp_path / "shared")
    try:
        await program.begun()
        assert program.link.refusal("lma", "staging") is None
        text = program.path.read_text().replace("read_only: false", "read_only: true")
        program.path.write_text(text)
        await program.until(lambda: program.link.refusal("lma", "staging"))
        assert program.link.state is None
        await program.link.ready()
        assert program.link.refusal("lma", "staging") is not None
    finally:
        assert program.thread.stop(20)


async def test_the_flag_refuses_whatever_the_configuration_says(
    world: Ground, tmp_path: Path
) -> None:
    program = Program(world, tmp_path / "shared", read_only=True)
    try:
        await program.begun()
        proposal = await program.link.propose("autodeploy-off", await program.target(), {})
        assert "--read-only" in proposal.decision.words
    finally:
        assert program.thread.stop(20)


@pytest.mark.parametrize("example", [True, False])
def test_a_kept_configuration_has_the_same_verbs(
    world: Ground, tmp_path: Path, example: bool
) -> None:
    """What the wall starts with the second time is no model that could be built upon."""
    path = ROOT / "config.example.yaml" if example else world.world.config_path
    found, judged = content(path), load(path)
    keep(tmp_path, found, judged)
    known = kept(tmp_path, found)
    assert known is not None
    assert _names(known) == _names(judged)
    assert len(_names(judged)) > 20


def _names(config: Config) -> list[str]:
    shared = clients(config, CLOCK)
    made: list[str] = []
    for name in MODULES:
        # Not by `families` of the wiring, which leaves out what has a bug.
        wire = import_module(name)
        for family in wire.families(config, action_apis(config, shared, CLOCK), shared, CLOCK):
            made += [card.name for card in family.cards]
    return made


def test_the_door_is_not_there_before_it_is_opened() -> None:
    async def build() -> Engine:
        return Engine([], [], History.open(None, CLOCK), CLOCK)

    thread = EngineThread(build)
    assert thread.door is None
    thread.start()
    thread.submit(_nothing).result(10)
    assert thread.door is None
    assert DoorLink(thread).state is None
    assert thread.stop(10)


async def _nothing(engine: Engine) -> None:
    del engine


def _well(thread: EngineThread) -> bool:
    """Whether the deploys of the target were read."""
    snapshot = thread.latest
    if snapshot is None:
        return False
    views = [view for key, view in snapshot.sources.items() if "/staging/deploys/api" in key]
    return bool(views) and all(view.last_success is not None for view in views)


def _told(thread: EngineThread) -> list[str]:
    snapshot = thread.latest
    if snapshot is None or "lma" not in snapshot.workspaces:
        return []
    timeline = snapshot.workspaces["lma"].timeline
    return [one.text for one in timeline if one.kind is EventKind.ACTION]
