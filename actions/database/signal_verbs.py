"""`cancel-query` and `end-session`: one signal to one session, by pid and start."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from actions.database.deeds import Deed
from actions.database.ground import Ground, Grounds
from actions.database.sessions import (
    ACTIVE,
    Named,
    Seen,
    digest_of,
    named,
    preconditions,
    session,
)
from actions.database.signal_words import effects, session_words, stopped
from actions.guard_values import Precondition
from actions.plan import Change, Danger, Plan, Target
from actions.preconditions import Checked
from actions.targets import target_at
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from monitor.words import noun
from providers.clock import Clock, Moment
from providers.postgres.fate import looking
from providers.postgres.signals import signal
from providers.postgres.statements import statement
from providers.text import Foreign

_GONE: Final = "it is gone already: there is nothing to do"


class _Signal(UndoneAsPlanned, ABC):
    """What both share.

    Args:
        grounds: All databases.
        clock: The time.
    """

    name = ""
    title = ""
    settle_s = 20.0
    lost = ""

    def __init__(self, grounds: Grounds, clock: Clock) -> None:
        self._grounds = grounds
        self._clock = clock

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`; reads, and changes nothing."""
        del parameters
        ground, seen = await self._look(target)
        return self._planned(ground, seen, target)

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        ground, seen = await self._look(plan.target)
        at = self._clock.now()
        return Pinned(
            plan=self._planned(ground, seen, plan.target),
            preconditions=(*self._own(seen, at), *preconditions(seen, ground, at)),
        )

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`: one statement, which looks at all of it once more."""
        del key
        whom = named(plan.target.identity)
        ground = self._grounds.of_target(plan.target, whom.database)
        signalled = await signal(ground.options, self._deed(whom, plan.pinned).change)
        if signalled is None:
            return Sent(words=self.lost, marks=(("signalled", "none"),))
        return Sent(
            words="the server signalled it" if signalled else "the server could not signal it",
            marks=(("signalled", "yes" if signalled else "no"),),
        )

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`."""
        whom = named(plan.target.identity)
        ground = self._grounds.of_target(plan.target, whom.database)
        async with looking(ground.options, "read back") as look:
            seen = await session(look, whom.pid, whom.started)
        nothing = sent is not None and dict(sent.marks).get("signalled") == "none"
        return self._judged(plan, seen, nothing=nothing, told=sent is not None)

    async def frozen(self, ground: Ground, pid: str) -> Target:
        """The session of a pid as a target, for the command line.

        Raises:
            Unplannable: There is none.
        """
        async with looking(ground.options, "look up the session") as look:
            seen = await session(look, pid, None)
        if seen is None:
            raise Unplannable(f"there is no session of pid {pid} in {ground.place}")
        return self.target_of(ground, seen.pid, seen.started, seen.query, seen.name)

    def target_of(
        self, ground: Ground, pid: int, started: str, query: Foreign, name: Foreign
    ) -> Target:
        """A session as it was shown, frozen by pid and start."""
        whom = Named(database=ground.database, pid=str(pid), started=started)
        identity = self._whom(whom, query).identity
        return target_at(ground, self._kind(), identity=identity, name=name, typed=str(pid))

    async def _look(self, target: Target) -> tuple[Ground, Seen]:
        whom = named(target.identity)
        ground = self._grounds.of_target(target, whom.database)
        async with looking(ground.options, "look at the session") as look:
            seen = await session(look, whom.pid, whom.started)
        if seen is None:
            raise Unplannable(_GONE)
        if whom.digest and whom.digest != digest_of(seen.query):
            raise Unplannable("it runs another statement by now: look again")
        return ground, seen

    def _planned(self, ground: Ground, seen: Seen, target: Target) -> Plan:
        whom = named(target.identity)
        pins = self._pins(seen)
        statement_words = seen.query.line(200) or "none"
        return Plan(
            verb=self.name,
            title=f"{self.title} {seen.name.line(60)}",
            target=target,
            # A signal is no change of rows, and is not undone.
            steps=(replace(self._deed(whom, dict(pins)).step(ground.database), rows=None),),
            changes=(
                Change(field="session", before=Foreign(session_words(seen)), after=self._after()),
                Change(
                    field="statement",
                    before=Foreign(statement_words),
                    after=Foreign(stopped(seen)),
                ),
            ),
            pins=pins,
            effects=effects(seen, self._clock.now()),
            side_effects=self._side_effects(seen),
            no_undo="what it had not committed is lost; its client has to try again",
            watches=ground.watches,
            needs=("pg_signal_backend", "pg_read_all_stats"),
            danger=Danger.CHANGE,
            sources=(ground.source,),
            takes_s=1.0,
            cool_down_s=10.0,
            look_at=f"pg_stat_activity of {ground.place}: {named(target.identity).identity}",
        )

    def _kind(self) -> str:
        return "session"

    def _whom(self, whom: Named, query: Foreign) -> Named:
        del query
        return whom

    def _pins(self, seen: Seen) -> tuple[tuple[str, str], ...]:
        return (("started", seen.started), ("role", seen.role.line(63)))

    @abstractmethod
    def _own(self, seen: Seen, at: Moment) -> Iterator[Precondition]: ...

    @abstractmethod
    def _after(self) -> Foreign: ...

    @abstractmethod
    def _side_effects(self, seen: Seen) -> tuple[str, ...]: ...

    @abstractmethod
    def _deed(self, whom: Named, pins: Mapping[str, str]) -> Deed: ...

    @abstractmethod
    def _judged(self, plan: Plan, seen: Seen | None, *, nothing: bool, told: bool) -> Settled: ...


class CancelQuery(_Signal):
    """Stops the statement that a session runs; the session stays."""

    name = "cancel-query"
    title = "Cancel the statement of"
    lost = "the statement was over already: nothing was cancelled"

    def _kind(self) -> str:
        return "statement"

    def _whom(self, whom: Named, query: Foreign) -> Named:
        return replace(whom, digest=digest_of(query))

    def _pins(self, seen: Seen) -> tuple[tuple[str, str], ...]:
        return (*super()._pins(seen), ("query_started", seen.query_started), ("state", seen.state))

    def _own(self, seen: Seen, at: Moment) -> Iterator[Precondition]:
        idle = ""
        if seen.state.startswith("idle in transaction"):
            idle = "end the session instead: it runs nothing and holds its transaction"
        elif seen.state != ACTIVE:
            idle = f"it runs nothing: {Foreign(seen.state or 'unknown').line(40)}"
        yield Checked(at=at).unless("runs", idle, "it runs")

    def _after(self) -> Foreign:
        return Foreign("stays; an open transaction is aborted")

    def _side_effects(self, seen: Seen) -> tuple[str, ...]:
        del seen
        return (
            "the client gets an error (57014); many try again by themselves",
            "a transaction it is in stays open, aborted, until the client rolls back",
        )

    def _deed(self, whom: Named, pins: Mapping[str, str]) -> Deed:
        return Deed(
            title="cancel",
            sql=statement("action_cancel"),
            values=(whom.pid, whom.started, pins["query_started"]),
            rows=1,
        )

    def _judged(self, plan: Plan, seen: Seen | None, *, nothing: bool, told: bool) -> Settled:
        if nothing:
            return Settled(state=State.DONE, words=self.lost)
        if seen is None:
            return Settled(state=State.DONE, words="the session is gone, its statement with it")
        if seen.query_started == plan.pinned["query_started"] and seen.state == ACTIVE:
            return Settled(state=State.PENDING, words="the statement still runs")
        words = "the statement has ended" if told else "it has ended; whether by us is not known"
        if seen.state == "idle in transaction (aborted)":
            words += "; its transaction is aborted and open: end the session if it stays so"
        return Settled(state=State.DONE, words=words)


class EndSession(_Signal):
    """Ends a session; its transaction is rolled back."""

    name = "end-session"
    title = "End the session"
    lost = "it was gone already: nothing was ended"

    def _own(self, seen: Seen, at: Moment) -> Iterator[Precondition]:
        del seen, at
        yield from ()

    def _after(self) -> Foreign:
        return Foreign("ended; its transaction is rolled back")

    def _side_effects(self, seen: Seen) -> tuple[str, ...]:
        go_on = noun(seen.waiters, "waiting session goes on", "waiting sessions go on")
        freed = f"{seen.waiters} {go_on}" if seen.waiters else "nobody waits for it"
        return (
            "the client loses its connection (57P01); a pool opens another one",
            freed,
            "what it did before its last COMMIT stays",
        )

    def _deed(self, whom: Named, pins: Mapping[str, str]) -> Deed:
        del pins
        return Deed(
            title="end", sql=statement("action_end"), values=(whom.pid, whom.started), rows=1
        )

    def _judged(self, plan: Plan, seen: Seen | None, *, nothing: bool, told: bool) -> Settled:
        del plan
        if nothing:
            return Settled(state=State.DONE, words=self.lost)
        if seen is None:
            words = "the session is gone" if told else "it is gone; whether by us is not known"
            return Settled(state=State.DONE, words=words)
        return Settled(state=State.PENDING, words="the session is still there")
