"""Follows the audit: what others on the host write there is taken in within seconds.

While nobody acts this costs a `stat` now and then, in the thread that writes the audit.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from actions.audit import AuditTrouble
from actions.audit_entries import AuditEntry
from actions.record import Record
from actions.undo import Aftermath
from monitor.contained import Contained
from providers.clock import Clock

DAMAGED: Final = (
    "{problem}. Nothing can be sent: see `quarterdeck audit verify`, and begin a new one with "
    "`quarterdeck audit set-aside`"
)

_LOG = logging.getLogger("quarterdeck.actions")


class AuditFollower:
    """Used in the engine's loop.

    Args:
        record: The audit.
        clock: The time.
        digest: Says what follows from the last entries; called in the thread of the audit.
        took: Told both, the last entries, oldest first, whenever they changed.
        troubled: Told why nothing can be sent, or that something can again (empty).
        writes: Whether anything may be written at all; what is never written to is not tried.
        every_s: Between two looks whether the file grew.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        digest: Callable[[Sequence[AuditEntry]], Aftermath],
        took: Callable[[Sequence[AuditEntry], Aftermath], None],
        troubled: Callable[[str], None],
        writes: Callable[[], bool],
        every_s: float,
    ) -> None:
        self._record = record
        self._clock = clock
        self._digest = digest
        self._took = took
        self._troubled = troubled
        self._writes = writes
        self._every_s = every_s
        self._mark: tuple[int, ...] | None = None
        self._turn = asyncio.Lock()
        self._damage = ""
        self._trouble = ""
        self._told = ""
        self._checked = False

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self._clock.sleep(self._every_s)
            with Contained() as contained:
                await self.look()
            if contained.error is not None:
                _LOG.error("the audit could not be followed", exc_info=contained.error)

    async def look(self) -> None:
        """Take in what was written since the last look."""
        async with self._turn:
            mark = await self._record.ask(self._record.audit.mark)
            if mark == self._mark and not self._trouble:
                return
            self._mark = mark
            await self._read()

    async def check(self) -> None:
        """Look once through the whole audit, which takes longer the longer it is."""
        async with self._turn:
            if not self._checked:
                self._checked = True
                self._damage = await self._found()
                self._tell()

    async def _read(self) -> None:
        if self._writes():
            self._trouble = await self._record.ask(self._record.audit.trouble)
        if self._damage:
            # It may have been set aside since.
            self._damage = await self._found()
        try:
            entries = await self._record.recent()
            self._took(entries, await self._record.ask(lambda: self._digest(entries)))
        except AuditTrouble as error:
            self._trouble = str(error)
        self._tell()

    async def _found(self) -> str:
        try:
            found = await self._record.ask(self._record.audit.damage)
        except AuditTrouble as error:
            return str(error)
        return DAMAGED.format(problem=f"the audit is damaged: {found}") if found else ""

    def _tell(self) -> None:
        words = self._trouble or self._damage
        if words != self._told:
            self._told = words
            self._troubled(words)
