"""Values of actions for tests: a plan of one request, and all that the guard asks about."""

from datetime import timedelta

from actions.audit_entries import GENESIS, AuditEntry, AuditKind
from actions.guard_values import Confirmation, Facts, Question
from actions.lease import Lease
from actions.plan import Change, HttpStep, Plan, Target
from actions.policy import EnvironmentRules, Policy
from providers.clock import Moment
from providers.text import Foreign
from tests.fakes import START

NOW = Moment(at=START, tick_s=1_000.0)

OPEN = Policy(
    global_read_only=False,
    environments={"lma/production": False, "lma/staging": False},
    rules={
        "lma/production": EnvironmentRules(production=True),
        "lma/staging": EnvironmentRules(production=False),
    },
)
"""Both environments may be written to."""


def later(seconds: float, start: Moment = NOW) -> Moment:
    """A moment after (or before) another, by both clocks."""
    return Moment(at=start.at + timedelta(seconds=seconds), tick_s=start.tick_s + seconds)


def target(environment: str = "production", identity: str = "srv-1") -> Target:
    return Target(
        kind="service",
        identity=identity,
        name=Foreign("API"),
        workspace="lma",
        environment=environment,
        production=environment == "production",
        short_name="api",
    )


def plan(environment: str = "production", *, verb: str = "restart-api", pin: str = "dep-1") -> Plan:
    return Plan(
        verb=verb,
        title="Restart API",
        target=target(environment),
        steps=(HttpStep(title="restart", method="POST", url="https://x/services/srv-1/restart"),),
        changes=(Change(field="instances", before=Foreign("2"), after=Foreign("2 anew")),),
        pins=(("live", pin),),
    )


def lease(environment: str = "production", *, lasts_s: float = 600.0) -> Lease:
    return Lease(
        id="l1",
        workspace="lma",
        environment=environment,
        reason="API is down",
        incident="",
        granted=later(-60),
        lasts_s=lasts_s,
    )


def facts(now: Moment = NOW, **more: object) -> Facts:
    return Facts(**{"now": now, "data_age_s": 2.0, "fresh_s": 30.0, **more})  # type: ignore[arg-type]


def confirmation(of: Plan, **more: object) -> Confirmation:
    fields = {
        "proposal": "p1",
        "fingerprint": of.fingerprint,
        "at": later(-20),
        "reason": "pool exhausted",
        "typed": of.target.short_name,
        **more,
    }
    return Confirmation(**fields)  # type: ignore[arg-type]


def question(of: Plan | None = None, **more: object) -> Question:
    """One that is allowed, unless something in it is made otherwise."""
    of = of or plan()
    fields = {
        "plan": of,
        "policy": OPEN,
        "lease": lease(of.target.environment),
        "facts": facts(),
        "entries": (),
        "operator": "ana",
        "login": "ana",
        "confirmation": confirmation(of),
        **more,
    }
    return Question(**fields)  # type: ignore[arg-type]


def entry(
    kind: AuditKind, ago_s: float = 10.0, of: Plan | None = None, **more: object
) -> AuditEntry:
    """An entry about the target of a plan, by somebody else."""
    of = of or plan()
    fields = {
        "v": 1, "seq": 1, "at": later(-ago_s).at, "kind": kind, "operator": "bo", "login": "bo",
        "host": "bastion", "prev": GENESIS, "hash": "0", "workspace": of.target.workspace,
        "environment": of.target.environment, "action": of.verb, "title": of.title,
        "target": of.target.key, "request": "r1", **more,
    }  # fmt: skip
    return AuditEntry(**fields)  # type: ignore[arg-type]
