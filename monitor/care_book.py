"""What operators said about alerts, as the engine knows it: read, written and told in one place.

The engine's loop never waits for the disk: one thread reads the journals, at most once a second,
and writes. What cannot be written holds all the same, for this program alone and marked as such,
and is tried again.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from monitor.alert_track import AlertTrack
from monitor.alert_view import AlertView
from monitor.care import NOTHING_SAID, Said, said_of
from monitor.care_entries import CareEntry, EntryKind
from monitor.care_journal import CareJournal, JournalTrouble
from monitor.care_orders import (
    DID,
    CareAnswer,
    CareOrder,
    completed,
    event_of,
    said_words,
    skipped_event,
)
from monitor.errands import Errands
from monitor.events import Event
from monitor.maintenance import Window
from monitor.maintenance_orders import (
    MaintenanceOrder,
    did_words,
    entry_of,
    over_event,
    windows_of,
)
from monitor.timeline import Timeline
from providers.clock import Clock, Moment

Order = CareOrder | MaintenanceOrder
"""What an operator wants to say."""

LOOK_S: Final = 1.0
"""The journals are looked at this often."""

_EARLY_S: Final = 0.1
"""Publications come about once a second: the one that is a little early is meant as well."""

_PATIENCE_S: Final = 0.02

AGAIN_S: Final = 15.0
"""What could not be written is tried again this often."""

TOLD_FOR: Final = timedelta(hours=24)
"""What is older when first read is no news."""

SHOWN: Final = 100
"""Entries of a workspace that can be listed."""

_TOLD: Final = frozenset((*DID, EntryKind.MAINTENANCE_OVER))
_LISTED: Final = frozenset({EntryKind.ACKNOWLEDGED, EntryKind.SNOOZED})


class _Kept:
    """One journal and what is known of it."""

    def __init__(self, journal: CareJournal) -> None:
        self.journal = journal
        self.entries: tuple[CareEntry, ...] = ()
        self.unshared: tuple[CareEntry, ...] = ()
        self.said: Said = NOTHING_SAID
        self.listed: tuple[CareEntry, ...] = ()
        self.windows: tuple[Window, ...] = ()
        self.told: set[str] = set()
        self.skipped = 0
        self.problem = ""

    def note(self, trouble: str) -> None:
        """Remember what is wrong, for as long as something could not be written."""
        if trouble or all(one.shared for one in self.unshared):
            self.problem = trouble

    def settle(self) -> None:
        """Put together what was read and what could not be written."""
        written = {one.id for one in self.entries}
        self.unshared = tuple(one for one in self.unshared if one.id not in written)
        every = (*self.entries, *self.unshared)
        self.said = said_of(every)
        self.windows = windows_of(every)
        listed = [one for one in every if one.kind in _LISTED]
        self.listed = tuple(sorted(listed, key=lambda one: (one.at, one.id), reverse=True)[:SHOWN])


class CareBook:
    """The journals of all workspaces; used from the engine's loop.

    Args:
        journals: By workspace.
        clock: The time.
    """

    def __init__(self, journals: Mapping[str, CareJournal], clock: Clock) -> None:
        self.on_change: Callable[[], None] = lambda: None
        """Called in the loop when somebody has said something."""

        self._kept = {name: _Kept(journal) for name, journal in journals.items()}
        self._clock = clock
        self._errands = Errands("care")
        self._looking: asyncio.Future[None] | None = None
        self._looked_s = self._tried_s = float("-inf")
        self._news: list[Event] = []

    @property
    def problem(self) -> str:
        """What is wrong with a journal, in words; empty when nothing is."""
        return next((kept.problem for kept in self._kept.values() if kept.problem), "")

    async def look(self, now: Moment) -> None:
        """Look at the journals if it is time; what they say at once is in the next snapshot.

        Waits for a few milliseconds, and not for a disk that takes longer: that answer is in a
        later one.
        """
        busy = self._looking is not None and not self._looking.done()
        if not self._kept or busy or now.tick_s - self._looked_s < LOOK_S - _EARLY_S:
            return
        first, self._looked_s = self._looking is None, now.tick_s
        self._looking = asyncio.ensure_future(self._look(now))
        if not first:
            await asyncio.wait({self._looking}, timeout=_PATIENCE_S)

    def attend(self, tracks: Mapping[str, AlertTrack], timeline: Timeline) -> None:
        """Hand over what is known, and note what has come to an end."""
        if self._looking is not None and self._looking.done():
            # A bug in there is the engine's own, and ends it.
            self._looking.result()
        news, self._news = self._news, []
        for event in news:
            timeline.add(event)
        for name, track in tracks.items():
            if name in self._kept:
                self._note_over(self._kept[name], track.take_over())
                self._hand_over(name, track)

    async def read(self, tracks: Mapping[str, AlertTrack]) -> None:
        """Read the journals and hand them over: for a single pass."""
        await self._look(self._clock.now())
        for name, track in tracks.items():
            if name in self._kept:
                self._hand_over(name, track)

    def _hand_over(self, name: str, track: AlertTrack) -> None:
        track.said = self._kept[name].said
        track.listed = self._kept[name].listed
        track.calendar.by_hand = self._kept[name].windows

    async def say(self, order: Order, alerts: Iterable[AlertView]) -> CareAnswer:
        """Write down what an operator says; it holds from the next snapshot on.

        Args:
            order: What is said.
            alerts: Those of the workspace, as they are now.
        """
        kept = self._kept.get(order.workspace)
        if isinstance(order, MaintenanceOrder):
            return await self._maintain(kept, order)
        alert = next((one for one in alerts if one.key == order.key), None)
        if kept is None or alert is None:
            return CareAnswer(done=False, words="the alert is there no more")
        if order.kind is EntryKind.TAKEN_BACK and alert.care is None:
            return CareAnswer(done=False, words="nobody has acknowledged or snoozed it")
        entry = completed(kept.journal.entry(order.kind, alert.key), order, alert)
        return await self._put(kept, entry, said_words(entry), DID[entry.kind])

    async def _maintain(self, kept: _Kept | None, order: MaintenanceOrder) -> CareAnswer:
        """Write down that a maintenance window begins, or is over."""
        if kept is None or (order.ends and all(one.key != order.ends for one in kept.windows)):
            return CareAnswer(done=False, words="there is no such maintenance")
        entry = entry_of(kept.journal.entry(EntryKind.MAINTENANCE, "-"), order)
        return await self._put(kept, entry, did_words(entry), did_words(entry))

    async def _put(self, kept: _Kept, entry: CareEntry, done: str, did: str) -> CareAnswer:
        trouble = await self._errands.run(lambda: _written(kept.journal, entry))
        kept.unshared += (replace(entry, shared=not trouble),)
        kept.note(trouble)
        self._take(kept)
        if trouble:
            words = f"{did} for yourself alone, others do not see it: {trouble}"
            return CareAnswer(done=True, words=words, shared=False)
        return CareAnswer(done=True, words=done)

    async def caught_up(self) -> None:
        """Wait until all is done that the journals' thread was sent for by now."""
        await self._errands.run(lambda: None)

    def close(self) -> None:
        """Read and write no more."""
        if self._looking is not None:
            self._looking.cancel()
        self._errands.close()

    async def _look(self, now: Moment) -> None:
        again = now.tick_s - self._tried_s >= AGAIN_S
        if again:
            self._tried_s = now.tick_s
        owed = [
            (kept.journal, tuple(one for one in kept.unshared if again and not one.shared))
            for kept in self._kept.values()
        ]
        # One errand for all of them: to be woken by each costs more than to look at it.
        found = await self._errands.run(lambda: [_read(*each) for each in owed])
        for kept, (entries, trouble) in zip(self._kept.values(), found, strict=True):
            self._settle(kept, entries, trouble, now)

    def _settle(
        self, kept: _Kept, found: tuple[CareEntry, ...] | None, trouble: str, now: Moment
    ) -> None:
        if found is not None and (found is not kept.entries or kept.unshared):
            kept.entries = found
            self._take(kept)
        kept.note(trouble)
        if kept.journal.skipped > kept.skipped:
            self._news.append(skipped_event(kept.journal.workspace, kept.journal.skipped, now))
        kept.skipped = kept.journal.skipped

    def _take(self, kept: _Kept) -> None:
        before = kept.said, kept.windows
        kept.settle()
        since = self._clock.now().at - TOLD_FOR
        for entry in (*kept.entries, *kept.unshared):
            if entry.id not in kept.told:
                kept.told.add(entry.id)
                tell = event_of if entry.kind in DID else over_event
                if entry.kind in _TOLD and entry.at > since:
                    self._news.append(tell(entry, kept.journal.workspace))
        kept.told &= {one.id for one in (*kept.entries, *kept.unshared)}
        if (kept.said, kept.windows) != before:
            self.on_change()

    def _note_over(self, kept: _Kept, over: Mapping[str, EntryKind]) -> None:
        standing = {key: kind for key, kind in over.items() if _stands(kept.said.get(key, ()))}
        if standing:
            self._errands.send(lambda: _ended(kept.journal, standing))


def _read(
    journal: CareJournal, owed: tuple[CareEntry, ...]
) -> tuple[tuple[CareEntry, ...] | None, str]:
    """The entries, after writing what is owed; None and why when they can not be read."""
    try:
        if owed:
            journal.append(owed)
        return journal.read(), ""
    except JournalTrouble as error:
        return None, str(error)


def _written(journal: CareJournal, entry: CareEntry) -> str:
    """Why the entry could not be written; empty when it was."""
    try:
        journal.append((entry,))
    except JournalTrouble as error:
        return str(error)
    return ""


def _ended(journal: CareJournal, over: Mapping[str, EntryKind]) -> None:
    try:
        journal.end(over)
    except JournalTrouble:
        # Others see for themselves that it is over; the next look tells what is wrong.
        return


def _stands(about: tuple[CareEntry, ...]) -> bool:
    return bool(about) and about[-1].kind in _LISTED
