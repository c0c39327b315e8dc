"""Verbs of workflows, scripts and the configuration's own, through the real runner."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from actions.audit import Audit
from actions.audit_entries import AuditEntry, Author
from actions.guard_values import Facts
from actions.lease import Leases
from actions.limits import Limits
from actions.plan import Plan, Target
from actions.policy import EnvironmentRules, Policy
from actions.record import Record
from actions.runner import Runner
from actions.running import Proposal, Running
from actions.verbs import Verb
from demo.misbehave import Misbehave
from demo.serve import reset, served
from providers.clock import Clock
from providers.http import Api
from providers.processes import process_start
from providers.secrets import Secret
from tests.demo_rig import PromptClock, Stage

OPEN = Policy(
    global_read_only=False,
    environments={"lma/production": False, "lma/staging": False, "lma/": False},
    rules={
        "lma/production": EnvironmentRules(production=True),
        "lma/staging": EnvironmentRules(production=False),
    },
)
PATIENT = Limits(poll_s=1.0, reconciled_s=200.0)


class SteppingClock(PromptClock):
    """Who sleeps moves the time."""

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await super().sleep(0)


class Bench:
    """A runner for some verbs, with an audit of its own."""

    def __init__(
        self, verbs: Sequence[Verb], path: Path, clock: Clock, limits: Limits | None = None
    ) -> None:
        author = Author(
            operator="ana", login="ana", host="bastion", session=f"{os.getpid()}",
            pid=os.getpid(), started=process_start(os.getpid()),
        )  # fmt: skip
        self.clock = clock
        self.audit = Audit(path, author, clock, patience_s=10)
        self.policy = OPEN
        self.leases = Leases(self.audit, lambda: self.policy, clock)
        self.record = Record(self.audit, clock)
        self.runner = Runner(
            record=self.record,
            leases=self.leases,
            policy=lambda: self.policy,
            verbs={verb.name: verb for verb in verbs},
            facts=self._facts,
            clock=clock,
            limits=limits or PATIENT,
        )

    def _facts(self, plan: Plan) -> Facts:
        del plan
        return Facts(now=self.clock.now(), data_age_s=1.0, fresh_s=30.0)

    async def proposed(self, verb: str, target: Target, **parameters: str) -> Proposal:
        if self.leases.current(target.workspace, target.environment) is None:
            self.leases.grant(target.workspace, target.environment, reason="due", minutes=5)
        plan = await self.runner.plan(verb, target, parameters)
        return await self.runner.propose(plan)

    async def done(self, verb: str, target: Target, **parameters: str) -> Running:
        """Carried out by somebody who does everything right."""
        proposal = await self.proposed(verb, target, **parameters)
        return await self.confirmed(proposal)

    async def confirmed(self, proposal: Proposal) -> Running:
        typed = proposal.plan.target.short_name
        return await self.runner.carry_out(proposal.confirmed(reason="due", typed=typed))

    async def entries(self, *kinds: str) -> list[AuditEntry]:
        return [one for one in await self.record.recent() if one.kind.value in kinds]

    async def aclose(self) -> None:
        await self.runner.aclose(1)


def blocked(proposal: Proposal) -> dict[str, str]:
    """Reasons of a refusal by code."""
    return {one.code: one.words for one in proposal.decision.reasons}


class Lossy:
    """An ASGI app that acts as the inner one does, and then loses the answer of a change."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.deed = ""
        """`reset`, `500` or nothing."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] == "GET" or not self.deed:
            await self._app(scope, receive, send)
            return

        async def swallow(message: Any) -> None:
            del message

        await self._app(scope, receive, swallow)
        if self.deed == "reset":
            reset(scope["state"]["transport"])
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"message":"oops"}'})


class Lost(Struct):
    """A client, and what it speaks to."""

    api: Api
    url: str
    lossy: Lossy


@asynccontextmanager
async def api_of(stage: Stage, service: str, system: str, token: str) -> AsyncIterator[Lost]:
    """A client of ours for one of the demo's vendors."""
    secret = Secret(token)

    async def known() -> Secret:
        return secret

    app = stage.services.apps()[service]
    lossy = Lossy(Misbehave(app, service, stage.faults, stage.clock))
    async with served(lossy, stage.clock) as url:
        path = "/v1" if service == "render" else ""
        api = Api(system=system, base_url=f"{url}{path}", clock=stage.clock, secret=known)
        yield Lost(api=api, url=f"{url}{path}", lossy=lossy)
        await api.aclose()


def words_of(entries: Sequence[AuditEntry]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.outcome) for one in entries]
