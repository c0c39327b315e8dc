"""What every screen has of the door for actions; what it needs is loaded once there is one."""

import asyncio
from datetime import tzinfo
from typing import TYPE_CHECKING, Final, cast

from textual.screen import ModalScreen, Screen

from monitor.snapshot import Snapshot
from providers.clock import Clock, Moment
from tui.engine_link import EngineLink
from tui.terminal_quirks import GuardedApp
from tui.told import tell
from tui.view import Mode
from widgets.cells import Line

if TYPE_CHECKING:
    from actions.running import Running
    from tui.acting import Acting
    from tui.app_actions import CommandedApp
    from tui.door_screens import ScreenDoor
    from tui.door_watch import DoorWatch

NO_DOOR: Final = "no actions yet: the first answers come first"

_STOP_S: Final = 1.0
"""How long the end waits for the engine; a thread that is stuck dies with the process."""

_LANDING_S: Final = 12.0
"""How long the end may take while an action is under way: longer than the door waits for it."""


class DoorApp(GuardedApp):
    """The part of the app that leads to actions."""

    engine: EngineLink
    clock: Clock
    workspace: str
    zone: tzinfo

    _door: "ScreenDoor | None" = None
    _acting: "Acting | None" = None
    _door_watch: "DoorWatch | None" = None

    def open_list(self, screen: Screen[None]) -> None:
        """Open a list; from another list it takes that one's place."""
        if isinstance(self.screen, ModalScreen):
            return
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)

    @property
    def door(self) -> "ScreenDoor | None":
        """The door for actions, open or shut; None before the first answers."""
        if self._door is None and self.engine.door is not None:
            from tui.door_link import DoorLink

            self._door = DoorLink(self.engine)
        return self._door

    @property
    def acting(self) -> "Acting | None":
        """The way from a row to an action; None while there is no door."""
        if self._acting is None and self.door is not None:
            from tui.acting import Acting

            self._acting = Acting(cast("CommandedApp", self), self.door)
        return self._acting

    def of_actions(self, snapshot: Snapshot, now: Moment) -> tuple[Mode | None, Line]:
        """What header and banner say of actions."""
        door, pane = self.door, snapshot.workspaces.get(self.workspace)
        if door is None or pane is None:
            return None, ()
        from tui.door_words import mode_of, told_of

        state = door.state
        mode = mode_of(door, state, self.workspace, pane.spec.environments, now)
        return mode, told_of(state, self.workspace, self.zone, now.at)

    def watch_actions(self) -> None:
        """Tell of what happened to actions while the person looks at something else."""
        state = None if self.door is None else self.door.state
        if state is None:
            return
        if self._door_watch is None:
            from tui.door_watch import DoorWatch

            self._door_watch = DoorWatch(cast("CommandedApp", self))
        self._door_watch.look(state, self.clock.now())

    @property
    def busy_s(self) -> float:
        """How long the end may take, so that what is under way is not cut off; 0: nothing is."""
        return _LANDING_S if self._under_way else 0.0

    @property
    def _actions_begun(self) -> "tuple[Running, ...]":
        state = None if self.door is None else self.door.state
        return () if state is None else state.running

    @property
    def _under_way(self) -> "tuple[Running, ...]":
        return tuple(one for one in self._actions_begun if not one.over)

    async def land(self) -> None:
        """End the engine; the terminal is given back by now, and told of what was under way."""
        before = self._under_way
        if not await self._ended(before) and not before and self._under_way:
            # It was confirmed in the very moment of the end.
            before = self._under_way
            await self._ended(before)
        if before:
            from tui.parting import parting_words

            known = {one.id: one for one in self._actions_begun}
            for one in before:
                tell(parting_words(known.get(one.id, one)))

    async def _ended(self, under_way: "tuple[Running, ...]") -> bool:
        if under_way:
            from tui.parting import waiting_words

            tell(waiting_words(under_way, _LANDING_S))
        return await asyncio.to_thread(self.engine.stop, _LANDING_S if under_way else _STOP_S)

    def action_quit_now(self) -> None:
        """Leave; while an action is under way only after saying so."""
        if self.busy_s:
            from tui.app_door import ask_to_leave, under_way

            if what := under_way(self.door):
                ask_to_leave(cast("CommandedApp", self), what)
                return
        self.exit(return_code=0)

    def action_arm(self) -> None:
        """Arm an environment for a while, or disarm it."""
        from tui.app_door import choose_environment

        if self.door is not None and not isinstance(self.screen, ModalScreen):
            choose_environment(cast("CommandedApp", self), self.door)

    def action_activity(self) -> None:
        """List actions and the audit."""
        from tui.screens.activity import ActivityScreen

        self.open_list(ActivityScreen())
