"""The door without a screen: what it needs is read afresh, and only that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from monitor.engine import Engine
from monitor.history import History
from providers.base import SourceKind
from providers.readings import SourceId
from tui.wire_clients import clients
from tui.wire_door import door_of
from tui.wire_sources import sources
from tui.wiring import connectivity, watched

if TYPE_CHECKING:
    from actions.door import Door
    from actions.families import Card, Family
    from actions.plan import Plan, Target
    from monitor.snapshot import Snapshot
    from providers.base import Source, SourceSpec
    from providers.clock import Clock
    from tui.config.model import Config
    from tui.options import Options
    from tui.wire_clients import Clients

_PATIENCE_S: Final = 1.0

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
        watches: Whether what should recover is read and followed, too.
    """

    def __init__(
        self, config: Config, options: Options, clock: Clock, shared: Clients, *, watches: bool
    ) -> None:
        self._watches = watches
        self._config = config
        self._clock = clock
        self._shared = shared
        self._engine: Engine | None = None
        self._reading: asyncio.Task[None] | None = None
        self.door: Door = door_of(
            config, shared, clock,
            latest=self.latest, note=lambda _: None, read_only=options.read_only, watches=watches,
        )  # fmt: skip

    def latest(self) -> Snapshot | None:
        """The newest snapshot; None while nothing is read."""
        return None if self._engine is None else self._engine.latest

    def places(self) -> dict[str, str]:
        """Each environment, and why nothing may be changed there; empty where something may."""
        return {
            f"{name}/{key}": self.door.refusal(name, key) or ""
            for name, workspace in self._config.workspaces.items()
            for key in workspace.environments
        }

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

    async def read(self, plan: Plan) -> None:
        """Read what a plan was made from, and go on reading it: the guard asks how old it is."""
        ids = frozenset(SourceId(name) for name in plan.sources)
        target = plan.target
        found = self._sources(plan, ids)
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

    def _sources(self, plan: Plan, ids: frozenset[SourceId]) -> list[Source]:
        every = sources(self._config, self._shared, self._clock)
        own = [one for one in every if one.spec.workspace == plan.target.workspace]
        followed = self._followed(plan) if self._watches else frozenset()
        return [
            one
            for one in own
            if one.spec.id in ids
            or one.spec.id in followed
            or (self._watches and _checks(one.spec, plan.target))
        ]

    def _followed(self, plan: Plan) -> frozenset[SourceId]:
        """What the KPIs are made of that should be well afterwards."""
        [spec] = watched(self._config, plan.target.workspace)
        kpis = (one for one in spec.kpis if one.key in plan.watches)
        return frozenset(ref.source for one in kpis for ref in (*one.series, *one.denominator))


def _checks(spec: SourceSpec, target: Target) -> bool:
    return spec.kind is SourceKind.ENDPOINT and spec.environment == target.environment


def _answered(snapshot: Snapshot, ids: frozenset[SourceId]) -> bool:
    """Whether each of them answered, well or not."""
    views = [view for key, view in snapshot.sources.items() if key in ids]
    return all(view.last_success is not None or view.failures for view in views)


@asynccontextmanager
async def session(
    config: Config, options: Options, clock: Clock, *, watches: bool = False
) -> AsyncIterator[Session]:
    """A session with its secrets looked up, closed at the end."""
    shared = clients(config, clock)
    await shared.look_up_secrets()
    made = Session(config, options, clock, shared, watches=watches)
    try:
        yield made
    finally:
        await made.aclose(_PATIENCE_S)
