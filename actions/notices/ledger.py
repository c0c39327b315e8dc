"""The journal of one workspace as notices use it: what was told, and who may tell what."""

from collections.abc import Sequence
from contextlib import suppress

from actions.notices.channel import Telling
from actions.notices.told import claimed, freed, noted, told_of
from monitor.care_entries import CareEntry, EntryKind
from monitor.care_journal import CareJournal, JournalTrouble
from monitor.errands import Errands
from providers.clock import Clock


class Ledger:
    """Used in the engine's loop; the file is read and written in a thread.

    Args:
        journal: Shared by all operators of this host.
        errands: Does what blocks.
        clock: The time.
    """

    def __init__(self, journal: CareJournal, errands: Errands, clock: Clock) -> None:
        self.problem = ""
        """Why the journal can not be used; empty while it can."""

        self.author = f"{journal.author.login}@{journal.author.host}"
        self.host = journal.author.host
        self.known = False
        """Whether it has been read, or was found to be unreadable."""

        self._journal = journal
        self._errands = errands
        self._clock = clock
        self._written: tuple[CareEntry, ...] = ()
        self._unwritten: tuple[CareEntry, ...] = ()
        self.entries: tuple[CareEntry, ...] = ()
        """All of them; the same object for as long as nothing is new."""

    async def read(self) -> None:
        """Look what others have told meanwhile."""
        found = await self._errands.run(lambda: _read(self._journal))
        self.known = True
        if isinstance(found, str):
            self.problem = found
        elif found is not self._written:
            self._take(found)

    async def claim(self, channel: str, tellings: Sequence[Telling]) -> tuple[Telling, ...]:
        """Those that nobody else tells: from now on they count as told, by this program.

        What can not be written is told all the same: better twice, by two operators, than never.
        """
        found = await self._errands.run(lambda: self._claim(channel, tellings))
        if isinstance(found, str):
            self.problem = found
            mine, entries = self._allowed(channel, tellings, self.entries)
            self._unwritten += entries
            self._take(self._written)
            return mine
        mine, self.problem = found, ""
        await self.read()
        return mine

    async def free(self, channel: str, tellings: Sequence[Telling]) -> None:
        """Take claims back, of what did not leave before the program ends: the next one tells it.

        Where that can not be written nobody is told; the journal's trouble is told already.
        """
        await self._errands.run(lambda: self._free(channel, tellings))

    def arrived(self, channel: str, words: str) -> None:
        """Note that a message arrived, for the list of channels; nobody waits for it."""
        self._errands.send(lambda: _note(self._journal, channel, words, arrived=True))

    def failed(self, channel: str, words: str) -> None:
        """Note that messages do not arrive; nobody waits for it."""
        self._errands.send(lambda: _note(self._journal, channel, words, arrived=False))

    def _free(self, channel: str, tellings: Sequence[Telling]) -> None:
        journal = self._journal
        made = (freed(journal.entry(EntryKind.CLAIM, channel), channel, one) for one in tellings)
        with suppress(JournalTrouble):
            journal.append(tuple(made))

    def _claim(self, channel: str, tellings: Sequence[Telling]) -> tuple[Telling, ...] | str:
        mine: tuple[Telling, ...] = ()

        def upon(entries: tuple[CareEntry, ...]) -> tuple[CareEntry, ...]:
            nonlocal mine
            mine, made = self._allowed(channel, tellings, (*entries, *self._unwritten))
            return made

        try:
            self._journal.decide(upon)
        except JournalTrouble as error:
            return str(error)
        return mine

    def _allowed(
        self, channel: str, tellings: Sequence[Telling], entries: tuple[CareEntry, ...]
    ) -> tuple[tuple[Telling, ...], tuple[CareEntry, ...]]:
        told = told_of(entries, channel, self._clock.now().at)
        mine = tuple(one for one in tellings if told.allows(one))
        journal = self._journal
        made = (claimed(journal.entry(EntryKind.CLAIM, channel), channel, one) for one in mine)
        return mine, tuple(made)

    def _take(self, written: tuple[CareEntry, ...]) -> None:
        self._written = written
        self.entries = (*written, *self._unwritten)


def _read(journal: CareJournal) -> tuple[CareEntry, ...] | str:
    try:
        return journal.read()
    except JournalTrouble as error:
        return str(error)


def _note(journal: CareJournal, channel: str, words: str, *, arrived: bool) -> None:
    blank = journal.entry(EntryKind.CLAIM, channel)
    try:
        journal.append((noted(blank, channel, words, arrived=arrived),))
    except JournalTrouble:
        # It is only for the list of channels; that the journal is broken is told elsewhere.
        return
