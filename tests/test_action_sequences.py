"""Whatever is done in whatever order: nothing is sent without lease, reason and name, or twice."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.lease import LeaseRefused
from actions.plan import Plan, Target, Undo
from actions.policy import Policy
from actions.running import Proposal
from actions.verbs import Pinned, Sent, Settled, State
from tests.action_rig import Rig, Service
from tests.examples import examples
from tests.fakes import ManualClock
from tests.values_actions import OPEN, plan

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("propose"), st.just("")),
        st.just(("all right", "")),
        st.tuples(st.just("confirm"), st.sampled_from(["api", "api", "", "API", "\u0430pi"])),
        st.tuples(st.just("unsaid"), st.just("api")),
        st.tuples(st.just("again"), st.just("api")),
        st.tuples(st.just("cancel"), st.just("")),
        st.tuples(st.just("arm"), st.just("")),
        st.tuples(st.just("disarm"), st.just("")),
        st.tuples(st.just("read-only"), st.just("")),
        st.tuples(st.just("writable"), st.just("")),
        st.tuples(st.just("move on"), st.sampled_from(["1", "70", "400", "1000"])),
        st.tuples(st.just("set clock"), st.sampled_from(["-3600", "3600"])),
        st.tuples(st.just("change"), st.just("")),
    ),
    max_size=14,
)


class Play:
    """One made-up story, and the verb in it: it only counts, and looks at what holds."""

    name = "restart-api"
    settle_s = 0.0

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.rig = Rig(Service(url="http://127.0.0.1:1"), folder / "a.jsonl", clock=self.clock)
        self.rig.runner.verbs = {self.name: self}
        self.live = 1
        self.shown: Proposal | None = None
        self.given: dict[str, list[tuple[str, bool]]] = {}
        self.entered = 0
        self.sent: list[str] = []

    def now(self) -> Plan:
        return plan(pin=f"dep-{self.live}")

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        del target, parameters
        return self.now()

    async def pin(self, plan: Plan) -> Pinned:
        del plan
        return Pinned(plan=self.now())

    async def send(self, plan: Plan, key: str) -> Sent:
        self.entered += 1
        assert self.rig.leases.current("lma", "production") is not None
        assert not self.rig.policy.refusal("lma", "production")
        assert ("api", True) in self.given[key]
        assert replace(plan, request=None) == self.now()
        assert plan.request is not None
        assert plan.request.id == key
        intents = [one for one in self.rig.audit.entries() if one.kind is AuditKind.INTENT]
        assert intents[-1].request == key
        self.sent.append(key)
        return Sent()

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        del plan, sent
        return Settled(state=State.DONE, words="done")

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        del plan, sent
        return None

    async def step(self, what: str, how: str) -> None:
        rig = self.rig
        if what == "propose":
            self.shown = await rig.runner.propose(self.now())
        elif what in {"confirm", "again", "unsaid"} and self.shown is not None:
            reason = "" if what == "unsaid" else "API is down"
            self.given.setdefault(self.shown.id, []).append((how, bool(reason)))
            given = self.shown.confirmed(reason=reason, typed=how)
            times = 3 if what == "again" else 1
            tasks = [rig.runner.start(given) for _ in range(times)]
            await asyncio.gather(*tasks, return_exceptions=True)
        elif what == "all right":
            for each in (("writable", ""), ("arm", ""), ("propose", ""), ("confirm", "api")):
                await self.step(*each)
        elif what == "cancel" and self.shown is not None:
            await rig.runner.cancel(self.shown)
        else:
            self._turn(what, how)

    def _turn(self, what: str, how: str) -> None:
        if what == "arm":
            try:
                self.rig.arm()
            except LeaseRefused:
                assert self.rig.policy == Policy()
        elif what == "disarm":
            self.rig.leases.give_back("lma", "production")
        elif what in {"read-only", "writable"}:
            self.rig.policy = Policy() if what == "read-only" else OPEN
        elif what == "move on":
            self.clock.advance(float(how))
        elif what == "set clock":
            self.clock.set_wall(float(how))
        elif what == "change":
            self.live += 1


@given(STEPS)
@settings(max_examples=examples(120))
def test_no_sequence_gets_past_the_door(steps: list[tuple[str, str]]) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            play = Play(Path(folder))
            for what, how in steps:
                await play.step(what, how)
            await play.rig.runner.aclose(1)
            assert len(play.sent) == len(set(play.sent)) == play.entered
            assert play.rig.audit.verify().sound
            entries = play.rig.audit.entries()
            intents = {one.request for one in entries if one.kind is AuditKind.INTENT}
            outcomes = [one.request for one in entries if one.kind is AuditKind.OUTCOME]
            assert intents == set(outcomes)
            assert len(outcomes) == len(intents)
            failed = [one.words for one in entries if "AssertionError" in one.words]
            assert failed == []
            event(f"{len(play.sent)} sent")

    asyncio.run(story())


def test_a_story_that_does_everything_right_is_sent() -> None:
    async def story() -> int:
        with tempfile.TemporaryDirectory() as folder:
            play = Play(Path(folder))
            for what, how in [("arm", ""), ("propose", ""), ("confirm", "api"), ("again", "api")]:
                await play.step(what, how)
            await play.rig.runner.aclose(1)
            return len(play.sent)

    assert asyncio.run(story()) == 1
