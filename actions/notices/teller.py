"""Tells people of the alerts of all workspaces, over the channels of each."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from actions.notices.channel import ChannelSpec, Sender
from actions.notices.ledger import Ledger
from actions.notices.outbox import Outbox
from actions.notices.pace import GROUP_S
from actions.notices.plan import SETTLE_S, Sight
from actions.notices.told import short
from monitor.care_journal import CareJournal
from monitor.errands import Errands
from monitor.events import Event
from monitor.snapshot import Snapshot, WorkspaceView
from monitor.verdicts import Phase
from providers.clock import Clock, Moment
from providers.text import Foreign

LOOK_S: Final = 2.0
"""How often it is looked what others have told."""

FIRST_S: Final = 3.0
"""Nothing is told before: what operators said of alerts has to be read first."""

_LAST_MOMENT_S: Final = 0.4
_FORGET: Final = timedelta(days=2)


class Channel(Struct, frozen=True, kw_only=True):
    """A channel with what sends over it."""

    spec: ChannelSpec
    sender: Sender


class _Desk:
    """One workspace: its journal, its channels, and what this program has seen of its alerts."""

    def __init__(self, ledger: Ledger, outboxes: Sequence[Outbox]) -> None:
        self.ledger = ledger
        self.outboxes = tuple(outboxes)
        self.seen: dict[str, datetime] = {}

    def look(self, view: WorkspaceView, now: Moment, *, settled: bool) -> None:
        """Tell what is new."""
        self._see(view, now)
        if not self.ledger.known:
            return
        sight = Sight(
            alerts=view.alerts, seen=self.seen, settled=settled, author=self.ledger.author
        )
        for outbox in self.outboxes:
            outbox.look(sight, now)

    def _see(self, view: WorkspaceView, now: Moment) -> None:
        for alert in view.alerts:
            if alert.phase is not Phase.PENDING:
                self.seen[short(alert.key)] = now.at
        old = [key for key, at in self.seen.items() if now.at - at > _FORGET]
        for key in old:
            del self.seen[key]


class Teller:
    """Used in the engine's loop; everything that takes time runs beside it.

    Args:
        channels: Those of all workspaces.
        journals: By workspace; shared by all operators of this host.
        clock: The time.
        group_s: What begins within so long of each other goes into one message.
    """

    def __init__(
        self,
        channels: Sequence[Channel],
        journals: Mapping[str, CareJournal],
        clock: Clock,
        group_s: float = GROUP_S,
    ) -> None:
        self._group_s = group_s
        self.note: Callable[[Event], None] = lambda _: None
        """Where it says what it has told; set by the engine."""

        self._errands = Errands("notices")
        self._clock = clock
        self._began: Moment | None = None
        self._looked_s = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        by_workspace: dict[str, list[Channel]] = {}
        for one in channels:
            by_workspace.setdefault(one.spec.workspace, []).append(one)
        self._desks = {name: self._desk(own, journals[name]) for name, own in by_workspace.items()}

    def _desk(self, channels: Sequence[Channel], journal: CareJournal) -> _Desk:
        ledger = Ledger(journal, self._errands, self._clock)

        def say(event: Event) -> None:
            self.note(event)

        group_s = self._group_s
        return _Desk(
            ledger,
            [Outbox(one.spec, one.sender, ledger, self._clock, say, group_s) for one in channels],
        )

    def look(self, snapshot: Snapshot) -> None:
        """Tell what is new; while our own network is down nothing is judged, and nothing told."""
        now = snapshot.at
        self._read_again(now)
        if snapshot.offline_since is not None:
            return
        self._began = self._began or now
        if self._began.age_s(now) < FIRST_S:
            return
        settled = self._began.age_s(now) >= SETTLE_S
        for name, desk in self._desks.items():
            if name in snapshot.workspaces:
                desk.look(snapshot.workspaces[name], now, settled=settled)

    def shown(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with how the channels are doing, and a line for each that fails."""
        views = dict(snapshot.workspaces)
        problems: list[str] = []
        for name, desk in self._desks.items():
            if name in views:
                channels = tuple(outbox.view for outbox in desk.outboxes)
                views[name] = replace(views[name], channels=channels)
                problems += [f"notice {one.name}: {one.problem}" for one in channels if one.problem]
            if desk.ledger.problem:
                problems.append(f"notices are not shared: {desk.ledger.problem}")
        notices = (*snapshot.notices, *problems)
        return replace(snapshot, workspaces=views, notices=notices)

    async def test(self, workspace: str, channel: str, operator: str) -> str:
        """Send a message that is marked as a test; what became of it, in words."""
        desk = self._desks.get(workspace)
        found = [one for one in desk.outboxes if one.spec.name == channel] if desk else []
        if not found:
            return f"there is no channel {channel}"
        trouble = await found[0].test(Foreign(operator or "somebody"))
        return f"test not sent: {trouble}" if trouble else f"test sent to {channel}"

    async def aclose(self) -> None:
        """Tell nothing more; what is on its way has a moment to arrive."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        outboxes = [one for desk in self._desks.values() for one in desk.outboxes]
        await asyncio.gather(*(one.aclose(_LAST_MOMENT_S) for one in outboxes))
        self._errands.close()

    def _read_again(self, now: Moment) -> None:
        busy = self._reading is not None and not self._reading.done()
        if self._reading is not None and not busy:
            # A bug in there is the engine's own, and ends it.
            self._reading.result()
            self._reading = None
        if not busy and now.tick_s - self._looked_s >= LOOK_S - 0.05:
            self._looked_s = now.tick_s
            self._reading = asyncio.create_task(self._read(), name="notices")

    async def _read(self) -> None:
        for desk in self._desks.values():
            await desk.ledger.read()
