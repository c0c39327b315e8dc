"""Unknown is told within 30 s and settled within 60 s, whatever the other side does (P5).

The limits are those of the program, by a clock that jumps: many ways before another side in memory,
and some before a vendor on loopback that counts what arrives.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from actions.flight import Flight, Landed
from actions.limits import Limits
from actions.plan import Plan, Target, Undo
from actions.running import Phase, Running
from actions.verbs import Outcome, Pinned, Sent, Settled, State
from providers.errors import ProviderError, ServerFailed, TimedOut, Unreachable
from tests.examples import examples
from tests.hosting_rig import Stage, refusing
from tests.values_actions import plan
from tests.vendor_rigs import client
from tests.vendor_server import Asked, Reply, html_reply, vendor_server
from tests.warped import AwaitedErrands, LoopClock, warped, warped_with_sockets

TOLD_S, SETTLED_S = 30.0, 60.0
NEVER_S = 10_000.0


class Other(Struct, frozen=True, kw_only=True):
    """How the other side behaves: after which time it says what."""

    answers_s: float = NEVER_S
    failure: type[ProviderError] | None = TimedOut
    """What sending ends with; None: it is taken."""

    look_s: tuple[float, ...] = (0.0,)
    """How long each look takes, round and round."""

    known_s: float = NEVER_S
    """From when on looking tells."""

    state: State = State.DONE
    blind: bool = False
    """Looking fails."""


class Waiting:
    """A verb before such a side; it lives in memory."""

    name = "restart-api"
    settle_s = 300.0

    def __init__(self, other: Other, clock: LoopClock) -> None:
        self.other, self.clock = other, clock
        self.sends = self.looks = 0

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        raise AssertionError("a flight only sends and looks")

    async def pin(self, plan: Plan) -> Pinned:
        raise AssertionError("a flight only sends and looks")

    async def send(self, plan: Plan, key: str) -> Sent:
        del plan, key
        self.sends += 1
        await self.clock.sleep(self.other.answers_s)
        if self.other.failure is None:
            return Sent()
        error = self.other.failure("Service", "restart", "no answer")
        error.after_sending = True
        raise error

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        del plan, sent
        began_s = self.clock.now().tick_s
        looks = self.other.look_s
        self.looks += 1
        await self.clock.sleep(looks[self.looks % len(looks)])
        if self.other.blind:
            raise Unreachable("Service", "read", "no route")
        if began_s >= self.other.known_s:
            return Settled(state=self.other.state, words="the events say so")
        return Settled(state=State.PENDING, words="not restarted so far")

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        raise AssertionError("a flight only sends and looks")


class Told(Struct):
    """What the person heard, and when."""

    landed: Landed
    over_s: float
    unknown_s: float | None
    sends: int


def flown(other: Other) -> Told:
    """One flight with the program's own limits."""
    heard: dict[Phase, float] = {}

    async def story(clock: LoopClock) -> Told:
        verb = Waiting(other, clock)

        def news(phase: Phase, words: str) -> None:
            assert words
            heard.setdefault(phase, clock.now().tick_s)

        landed = await Flight(verb, plan(), "k", clock, Limits(), news).run()
        over_s = clock.now().tick_s
        return Told(landed, over_s, heard.get(Phase.RECONCILING), verb.sends)

    return warped(story)


OTHERS = st.builds(
    Other,
    answers_s=st.sampled_from([0.0, NEVER_S, 15.0, 29.9]) | st.floats(0, 40),
    failure=st.sampled_from([ServerFailed, TimedOut, Unreachable]),
    look_s=st.lists(
        st.sampled_from([0.0, 9.9, NEVER_S]) | st.floats(0, 20), min_size=1, max_size=5
    ).map(tuple),
    known_s=st.just(NEVER_S) | st.floats(0, 90),
    state=st.sampled_from([State.DONE, State.FAILED]),
    blind=st.booleans(),
)


@given(OTHERS)
@settings(max_examples=examples(300))
def test_whatever_it_does_it_is_told_and_settled_in_time(other: Other) -> None:
    told = flown(other)
    assert told.sends == 1
    assert told.unknown_s is not None
    assert told.unknown_s <= TOLD_S
    assert told.over_s <= SETTLED_S
    event(told.landed.outcome.value)
    if other.blind or other.known_s > SETTLED_S:
        assert told.landed.outcome is Outcome.UNKNOWN
    if told.landed.outcome is Outcome.UNKNOWN:
        assert "not sent again" in told.landed.words
    else:
        assert told.landed.outcome.value == other.state.value


@pytest.mark.parametrize("look_s", [0.0, 3.0, 9.9, NEVER_S])
def test_what_can_be_read_late_is_read_until_the_minute_is_over(look_s: float) -> None:
    silent = flown(Other(look_s=(look_s,)))
    assert silent.landed.outcome is Outcome.UNKNOWN
    assert silent.unknown_s == TOLD_S
    assert SETTLED_S - 5.0 <= silent.over_s <= SETTLED_S
    assert "last read: " in silent.landed.words
    if look_s < NEVER_S:
        late = flown(Other(look_s=(look_s,), known_s=40.0))
        assert late.landed.outcome is Outcome.DONE


def test_what_was_taken_is_followed_for_as_long_as_the_verb_says() -> None:
    taken = flown(Other(answers_s=20.0, failure=None, look_s=(9.0,)))
    assert taken.unknown_s is None
    assert taken.landed.outcome is Outcome.UNKNOWN
    assert "not settled after 5m" in taken.landed.words
    assert taken.over_s <= 20.0 + Waiting.settle_s


class Far(Struct, frozen=True, kw_only=True):
    """How Render behaves once it has the request: it is asked by the real client, over a socket."""

    reply: Reply | None = None
    """What it answers; None: as it is."""

    answers_s: float = 0.0
    acts: bool = True
    restart_s: float = 3.0
    """How long until its events tell of the restart."""

    look_s: float = 0.0
    """How long each read takes from then on."""

    blind: bool = False
    """Reads are refused from then on."""


class Heard(Struct):
    """What the person heard of one action, and when after it was sent; and what arrived."""

    outcome: Outcome | None
    words: str
    first_s: dict[Phase, float]
    arrived: list[str]
    audit: list[tuple[str, str]]


async def _before(far: Far, clock: LoopClock, folder: Path) -> Heard:
    stage = Stage(folder, clock)
    stage.estate.render.timing = replace(stage.estate.render.timing, restart_s=far.restart_s)

    async def render(asked: Asked) -> Reply:
        if asked.method != "GET":
            stage.render.asked.append(asked)
            reply = await stage.render._true(asked) if far.acts else refusing(500)
            await clock.sleep(far.answers_s)
            return far.reply or reply
        if stage.render.changes:
            await clock.sleep(far.look_s)
        if stage.render.changes and far.blind:
            return refusing(503)
        return await stage.render._true(asked)

    async with (
        vendor_server(render) as server,
        client(f"{server.url}/v1", system="Render", clock=clock, deadline_s=45.0) as api,
    ):
        stage.open(dict.fromkeys(("render", "vercel"), (api, f"{server.url}/v1")))
        try:
            return await _heard(stage)
        finally:
            await stage.runner.aclose(1)


def flown_far(far: Far, folder: Path) -> Heard:
    """One action with the program's own limits, through all of its engine."""
    return warped_with_sockets(lambda clock: _before(far, clock, folder))


async def _heard(stage: Stage) -> Heard:
    clock = stage.time
    assert isinstance(clock, LoopClock)
    stage.runner.limits = Limits()
    stage.runner.record._errands = AwaitedErrands("audit", clock)
    first_s: dict[Phase, float] = {}

    def told(running: Running) -> None:
        if running.outcome is Outcome.UNKNOWN or running.phase is not Phase.RECONCILING:
            first_s.setdefault(running.phase, clock.now().tick_s)

    stage.runner.on_change = told
    done = await stage.carried("restart-api", stage.target("api"))
    sent_s = first_s[Phase.SENDING]
    return Heard(
        outcome=done.outcome,
        words=done.words,
        first_s={phase: at_s - sent_s for phase, at_s in first_s.items()},
        arrived=[one.path for one in stage.render.changes],
        audit=stage.outcomes(),
    )


SILENT, RESET = Reply(silent=True), Reply(reset=True)
FAR = {
    "hangs, and has done it": (Far(reply=SILENT), Outcome.DONE),
    "hangs, and does it late": (Far(reply=SILENT, restart_s=45.0), Outcome.DONE),
    "hangs, and has not": (Far(reply=SILENT, acts=False), Outcome.UNKNOWN),
    "hangs, does it too late": (Far(reply=SILENT, restart_s=70.0), Outcome.UNKNOWN),
    "breaks off, and has done it": (Far(reply=RESET, answers_s=9.0), Outcome.DONE),
    "breaks off, reads hang": (Far(reply=RESET, look_s=NEVER_S), Outcome.UNKNOWN),
    "one byte, and reads are slow": (
        Far(reply=Reply(body=b"{}", drip=True), look_s=2.0, restart_s=20.0),
        Outcome.DONE,
    ),
    "500 late, and reads are refused": (
        Far(reply=refusing(500), answers_s=14.9, blind=True),
        Outcome.UNKNOWN,
    ),
    "a page, and has not": (Far(reply=html_reply(200), acts=False), Outcome.UNKNOWN),
}


@pytest.mark.parametrize("how", FAR)
def test_a_vendor_that_counts_is_asked_once_and_told_of_in_time(how: str, tmp_path: Path) -> None:
    far, outcome = FAR[how]
    heard = flown_far(far, tmp_path)
    assert (heard.outcome, len(heard.arrived)) == (outcome, 1), heard.words
    assert heard.audit == [("intent", ""), ("outcome", outcome.value)]
    assert heard.first_s[Phase.RECONCILING] <= TOLD_S
    assert heard.first_s[Phase.OVER] <= SETTLED_S
    if outcome is Outcome.UNKNOWN:
        assert heard.first_s[Phase.OVER] >= SETTLED_S - 5.0
        assert "not sent again" in heard.words
        assert "dashboard.render.com" in heard.words


def test_what_was_taken_and_can_not_be_read_is_told_as_unknown_meanwhile(tmp_path: Path) -> None:
    heard = flown_far(Far(look_s=NEVER_S), tmp_path)
    assert (heard.outcome, len(heard.arrived)) == (Outcome.UNKNOWN, 1)
    taken_s = heard.first_s[Phase.FOLLOWING]
    assert heard.first_s[Phase.RECONCILING] - taken_s <= TOLD_S
    assert heard.first_s[Phase.OVER] >= SETTLED_S, "it is looked for on"
    assert heard.audit == [("intent", ""), ("outcome", "unknown")]
