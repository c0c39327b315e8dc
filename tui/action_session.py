"""The door without a screen: what it needs is read afresh, and only that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from monitor.engine import Engine
from monitor.history import History
from providers.readings import SourceId
from tui.wire_clients import clients
from tui.wire_door import door_of
from tui.wire_sources import sources
from tui.wiring import connectivity, watched

if TYPE_CHECKING:
    from actions.door import Door
    from actions.families import Card, Family
    from actions.plan import Target
    from monitor.snapshot import Snapshot
    from providers.base import Source
    from providers.clock import Clock
    from tui.config.model import Config
    from tui.options import Options
    from tui.wire_clients import Clients

ANSWERS_S: Final = 20.0
"""How long the first answers of what a plan was read from are waited for."""


class NoSuchAction(Exception):
    """The configuration has no such verb; says which it has."""


class Session:
    """One run of the command line; used in its loop.

    Args:
        config: The configuration.
        options: Of the command line.
        clock: The time.
        shared: The clients of all accounts.
    """

    def __init__(self, config: Config, options: Options, clock: Clock, shared: Clients) -> None:
        self._config = config
        self._clock = clock
        self._shared = shared
        self._engine: Engine | None = None
        self._reading: asyncio.Task[None] | None = None
        self.door: Door = door_of(
            config, shared, clock,
            latest=self.latest, note=lambda _: None, read_only=options.read_only,
        )  # fmt: skip

    def latest(self) -> Snapshot | None:
        """The newest snapshot; None while nothing is read."""
        return None if self._engine is None else self._engine.latest

    async def found(self, name: str) -> tuple[Card, Family]:
        """A verb of the configuration, and who knows its targets.

        Raises:
            NoSuchAction: There is none of this name.
        """
        catalogue = await self.door.ready()
        family = catalogue.family_of(name)
        if family is None:
            known = ", ".join(sorted(catalogue.cards)) or "none"
            raise NoSuchAction(f"no action {name!r}; this configuration has: {known}")
        return catalogue.cards[name], family

    async def read(self, target: Target, names: Collection[str]) -> None:
        """Read these sources, and go on reading them: the guard asks how old they are."""
        ids = frozenset(SourceId(name) for name in names)
        found = self._sources(target.workspace, ids)
        self._engine = engine = Engine(
            watched(self._config, target.workspace),
            found,
            History.open(None, self._clock),
            self._clock,
            connectivity(self._config, self._clock),
        )
        told = asyncio.Event()
        engine.on_snapshot = lambda snapshot: told.set() if _answered(snapshot, ids) else None
        self._reading = asyncio.create_task(engine.run(), name="engine")
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait(
            {waiting, self._reading}, timeout=ANSWERS_S, return_when=asyncio.FIRST_COMPLETED
        )
        waiting.cancel()

    async def aclose(self, patience_s: float) -> None:
        """Wait a while for what is under way, then give everything back."""
        await self.door.aclose(patience_s)
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._shared.aclose()

    def _sources(self, workspace: str, ids: frozenset[SourceId]) -> Sequence[Source]:
        every = sources(self._config, self._shared, self._clock)
        own = (one for one in every if one.spec.workspace == workspace)
        return [one for one in own if one.spec.id in ids]


def _answered(snapshot: Snapshot, ids: frozenset[SourceId]) -> bool:
    """Whether each of them answered, well or not."""
    views = [view for key, view in snapshot.sources.items() if key in ids]
    return all(view.last_success is not None or view.failures for view in views)


@asynccontextmanager
async def session(
    config: Config, options: Options, clock: Clock, patience_s: float = 1.0
) -> AsyncIterator[Session]:
    """A session with its secrets looked up, closed at the end."""
    shared = clients(config, clock)
    await shared.look_up_secrets()
    made = Session(config, options, clock, shared)
    try:
        yield made
    finally:
        await made.aclose(patience_s)
