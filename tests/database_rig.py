"""The door in front of real databases: a runner with an audit of its own, armed where asked."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from actions.audit import Audit
from actions.audit_entries import AuditEntry, Author
from actions.database.ground import Ground
from actions.guard_values import Facts
from actions.lease import Leases
from actions.limits import Limits
from actions.plan import Plan, Target
from actions.policy import Policy
from actions.record import Record
from actions.runner import Runner
from actions.running import Proposal, Running
from actions.verbs import Verb
from demo.postgres_cluster import Cluster
from providers.clock import Clock, SystemClock
from providers.postgres.options import DatabaseOptions
from providers.processes import process_start
from tests.postgres_fixtures import options_for
from tests.values_actions import OPEN

QUICK = Limits(pin_s=10.0, told_s=15.0, reconciled_s=10.0, poll_s=0.02, look_s=5.0)


def ground_of(cluster: Cluster, database: str, **changes: Any) -> Ground:
    """A database in production, as its superuser unless a test says otherwise."""
    given: dict[str, Any] = {
        "workspace": "lma",
        "environment": "production",
        "production": True,
        "database": "main",
        "title": "Database",
        "options": options_for(cluster, database=database),
        "source": "lma/production/db/main",
        "watchers": ("quarterdeck",),
        **changes,
    }
    return Ground(**given)


def as_role(cluster: Cluster, database: str, role: str) -> DatabaseOptions:
    return options_for(cluster, database=database, user=role)


class Door:
    """Everything between a person and a verb.

    Args:
        verbs: What can be done.
        folder: For the audit.
        who: The operator.
        clock: The time.
    """

    def __init__(
        self, verbs: Sequence[Verb], folder: Path, who: str = "ana", clock: Clock | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        author = Author(
            operator=who, login=who, host="bastion", session=f"{who}-{os.getpid()}-{id(self)}",
            pid=os.getpid(), started=process_start(os.getpid()),
        )  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        self.audit = Audit(folder / "audit.jsonl", author, self.clock, patience_s=10)
        self.policy: Policy = OPEN
        self.record = Record(self.audit, self.clock)
        self.leases = Leases(self.audit, lambda: self.policy, self.clock)
        self.verbs = {verb.name: verb for verb in verbs}
        self.runner = Runner(
            record=self.record,
            leases=self.leases,
            policy=lambda: self.policy,
            verbs=self.verbs,
            facts=self._facts,
            clock=self.clock,
            limits=QUICK,
        )
        for environment in ("production", "staging"):
            self.leases.grant("lma", environment, reason="a test", minutes=5)

    def _facts(self, plan: Plan) -> Facts:
        del plan
        return Facts(now=self.clock.now(), data_age_s=1.0, fresh_s=30.0)

    async def proposed(
        self, verb: str, target: Target, parameters: Mapping[str, str] | None = None
    ) -> Proposal:
        return await self.runner.propose(await self.runner.plan(verb, target, parameters or {}))

    async def done(
        self,
        verb: str,
        target: Target,
        parameters: Mapping[str, str] | None = None,
        reason: str = "a stolen laptop",
    ) -> Running:
        """Carried out by a person who does everything right."""
        return await self.confirmed(await self.proposed(verb, target, parameters), reason)

    async def confirmed(self, proposal: Proposal, reason: str = "a stolen laptop") -> Running:
        typed = proposal.plan.target.short_name
        return await self.runner.carry_out(proposal.confirmed(reason=reason, typed=typed))

    async def entries(self) -> tuple[AuditEntry, ...]:
        return await self.record.recent()

    async def aclose(self) -> None:
        await self.runner.aclose(1)


def reasons(proposal: Proposal) -> set[str]:
    """Codes of what refuses."""
    return {one.code for one in proposal.decision.reasons}


def warnings(proposal: Proposal) -> set[str]:
    """Codes of what was warned of."""
    return {one.code for one in proposal.decision.warnings}


async def role(admin: asyncpg.Connection, cluster: Cluster, name: str, *grants: str) -> None:
    """A login made anew, with the cluster's password."""
    if await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", name):
        await admin.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
    await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{cluster.password}'")
    for grant in grants:
        await admin.execute(grant)
