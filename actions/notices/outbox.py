"""One channel of one workspace at work: waits, claims, sends, and says what became of it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

from actions.notices.channel import ChannelSpec, Message, Sender, Telling, TellKind
from actions.notices.ledger import Ledger
from actions.notices.pace import CAUSE_S, GROUP_S, Pace
from actions.notices.plan import Sight, still_wanted, wanted
from actions.notices.told import NOTHING, Told, last_sent, short, told_of
from actions.notices.words import headline
from monitor.care_entries import CareEntry, new_id
from monitor.channel_view import ChannelView
from monitor.contained import Contained
from monitor.events import Event, EventKind
from monitor.verdicts import Level
from providers.clock import Clock, Moment
from providers.errors import ProviderError, RateLimited
from providers.secrets import redact
from providers.text import EMPTY, Foreign

OWED_S = 3600.0
"""What could not be sent for so long is given up: it is on the wall."""

_LONGEST_PROBLEM = 200
_LOG = logging.getLogger("quarterdeck.notices")


class Outbox:
    """Used in the engine's loop; nothing here keeps anybody waiting.

    Args:
        spec: The channel.
        sender: Sends over it.
        ledger: Of its workspace.
        clock: The time.
        note: Told what was sent, and that sending fails.
        group_s: What begins within so long of each other goes into one message.
    """

    def __init__(
        self,
        spec: ChannelSpec,
        sender: Sender,
        ledger: Ledger,
        clock: Clock,
        note: Callable[[Event], None],
        group_s: float = GROUP_S,
    ) -> None:
        self.spec = spec
        self.problem = ""
        self._sender = sender
        self._ledger = ledger
        self._clock = clock
        self._note = note
        self._pace = Pace(min(CAUSE_S, group_s) if spec.keeps_state else group_s)
        self._owed: tuple[Telling, ...] = ()
        self._owed_since: Moment | None = None
        self._waiting = 0
        self._task: asyncio.Task[None] | None = None
        self._entries: tuple[CareEntry, ...] | None = None
        self._told: Told = NOTHING
        self._last: CareEntry | None = None

    @property
    def view(self) -> ChannelView:
        """How it is doing."""
        last = self._last
        return ChannelView(
            name=self.spec.name,
            kind=self.spec.kind.value,
            target=self.spec.target,
            least=self.spec.least,
            last_at=None if last is None else last.at,
            last_words="" if last is None else last.subject,
            last_operator="" if last is None else last.short_operator,
            waiting=self._waiting,
            problem=self.problem,
        )

    @property
    def busy(self) -> bool:
        """Whether something is being claimed or sent."""
        return self._task is not None and not self._task.done()

    def look(self, sight: Sight, now: Moment) -> None:
        """Tell what is new, if it is time."""
        if self.busy:
            return
        self._catch_up(now)
        tellings = wanted(self.spec, sight, self._told, now.at)
        loud = sum(not one.silent for one in tellings)
        self._waiting = loud + len(self._owed)
        only_noted = bool(tellings) and not self._waiting
        if self._pace.ready(now.tick_s, waiting=bool(self._waiting)) or only_noted:
            self._begin(tellings, sight, now)

    async def test(self, operator: Foreign) -> str:
        """Send a message marked as a test; what became of it, in words."""
        message = self._message((), test=operator)
        try:
            await self._sender.send(message)
        except ProviderError as error:
            return _words(error)
        self._arrived(message)
        return ""

    async def aclose(self, patience_s: float) -> None:
        """Give what is on its way a moment to arrive; what surely has not is the next one's."""
        if self._task is not None and not self._task.done():
            await asyncio.wait({self._task}, timeout=patience_s)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._owed:
            # A disk that hangs does not keep the program from ending.
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._ledger.free(self.spec.name, self._owed)

    def _catch_up(self, now: Moment) -> None:
        entries = self._ledger.entries
        if entries is not self._entries:
            self._entries = entries
            self._told = told_of(entries, self.spec.name, now.at)
            self._last = last_sent(entries, self.spec.name)

    def _begin(self, tellings: Sequence[Telling], sight: Sight, now: Moment) -> None:
        self._task = asyncio.create_task(
            self._guarded(tellings, sight, now), name=f"notice {self.spec.name}"
        )

    async def _guarded(self, tellings: Sequence[Telling], sight: Sight, now: Moment) -> None:
        with Contained() as contained:
            await self._flush(tellings, sight, now)
        if contained.error is not None:
            kind = type(contained.error).__name__
            self.problem = f"a bug in quarterdeck ({kind}); please report it with the log"
            _LOG.error("a notice was not sent", exc_info=contained.error)

    async def _flush(self, tellings: Sequence[Telling], sight: Sight, now: Moment) -> None:
        """Claim what may go and send what is ours."""
        if self.spec.keeps_state:
            # Each is a message of its own; what is too much for now comes the next time.
            tellings = tellings[: max(0, self._pace.room(now.tick_s) - len(self._owed))]
        mine = await self._ledger.claim(self.spec.name, tellings) if tellings else ()
        here = {short(alert.key) for alert in sight.alerts}
        kept, unheard = still_wanted(self._owed, here, mine)
        heard = (one for one in mine if not one.silent and one.episode not in unheard)
        out, self._owed = (*kept, *heard), ()
        if out:
            await self._send(out, now)
        else:
            self._owed_since = None

    async def _send(self, out: tuple[Telling, ...], now: Moment) -> None:
        for _ in out if self.spec.keeps_state else out[:1]:
            self._pace.sent(now.tick_s)
        message = self._message(out)
        try:
            await self._sender.send(message)
        except ProviderError as error:
            self._failed(error, out)
            return
        except asyncio.CancelledError:
            # It may have arrived: sent again only where a key makes two of it one.
            self._owed = out if self.spec.keeps_state else ()
            raise
        self._pace.arrived()
        self._owed_since = None
        self._arrived(message)

    def _message(self, out: tuple[Telling, ...], test: Foreign = EMPTY) -> Message:
        return Message(
            workspace=self.spec.workspace,
            workspace_title=self.spec.workspace_title,
            tellings=out,
            id=new_id(),
            host=self._ledger.host,
            test=test,
        )

    def _arrived(self, message: Message) -> None:
        words = headline(message)
        self.problem = ""
        self._ledger.arrived(self.spec.name, words)
        # A reminder is no event: a long trouble would fill the timeline with them.
        if any(one.kind is not TellKind.REMINDER for one in message.tellings) or message.test:
            self._say(f"told {self.spec.name}: {words}", Level.OK, message.id)

    def _failed(self, error: ProviderError, out: tuple[Telling, ...]) -> None:
        now = self._clock.now()
        wait_s = error.retry_after_s if isinstance(error, RateLimited) else 0.0
        again_s = self._pace.failed(now.tick_s, wait_s)
        since = self._owed_since or now
        if error.after_sending and not self.spec.keeps_state:
            then = "it may have arrived, and is not sent again"
        elif since.age_s(now) >= OWED_S:
            then = "given up"
        else:
            self._owed, self._owed_since = out, since
            then = f"again in {again_s:.0f} s"
        first = not self.problem
        self.problem = Foreign(redact(f"{_words(error)}: {then}")).line(_LONGEST_PROBLEM)
        _LOG.warning("%s: %s", self.spec.name, self.problem)
        if first:
            self._ledger.failed(self.spec.name, self.problem)
        if first or not self._owed:
            self._say(f"could not tell {self.spec.name}: {error.word}", Level.WARNING, new_id())
        if not self._owed:
            self._owed_since = None

    def _say(self, text: str, level: Level, unique: str) -> None:
        where = f"{self.spec.kind.value} {self.spec.target}"
        self._note(
            Event(
                at=self._clock.now().at,
                kind=EventKind.NOTICE,
                level=level,
                text=text,
                detail=f"{text} ({where}) {self.problem}".rstrip(),
                key=f"notice/{self.spec.name}/{unique}",
                workspace=self.spec.workspace,
            )
        )


def _words(error: ProviderError) -> str:
    advice = f" ({error.advice})" if error.advice else ""
    return redact(f"{error.sentence}{advice}")
