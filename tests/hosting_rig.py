"""The demo's Vercel and Render on loopback, and the door in front of the hosting verbs.

Every exchange is held against the vendors' specification files where those are found. Time goes on
only when somebody waits for it.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from actions.audit import Audit
from actions.audit_entries import AuditEntry, AuditKind, Author
from actions.guard_values import Facts, Precondition, Standing
from actions.hosting.family import Hosting
from actions.hosting.places import RENDER, VERCEL, Place, Places, service_target
from actions.lease import Leases
from actions.limits import Limits
from actions.plan import Plan, Target, Undo
from actions.record import Record
from actions.runner import Runner
from actions.running import Proposal, Running
from demo.agenda import Agenda
from demo.deployer import Deployer
from demo.estate import API_PRODUCTION, API_STAGING, LMA_TEAM, Estate
from demo.pulse import Pulse
from demo.telemetry import PulseTelemetry
from demo.vendors.render import RenderApi
from demo.vendors.vercel import VercelApi
from providers.clock import Clock
from providers.http import Api
from providers.processes import process_start
from tests.contract.asgi import answering
from tests.contract.presence import folder
from tests.contract.specification import specification
from tests.fakes import ManualClock
from tests.values_actions import OPEN
from tests.vendor_rigs import TOKEN, client
from tests.vendor_server import Answering, Asked, Reply, json_reply, vendor_server

QUICK = Limits(reconciled_s=60.0, poll_s=2.0)


class StridingClock(ManualClock):
    """Who waits on it is there at once."""

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await asyncio.sleep(0)


class Fault(Struct):
    """What happens to the next change of a path."""

    end: str
    """Of the path."""

    acts: bool = False
    """The vendor does it all the same."""

    reply: Reply = field(default_factory=lambda: Reply(reset=True))
    """What comes back instead; unless told otherwise the connection breaks."""

    left: int = 1
    meanwhile: Callable[[], None] = lambda: None
    """What somebody else does there at that moment."""


class Vendor(Struct):
    """One vendor, what it was asked, and how that kept to its specification."""

    name: str
    inner: Answering
    asked: list[Asked] = field(default_factory=list)
    answered: list[tuple[Asked, Reply]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    after: Callable[[Asked], None] | None = None
    """Told of each request that was answered."""

    said: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    """By the end of a path: changes the JSON of an answer that was judged already."""

    async def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        fault = next((one for one in self.faults if self._hits(one, asked)), None)
        if fault is not None:
            fault.left -= 1
            fault.meanwhile()
            if fault.acts:
                await self._true(asked)
            return fault.reply
        reply = await self._true(asked)
        if self.after is not None:
            self.after(asked)
        return reply

    async def _true(self, asked: Asked) -> Reply:
        reply = self.inner(asked)
        if not isinstance(reply, Reply):
            reply = await reply
        self.answered.append((asked, reply))
        for end, change in self.said.items():
            if asked.method == "GET" and asked.path.endswith(end):
                value = json.loads(reply.body)
                change(value)
                reply = json_reply(value, reply.status)
        return reply

    def problems(self) -> Iterator[str]:
        """Where the exchanges broke the specification, each kind of read judged once."""
        if not (folder() / f"{self.name}.json").is_file():
            return
        judged = set()
        for asked, reply in self.answered:
            names = tuple(sorted(name for name, _value in asked.query))
            kind = (asked.method, asked.path, names, reply.status)
            # The one operation that the cut file of Render leaves out.
            left_out = (asked.method, self.name) == ("PATCH", "render")
            if not left_out and (asked.method != "GET" or kind not in judged):
                found = specification(self.name).problems(asked, reply)
                # Which refusals there are, the files do not tell for each operation.
                yield from (one for one in found if reply.status < 400 or "request" in one)
            judged.add(kind)

    @staticmethod
    def _hits(fault: Fault, asked: Asked) -> bool:
        return asked.method != "GET" and fault.left > 0 and asked.path.endswith(fault.end)

    @property
    def changes(self) -> list[Asked]:
        """What was meant to change something."""
        return [one for one in self.asked if one.method != "GET"]


def refusing(status: int, message: str = "no") -> Reply:
    return json_reply({"id": "req-1", "code": "refused", "message": message}, status)


class Stage:
    """Both vendors and a runner.

    Args:
        path: Of the audit.
        time: Everybody's; unless it is given, `clock`.
    """

    def __init__(self, path: Path, time: Clock | None = None) -> None:
        self.clock = StridingClock()
        self.time: Clock = time or self.clock
        self.estate = Estate(Agenda(self.time))
        self.estate.github.deployer = Deployer(self.estate)
        self.pulse = Pulse(self.estate, API_PRODUCTION, 23.0)
        telemetry = PulseTelemetry({API_PRODUCTION: self.pulse})
        render = RenderApi(self.estate.render, {TOKEN}, telemetry)
        vercel = VercelApi(self.estate.vercel, {TOKEN: LMA_TEAM})
        self.render = Vendor(name="render", inner=answering(render.app()))
        self.vercel = Vendor(name="vercel", inner=answering(vercel.app()))
        self.path = path
        self.places = Places(())

    def open(self, apis: Mapping[str, tuple[Api, str]]) -> None:
        """Make the runner, once the vendors have addresses."""
        self.places = Places(_places(apis))
        self.family = Hosting(self.places)
        author = Author(
            operator="ana", login="ana", host="bastion", session=f"ana-{id(self)}",
            pid=os.getpid(), started=process_start(os.getpid()),
        )  # fmt: skip
        self.audit = Audit(self.path / "audit.jsonl", author, self.time, patience_s=10)
        self.leases = Leases(self.audit, lambda: OPEN, self.time)
        self.runner = Runner(
            record=Record(self.audit, self.time),
            leases=self.leases,
            policy=lambda: OPEN,
            verbs={one.name: one for one in self.family.verbs},
            facts=self._facts,
            clock=self.time,
            limits=QUICK,
        )
        for environment in ("production", "staging"):
            self.leases.grant("lma", environment, reason="API is down", minutes=30)

    def _facts(self, plan: Plan) -> Facts:
        del plan
        return Facts(now=self.time.now(), data_age_s=1.0, fresh_s=30.0)

    def target(self, service: str, environment: str = "production") -> Target:
        found = self.places.of_service("lma", environment, service)
        assert found is not None
        return service_target(found)

    async def proposed(self, verb: str, target: Target, **parameters: str) -> Proposal:
        named = {name.replace("_", "-"): value for name, value in parameters.items()}
        plan = await self.runner.plan(verb, target, named)
        return await self.runner.propose(plan)

    async def confirmed(self, proposal: Proposal) -> Running:
        given = proposal.confirmed(reason="errors are up", typed=proposal.plan.target.short_name)
        return await self.runner.carry_out(given)

    async def carried(self, verb: str, target: Target, **parameters: str) -> Running:
        """Planned, shown, confirmed by a person who does everything right, and carried out."""
        return await self.confirmed(await self.proposed(verb, target, **parameters))

    async def undone(self, undo: Undo | None) -> Running:
        """Later, its inverse."""
        assert undo is not None
        self.clock.advance(120)
        plan = await self.runner.plan(undo.verb, undo.target, dict(undo.parameters))
        return await self.confirmed(await self.runner.propose(plan))

    def outcomes(self) -> list[tuple[str, str]]:
        """Kinds and outcomes in the audit, oldest first, leases left out."""
        entries: Sequence[AuditEntry] = self.audit.recent()
        return [(one.kind.value, one.outcome) for one in entries if one.kind is not AuditKind.LEASE]


def standing(proposal: Proposal) -> dict[str, Standing]:
    """How each precondition stands, by name."""
    return {one.name: one.standing for one in proposal.preconditions}


def words(found: Sequence[Precondition], name: str) -> str:
    return next(one.words for one in found if one.name == name)


def _places(apis: Mapping[str, tuple[Api, str]]) -> list[Place]:
    ids = {"production": API_PRODUCTION, "staging": API_STAGING}
    render, at_render = apis["render"]
    vercel, at_vercel = apis["vercel"]
    found = []
    for environment, service_id in ids.items():
        production = environment == "production"
        found.append(
            Place(
                vendor=RENDER,
                workspace="lma",
                environment=environment,
                production=production,
                service="api",
                title="API",
                id=service_id,
                base_url=at_render,
                api=render,
                source=f"lma/{environment}/deploys/api",
                watches=(f"lma/{environment}/api/health",),
            )
        )
        found.append(
            Place(
                vendor=VERCEL,
                workspace="lma",
                environment=environment,
                production=production,
                service="web",
                title="Customer Web",
                id="lma-web" if production else "lma-web-staging",
                team=LMA_TEAM,
                target="production",
                base_url=at_vercel,
                api=vercel,
                source=f"lma/{environment}/deploys/web",
            )
        )
    return found


@contextlib.asynccontextmanager
async def stage_in(path: Path, time: Clock | None = None) -> AsyncIterator[Stage]:
    """Everything up; at the end nothing may have broken a specification."""
    stage = Stage(path, time)
    async with (
        vendor_server(stage.render) as render,
        vendor_server(stage.vercel) as vercel,
        client(f"{render.url}/v1", system="Render", clock=stage.time, deadline_s=30) as one,
        client(vercel.url, system="Vercel", clock=stage.time, deadline_s=30) as other,
    ):
        stage.open({"render": (one, f"{render.url}/v1"), "vercel": (other, vercel.url)})
        try:
            yield stage
        finally:
            await stage.runner.aclose(1)
    broken = [*stage.render.problems(), *stage.vercel.problems()]
    assert not broken, "\n".join(broken)
