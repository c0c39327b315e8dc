"""The engine: reads, remembers, judges and publishes, whatever the screen does.

Runs on one event loop; `monitor.thread` gives it one of its own. Owns its sources and its
history and closes both at the end. An exception that leaves `run` is a bug in the engine itself
and must end the program with words; a bug in one source ends in that source's failure.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from monitor.care_book import CareBook, Order
from monitor.care_orders import CareAnswer
from monitor.due import Due
from monitor.events import Event
from monitor.history import History
from monitor.logs import LoggedLine
from monitor.memory import recall, recall_kpis
from monitor.numbers import numbers_of
from monitor.one_pass import judge_once
from monitor.own_network import OwnNetwork
from monitor.poller import Poller
from monitor.publish import Edition, snapshot_of, with_news
from monitor.recalling import Recalling
from monitor.snapshot import Snapshot
from monitor.telling import Announcing
from monitor.timeline import Timeline
from monitor.turns import Outcome
from monitor.workspace import WorkspaceSpec
from monitor.world import World
from providers.base import Source
from providers.clock import Clock, Moment
from providers.readings import SourceId

SAVE_S: Final = 15.0
"""States of rules are saved this often, and at once when a phase changes."""

Connectivity = Callable[[], Awaitable[str | None]]


class Engine:
    """Keeps one snapshot of the world up to date.

    Args:
        workspaces: What is watched.
        sources: What is read.
        history: Where readings, events and the rules' states are kept.
        clock: The time.
        connectivity: Says whether our own network is up: None, or why not. Without it every
            endpoint without an answer is blamed.
        rng: Where jitter comes from.
        begun: A poller that has begun to read some of the sources; closed by the engine.
        care: What operators say about alerts; without it nobody can say anything.
    """

    config_problem: str = ""
    """Set while an edited configuration is broken and the old one is still in use."""

    door: object | None = None
    """The door for actions: put in by the wiring, and not looked at here."""

    def __init__(
        self,
        workspaces: Sequence[WorkspaceSpec],
        sources: Sequence[Source],
        history: History,
        clock: Clock,
        connectivity: Connectivity | None = None,
        rng: random.Random | None = None,
        begun: Poller | None = None,
        care: CareBook | None = None,
    ) -> None:
        self.history = history
        self.on_snapshot: Callable[[Snapshot], None] | None = None
        self.notices = Announcing(self.note)
        """Tells people, once somebody is put in there who does."""

        self._clock = clock
        self._care = care or CareBook({}, clock)
        self._sources = {source.spec.id: source for source in sources}
        self._workspaces = tuple(workspaces)
        self._connectivity = connectivity
        # Jitter needs no secrecy.
        self._rng = rng or random.Random()  # noqa: S311 - spreads requests, guards nothing
        now = clock.now()
        self._world = World(self._workspaces, (s.spec for s in self._sources.values()), now)
        self._timeline = Timeline()
        self._begun = begun
        self._poller: Poller | None = None
        self._network = OwnNetwork(connectivity, clock, self._wake)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._recalling = Recalling()
        self._waiting: list[Outcome] = []
        self._sequence = 0
        self._due = Due()
        self._saved_s = now.tick_s
        self._was_offline = False
        self._latest = self._snapshot(now)

    @property
    def latest(self) -> Snapshot:
        """The newest snapshot; before the first answers everything in it is loading."""
        return self._latest

    async def run(self) -> None:
        """Read and publish until cancelled; then close sources and history."""
        self._loop = asyncio.get_running_loop()
        self._poller = self._new_poller()
        await self._poller.replace(self._sources)
        self._care.on_change = self._hurry
        self._recalling.begin(self._recall(), self._clock.now(), self._wake)
        try:
            while True:
                await self._turn(self._poller)
        finally:
            await self._end()

    async def once(self) -> Snapshot:
        """Read every source exactly once, at most 20 at a time, and judge by that alone.

        States and readings that history has are taken into account; without them a band that
        asks for a duration is at most pending. One failed answer of an endpoint is "down", for
        there is no second. Nothing is written.
        """
        now = self._clock.now()
        specs = [source.spec for source in self._sources.values()]
        self._world = World(self._workspaces, specs, now, one_pass=True)
        await recall(self._world, self._timeline, self.history, now)
        await self._care.read(self._world.alerting())
        await judge_once(self._world, tuple(self._sources.values()), self._network, self._clock)
        self._sequence += 1
        self._latest = self._snapshot(self._clock.now())
        return self._latest

    async def aclose(self) -> None:
        """Close sources and history of an engine that did not `run`; may be called twice."""
        if self._poller is None:
            self._poller = self._new_poller()
            await self._end()

    def refresh(self, ids: Collection[SourceId] | None = None) -> None:
        """Read these sources now, all if None; from any thread.

        At most once a second for each source, and not while its vendor asked us to wait.
        """
        loop = self._loop
        if loop is not None and not loop.is_closed():
            chosen = None if ids is None else tuple(ids)
            loop.call_soon_threadsafe(self._refresh, chosen)

    def look_at(self, ids: Collection[SourceId]) -> None:
        """Say which sources the screen shows besides the wall; in the engine's loop."""
        if self._poller is not None:
            self._poller.look_at(frozenset(ids))

    def logs(self, workspace: str) -> tuple[LoggedLine, ...]:
        """The newest log lines of a workspace, oldest first; in the engine's loop."""
        return self._world.logs[workspace].lines if workspace in self._world.logs else ()

    def source(self, name: SourceId) -> Source | None:
        """One source, for what is asked of it once; in the engine's loop."""
        return self._sources.get(name)

    def note(self, event: Event) -> None:
        """Put an event on the timeline, such as what an operator did; in the engine's loop."""
        self._timeline.add(event)
        self._hurry()

    async def care(self, order: Order) -> CareAnswer:
        """Acknowledge or snooze an alert, or start maintenance, or take it back; in its loop."""
        view = self._latest.workspaces.get(order.workspace)
        return await self._care.say(order, () if view is None else view.alerts)

    async def replace(
        self,
        workspaces: Sequence[WorkspaceSpec],
        sources: Sequence[Source],
        connectivity: Connectivity | None = None,
    ) -> None:
        """Go on with a changed configuration.

        Sources, checks and KPIs that stayed keep their answers and states; sources that went, or
        were built anew, are stopped and closed.
        """
        now, before = self._clock.now(), self._world
        self._workspaces = tuple(workspaces)
        self._sources = {source.spec.id: source for source in sources}
        self._world = World(
            self._workspaces, (s.spec for s in self._sources.values()), now, before=before
        )
        if connectivity is not self._connectivity:
            self._connectivity = connectivity
            await self._network.aclose()
            self._network = OwnNetwork(connectivity, self._clock, self._wake)
        self._due.hurry()
        await recall_kpis(self._world, before, self.history, now)
        if self._poller is not None:
            await self._poller.replace(self._sources)

    def _new_poller(self) -> Poller:
        return self._begun or Poller(self._sources.values(), self._clock, self._rng)

    def _refresh(self, ids: tuple[SourceId, ...] | None) -> None:
        if self._poller is not None:
            self._poller.refresh(ids)

    def _hurry(self) -> None:
        self._due.hurry()
        self._wake()

    def _wake(self) -> None:
        if self._poller is not None:
            self._poller.wake()

    async def _recall(self) -> None:
        now = self._clock.now()
        await recall(self._world, self._timeline, self.history, now)

    async def _turn(self, poller: Poller) -> None:
        outcomes = await poller.turn(self._patience_s())
        now = self._clock.now()
        self._take(outcomes, now)
        if now.tick_s >= self._due.tick_s:
            await self._care.look(now)
            self._publish(now)

    def _patience_s(self) -> float:
        """Seconds until the next publication or the next look at our own network."""
        now_s = self._clock.now().tick_s
        return max(0.0, min(self._due.tick_s, self._network.next_event_s) - now_s)

    def _take(self, outcomes: list[Outcome], now: Moment) -> None:
        """Judge what came, once history has been recalled and our own network is known to be up."""
        self._waiting += outcomes
        if self._recalling.waits(now):
            return
        waiting, self._waiting = self._waiting, []
        for outcome in self._network.sift(waiting, now):
            if self._world.awaits(outcome.spec.id):
                self._due.heard(now.tick_s)
            if outcome.by_hand:
                self._due.hurry()
            self.history.record(one for one in numbers_of(outcome) if not one.group)
            if self._world.take(outcome):
                self._due.stir()
        offline = self._network.offline_since is not None
        if self._was_offline and not offline and self._poller is not None:
            self._poller.spread()
        if offline is not self._was_offline:
            self._due.hurry()
        self._was_offline = offline

    def _publish(self, now: Moment) -> None:
        self._sequence += 1
        self._due.published(now.tick_s)
        self._care.attend(self._world.alerting(), self._timeline)
        snapshot = self._snapshot(now)
        if not self._recalling.under_way:
            snapshot, news = with_news(snapshot, self._timeline, now)
            for event in news:
                self.history.record_event(event)
            tracks = self._world.sources.values()
            self._due.rest_after(snapshot, tracks, telling=self.notices.telling)
            self._save(now)
        self._latest = snapshot = self.notices.taken(snapshot, judged=not self._recalling.under_way)
        if self.on_snapshot is not None:
            self.on_snapshot(snapshot)

    def _save(self, now: Moment) -> None:
        whole = now.tick_s - self._saved_s >= SAVE_S
        if whole:
            self._saved_s = now.tick_s
        states = self._world.states(changed_only=not whole)
        if states:
            self.history.save_states(states)

    def _snapshot(self, now: Moment) -> Snapshot:
        edition = Edition(
            sequence=self._sequence,
            config_problem=self.config_problem,
            history_problem=self.history.problem,
            history_notice=self.history.notice,
            care_problem=self._care.problem,
        )
        return snapshot_of(self._world, self._timeline, self._poller, self._network, edition, now)

    async def _end(self) -> None:
        if self._recalling.under_way:
            self._recalling.stop()
        elif self._loop is not None:
            self.history.save_states(self._world.states(changed_only=False))
        await self.notices.aclose()
        self._care.close()
        await self._network.aclose()
        if self._poller is not None:
            await self._poller.aclose()
        await self.history.aclose()
