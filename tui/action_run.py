"""`quarterdeck action run` and `approve`: from a plan to its outcome, without a screen."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from actions.agreement import wanted
from actions.audit import AuditTrouble
from actions.guard import not_the_name
from actions.guard_values import Because, Verdict
from actions.names import says_something
from actions.running import Running
from actions.undo import plan_in
from actions.verbs import Outcome, Unplannable
from providers.secrets import redact
from providers.text import Foreign
from tui.action_follow import Following, first
from tui.action_text import decision_lines, open_lines, outcome_lines, plan_lines, wanted_lines

if TYPE_CHECKING:
    from actions.plan import Target
    from actions.running import Proposal
    from providers.clock import Clock
    from tui.action_session import Session

PATIENCE_S: Final = 20.0
"""After a signal, what was sent is followed for so long before it is left as unknown."""

_OTHERS: Final = ("lately:", "open:")
"""Warnings of what somebody did to the target; whoever comes after says that they know."""

_LONGEST: Final = 2_000
_CODES: Final = {Outcome.DONE: 0, Outcome.FAILED: 1, Outcome.REFUSED: 3, Outcome.UNKNOWN: 4}


class Order(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    name: str
    target: str
    reason: str
    typed: str
    incident: str = ""
    minutes: float = 5.0
    accepts: bool = False
    """What others did to the target lately is known."""

    watches: bool = False
    """What should recover is followed to a verdict."""

    given: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, target: str, words: Mapping[str, object]) -> Order:
        """Make sense of what click collected."""
        given = words.get("given")
        return cls(
            name=name,
            target=target,
            reason=str(words["reason"]),
            typed=str(words["typed"]),
            incident=str(words["incident"]),
            minutes=float(str(words["minutes"])),
            accepts=bool(words["accept_warnings"]),
            watches=bool(words["watch"]),
            given=tuple(str(one) for one in given) if isinstance(given, tuple) else (),
        )

    def exit_code(self, running: Running) -> int:
        """What the program leaves with."""
        return _CODES[running.outcome or Outcome.UNKNOWN]


async def carried_out(found: Session, order: Order, parameters: Mapping[str, str]) -> Running:
    """Plan, arm, confirm, send once and follow; what happens is told on the way.

    Raises:
        Unplannable: It makes no sense, or the guard refuses it.
        LeaseRefused: The environment may not be armed.
        AuditTrouble: Nothing can be recorded, so nothing is done.
        ProviderError: What has to be known first could not be read.
    """
    with _signals() as stopped:
        proposal = await _until(stopped, _proposed(found, order, parameters))
        target = proposal.plan.target
        await found.door.arm(
            target.workspace, target.environment,
            reason=order.reason, minutes=order.minutes, incident=order.incident,
        )  # fmt: skip
        try:
            if stopped.once.is_set():
                await found.door.cancelled(proposal, "a signal ended the program first")
                raise SystemExit(128 + stopped.number)
            return await _followed(found, order, proposal, stopped)
        finally:
            await _disarmed(found, target)


async def agreed(found: Session, clock: Clock, fingerprint: str | None, reason: str) -> int:
    """Show what waits for a second person, or agree to it."""
    entries = await found.door.book.entries()
    if fingerprint is None:
        await found.door.refresh()
        _say("\n".join(wanted_lines(found.door.state.wanted)))
        return 0
    plan = plan_in(wanted(fingerprint, entries, clock.now()))
    if plan is not None:
        _say("\n".join(plan_lines(plan, (), clock.now())))
    if not says_something(reason):
        _say("not agreed to: say why with --reason")
        return 3
    entry = await found.door.book.approve(fingerprint, reason)
    _say(f"agreed to, #{entry.seq} of the audit; it holds for an hour and for one action")
    return 0


async def settled(found: Session, request: str | None, reason: str) -> int:
    """List what is open, read one back now, or write down that somebody looked."""
    await found.door.refresh()
    if request is None:
        _say("\n".join(open_lines(found.door.state)))
        return 0
    unknown = _unknown(found, request)
    if len(unknown) == 1 and not says_something(reason):
        _say(Foreign(await found.door.book.look_again(unknown[0])).line(_LONGEST))
        await found.door.refresh()
        return _CODES[Outcome.UNKNOWN] if _unknown(found, unknown[0]) else 0
    entry = await found.door.book.settle(request, reason)
    _say(Foreign(f"{entry.what}: settled, #{entry.seq} of the audit").line(_LONGEST))
    return 0


def _unknown(found: Session, request: str) -> list[str]:
    """The requests that begin so and whose end nobody knows."""
    named = (one.request for one in found.door.state.unsettled)
    return [one for one in named if one.startswith(request)]


async def _proposed(found: Session, order: Order, parameters: Mapping[str, str]) -> Proposal:
    """The plan, looked at by the guard; refused where a person would have to look again."""
    _, family = await found.found(order.name)
    target: Target = await family.target(order.name, order.target)
    first = await found.door.plan(order.name, target, parameters)
    await found.read(first)
    proposal = await found.door.propose(order.name, target, parameters)
    decision = proposal.decision
    name = proposal.plan.target.short_name
    for line in plan_lines(proposal.plan, proposal.preconditions, found.door.clock.now()):
        _tell(line)
    for line in decision_lines(decision, name):
        _tell(line)
    if decision.verdict is Verdict.REFUSE:
        raise Unplannable(decision.words)
    why = ""
    if order.typed != name:
        why = f"--confirm: {not_the_name(order.typed, name)}"
    elif not order.accepts:
        why = "; ".join(one.words for one in await _of_others(found, decision.warnings))
        why += " (--accept-warnings goes on all the same)" if why else ""
    if why:
        await found.door.cancelled(proposal, why)
        raise Unplannable(why)
    return proposal


async def _of_others(found: Session, warnings: tuple[Because, ...]) -> list[Because]:
    """Warnings of what others did to the target, and of all that nobody knows the end of."""
    own = found.door.record.audit.author.login
    entries = await found.door.book.entries()
    done = (one for one in entries if one.login == own and one.outcome == "done")
    mine = {f"lately:{one.request}" for one in done}
    return [one for one in warnings if one.code.startswith(_OTHERS) and one.code not in mine]


async def _followed(found: Session, order: Order, proposal: Proposal, stopped: Stopped) -> Running:
    """Send it, and wait for its end; a signal leaves it a while, then it is unknown."""
    following = Following(proposal.id, _tell_on)
    found.door.on_state = following.look
    given = proposal.confirmed(reason=order.reason, typed=order.typed, incident=order.incident)
    running = await found.door.start(proposal, given)
    if running.over:
        # It was refused at once, and is not among those that began.
        following.newest = running
    elif not await first(following.over, stopped.once):
        _tell_on(f"ending: followed for {PATIENCE_S:.0f} s more, until the next signal")
        ending = asyncio.create_task(found.door.end(PATIENCE_S))
        await first(following.over, stopped.twice, ending)
        await found.door.end(0.0)
        await ending
    for line in outcome_lines(following.newest or running):
        _tell_on(line)
    if order.watches:
        await following.watched(stopped.once)
    return following.newest or running


async def _disarmed(found: Session, target: Target) -> None:
    """Give the lease back; that it can not be written down says nothing of what was sent."""
    try:
        await found.door.disarm(target.workspace, target.environment)
    except AuditTrouble as error:
        _tell_on(f"disarmed, and the audit does not say so: {error}")


async def _until(stopped: Stopped, work: Coroutine[object, object, Proposal]) -> Proposal:
    """What comes of it, unless a signal ends the program first: then nothing was sent."""
    task = asyncio.ensure_future(work)
    waiting = asyncio.create_task(stopped.once.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise SystemExit(128 + stopped.number)
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)


class Stopped:
    """Whether the program is to end, and how urgently."""

    def __init__(self) -> None:
        self.once = asyncio.Event()
        self.twice = asyncio.Event()
        self.number = 0

    def received(self, number: int) -> None:
        """A signal came."""
        if self.once.is_set():
            self.twice.set()
        self.number = number
        self.once.set()


@contextmanager
def _signals() -> Iterator[Stopped]:
    """INT, TERM and HUP end the program in order, and only so, for the length of a `with`."""
    stopped = Stopped()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, stopped.received, number)
    try:
        yield stopped
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _say(text: str) -> None:
    click.echo(redact(text))


def _tell(line: str) -> None:
    """Progress; what the program says in the end goes to stdout."""
    click.echo(redact(line), err=True)


def _tell_on(line: str) -> None:
    """As `_tell`, of what goes on whether or not anybody reads it any more."""
    with suppress(OSError):
        _tell(line)
