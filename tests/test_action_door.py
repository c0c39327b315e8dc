"""The door as the program has it: verbs made when asked for, the audit followed, two operators."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.audit import Audit, AuditTrouble
from actions.audit_entries import AuditKind, Author, Draft
from actions.door import Door
from actions.door_state import DoorState
from actions.families import Card, Offer, Row
from actions.guard_values import Ask, Facts
from actions.plan import Plan, Remaining, Target, Undo
from actions.policy import EnvironmentRules, Policy
from actions.record import about, ended
from actions.running import Running
from actions.settling import settle
from actions.shelf import Loaded
from actions.verbs import Outcome, Sent, Settled, State, Unplannable
from monitor.events import Event, EventKind
from monitor.snapshot import Snapshot, WorkspaceView
from providers.clock import Clock, SystemClock
from providers.processes import process_start
from tests.action_rig import PATIENT, Restart, Service, standing
from tests.values_actions import OPEN, target
from tui.door_words import told_of
from widgets.cells import plain

CARD = Card(name="restart-api", title="Restart API", key="R")
TWICE = replace(
    OPEN,
    rules={**OPEN.rules, "lma/production": EnvironmentRules(production=True, approval=True)},
)


class Leaving(Restart):
    """A restart that leaves something behind, and whose inverse only the answer tells."""

    async def plan(self, target: Target, parameters: object) -> Plan:
        plan = await super().plan(target, dict(parameters or {}))  # type: ignore[call-overload]
        on = Undo(verb="autodeploy-on", target=target, words="switch autodeploy on")
        remains = (Remaining(words="autodeploy of API is off", undo=on),)
        return replace(plan, remains=remains, counts_down_s=3600.0, counts_down="tokens")

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        words = f"undo {sent.answer}" if sent is not None else "no answer"
        return Undo(verb="deploy-commit", target=plan.target, words=words)


class Restarts:
    """A family of one verb."""

    def __init__(self, verb: Restart) -> None:
        self.verbs = (verb,)
        self.cards = (CARD,)

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        del pane, row
        yield from ()

    async def target(self, verb: str, words: str) -> Target:
        del verb, words
        return target()


class Seat:
    """One operator's door."""

    def __init__(
        self,
        service: Service,
        path: Path,
        who: str,
        clock: Clock | None = None,
        latest: Callable[[], Snapshot | None] = lambda: None,
    ) -> None:
        self.verb: Restart | None = None
        """Instead of the usual one."""

        self.clock = clock or SystemClock()
        self.service = service
        self.loads = self.closed = 0
        self.events: list[Event] = []
        self.states: list[DoorState] = []
        author = Author(
            operator=who, login=who, host="bastion", session=f"{who}-{id(self)}",
            pid=os.getpid(), started=process_start(os.getpid()),
        )  # fmt: skip
        self.door = Door(
            audit=Audit(path, author, self.clock, patience_s=10),
            policy=OPEN,
            load=self.load,
            facts=lambda _: Facts(now=self.clock.now(), data_age_s=1.0, fresh_s=30.0),
            clock=self.clock,
            limits=PATIENT,
            note=self.events.append,
            latest=latest,
        )
        self.changed = asyncio.Event()
        self.door.on_state = self._told

    async def load(self) -> Loaded:
        self.loads += 1
        verb = self.verb or Leaving(self.service.url, self.clock, deadline_s=20)
        return Loaded(families=(Restarts(verb),), aclose=self._close)

    async def _close(self) -> None:
        self.closed += 1

    def _told(self, state: DoorState) -> None:
        self.states.append(state)
        self.changed.set()

    async def until(self, holds: Callable[[DoorState], object]) -> DoorState:
        """Wait until the state is so."""
        async with asyncio.timeout(10):
            while not holds(self.door.state):
                self.changed.clear()
                await self.changed.wait()
        return self.door.state

    async def restarted(self) -> Running:
        """Do all of it right."""
        await self.door.arm("lma", "production", reason="API is down", minutes=5)
        proposal = await self.door.propose("restart-api", target(), {})
        begun = await self.door.start(
            proposal, proposal.confirmed(reason="pool exhausted", typed="api")
        )
        assert not begun.over
        state = await self.until(lambda state: state.running and state.running[-1].over)
        return state.running[-1]


@contextlib.asynccontextmanager
async def seats(tmp_path: Path, *who: str) -> AsyncIterator[tuple[Service, Sequence[Seat]]]:
    """Operators of one host before one service."""
    async with standing() as service:
        found = [Seat(service, tmp_path / "audit.jsonl", one) for one in who]
        try:
            yield service, found
        finally:
            for seat in found:
                await seat.door.aclose(5)


async def test_verbs_are_made_when_first_asked_for_and_anew_for_a_new_configuration(
    tmp_path: Path,
) -> None:
    async with seats(tmp_path, "ana") as (_, [ana]):
        ana.door.begin()
        assert (ana.door.catalogue, ana.loads) == (None, 0)
        catalogue = await ana.door.ready()
        assert catalogue.cards["restart-api"] == CARD
        assert await ana.door.ready() is catalogue
        ana.door.configure(Policy(), ana.load)
        assert ana.door.refusal("lma", "production") is not None
        assert await ana.door.ready() is not catalogue
        assert (ana.loads, ana.closed) == (2, 1)
    assert ana.closed == 2


async def test_what_was_done_is_shown_to_its_operator_and_to_the_others(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana", "bo") as (service, [ana, bo]):
        bo.door.begin()
        done = await ana.restarted()
        assert (done.outcome, service.restarts, len(service.posts)) == (Outcome.DONE, 1, 1)
        assert done.undo is not None
        assert done.undo.words == "undo req-7"
        mine = await ana.until(lambda state: state.undos)
        theirs = await bo.until(lambda state: state.undos)
        for state in (mine, theirs):
            assert [card.undo.words for card in state.undos] == ["undo req-7"]
            assert [one.remaining.words for one in state.left] == ["autodeploy of API is off"]
            assert [one.words for one in state.residuals] == ["tokens"]
            assert state.undos[0].who == "ana@bastion"
        assert theirs.leases == ()
        assert [one.place for one in mine.leases] == ["lma/production"]
        assert [one.kind for one in bo.events] == [EventKind.ACTION, EventKind.ACTION]
        assert bo.events[0].text == "Restart API by ana@bastion"
        assert bo.events[1].text == "Restart API: done"


async def test_a_confirmation_is_good_once(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana") as (service, [ana]):
        await ana.door.arm("lma", "production", reason="API is down", minutes=5)
        proposal = await ana.door.propose("restart-api", target(), {})
        given = proposal.confirmed(reason="pool exhausted", typed="api")
        await ana.door.start(proposal, given)
        again = await ana.door.start(proposal, given)
        assert again.outcome is Outcome.REFUSED
        await ana.until(lambda state: state.running[-1].over)
        with pytest.raises(Unplannable):
            await ana.door.start(proposal, replace(given, proposal="another"))
        assert len(service.posts) == 1


async def test_an_intent_that_nobody_ended_is_read_back_at_the_next_start(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana") as (service, [ana]):
        verb = Restart(service.url, SystemClock())
        plan = await verb.plan(target(), {})
        service.restarts += 1
        gone = Author(operator="bo", login="bo", host="bastion", pid=2**22 + 1, session="gone")
        book = Audit(tmp_path / "audit.jsonl", gone, SystemClock())
        book.append(about(AuditKind.INTENT, plan, "r1", reason="pool"))
        ana.door.begin()
        await ana.until(lambda state: state.unsettled)
        state = await ana.until(lambda state: state.undos or not state.unsettled)
        assert state.unsettled == ()
        outcome = book.recent()[-1]
        assert (outcome.kind, outcome.outcome) == (AuditKind.OUTCOME, "done")
        state = await ana.until(lambda state: state.found)
        assert [one.seq for one in state.found] == [outcome.seq]
        assert outcome.words.startswith("found open at a later start")
        assert service.posts == []
        assert ana.loads == 1


async def test_what_is_seen_under_way_after_a_restart_is_followed_and_not_called_lost(
    tmp_path: Path,
) -> None:
    async with seats(tmp_path, "ana") as (service, [ana]):
        ana.verb = verb = Restart(service.url, SystemClock())
        over = asyncio.Event()

        async def settled(plan: Plan, sent: Sent | None) -> Settled:
            del plan, sent
            if over.is_set():
                return Settled(state=State.DONE, words="it is live")
            return Settled(state=State.UNDER_WAY, words="it builds")

        verb.settled = settled  # type: ignore[method-assign]
        gone = Author(operator="bo", login="bo", host="bastion", pid=2**22 + 1, session="gone")
        book = Audit(tmp_path / "audit.jsonl", gone, SystemClock())
        book.append(about(AuditKind.INTENT, await verb.plan(target(), {}), "r1", reason="pool"))
        ana.door.begin()
        state = await ana.until(lambda state: state.unsettled and state.followed)
        assert state.seen("r1") == "it builds"
        assert "under way, followed. it builds" in plain(told_of(state, "lma", UTC))
        over.set()
        state = await ana.until(lambda state: state.found and not state.unsettled)
        assert (state.followed, state.found[0].outcome) == ((), "done")
        assert told_of(state, "lma", UTC) == ()


async def test_what_was_left_as_unknown_is_looked_at_again(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana") as (service, [ana]):
        book = ana.door.record.audit
        plan = await Restart(service.url, SystemClock()).plan(target(), {})
        for request in ("r1", "r2"):
            draft = about(
                AuditKind.INTENT, replace(plan, pins=(("restarts", request[1]),)), request
            )
            book.append(draft)
            book.append(ended(draft, Outcome.UNKNOWN, "no answer"))
        service.restarts = 2
        ana.door.begin()
        state = await ana.until(lambda state: len(state.unsettled) == 1)
        assert state.unsettled[0].request == "r2"
        last = book.recent()[-1]
        assert (last.request, last.outcome) == ("r1", "done")
        assert last.words.startswith("looked at again")


async def test_what_somebody_looked_up_is_settled_for_everybody(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana", "bo") as (service, [ana, bo]):
        bo.door.begin()
        plan = await Restart(service.url, SystemClock()).plan(target(), {})
        draft = about(AuditKind.INTENT, plan, "request-1")
        ana.door.record.audit.append(draft)
        ana.door.record.audit.append(ended(draft, Outcome.UNKNOWN, "no answer"))
        await bo.until(lambda state: state.unsettled)
        for request, reason in (("request-1", " "), ("reque", "seen"), ("request-2", "seen")):
            with pytest.raises(Unplannable):
                await settle(ana.door.record, request, reason)
        await settle(ana.door.record, "request", "it was restarted, says the console")
        await bo.until(lambda state: not state.unsettled)
        assert service.posts == []


async def test_without_an_open_intent_no_verb_is_made_at_a_start(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana") as (_, [ana]):
        book = Audit(tmp_path / "audit.jsonl", ana.door.record.audit.author, SystemClock())
        plan = await Restart(ana.service.url, SystemClock()).plan(target(), {})
        draft = about(AuditKind.INTENT, plan, "r1")
        book.append(draft)
        book.append(ended(draft, Outcome.FAILED, "403"))
        ana.door.begin()
        await ana.until(lambda _: ana.states)
        for _ in range(3):
            await ana.door.book.entries()
        assert ana.door.state.unsettled == ()
        assert ana.loads == 0


async def test_a_damaged_audit_is_told_and_nothing_can_be_sent(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana") as (service, [ana]):
        book = ana.door.record.audit
        for number in range(40):
            book.append(Draft(kind=AuditKind.NOTE, action="x", words=f"{number}"))
        lines = book.path.read_bytes().splitlines(keepends=True)
        book.path.write_bytes(b"".join([*lines[:5], *lines[6:]]))
        with pytest.raises(AuditTrouble, match="set-aside"):
            await ana.door.propose("restart-api", target(), {})
        assert "#6 missing" in ana.door.state.trouble
        book.set_aside("damaged")
        ana.door.begin()
        await ana.until(lambda state: not state.trouble)
        assert (await ana.restarted()).outcome is Outcome.DONE
        assert len(service.posts) == 1


async def test_an_end_that_was_cut_is_told_at_the_start(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana") as (_, [ana]):
        book = ana.door.record.audit
        book.append(Draft(kind=AuditKind.NOTE, action="x"))
        book.append(Draft(kind=AuditKind.NOTE, action="y"))
        first, _, _ = book.path.read_bytes().partition(b"\n")
        book.path.write_bytes(first + b"\n")
        ana.door.begin()
        state = await ana.until(lambda state: state.trouble)
        assert "#2 had been written" in state.trouble


async def test_a_second_person_agrees_by_the_audit_and_nobody_to_themselves(
    tmp_path: Path,
) -> None:
    async with seats(tmp_path, "ana", "bo") as (service, [ana, bo]):
        for seat in (ana, bo):
            seat.door.configure(TWICE, seat.load)
        bo.door.begin()
        proposal = await ana.door.propose("restart-api", target(), {})
        assert Ask.APPROVAL in proposal.decision.asks
        asked = (await bo.until(lambda state: state.wanted)).wanted[0]
        assert (asked.fingerprint, asked.login) == (proposal.plan.fingerprint, "ana")
        with pytest.raises(Unplannable, match="another account"):
            await ana.door.book.approve(asked.fingerprint, "I am sure")
        with pytest.raises(Unplannable, match="nobody asked"):
            await bo.door.book.approve("0" * 64, "I am sure")
        await bo.door.book.approve(asked.fingerprint[:12], "seen it")
        again = await ana.door.propose("restart-api", target(), {})
        assert Ask.APPROVAL not in again.decision.asks
        done = await ana.restarted()
        assert (done.outcome, len(service.posts)) == (Outcome.DONE, 1)
        entries = await ana.door.book.entries()
        assert sum(one.kind is AuditKind.ASKED for one in entries) == 1


async def test_a_bug_in_planning_is_told_in_words(tmp_path: Path) -> None:
    async with seats(tmp_path, "ana") as (_, [ana]):
        with pytest.raises(Unplannable, match="no action 'reboot'"):
            await ana.door.propose("reboot", target(), {})
        with pytest.raises(Unplannable, match="bug in quarterdeck"):
            await ana.door.propose("restart-api", target(), "x")  # type: ignore[arg-type]
