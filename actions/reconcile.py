"""At a start: intents that nobody ended, because the program was killed or the disk was full.

Each is read back for a while and gets an outcome: what the other side says, or unknown with where
to look. Nothing is sent. Those of a program that still runs are left to it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from actions.audit import PAST_BYTES, AuditTrouble, is_alive, open_intents
from actions.audit_entries import AuditEntry, AuditKind, Author, Draft
from actions.flight import Landed, unknown_words
from actions.limits import Limits
from actions.plan import BrokenPlan, Plan, Request, plan_of
from actions.reading_back import ReadBack
from actions.record import Record, about, ended
from actions.running import Phase
from actions.verbs import Outcome, Settled, State, Unplannable, Verb
from providers.clock import Clock

DOUBTFUL = timedelta(hours=1)
"""What was left as unknown is looked at again at a start within this; later on, what is found may
be somebody else's doing."""

ELSEWHERE = timedelta(minutes=15)
"""Of a program on another host nobody knows whether it runs; for so long it is taken to."""


Progress = Callable[[str, Phase, str], None]
"""Told of a request how far it has come, in words."""


async def reconcile(
    record: Record,
    verbs: Mapping[str, Verb],
    clock: Clock,
    limits: Limits | None = None,
    told: Callable[[AuditEntry], None] = lambda _: None,
    news: Progress = lambda _request, _phase, _words: None,
) -> tuple[AuditEntry, ...]:
    """Give every abandoned intent an outcome.

    Args:
        record: The audit.
        verbs: Who can look, by name.
        clock: The time.
        limits: How long is looked.
        told: Hears of each outcome once it is written: one may take an hour, others seconds.
        news: Hears how far each has come meanwhile.

    Returns:
        The outcomes that were written.

    Raises:
        AuditTrouble: The audit can not be read.
    """
    limits = limits or Limits()
    author, now = record.audit.author, clock.now()
    entries = await record.recent(PAST_BYTES)
    left = abandoned(entries, author, now.at)
    again = doubtful(entries, now.at)
    looks = (
        *(_ended(one, record, verbs, clock, limits, news) for one in left),
        *(_ended(one, record, verbs, clock, limits, news, again=True) for one in again),
    )
    found = await asyncio.gather(*(_telling(one, told) for one in looks))
    return tuple(one for one in found if one is not None)


async def _telling(
    looking: Awaitable[AuditEntry | None], told: Callable[[AuditEntry], None]
) -> AuditEntry | None:
    written = await looking
    if written is not None:
        told(written)
    return written


def abandoned(
    entries: Sequence[AuditEntry], author: Author, at: datetime
) -> tuple[AuditEntry, ...]:
    """Intents whose program is gone, oldest first."""
    return tuple(one for one in open_intents(entries) if not may_be_at_it(one, author, at))


def doubtful(entries: Sequence[AuditEntry], at: datetime) -> tuple[AuditEntry, ...]:
    """Intents whose outcome was lately left as unknown, oldest first: they are looked at again."""
    return tuple(one for one in left_unknown(entries) if at - one.at <= DOUBTFUL)


def left_unknown(entries: Sequence[AuditEntry]) -> tuple[AuditEntry, ...]:
    """Intents whose outcome was left as unknown, oldest first."""
    last = {one.request: one for one in entries if one.kind is AuditKind.OUTCOME}
    return tuple(
        one
        for one in entries
        if one.kind is AuditKind.INTENT
        and one.request in last
        and last[one.request].outcome == Outcome.UNKNOWN.value
    )


def may_be_at_it(intent: AuditEntry, author: Author, at: datetime) -> bool:
    """Whether the program that wrote an intent may still carry it out."""
    alive = is_alive(intent, author)
    return at - intent.at <= ELSEWHERE if alive is None else alive


async def look_now(
    request: str, record: Record, verbs: Mapping[str, Verb], clock: Clock, limits: Limits
) -> tuple[str, AuditEntry | None]:
    """Look once at what nobody knows the end of, because a person asks.

    Returns:
        What was found, in words, and the outcome where one was written.

    Raises:
        Unplannable: There is no such action, or its end is known.
        AuditTrouble: The audit can not be read or written.
    """
    entries, at = await record.recent(PAST_BYTES), clock.now().at
    open_ones = abandoned(entries, record.audit.author, at)
    unknown = {one.request: one for one in (*open_ones, *left_unknown(entries))}
    intent = unknown.get(request)
    if intent is None:
        raise Unplannable("its end is known by now, or its program still looks")
    found = await _looked_up(intent, verbs, clock, limits, once=True)
    if found.outcome is Outcome.UNKNOWN:
        return found.words, None
    if at - intent.at > DOUBTFUL:
        old = "but that is more than an hour ago, so it may be somebody else's doing"
        return f"{found.outcome.value}: {found.words}; {old}: enter settles it", None
    draft = replace(_draft(intent, found), words=f"read back when asked: {found.words}")
    written = await record.decide(lambda now: (draft,) if _adds(found, request, now) else ())
    return f"{found.outcome.value}: {found.words}", written[-1] if written else None


async def _ended(
    intent: AuditEntry,
    record: Record,
    verbs: Mapping[str, Verb],
    clock: Clock,
    limits: Limits,
    news: Progress,
    *,
    again: bool = False,
) -> AuditEntry | None:
    """Look how one ended; once more at what was left as unknown, of which only certainty counts."""
    within = replace(limits, reconciled_s=0.0) if again else limits
    found = await _looked_up(intent, verbs, clock, within, news)
    if again and found.outcome is Outcome.UNKNOWN:
        return None
    said = "looked at again" if again else "found open"
    return await _written(f"{said} at a later start", intent, found, record)


async def _written(
    said: str, intent: AuditEntry, found: Landed, record: Record
) -> AuditEntry | None:
    """The outcome, unless somebody else has written one meanwhile."""
    draft = replace(_draft(intent, found), words=f"{said}: {found.words}")

    def upon(entries: tuple[AuditEntry, ...]) -> Sequence[Draft]:
        return (draft,) if _adds(found, intent.request, entries) else ()

    try:
        written = await record.decide(upon)
    except AuditTrouble:
        # It stays open, and the next start finds it again.
        return None
    return written[-1] if written else None


def _adds(found: Landed, request: str, entries: Sequence[AuditEntry]) -> bool:
    """Whether it says more than what stands there; an intent may have scrolled out of sight."""
    said = [one for one in entries if one.request == request and one.kind is AuditKind.OUTCOME]
    if not said:
        return True
    return said[-1].outcome == Outcome.UNKNOWN.value and found.outcome is not Outcome.UNKNOWN


async def _looked_up(
    intent: AuditEntry,
    verbs: Mapping[str, Verb],
    clock: Clock,
    limits: Limits,
    news: Progress = lambda _request, _phase, _words: None,
    *,
    once: bool = False,
) -> Landed:
    verb = verbs.get(intent.action)
    try:
        plan = plan_of({k: v for k, v in (intent.plan or {}).items() if k != "fingerprint"})
    except BrokenPlan:
        return _unknown("its plan can not be read; look at its system")
    if verb is None or plan.target.key != intent.target or plan.target.place != intent.place:
        return _unknown(unknown_words(plan, "there is nobody here who can look", None))
    # Who asked and when tells what is ours from what others did to the same target.
    request = Request(
        id=intent.request, at=intent.at, operator=intent.operator,
        reason=intent.reason, incident=intent.incident,
    )  # fmt: skip
    told = partial(news, intent.request)
    reading = ReadBack(verb, replace(plan, request=request), None, clock, limits, told)
    looked = (
        reading.once(limits.look_s) if once else reading.until(clock.now(), limits.reconciled_s)
    )
    return _told(plan, await looked)


def _told(plan: Plan, found: Settled) -> Landed:
    if found.state is State.DONE:
        return Landed(outcome=Outcome.DONE, words=found.words, left=found.left)
    if found.state is State.FAILED:
        return Landed(outcome=Outcome.FAILED, words=found.words)
    return _unknown(unknown_words(plan, "it may have been sent", found))


def _unknown(words: str) -> Landed:
    return Landed(outcome=Outcome.UNKNOWN, words=words)


def _draft(intent: AuditEntry, found: Landed) -> Draft:
    try:
        plan = plan_of({k: v for k, v in (intent.plan or {}).items() if k != "fingerprint"})
        draft = about(intent.kind, plan, intent.request)
    except BrokenPlan:
        draft = Draft(kind=intent.kind, action=intent.action, target=intent.target)
    draft = replace(
        draft,
        workspace=intent.workspace,
        environment=intent.environment,
        production=intent.production,
        title=intent.title,
        request=intent.request,
        fingerprint=intent.fingerprint,
        incident=intent.incident,
    )
    draft = replace(draft, nothing_left=not found.left)
    return ended(draft, found.outcome, "")
