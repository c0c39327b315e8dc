"""The whole screen over a fake engine, held still, with what it shows as text."""

import asyncio
import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from monitor.snapshot import Snapshot, WorkspaceView
from tests import snapshot_values as values
from tests.quiet_loop import threads_of
from tests.screen_fakes import FakeEngine, ScreenClock
from tui.app import QuarterdeckApp
from tui.keymap import key_name
from tui.screens.layout import PaneId
from tui.screens.wall import WallScreen
from tui.settings import ScreenSettings

_CHARACTERS = {key_name(sign): sign for sign in string.punctuation} | {"space": " "}
_ROUNDS = 4
"""Each lets every widget work off its messages and the screen repaint; a key leads to three."""

WIDE, NORMAL, NARROW = (160, 48), (120, 36), (80, 24)


class Rig:
    """One screen under test."""

    def __init__(self, app: QuarterdeckApp, engine: FakeEngine, clock: ScreenClock) -> None:
        self.app = app
        self.engine = engine
        self.clock = clock
        self.pilot: Pilot[int] | None = None
        self._threads = threads_of(asyncio.get_running_loop())

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.type(key)
            await self.quiet()
        await self.settle()

    def type(self, *keys: str) -> None:
        """Send keys all at once, as somebody who types ahead."""
        for key in keys:
            self.app.post_message(self.key_event(key))

    def key_event(self, key: str) -> events.Key:
        """A key as the terminal's driver tells it."""
        name = key_name(key)
        event = events.Key(name, _CHARACTERS.get(name, key if len(key) == 1 else None))
        event.set_sender(self.app)
        return event

    async def settle(self) -> None:
        for _ in range(_ROUNDS):
            await self.quiet()
            if len(self.app.workers):
                # A question for another row takes the place of the one before it.
                with suppress(WorkerCancelled):
                    await self.app.workers.wait_for_complete()

    async def quiet(self) -> None:
        """Let everybody work off what came, then draw what came of it.

        Textual's own pause puts a message of its own into the queue of every widget there is, which
        came to a third of all that these tests did; and it waits for no thread.
        """
        await self._threads.nothing_left()
        self.app.screen._on_timer_update()

    async def publish(self, view: WorkspaceView | Snapshot, after_s: float = 1.0) -> None:
        """The engine's next snapshot, so much later."""
        self.clock.forward(after_s)
        snapshot = view if isinstance(view, Snapshot) else values.snapshot(view)
        number = self.app_sequence + 1
        self.engine.publish(replace(snapshot, at=self.clock.now(), sequence=number))
        await self.settle()

    @property
    def app_sequence(self) -> int:
        return self.app.view.snapshot.sequence if self.app.view else 0

    def lines(self) -> list[str]:
        """What stands on the screen."""
        compositor = self.app.screen._compositor
        update: Any = compositor.render_update(full=True, screen_stack=self.app._background_screens)
        return ["".join(segment.text for strip in line for segment in strip)
                for line in update.strips]  # fmt: skip

    def text(self) -> str:
        return "\n".join(self.lines())

    def in_focus(self) -> PaneId | None:
        return self.wall.pane_in_focus

    def maximised(self) -> PaneId | None:
        return self.wall.maximised

    def paused(self) -> bool:
        return self.app.paused_at is not None

    @property
    def wall(self) -> WallScreen:
        wall = self.app.screen_stack[0]
        assert isinstance(wall, WallScreen)
        return wall

    def cursor(self, pane: PaneId) -> str | None:
        grid = self.wall.panes[pane].body
        return getattr(grid, "cursor_key", None)


@asynccontextmanager
async def screen(
    view: WorkspaceView | Snapshot | None = None,
    *,
    size: tuple[int, int] = NORMAL,
    empty: bool = False,
    **settings: Any,
) -> AsyncIterator[Rig]:
    """The screen, settled, over the incident unless told otherwise."""
    shown = view if isinstance(view, Snapshot) else values.snapshot(view)
    engine, clock = FakeEngine(None if empty else shown), ScreenClock()
    settings.setdefault("operator", "dana@bastion-1")
    app = QuarterdeckApp(engine, ScreenSettings(**settings), clock)
    rig = Rig(app, engine, clock)
    async with app.run_test(size=size, notifications=True) as pilot:
        rig.pilot = pilot
        app.tick()
        await rig.settle()
        yield rig
