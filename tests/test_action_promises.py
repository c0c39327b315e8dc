"""Promises P3 to P12 through the door as the program has it, against a service that counts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.guard_values import Confirmation
from actions.plan import Plan
from actions.policy import Policy
from actions.record import agreed
from actions.running import Proposal, Running
from actions.verbs import Outcome, Sent, Unplannable
from providers.clock import Moment, SystemClock
from tests.action_rig import Service, standing
from tests.test_action_door import TWICE, Leaving, Seat
from tests.values_actions import target


class Shifted(SystemClock):
    """The real time, moved on by a test: both clocks, or the wall clock alone."""

    def __init__(self) -> None:
        self.wall_s = self.tick_s = 0.0

    def now(self) -> Moment:
        real = super().now()
        at = real.at + timedelta(seconds=self.wall_s)
        return Moment(at=at, tick_s=real.tick_s + self.tick_s)

    def pass_by(self, seconds: float) -> None:
        self.wall_s += seconds
        self.tick_s += seconds


class Held(Leaving):
    """A restart that is sent when the test says so."""

    def __init__(self, url: str, clock: SystemClock) -> None:
        super().__init__(url, clock, deadline_s=10)
        self.begun, self.release = asyncio.Event(), asyncio.Event()

    async def send(self, plan: Plan, key: str) -> Sent:
        self.begun.set()
        await self.release.wait()
        return await super().send(plan, key)


class Two:
    """Two operators of one host before one service, by one clock."""

    def __init__(self, service: Service, path: Path) -> None:
        self.service = service
        self.clock = Shifted()
        self.ana = Seat(service, path, "ana", self.clock)
        self.bo = Seat(service, path, "bo", self.clock)

    async def proposed(self, seat: Seat, minutes: float = 30.0) -> Proposal:
        await seat.door.arm("lma", "production", reason="API is down", minutes=minutes)
        return await seat.door.propose("restart-api", target(), {})

    async def codes(self, seat: Seat) -> set[str]:
        """Why what somebody does right is refused; nothing when it is done."""
        return {one.code for one in (await self.ended(seat, await self.proposed(seat))).because}

    async def ended(self, seat: Seat, proposal: Proposal, **more: object) -> Running:
        given = replace(proposal.confirmed(reason="pool exhausted", typed="api"), **more)
        begun = await seat.door.start(proposal, given)
        state = await seat.until(lambda state: _of(state.running, begun.id).over)
        return _of(state.running, begun.id)


def _of(running: tuple[Running, ...], key: str) -> Running:
    return next(one for one in running if one.id == key)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with standing() as service:
        made = Two(service, tmp_path / "audit.jsonl")
        yield made
        for seat in (made.ana, made.bo):
            await seat.door.aclose(5)


async def test_a_lease_that_ends_in_the_dialog_refuses(two: Two) -> None:
    proposal = await two.proposed(two.ana, minutes=1)
    two.clock.pass_by(61)
    done = await two.ended(two.ana, proposal)
    assert done.outcome is Outcome.REFUSED
    assert "no-lease" in {one.code for one in done.because}
    assert two.service.posts == []


async def test_a_lease_that_ends_while_the_disk_is_waited_for_refuses(two: Two) -> None:
    proposal = await two.proposed(two.ana, minutes=2)
    two.clock.pass_by(60)
    book = two.ana.door.record.audit
    decide = book.decide

    def slow(upon: object) -> object:
        found = decide(upon)  # type: ignore[arg-type]
        two.clock.pass_by(61)
        return found

    book.decide = slow  # type: ignore[method-assign, assignment]
    done = await two.ended(two.ana, proposal)
    assert done.outcome is Outcome.REFUSED
    assert "not armed any more" in done.words
    assert two.service.posts == []


@pytest.mark.parametrize("jump_s", [-3_600.0, -30.0, 30.0, 86_400.0])
async def test_a_clock_that_is_set_in_the_dialog_refuses(two: Two, jump_s: float) -> None:
    proposal = await two.proposed(two.ana)
    two.clock.wall_s += jump_s
    done = await two.ended(two.ana, proposal)
    assert done.outcome is Outcome.REFUSED
    assert {"clock", "no-lease"} <= {one.code for one in done.because}
    assert two.service.posts == []


async def test_a_configuration_that_forbids_it_meanwhile_refuses(two: Two) -> None:
    proposal = await two.proposed(two.ana)
    two.ana.door.configure(Policy(), two.ana.load)
    done = await two.ended(two.ana, proposal)
    assert done.outcome is Outcome.REFUSED
    assert "read-only" in {one.code for one in done.because}
    assert two.service.posts == []


async def test_a_confirmation_lies_no_longer_than_five_minutes(two: Two) -> None:
    proposal = await two.proposed(two.ana)
    two.clock.pass_by(301)
    done = await two.ended(two.ana, proposal)
    assert {one.code for one in done.because} == {"too-old"}
    assert two.service.posts == []


async def test_two_hundred_confirmations_of_one_dialog_send_once(two: Two) -> None:
    proposal = await two.proposed(two.ana)
    given = proposal.confirmed(reason="pool exhausted", typed="api")
    await two.ana.door.start(proposal, given)
    for _ in range(199):
        assert (await two.ana.door.start(proposal, given)).outcome is Outcome.REFUSED
    await two.ana.until(lambda state: state.running[-1].over)
    assert len(two.service.posts) == 1


async def test_the_second_operator_is_told_before_acting(two: Two) -> None:
    held = two.ana.verb = Held(two.service.url, two.clock)
    first = await two.proposed(two.ana)
    late = await two.proposed(two.bo)
    await two.ana.door.start(first, _given(first))
    await held.begun.wait()
    under_way = await two.bo.door.propose("restart-api", target(), {})
    assert "Restart API by ana@bastion is under way" in under_way.decision.words
    assert (await two.ended(two.bo, late)).outcome is Outcome.REFUSED
    held.release.set()
    await two.ana.until(lambda state: state.running[-1].over)
    cooling = await two.bo.door.propose("restart-api", target(), {})
    assert "by ana@bastion: wait" in cooling.decision.words
    assert two.service.restarts == 1
    two.clock.pass_by(61)
    warned = await two.bo.door.propose("restart-api", target(), {})
    [warning] = warned.decision.warnings
    assert "by ana@bastion" in warning.words
    unseen = await two.ended(two.bo, warned, seen=frozenset())
    assert unseen.outcome is Outcome.REFUSED
    again = await two.bo.door.propose("restart-api", target(), {})
    assert (await two.ended(two.bo, again)).outcome is Outcome.DONE
    assert (two.service.restarts, len(two.service.posts)) == (2, 2)


async def test_a_confirmation_of_somebody_else_is_good_for_nothing(two: Two) -> None:
    proposal = await two.proposed(two.ana)
    await two.bo.door.arm("lma", "production", reason="API is down", minutes=5)
    with pytest.raises(Exception, match="never shown"):
        await two.bo.door.start(proposal, _given(proposal))
    assert two.service.posts == []


def _given(proposal: Proposal) -> Confirmation:
    return proposal.confirmed(reason="pool exhausted", typed="api")


async def test_a_second_persons_word_is_good_for_one_request_within_the_hour(two: Two) -> None:
    for seat in (two.ana, two.bo):
        seat.door.configure(TWICE, seat.load)
    proposal = await two.proposed(two.ana)
    alone = await two.ended(two.ana, proposal)
    assert {one.code for one in alone.because} == {"no-approval"}
    with pytest.raises(Unplannable, match="another account"):
        await two.ana.door.book.approve(proposal.plan.fingerprint, "I am sure")
    # Written by hand, past the door: the guard looks at who wrote it.
    await two.ana.door.record.append(agreed(proposal.plan, "I am sure"))
    assert "no-approval" in await two.codes(two.ana)
    await two.bo.door.book.approve(proposal.plan.fingerprint, "seen it")
    two.clock.pass_by(3_601)
    assert "no-approval" in await two.codes(two.ana)
    assert two.service.posts == []
    await two.bo.door.book.approve(proposal.plan.fingerprint, "still so")
    assert await two.codes(two.ana) == set()
    assert two.service.restarts == 1
    # Nothing has changed as far as the plan goes, and the word is used up.
    two.service.restarts = 0
    two.clock.pass_by(120)
    assert "no-approval" in await two.codes(two.ana)
    assert len(two.service.posts) == 1
