"""The way to the door for actions: shut while nobody acts, opened for whoever does.

An idle wall needs few words of it, and 30 modules and a thread less. It is opened when somebody
asks for an action, when there is an audit (whose last entries belong on the timeline, and whose
open intents want to be settled), and when none could be begun, which is told.
"""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Final

from monitor.contained import Contained
from providers.clock import Clock
from tui.door_link import NoDoor
from tui.first_answers import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from actions.door import Door
    from monitor.engine import Engine
    from tui.config.model import Config
    from tui.shut_door import ShutDoor
    from tui.wire_clients import Clients

LOOK_S: Final = 3.0
"""Between two looks whether somebody on this host has begun an audit."""

_LOG = logging.getLogger("quarterdeck.actions")


class Doorway:
    """Used in the engine's loop.

    Args:
        clock: The time.
        read_only: `--read-only` on the command line.
    """

    def __init__(self, clock: Clock, *, read_only: bool) -> None:
        self._clock = clock
        self._read_only = read_only
        self._shut: ShutDoor | None = None
        self._door: Door | None = None
        self._newest: tuple[Config, Clients] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._tried: Path | None = None
        self._turn = asyncio.Lock()
        self._over = False

    def open(self, engine: Engine, config: Config, shared: Clients) -> None:
        """Have `engine.door` once the first answers are shown: open where anybody has acted."""
        self._newest = (config, shared)
        self._watching = asyncio.create_task(self._watch(engine), name="door")
        self._watching.add_done_callback(_told)

    def changed(self, config: Config, shared: Clients) -> None:
        """Go on with a changed configuration."""
        self._newest = (config, shared)
        if self._door is not None:
            self._configure(self._door, config, shared)
        elif self._shut is not None:
            from tui.wire_policy import policy

            self._shut.policy = policy(config, flag_read_only=self._read_only)

    async def aclose(self) -> None:
        """At the end of the program: what is under way has a while to be settled."""
        self._over = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if self._door is not None:
            await self._door.aclose()

    async def _watch(self, engine: Engine) -> None:
        # The first answers come first; no thread waits for them, for it would stay for good.
        await self._clock.sleep(PATIENCE_S)
        shut = self._hang(engine)
        while self._door is None:
            if not await asyncio.to_thread(self._may_stay_shut, shut):
                await self._opened(engine)
                return
            await self._clock.sleep(LOOK_S)

    def _hang(self, engine: Engine) -> ShutDoor:
        from tui.shut_door import ShutDoor
        from tui.wire_policy import policy

        config, _ = self._in_use()
        may = policy(config, flag_read_only=self._read_only)
        engine.door = self._shut = ShutDoor(may, lambda: self._opened(engine))
        return self._shut

    def _may_stay_shut(self, shut: ShutDoor) -> bool:
        """Whether there is nothing that only the open door could tell; in a thread."""
        from actions.audit_names import can_begin, untouched
        from tui.wire_policy import audit_place

        config, _ = self._in_use()
        place = audit_place(config)
        if not untouched(place):
            return False
        if shut.policy.forbids_all or place == self._tried:
            return True
        self._tried = place
        return can_begin(place)

    async def _opened(self, engine: Engine) -> Door:
        """The open door, made by whoever comes first.

        Raises:
            NoDoor: The program ends.
        """
        async with self._turn:
            if self._door is None:
                await asyncio.to_thread(import_module, "tui.wire_door")
                self._door = engine.door = self._made(engine)
                self._door.begin()
                # Nobody acts on how things stood before the audit was read.
                with Contained() as contained:
                    await self._door.refresh()
                if contained.error is not None:
                    _LOG.error("the audit could not be looked at", exc_info=contained.error)
            return self._door

    def _made(self, engine: Engine) -> Door:
        from tui.wire_door import door_of

        if self._over:
            raise NoDoor("the program ends")
        config, shared = self._in_use()
        return door_of(
            config, shared, self._clock,
            latest=lambda: engine.latest, note=engine.note, read_only=self._read_only,
        )  # fmt: skip

    def _in_use(self) -> tuple[Config, Clients]:
        if self._newest is None:
            raise NoDoor("the program begins")
        return self._newest

    def _configure(self, door: Door, config: Config, shared: Clients) -> None:
        from tui.wire_door import loading
        from tui.wire_policy import policy

        door.configure(
            policy(config, flag_read_only=self._read_only), loading(config, shared, self._clock)
        )


def _told(watching: asyncio.Task[None]) -> None:
    if not watching.cancelled() and (error := watching.exception()) is not None:
        _LOG.error("whether anybody acted is not known", exc_info=error)
