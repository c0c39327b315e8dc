"""Opens the door for actions behind the wall: after the first answers, and loaded only then."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING

from providers.clock import Clock
from tui.first_answers import FIRST_ANSWERS

if TYPE_CHECKING:
    from actions.door import Door
    from monitor.engine import Engine
    from tui.config.model import Config
    from tui.wire_clients import Clients

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
        self._door: Door | None = None
        self._newest: tuple[Config, Clients] | None = None
        self._opening: asyncio.Task[None] | None = None

    def open(self, engine: Engine, config: Config, shared: Clients) -> None:
        """Have the door opened once the first answers are shown; `engine.door` is it then."""
        self._newest = (config, shared)
        self._opening = asyncio.create_task(self._open(engine), name="door")
        self._opening.add_done_callback(_told)

    def changed(self, config: Config, shared: Clients) -> None:
        """Go on with a changed configuration."""
        self._newest = (config, shared)
        if self._door is not None:
            self._configure(self._door, config, shared)

    async def aclose(self) -> None:
        """At the end of the program: what is under way has a while to be settled."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._door is not None:
            await self._door.aclose()

    async def _open(self, engine: Engine) -> None:
        await asyncio.to_thread(FIRST_ANSWERS.wait)
        await asyncio.to_thread(import_module, "tui.wire_door")
        from tui.wire_door import door_of

        if self._newest is None:
            return
        config, shared = self._newest
        self._door = door_of(
            config, shared, self._clock,
            latest=lambda: engine.latest, note=engine.note, read_only=self._read_only,
        )  # fmt: skip
        self._door.begin()
        engine.door = self._door

    def _configure(self, door: Door, config: Config, shared: Clients) -> None:
        from tui.wire_actions import policy
        from tui.wire_door import loading

        door.configure(
            policy(config, flag_read_only=self._read_only), loading(config, shared, self._clock)
        )


def _told(opening: asyncio.Task[None]) -> None:
    if not opening.cancelled() and (error := opening.exception()) is not None:
        _LOG.error("the door for actions could not be opened", exc_info=error)
