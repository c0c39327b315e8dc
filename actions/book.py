"""What stands in the audit, and what people add to it: a second word, a look, what they found.

Nothing here sends anything.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from actions.agreement import agreement
from actions.audit import PAST_BYTES
from actions.audit_chain import Verified
from actions.audit_entries import AuditEntry
from actions.failures import error_words
from actions.limits import Limits
from actions.reconcile import Progress, abandoned, doubtful, look_now, reconcile
from actions.record import Record
from actions.settling import settle
from actions.verbs import Unplannable, Verb
from monitor.contained import Contained
from providers.clock import Clock

MOST: Final = 2_000
"""Entries that are shown."""

_LOG = logging.getLogger("quarterdeck.actions")


class Book:
    """Used in the engine's loop.

    Args:
        record: The audit.
        clock: The time.
        verbs: Makes those of the configuration in use; asked only where something is to be read.
        limits: How long is looked.
        told: Hears what was found out about actions of programs that are gone.
        news: Hears how far those have come that are still looked for.
        learned: Hears the outcome that was found because somebody asked.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        verbs: Callable[[], Awaitable[Mapping[str, Verb]]],
        limits: Limits,
        told: Callable[[AuditEntry], None],
        news: Progress,
        learned: Callable[[AuditEntry], None],
    ) -> None:
        self._record = record
        self._clock = clock
        self._verbs = verbs
        self._limits = limits
        self._told = told
        self._news = news
        self._learned = learned

    async def entries(self, most: int = MOST) -> tuple[AuditEntry, ...]:
        """The last entries, oldest first.

        Raises:
            AuditTrouble: They can not be read.
        """
        return (await self._record.recent(PAST_BYTES))[-most:]

    async def verified(self) -> Verified:
        """Whether the audit is whole.

        Raises:
            AuditTrouble: It can not be read.
        """
        return await self._record.ask(self._record.audit.verify)

    async def approve(self, fingerprint: str, reason: str) -> AuditEntry:
        """Agree to a plan that somebody else asks a second person for.

        Raises:
            Unplannable: Nobody asks for it, or only oneself does, or no reason is given.
            AuditTrouble: It could not be written.
        """
        author, now = self._record.audit.author, self._clock.now()
        upon = partial(agreement, fingerprint, reason, author, now)
        return (await self._record.decide(upon))[-1]

    async def settle(self, request: str, reason: str) -> AuditEntry:
        """Write down that somebody looked: it is put right, or known.

        Raises:
            Unplannable: There is no such action, or no reason is given.
            AuditTrouble: It could not be written.
        """
        return await settle(self._record, request, reason)

    async def look_again(self, request: str) -> str:
        """Read back now what became of an action that nobody knows the end of; in words.

        What is certain is written, while it can hardly be anybody else's doing.

        Raises:
            Unplannable: There is no such action, or its end is known, or nobody here can look.
            AuditTrouble: The audit can not be read or written.
        """
        verbs: dict[str, Verb] = {}
        with Contained() as contained:
            verbs.update(await self._verbs())
        if contained.error is not None:
            _LOG.error("nothing can be read back", exc_info=contained.error)
            raise Unplannable(f"nobody here can look: {error_words(contained.error)}")
        words, outcome = await look_now(request, self._record, verbs, self._clock, self._limits)
        if outcome is not None:
            self._learned(outcome)
        return words

    async def settle_open(self) -> bool:
        """At a start: read back what became of intents whose program is gone.

        Returns:
            Whether there were any.

        Raises:
            AuditTrouble: The audit can not be read.
        """
        author, at = self._record.audit.author, self._clock.now().at
        entries = await self._record.recent(PAST_BYTES)
        if not abandoned(entries, author, at) and not doubtful(entries, at):
            return False
        await reconcile(
            self._record,
            await self._verbs(),
            self._clock,
            self._limits,
            self._told,
            self._news,
        )
        return True
