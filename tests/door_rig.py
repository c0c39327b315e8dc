"""The screen over a real door and a service on loopback that counts what arrives.

Keys carry times of their own, so that fingers, pastes and key repeats can be told apart without
waiting for any of them.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace
from textual import events
from textual.message import Message

from actions.audit import Audit
from actions.audit_entries import AuditEntry, AuditKind, Author
from actions.door import Door
from actions.families import Card, Choice, Offer, Parameter, ParameterKind, Row
from actions.guard_values import Facts
from actions.limits import Limits
from actions.plan import Danger, Plan, Target
from actions.policy import Policy
from actions.running import Running
from actions.shelf import Loaded
from monitor.snapshot import DeployView, EndpointRow, WorkspaceView
from providers.clock import Moment, SystemClock
from providers.processes import process_start
from providers.text import Foreign
from tests import snapshot_values as values
from tests.action_rig import Restart, Service, standing
from tests.screen_fakes import FakeEngine
from tests.screen_rig import NARROW, Rig
from tests.values_actions import OPEN, target
from tests.waiting import until
from tui.app import QuarterdeckApp
from tui.dialogs.guard import GuardDialog
from tui.dialogs.guard_stage import Stage
from tui.engine_link import EngineCalls
from tui.settings import ScreenSettings

T = TypeVar("T")

PATIENT = Limits(pin_s=15.0, told_s=10.0, reconciled_s=5.0, poll_s=0.02, look_s=5.0)
"""So that a machine with much else to do makes no outcome unknown."""

FINGER_S = 0.06
"""Between two keys of somebody who types."""

RESTART = Card(
    name="restart-api", title="Restart API", key="R", group="Deploys", danger=Danger.CHANGE,
    target_words="WORKSPACE/ENVIRONMENT/SERVICE",
)  # fmt: skip
SCALE = Card(
    name="scale-api", title="Scale API", group="Deploys",
    parameters=(Parameter(name="instances", title="Instances", kind=ParameterKind.NUMBER,
                          required=True, hint="1 to 20"),),
    target_words="WORKSPACE/ENVIRONMENT/SERVICE",
)  # fmt: skip
DEPLOY = Card(
    name="deploy-api", title="Deploy API", key="D", group="Deploys",
    parameters=(
        Parameter(name="ref", title="Commit", kind=ParameterKind.CHOICE, required=True,
                  choices=(Choice(value="7d20b5e", words=Foreign("pool: raise max to 4 · maria")),
                           Choice(value="51b9a02", words=Foreign("refund webhook retry")))),
        Parameter(name="note", title="Note"),
    ),
)  # fmt: skip


class MovableClock:
    """The machine's clock, and so many seconds that a test has let pass."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self.passed_s = 0.0

    def now(self) -> Moment:
        now, more = self._clock.now(), timedelta(seconds=self.passed_s)
        return Moment(at=now.at + more, tick_s=now.tick_s + self.passed_s)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def forward(self, seconds: float) -> None:
        self.passed_s += seconds


class Verb(Restart):
    """A restart under another name, of another danger; planned as a test wants it."""

    def __init__(self, name: str, url: str, clock: MovableClock, danger: Danger) -> None:
        super().__init__(url, clock, deadline_s=10.0)
        self.name = name
        self.settle_s = 10.0
        self._danger = danger
        self.shape: Callable[[Plan], Plan] = lambda plan: plan

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        plan = await super().plan(target, parameters)
        return self.shape(replace(plan, verb=self.name, danger=self._danger))


class Restarts:
    """What can be done to endpoints, and to deploys not."""

    def __init__(self, verbs: Sequence[Verb], cards: Sequence[Card], shown: Target) -> None:
        self.verbs = tuple(verbs)
        self.cards = tuple(cards)
        self.shown = shown

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        del pane
        if isinstance(row.thing, EndpointRow):
            for card in self.cards:
                yield Offer(card=card, target=self.shown)
        elif isinstance(row.thing, DeployView):
            refused = "a deploy is running: wait for it"
            yield Offer(card=self.cards[0], target=self.shown, refused=refused)

    async def target(self, verb: str, words: str) -> Target:
        del verb, words
        return self.shown


class DoorEngine(FakeEngine):
    """An engine whose calls run in the loop of the test, where its door lives."""

    def submit(
        self, call: Callable[[EngineCalls], Awaitable[T]], build_timeout_s: float = 10.0
    ) -> Future[T]:
        del build_timeout_s
        future: Future[T] = Future()

        async def run() -> T:
            return await call(self)

        task = asyncio.ensure_future(run())

        def over(done: asyncio.Task[T]) -> None:
            if done.cancelled():
                future.cancel()
            elif (error := done.exception()) is not None:
                future.set_exception(error)
            elif not future.cancelled():
                future.set_result(done.result())

        task.add_done_callback(over)
        return future


class DoorRig(Rig):
    """One screen, its door, and what stands on the other side."""

    app: QuarterdeckApp
    door: Door
    service: Service
    verb: Verb
    time: MovableClock

    guards = 0
    """How often random keys came to the guard's dialog."""

    typed_s = 0.0
    """Time of the last key."""

    async def fingers(self, *keys: str, every_s: float = FINGER_S) -> None:
        """Press keys one after the other, as somebody who has read what stands there."""
        for key in keys:
            self._post(key, every_s)
            if len(key) > 1:
                # What it does is done by messages of its own.
                await self.settle()
        await self.settle()

    async def burst(self, *keys: str) -> None:
        """Keys that come at once: typed ahead, or a paste that is not marked as one."""
        for number, key in enumerate(keys):
            self._post(key, 0.0005 if number else 0.0)
        await self.settle()

    async def write(self, text: str) -> None:
        """Type a text."""
        await self.fingers(*text)

    async def paste(self, text: str) -> None:
        self.post_paste(text)
        await self.settle()

    def post_paste(self, text: str) -> None:
        """A marked paste."""
        event = events.Paste(text)
        event.set_sender(self.app)
        self.app.post_message(event)

    def post_click(self, x: int, y: int) -> None:
        """A click, at the time of the last key."""
        for kind in (events.MouseDown, events.MouseUp):
            event = kind(None, x, y, 0, 0, 1, False, False, False, x, y)
            event.set_sender(self.app)
            event.time = self.typed_s
            self.app.post_message(event)

    def wait_a_moment(self) -> None:
        """The next key comes after all that stands on the screen has been read."""
        self.typed_s = max(self.typed_s, Message().time) + 5.0

    def _post(self, key: str, after_s: float) -> None:
        event = self.key_event(key)
        self.typed_s = max(self.typed_s + after_s, event.time if after_s else self.typed_s)
        event.time = self.typed_s
        self.app.post_message(event)

    async def until(self, holds: Callable[[], object], within_s: float = 10.0) -> None:
        """Let the screen and the door go on until something is so."""

        async def so() -> object:
            await self.quiet()
            return holds()

        await until(so, within_s)
        await self.settle()

    async def open_guard(self, key: str = "R") -> GuardDialog:
        """From the wall to the dialog of the first endpoint, read."""
        await self.fingers("3")
        await self.fingers(key)
        await self.until(lambda: isinstance(self.app.screen, GuardDialog))
        dialog = self.app.screen
        assert isinstance(dialog, GuardDialog)
        await self.until(lambda: dialog.stage is not Stage.LOOKING)
        self.wait_a_moment()
        return dialog

    async def give(self, *, reason: str = "pool exhausted", name: str = "api") -> None:
        """Fill in reason and name; the name has the focus then."""
        await self.focus("reason")
        await self.write(reason)
        if name:
            await self.focus("name")
            await self.write(name)

    async def focus(self, field: str) -> None:
        """Go to a field by its keys."""
        for _ in range(8):
            if getattr(self.app.focused, "id", "") == field:
                return
            await self.fingers("tab")
        raise AssertionError(f"{field} can not be reached:\n{self.text()}")

    async def finished(self) -> Running:
        """Wait for the end of the last action."""
        await self.until(lambda: self.door.state.running and self.door.state.running[-1].over)
        return self.door.state.running[-1]

    def read(self) -> tuple[AuditEntry, ...]:
        """What stands in the audit."""
        return self.door.record.audit.recent()

    async def kinds(self) -> list[AuditKind]:
        """Which kinds of entries."""
        return [one.kind for one in await self.door.book.entries()]


@contextlib.asynccontextmanager
async def acting(
    folder: Path,
    *,
    size: tuple[int, int] = NARROW,
    policy: Policy = OPEN,
    danger: Danger = Danger.CHANGE,
    shown: Target | None = None,
    shape: Callable[[Plan], Plan] | None = None,
    deed: str = "ok",
    family: type[Restarts] = Restarts,
    **settings: object,
) -> AsyncIterator[DoorRig]:
    """The wall over a door that is open, and a service."""
    clock = MovableClock()
    async with standing(deed) as service:
        verbs = [Verb(card.name, service.url, clock, danger) for card in (RESTART, SCALE, DEPLOY)]
        for verb in verbs:
            verb.shape = shape or verb.shape
        offered = family(verbs, (RESTART, SCALE, DEPLOY), shown or target())
        pid = os.getpid()
        author = Author(operator="ana", login="ana", host="bastion", session=f"s-{id(clock)}",
                        pid=pid, started=process_start(pid))  # fmt: skip

        async def load() -> Loaded:
            return Loaded(families=(offered,), aclose=_nothing)

        door = Door(
            audit=Audit(folder / "audit.jsonl", author, clock, patience_s=10),
            policy=policy,
            load=load,
            facts=lambda _: Facts(now=clock.now(), data_age_s=1.0, fresh_s=30.0),
            clock=clock,
            limits=PATIENT,
        )
        engine = DoorEngine(replace(values.snapshot(values.incident()), at=clock.now()))
        engine.door = door
        wanted = ScreenSettings(operator="ana@bastion", **settings)  # type: ignore[arg-type]
        app = QuarterdeckApp(engine, wanted, clock)
        rig = DoorRig(app, engine, clock)  # type: ignore[arg-type]
        rig.door, rig.service, rig.verb, rig.time = door, service, verbs[0], clock
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                rig.pilot = pilot
                app.tick()
                await rig.settle()
                yield rig
        finally:
            await door.aclose(5)
            for verb in verbs:
                await verb.api.aclose()


async def _nothing() -> None:
    """There is nothing to give back."""
