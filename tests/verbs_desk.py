"""One demo world whose vendors note every request to change something, and the door over it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from msgspec import Struct
from msgspec.structs import replace

from actions.door import Door
from actions.guard_values import Confirmation, Verdict
from actions.lease import LeaseRefused
from actions.running import Proposal, Running
from actions.verbs import Outcome
from demo.incident import CALM
from demo.vendors.render_models import Timing as RenderTiming
from demo.vendors.supabase_state import Timing as SupabaseTiming
from demo.world import World
from providers.clock import SystemClock
from tui.action_session import session
from tui.commands_action import parameters_of
from tui.config.load import load
from tui.config.model import Config
from tui.options import Options

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")

_READS = {"GET", "HEAD", "OPTIONS"}
_NO_CHANGE = ("/token", "/notices", "/v2/enqueue")
"""Tokens are fetched by POST, and alerts are told of by it."""

QUICK_RENDER = RenderTiming(create_s=0.2, build_s=0.6, update_s=0.4, restart_s=0.4, scale_s=0.4)
QUICK_SUPABASE = SupabaseTiming(pause_s=0.2, restore_s=0.3, come_up_s=0.2, restart_s=0.5)
AT_ONCE = 6
"""So many actions are under way at once; each waits for its vendor most of the time."""


class Counting(World):
    """Notes each request of each vendor that is no read."""

    def __init__(self) -> None:
        super().__init__(script=CALM)
        self.changes: Counter[str] = Counter()

    def _misbehaving(self, name: str, app: "ASGIApp") -> "ASGIApp":
        inner = super()._misbehaving(name, app)

        async def noting(scope: "Scope", receive: "Receive", send: "Send") -> None:
            path, method = str(scope.get("path", "")), str(scope.get("method", ""))
            if method not in _READS and not path.endswith(_NO_CHANGE):
                self.changes[f"{name} {method} {path}"] += 1
            await inner(scope, receive, send)

        return noting


class Deed(Struct, frozen=True, kw_only=True):
    """A verb that was carried out, and what arrived meanwhile."""

    running: Running
    before: object
    after: object


class Desk(Struct):
    """Carries verbs out as the command line does, and looks at what they did."""

    world: Counting
    config: Config
    verbs: set[str]
    turn: asyncio.Semaphore
    shown: dict[str, Proposal]
    """What each verb's dialog shows."""

    async def rows(self, statement: str, *values: object, product: str = "lma") -> Any:
        return await self.world.run(self.world.databases[product].read(statement, *values))

    async def value(self, statement: str, *values: object, product: str = "lma") -> Any:
        rows = await self.rows(statement, *values, product=product)
        return rows[0][0] if rows else None

    async def within(self, work: Callable[[], T]) -> T:
        """Something that has to be done or read in the world's own thread."""

        async def done() -> T:
            self.world.estate.agenda.settle()
            return work()

        return await self.world.run(done())

    async def every_verb(self) -> set[str]:
        """Names of all that the configuration allows for."""
        async with session(self.config, Options(), SystemClock()) as found:
            return set((await found.door.ready()).cards)

    async def run(
        self,
        name: str,
        target: str,
        tell: Callable[[], Awaitable[object]],
        **given: str,
    ) -> Deed:
        """Plan, confirm and follow one action in a session of its own."""
        async with self.turn:
            before = await tell()
            running = await self._carried_out(name, target, given)
            return Deed(running=running, before=before, after=await tell())

    async def _carried_out(self, name: str, words: str, given: Mapping[str, str]) -> Running:
        async with session(self.config, Options(), SystemClock()) as found:
            limits = found.door._runner.limits
            found.door._runner.limits = replace(limits, poll_s=0.1)
            card, family = await found.found(name)
            said = [f"{key.replace('_', '-')}={value}" for key, value in given.items()]
            parameters = parameters_of(card, tuple(said))
            target = await family.target(name, words)
            await found.read(await found.door.plan(name, target, parameters))
            proposal = await found.door.propose(name, target, parameters)
            assert proposal.decision.verdict is Verdict.CHALLENGE, (name, proposal.decision.words)
            self.shown[name] = proposal
            shown = proposal.plan.target
            await found.door.arm(shown.workspace, shown.environment, reason="a test", minutes=5)
            await _read_only(found.door, proposal)
            proposal = await found.door.propose(name, target, parameters)
            running = await _ended(found.door, await found.door.start(proposal, _given(proposal)))
            await found.door.disarm(shown.workspace, shown.environment)
            self.verbs.add(name)
            return running


def _given(proposal: Proposal) -> Confirmation:
    typed = proposal.plan.target.short_name
    return proposal.confirmed(reason="it was asked for", typed=typed)


async def _read_only(door: Door, proposal: Proposal) -> None:
    """Armed, shown and confirmed, and read-only by then (P6); what arrives is counted all along."""
    policy, target = door._policy, proposal.plan.target
    door._policy = replace(policy, flag_read_only=True)
    try:
        confirmed = await _ended(door, await door.start(proposal, _given(proposal)))
        assert confirmed.outcome is Outcome.REFUSED, proposal.plan.verb
        assert "read-only" in {one.code for one in confirmed.because}
        with pytest.raises(LeaseRefused, match="read-only"):
            await door.arm(target.workspace, target.environment, reason="a test", minutes=5)
    finally:
        door._policy = policy


async def _ended(door: Door, running: Running) -> Running:
    """How it stands once it is over."""
    changed = asyncio.Event()
    door.on_state = lambda _state: changed.set()
    while not running.over:
        await changed.wait()
        changed.clear()
        running = next(one for one in door.state.running if one.id == running.id)
    return running


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Desk]:
    """The world under way, its vendors in a hurry."""
    world = Counting()
    await world.start(folder)
    try:
        world.estate.render.timing = QUICK_RENDER
        world.estate.supabase.timing = QUICK_SUPABASE
        # What people do in weeks is done here within a minute where the machine is fast.
        world.services.render._reads.limit *= 10
        config = load(world.config_path)
        yield Desk(
            world=world, config=config, verbs=set(), turn=asyncio.Semaphore(AT_ONCE), shown={}
        )
    finally:
        await world.stop()
