"""An action in the engine's own thread: the end of the program does not cut it off in silence."""

import asyncio
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from actions.audit import Audit, open_intents
from actions.audit_entries import AuditEntry, AuditKind, Author
from actions.plan import Plan, Target, Undo
from actions.running import Phase, Running
from actions.verbs import Outcome, Pinned, Sent, Settled, State
from monitor.engine import Engine
from monitor.history import History
from monitor.thread import EngineThread
from providers.clock import SystemClock
from tests.values_actions import OPEN, plan
from tui.wire_actions import runner

ANA = Author(operator="ana", login="ana", host="bastion", session="s")
CLOCK = SystemClock()


class Waiting:
    """A verb whose answer comes when the test says so."""

    name = "restart-api"
    settle_s = 1.0

    def __init__(self) -> None:
        self.sent = threading.Event()
        self.answer = asyncio.Event()

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        del target, parameters
        return plan()

    async def pin(self, plan: Plan) -> Pinned:
        return Pinned(plan=plan)

    async def send(self, plan: Plan, key: str) -> Sent:
        del plan, key
        self.sent.set()
        await self.answer.wait()
        return Sent()

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        del plan, sent
        return Settled(state=State.DONE, words="restarted")

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        del plan, sent
        return None


class World:
    """An engine in its thread with a runner, and one action that is sent and not answered."""

    def __init__(self, path: Path, patience_s: float) -> None:
        self.audit = Audit(path, ANA, CLOCK)
        self.verb = Waiting()
        self.phases: list[Phase] = []

        async def build() -> Engine:
            return Engine([], [], History.open(None, CLOCK), CLOCK)

        self.thread = EngineThread(build)
        self.thread.start()
        self.thread.submit(partial(self._begin, patience_s)).result(10)
        assert self.verb.sent.wait(10)

    async def _begin(self, patience_s: float, engine: Engine) -> None:
        door = runner(
            self.audit, lambda: OPEN, {self.verb.name: self.verb}, lambda: engine.latest, CLOCK
        )
        door.on_change = self._took
        self.thread.at_end = partial(door.aclose, patience_s)
        door.leases.grant("lma", "production", reason="API is down", minutes=5)
        proposal = await door.propose(plan())
        door.start(proposal.confirmed(reason="pool exhausted", typed="api"))

    def _took(self, running: Running) -> None:
        self.phases.append(running.phase)

    async def answered(self, engine: Engine) -> None:
        del engine
        self.verb.answer.set()

    @property
    def outcomes(self) -> list[AuditEntry]:
        return [one for one in self.audit.entries() if one.kind is AuditKind.OUTCOME]


def test_what_is_left_at_the_end_is_recorded_as_unknown(tmp_path: Path) -> None:
    world = World(tmp_path / "audit.jsonl", 0.01)
    assert world.thread.stop(10)
    [outcome] = world.outcomes
    assert outcome.outcome == Outcome.UNKNOWN.value
    assert "interrupted" in outcome.words
    assert open_intents(world.audit.recent()) == ()
    assert world.thread.failure is None


def test_the_end_waits_a_while_for_an_action_under_way(tmp_path: Path) -> None:
    world = World(tmp_path / "audit.jsonl", 20.0)
    asking = world.thread.submit(world.answered)
    asking.result(10)
    assert world.thread.stop(20)
    assert [one.outcome for one in world.outcomes] == [Outcome.DONE.value]
    assert world.phases[-1] is Phase.OVER


@pytest.mark.parametrize("fails", [True, False])
def test_a_bug_at_the_end_is_told_as_one(fails: bool) -> None:
    async def build() -> Engine:
        return Engine([], [], History.open(None, CLOCK), CLOCK)

    async def at_end() -> None:
        if fails:
            raise ZeroDivisionError

    thread = EngineThread(build)
    thread.at_end = at_end
    thread.start()
    thread.submit(_nothing).result(10)
    assert thread.stop(10)
    assert isinstance(thread.failure, ZeroDivisionError) == fails


async def _nothing(engine: Engine) -> None:
    del engine
