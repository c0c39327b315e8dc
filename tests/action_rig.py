"""A service on loopback that counts what arrives, a verb that restarts it, and a runner for both.

Also a program of its own, for those who are to be killed: `python -m tests.action_rig URL AUDIT
WHO DEED`.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from actions.audit import Audit
from actions.audit_entries import Author
from actions.guard_values import Because, Confirmation, Facts, Precondition, Standing
from actions.lease import Leases
from actions.limits import Limits
from actions.plan import Change, HttpStep, Plan, Target, Undo
from actions.policy import Policy
from actions.record import Record
from actions.runner import Runner
from actions.running import Proposal
from actions.verbs import Pinned, Sent, Settled, State
from providers.clock import Clock, SystemClock
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.http import Api
from providers.processes import process_start
from providers.text import Foreign
from tests.servers import Talk, serving
from tests.values_actions import OPEN, target

QUICK = Limits(
    pin_s=2.0, told_s=0.6, reconciled_s=0.3, poll_s=0.02, look_s=0.3, audit_s=0.05, watch_s=0.02
)


PATIENT = replace(QUICK, pin_s=20.0, told_s=20.0, look_s=20.0, reconciled_s=20.0)
"""For whom time does not matter: on a busy machine, too."""


class Service(Struct):
    """What stands on the other side, and how it behaves."""

    url: str = ""
    deed: str = "ok"
    posts: list[str] = field(default_factory=list)
    """The idempotency key of each request to change something."""

    restarts: int = 0
    live: str = "dep-1"
    readable: bool = True
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first of those requests."""

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """Until this is set, what is `held` is not answered."""


async def talk(service: Service, one: Talk) -> None:
    """Serve one request."""
    head = (await one.reader.readuntil(b"\r\n\r\n")).decode()
    if head.startswith("GET"):
        if not service.readable:
            await one.hang()
        state = {"live": service.live, "restarts": service.restarts}
        await one.send(_answer(200, json.dumps(state)))
        return
    keys = [line.partition(": ")[2] for line in head.split("\r\n") if "idempotency" in line.lower()]
    service.posts.append(keys[0])
    service.arrived.set()
    await _DEEDS[service.deed](service, one)


async def _ok(service: Service, one: Talk) -> None:
    service.restarts += 1
    await one.send(_answer(202, '{"id":"req-7"}'))


async def _accept(_service: Service, one: Talk) -> None:
    await one.send(_answer(202, '{"id":"req-7"}'))


async def _slow(service: Service, one: Talk) -> None:
    await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(one.gone(0.3))), 5)
    await _ok(service, one)


async def _held(service: Service, one: Talk) -> None:
    await service.go_on.wait()
    await _ok(service, one)


async def _hang(service: Service, one: Talk) -> None:
    service.restarts += 1
    await one.hang()


async def _reset(service: Service, one: Talk) -> None:
    service.restarts += 1
    one.reset()


async def _broken(service: Service, one: Talk) -> None:
    service.restarts += 1
    await one.send(_answer(500, '{"message":"oops"}'))


async def _html(service: Service, one: Talk) -> None:
    service.restarts += 1
    await one.send(_answer(200, "<html>welcome</html>"))


async def _swallow(_service: Service, one: Talk) -> None:
    await one.hang()


async def _forbid(_service: Service, one: Talk) -> None:
    await one.send(_answer(403, '{"message":"no scope"}'))


_DEEDS = {
    "ok": _ok, "accept": _accept, "slow": _slow, "held": _held, "hang": _hang, "reset": _reset,
    "500": _broken, "html": _html, "swallow": _swallow, "403": _forbid,
}  # fmt: skip


def _answer(status: int, body: str) -> bytes:
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode()


@contextlib.asynccontextmanager
async def standing(deed: str = "ok") -> AsyncIterator[Service]:
    """The service under way."""
    service = Service(deed=deed)
    async with serving(lambda one: talk(service, one), read_head=False) as server:
        service.url = server.url()
        yield service


class Restart:
    """Restarts the service by one request."""

    name = "restart-api"
    settle_s = 0.5

    def __init__(self, url: str, clock: Clock, deadline_s: float = 0.4) -> None:
        self.api = Api(system="Service", base_url=url, clock=clock, deadline_s=deadline_s)
        self._url = url
        self._clock = clock
        self.standing = Standing.MET
        self.warnings: tuple[Because, ...] = ()
        self.before_sending = ""
        self.after_sending = ""

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        fields = await self._state()
        return Plan(
            verb=self.name,
            title="Restart API",
            target=target,
            parameters=tuple(parameters.items()),
            steps=(HttpStep(title="restart", method="POST", url=f"{self._url}/restart"),),
            changes=(
                Change(field="instances", before=Foreign("as they are"), after=Foreign("anew")),
            ),
            pins=(
                ("live", fields.text("live").text),
                ("restarts", str(fields.integer("restarts"))),
            ),
            look_at=f"{self._url}/events",
        )

    async def pin(self, plan: Plan) -> Pinned:
        again = await self.plan(plan.target, dict(plan.parameters))
        running = Precondition(
            name="idle", standing=self.standing, words="no deploy runs", checked=self._clock.now()
        )
        return Pinned(plan=again, preconditions=(running,), warnings=self.warnings)

    async def send(self, plan: Plan, key: str) -> Sent:
        del plan
        _do(self.before_sending)
        answer = await self.api.deliver(
            "restart", "/restart", b"", headers={"Idempotency-Key": key}
        )
        _do(self.after_sending)
        try:
            value = json.loads(answer.body)
        except ValueError:
            raise BadAnswer("Service", "restart", "the answer is no JSON") from None
        return Sent(answer=Fields(value, "Service", "restart").text("id").text, words="202")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        del sent
        count = (await self._state()).integer("restarts")
        if count > int(plan.pinned["restarts"]):
            return Settled(state=State.DONE, words=f"restarted, the {count}. time")
        return Settled(state=State.PENDING, words="not restarted so far")

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        del sent
        return Undo(verb=self.name, target=plan.target, words="restart again")

    async def _state(self) -> Fields:
        answer = await self.api.get("read state", "/state")
        return Fields(answer.value, "Service", "read state")


def _do(deed: str) -> None:
    if deed == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif deed == "bug":
        raise ZeroDivisionError("secret-ish detail")


class Rig:
    """A runner with everything around it.

    Args:
        service: On the other side.
        path: Of the audit.
        who: The operator.
        clock: The time.
    """

    def __init__(
        self, service: Service, path: Path, who: str = "ana", clock: Clock | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        self._url = service.url
        author = Author(
            operator=who, login=who, host="bastion", session=f"{who}-{os.getpid()}-{id(self)}",
            pid=os.getpid(), started=process_start(os.getpid()),
        )  # fmt: skip
        self.audit = Audit(path, author, self.clock, patience_s=10)
        self.policy: Policy = OPEN
        self.offline = ""
        self.leases = Leases(self.audit, lambda: self.policy, self.clock)
        self.verb = Restart(service.url, self.clock)
        self.record = Record(self.audit, self.clock)
        self.runner = Runner(
            record=self.record,
            leases=self.leases,
            policy=lambda: self.policy,
            verbs={self.verb.name: self.verb},
            facts=self._facts,
            clock=self.clock,
            limits=QUICK,
        )

    def patient(self) -> "Rig":
        """For whom time does not matter, however busy the machine is."""
        self.verb = Restart(self._url, self.clock, deadline_s=20.0)
        self.verb.settle_s = 20.0
        self.runner.verbs = {self.verb.name: self.verb}
        self.runner.limits = PATIENT
        return self

    def _facts(self, plan: Plan) -> Facts:
        del plan
        now = self.clock.now()
        return Facts(now=now, data_age_s=1.0, fresh_s=30.0, offline=self.offline)

    def arm(self, minutes: float = 5) -> None:
        self.leases.grant("lma", "production", reason="API is down", minutes=minutes)

    async def proposed(self) -> Proposal:
        plan = await self.runner.plan("restart-api", target(), {})
        return await self.runner.propose(plan)

    async def confirmed(self, **more: object) -> Confirmation:
        """What a person gives who does everything right."""
        given = (await self.proposed()).confirmed(reason="pool exhausted", typed="api")
        return replace(given, **more)


async def main(url: str, path: str, who: str, deed: str) -> None:
    """One operator who does everything right, and what happens to them."""
    rig = Rig(Service(url=url), Path(path), who).patient()
    rig.arm()
    confirmation = await rig.confirmed()
    if deed == "kill before":
        rig.verb.before_sending = "kill"
    elif deed == "kill after":
        rig.verb.after_sending = "kill"
    elif deed == "race":
        print("confirmed", flush=True)
    elif deed == "together":
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    done = await rig.runner.carry_out(confirmation)
    assert done.outcome is not None
    print(done.outcome.value, done.words, flush=True)
    await rig.runner.aclose(1)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
