"""A door held still, for pictures: answers what a test puts in."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from msgspec.structs import replace

from actions.audit_chain import Head, Verified
from actions.audit_entries import AuditEntry, AuditKind
from actions.door_state import DoorState, Left, Residual, UndoCard, Unsettled
from actions.families import Card, Catalogue, Choice, Offer, Parameter, ParameterKind, Row
from actions.guard_values import (
    Ask,
    Because,
    Confirmation,
    Decision,
    Precondition,
    Standing,
    Verdict,
)
from actions.lease import Lease
from actions.plan import Change, Danger, Effect, HttpStep, Plan, Remaining, Target, Undo
from actions.running import Happened, Phase, Proposal, Running
from actions.verbs import Outcome
from monitor.snapshot import DeployView, EndpointRow, QueryRow, WorkspaceView
from providers.clock import Moment
from providers.text import Foreign
from tests import values_actions
from tests.values_common import NOW


def ago(seconds: float) -> Moment:
    """So long before the picture."""
    return Moment(at=NOW.at - timedelta(seconds=seconds), tick_s=NOW.tick_s - seconds)


def target(environment: str = "production", name: str = "API") -> Target:
    return Target(
        kind="service", identity="srv-d1f2a3", name=Foreign(name), workspace="lma",
        environment=environment, production=environment == "production",
        short_name="api" if name == "API" else "srv-d1f2a3",
    )  # fmt: skip


def rollback(environment: str = "production", name: str = "API") -> Plan:
    """As screens.md draws it: from one deploy to another, with autodeploy as a second call."""
    place = target(environment, name)
    service = "https://api.render.com/v1/services/srv-d1f2a3"
    autodeploy = Undo(verb="autodeploy-on", target=place, words="turn autodeploy on again")
    return Plan(
        verb="rollback-api",
        title="Roll back API",
        target=place,
        steps=(
            HttpStep(title="roll back", method="POST", url=f"{service}/rollback",
                     body='{"deployId":"dep-51b9a02"}'),
            HttpStep(title="autodeploy off", method="PATCH", url=service,
                     body='{"autoDeploy":"no"}'),
        ),
        changes=(
            Change(field="live", before=Foreign("7d20b5e pool: raise max to 40 · maria · 5m20s"),
                   after=Foreign("51b9a02 refund webhook retry · ivan · was live 2h51m")),
            Change(field="autodeploy", before=Foreign("on"), after=Foreign("off")),
        ),
        pins=(("live", "dep-7d20b5e"), ("candidate", "dep-51b9a02")),
        effects=(
            Effect(words="requests a minute", number=410, measured_at=ago(2).at),
            Effect(words="database sessions drop", number=58, measured_at=ago(2).at),
            Effect(words="users signed in", number=None, reason="the API does not tell"),
        ),
        side_effects=(
            "environment variables, cron jobs and migrations are not taken back",
            "Render would deploy the next commit again: autodeploy is turned off",
        ),
        undo=Undo(verb="deploy-commit", target=place, words="deploy 7d20b5e again"),
        remains=(Remaining(words="autodeploy of API is off", undo=autodeploy),),
        watches=("API /health", "error-rate"),
        needs=("a key of a user who may deploy",),
        takes_s=90,
        look_at="https://dashboard.render.com/web/srv-d1f2a3/events",
    )  # fmt: skip


def checks(standing: Standing = Standing.MET) -> tuple[Precondition, ...]:
    said = (
        ("exists", Standing.MET, "the target deploy still exists"),
        ("migration", Standing.MET, "no migration between the two"),
        ("idle", standing, "no deploy is running" if standing is Standing.MET
         else "a deploy is running: dep-9be0d44, begun 40s ago"),
        ("vendor", Standing.WARN, "Supabase reports pooler latency"),
    )  # fmt: skip
    return tuple(
        Precondition(name=name, standing=each, words=words, checked=ago(2))
        for name, each, words in said
    )


def proposal(plan: Plan, *asks: Ask, standing: Standing = Standing.MET) -> Proposal:
    """What is asked for, or what is refused."""
    warnings = (Because(code="warns:vendor", words="Supabase reports pooler latency"),)
    decision = Decision(verdict=Verdict.CHALLENGE, asks=asks, warnings=warnings)
    if standing is not Standing.MET:
        blocked = Because(code="blocked:idle", words=checks(standing)[2].words)
        lately = Because(code="cool-down", words="Restart API 40s ago by bo@bastion: wait 20 s")
        decision = Decision(verdict=Verdict.REFUSE, reasons=(blocked, lately), warnings=warnings)
    return Proposal(id="p1", plan=plan, decision=decision, preconditions=checks(standing), at=NOW)


def lease(environment: str = "production", left_s: float = 291.0) -> Lease:
    return Lease(id="l1", workspace="lma", environment=environment, reason="pool exhausted",
                 incident="INC-31", granted=ago(600 - left_s), lasts_s=600.0)  # fmt: skip


def running(phase: Phase, outcome: Outcome | None = None, words: str = "") -> Running:
    plan = rollback()
    log = (
        Happened(at=ago(41), words="preconditions are looked at again"),
        Happened(at=ago(41), words="intent written to the audit, #482"),
        Happened(at=ago(40), words="sent once, no answer yet"),
        Happened(at=ago(39), words="202 accepted, deploy dep-9c1"),
        Happened(at=ago(3), words=words or "dep-9c1 is starting"),
    )
    done = outcome is Outcome.DONE
    return Running(
        id="7f1c2d3e4f5a6b7c8d9e0f1a", plan=plan, reason="pool change exhausted connections",
        phase=phase, began=ago(41), intent=482, outcome=outcome, words=log[-1].words,
        undo=plan.undo if done else None, log=log,
    )  # fmt: skip


def entries() -> tuple[AuditEntry, ...]:
    """The end of an audit."""
    said = (
        (AuditKind.LEASE, 900.0, "", "", "arm", "armed for 10 min"),
        (AuditKind.REFUSED, 700.0, "", "Restart API", "restart-api", "a deploy was running"),
        (AuditKind.INTENT, 600.0, "", "Restart API", "restart-api", ""),
        (AuditKind.OUTCOME, 590.0, "done", "Restart API", "restart-api", "restarted"),
        (AuditKind.INTENT, 300.0, "", "Roll back API", "rollback-api", ""),
        (AuditKind.OUTCOME, 270.0, "unknown", "Roll back API", "rollback-api", "no answer"),
        (AuditKind.CANCELLED, 100.0, "", "Scale API", "scale-api", "cancelled in the dialog"),
    )
    return tuple(
        values_actions.entry(
            kind, of=rollback(), seq=470 + number, at=ago(age_s).at, outcome=outcome, title=title,
            action=verb, words=words, target_name="API", operator="ana", reason="pool",
        )
        for number, (kind, age_s, outcome, title, verb, words) in enumerate(said)
    )  # fmt: skip


def busy() -> DoorState:
    """Some of everything."""
    plan = rollback()
    undo = plan.undo
    assert undo is not None
    return DoorState(
        leases=(lease(),),
        running=(
            running(Phase.FOLLOWING),
            replace(running(Phase.OVER, Outcome.DONE, "live again"), id="0a"),
        ),
        undos=(UndoCard(request="r1", title="Roll back API 7d20b5e → 51b9a02", workspace="lma",
                        environment="production", at=ago(600).at, who="ana@bastion", undo=undo),),
        left=(Left(request="r1", workspace="lma", environment="production", since=ago(600).at,
                   who="ana@bastion", remaining=plan.remains[0]),),
        residuals=(Residual(request="r2", workspace="lma", title="Revoke sessions of u_8f31",
                            words="access tokens already issued work on",
                            until=ago(-2400).at),),
        unsettled=(Unsettled(request="r3", workspace="lma", environment="production",
                             title="Restart API", target_name="API", since=ago(1800).at,
                             who="bo@bastion",
                             words="look at https://dashboard.render.com/web/srv-d1f2a3/events"),),
    )  # fmt: skip


_CARDS = (
    Card(name="rollback-api", title="Roll back API", key="B", group="Deploys",
         target_words="WORKSPACE/ENVIRONMENT/SERVICE"),
    Card(name="restart-api", title="Restart API", key="R", group="Deploys",
         danger=Danger.OUTAGE, target_words="WORKSPACE/ENVIRONMENT/SERVICE"),
    Card(name="scale-api", title="Scale API", group="Deploys", parameters=(
        Parameter(name="instances", title="Instances", kind=ParameterKind.NUMBER, required=True,
                  hint="1 to 20"),
        Parameter(name="commit", title="Commit", kind=ParameterKind.CHOICE, choices=(
            Choice(value="51b9a02", words=Foreign("refund webhook retry · ivan · was live 2h51m")),
            Choice(value="44aa310", words=Foreign("search: highlight the match · maria")),
        )),
        Parameter(name="clear", title="Clear the cache", kind=ParameterKind.FLAG),
    )),
    Card(name="page", title="Page somebody", key="P", group="People", danger=Danger.LIGHT),
    Card(name="cancel-query", title="Cancel query", key="C", group="Database",
         target_words="WORKSPACE/ENVIRONMENT/DATABASE PID"),
    Card(name="refund", title="Refund payment", group="Payments", danger=Danger.FINAL),
)  # fmt: skip


class _Verb:
    def __init__(self, name: str) -> None:
        self.name = name
        self.settle_s = 1.0


class _Cards:
    """What rows offer, without anything behind it."""

    cards = _CARDS
    verbs = tuple(_Verb(card.name) for card in _CARDS)

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        del pane
        if isinstance(row.thing, EndpointRow):
            yield Offer(card=_CARDS[0], target=target())
            yield Offer(card=_CARDS[1], target=target(), refused="restarted 40 s ago by bo")
            yield Offer(card=_CARDS[2], target=target())
            yield Offer(card=_CARDS[1], target=target("staging"))
            yield Offer(card=_CARDS[3], target=target())
            yield Offer(card=_CARDS[5], target=target())
        elif isinstance(row.thing, DeployView):
            yield Offer(card=_CARDS[0], target=target())
        elif isinstance(row.thing, QueryRow):
            yield Offer(card=_CARDS[4], target=target())

    async def target(self, verb: str, words: str) -> Target:
        del verb, words
        return target()


class FakeDoor:
    """As `tui.door_screens.ScreenDoor`."""

    def __init__(self, state: DoorState, shown: Proposal | None = None, closed: str = "") -> None:
        self.state: DoorState | None = state
        self.catalogue: Catalogue | None = Catalogue((_Cards(),))  # type: ignore[arg-type]  # no verbs
        self.shown = shown or proposal(rollback(), Ask.LEASE, Ask.REASON, Ask.NAME)
        self.closed = closed

    def refusal(self, workspace: str, environment: str) -> str | None:
        del workspace, environment
        return self.closed or None

    def lease_s(self, workspace: str, environment: str) -> float:
        del workspace, environment
        return 1_800.0

    async def ready(self) -> Catalogue:
        assert self.catalogue is not None
        return self.catalogue

    async def find(self, verb: str, words: str) -> Target:
        del verb, words
        return target()

    async def propose(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Proposal:
        del verb, target, parameters
        return self.shown

    async def start(self, proposal: Proposal, confirmation: Confirmation) -> Running:
        del proposal, confirmation
        return running(Phase.SENDING)

    async def cancelled(self, proposal: Proposal, why: str) -> None:
        del proposal, why

    async def arm(
        self, workspace: str, environment: str, *, reason: str, minutes: float, incident: str = ""
    ) -> Lease:
        del workspace, reason, minutes, incident
        return lease(environment)

    async def disarm(self, workspace: str, environment: str) -> bool:
        del workspace, environment
        return True

    async def settle(self, request: str, reason: str) -> AuditEntry:
        del request, reason
        return entries()[-1]

    async def approve(self, fingerprint: str, reason: str) -> AuditEntry:
        del fingerprint, reason
        return entries()[-1]

    async def look_again(self, request: str) -> str:
        return f"{request} is not known"

    async def entries(self, most: int = 2_000) -> tuple[AuditEntry, ...]:
        del most
        return entries()

    async def verified(self) -> Verified:
        return Verified(entries=477, head=Head(seq=477, hash="9f"), problems=())
