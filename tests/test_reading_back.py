"""How long is looked for what became of an action, and what is told meanwhile (promise P5)."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from msgspec.structs import replace

from actions.flight import Flight, Landed
from actions.limits import Limits
from actions.plan import Plan, Target, Undo
from actions.reading_back import ReadBack
from actions.running import Phase
from actions.verbs import FOLLOWED_S, RECONCILED_S, TOLD_S, Outcome, Pinned, Sent, Settled, State
from providers.clock import SystemClock
from providers.errors import Unreachable
from tests.hosting_rig import StridingClock
from tests.values_actions import plan

LOOK = "https://vendor.example/events"
UNREADABLE = Unreachable("Render", "list events", "refused")
PENDING = Settled(state=State.PENDING, words="nothing so far")
BUILDS = Settled(state=State.UNDER_WAY, words="it builds")
DONE = Settled(state=State.DONE, words="it is live")


class Scripted:
    """A verb whose other side says what stands in a list, the last of it for ever.

    Args:
        clock: Each look takes its time.
        says: What is read, or what goes wrong.
        taken: Whether the answer to the request arrives.
        look_s: How long one look takes.
    """

    name = "restart-api"

    def __init__(
        self,
        clock: StridingClock,
        says: Sequence[Settled | Exception],
        *,
        taken: bool,
        look_s: float = 0.0,
        settle_s: float = 300.0,
    ) -> None:
        self.settle_s = settle_s
        self._clock = clock
        self._says = list(says)
        self._taken = taken
        self._look_s = look_s
        self.looks: list[float] = []
        """When each began, on the clock's ticks."""

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        return replace(plan(), target=target, parameters=tuple(parameters.items()))

    async def pin(self, plan: Plan) -> Pinned:
        return Pinned(plan=plan)

    async def send(self, plan: Plan, key: str) -> Sent:
        if not self._taken:
            self._clock.advance(TOLD_S)
            raise TimeoutError
        return Sent(words="202 accepted")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        self.looks.append(self._clock.now().tick_s)
        said = self._says.pop(0) if len(self._says) > 1 else self._says[0]
        self._clock.advance(self._look_s)
        if isinstance(said, Exception):
            raise said
        return said

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        return None


class Flown:
    """One flight, and what was told when."""

    def __init__(self, clock: StridingClock, verb: Scripted) -> None:
        self.began_s = clock.now().tick_s
        self.verb = verb
        self.clock = clock
        self.told: list[tuple[float, Phase, str]] = []
        self.landed: Landed | None = None

    async def run(self) -> "Flown":
        shown = replace(plan(), look_at=LOOK)
        flight = Flight(self.verb, shown, "k", self.clock, Limits(), self._news)
        self.landed = await flight.run()
        return self

    def _news(self, phase: Phase, words: str) -> None:
        self.told.append((self.since_s, phase, words))

    @property
    def since_s(self) -> float:
        return self.clock.now().tick_s - self.began_s

    @property
    def phases(self) -> list[Phase]:
        found = [phase for _at, phase, _words in self.told]
        return [one for at, one in enumerate(found) if not at or found[at - 1] is not one]


async def flown(says: Sequence[Settled | Exception], *, taken: bool, **more: float) -> Flown:
    clock = StridingClock()
    return await Flown(clock, Scripted(clock, says, taken=taken, **more)).run()


@pytest.mark.parametrize("look_s", [0.0, 1.0, 7.9])
@pytest.mark.parametrize("says", [PENDING, UNREADABLE])
async def test_a_lost_answer_is_told_in_time_and_left_in_time(
    says: Settled | Exception, look_s: float
) -> None:
    it = await flown([says], taken=False, look_s=look_s)
    assert it.landed is not None
    assert it.landed.outcome is Outcome.UNKNOWN
    assert LOOK in it.landed.words
    at, phase, _words = it.told[1]
    assert (phase, at <= TOLD_S) == (Phase.RECONCILING, True)
    assert it.since_s <= RECONCILED_S + look_s
    assert it.verb.looks[-1] - it.began_s < RECONCILED_S


async def test_no_look_lasts_longer_than_there_is_time() -> None:
    class Hanging(Scripted):
        async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
            await asyncio.Event().wait()
            return DONE

    clock = SystemClock()
    since = clock.now()
    reading = ReadBack(Hanging(StridingClock(), [], taken=False), plan(), None, clock, Limits())
    found = await reading.until(since, 0.05)
    assert found.state is State.UNKNOWN
    assert since.age_s(clock.now()) < Limits().look_s / 2


async def test_what_is_seen_under_way_is_followed_though_its_answer_was_lost() -> None:
    builds: list[Settled | Exception] = [PENDING, UNREADABLE, *[BUILDS] * 60, DONE]
    it = await flown(builds, taken=False)
    assert it.landed is not None
    assert it.landed.outcome is Outcome.DONE
    assert it.since_s > 2 * RECONCILED_S
    assert it.phases == [Phase.SENDING, Phase.RECONCILING, Phase.FOLLOWING]


async def test_what_takes_longer_than_usual_is_followed_and_asked_for_less_often() -> None:
    it = await flown([*[BUILDS] * 150, DONE], taken=True, settle_s=60.0)
    assert it.landed is not None
    assert it.landed.outcome is Outcome.DONE
    assert it.since_s > 300
    assert Phase.RECONCILING not in it.phases
    for_ever = await flown([BUILDS], taken=True, settle_s=60.0)
    assert for_ever.landed is not None
    assert for_ever.landed.outcome is Outcome.UNKNOWN
    assert for_ever.since_s <= FOLLOWED_S
    assert len(for_ever.verb.looks) < FOLLOWED_S / 8
    gaps = [b - a for a, b in zip(for_ever.verb.looks, for_ever.verb.looks[1:], strict=False)]
    assert min(gaps) == gaps[0] == Limits().poll_s
    assert max(gaps) == gaps[-1] > gaps[0]


async def test_what_was_taken_and_can_not_be_read_is_told_as_unknown_within_half_a_minute() -> None:
    says: list[Settled | Exception] = [BUILDS, *[UNREADABLE] * 30, BUILDS, DONE]
    it = await flown(says, taken=True)
    assert it.landed is not None
    assert it.landed.outcome is Outcome.DONE
    assert it.phases == [Phase.SENDING, Phase.FOLLOWING, Phase.RECONCILING, Phase.FOLLOWING]
    [(at, _phase, words)] = [one for one in it.told if one[1] is Phase.RECONCILING]
    assert at <= TOLD_S
    assert words.startswith("it can not be read back")
    assert words.endswith(LOOK)


async def test_what_was_taken_and_never_seen_is_left_after_its_usual_time() -> None:
    it = await flown([PENDING], taken=True, settle_s=20.0)
    assert it.landed is not None
    assert it.landed.outcome is Outcome.UNKNOWN
    assert it.since_s <= 20
    assert "not settled after 18s; last read: nothing so far" in it.landed.words
