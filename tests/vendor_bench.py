"""Verbs at vendors through the real runner: the demo's vendor on loopback, which counts what came.

Time leaps whenever somebody waits, so that a minute of reading back takes none.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from actions.audit import Audit
from actions.audit_entries import AuditEntry, AuditKind, Author
from actions.families import Family, Offer, Row
from actions.guard_values import Facts, Standing, Verdict
from actions.lease import Leases
from actions.limits import Limits
from actions.plan import HttpStep, Plan, Target, Undo
from actions.policy import EnvironmentRules, Policy
from actions.record import Record
from actions.runner import Runner
from actions.running import Proposal, Running
from actions.vendors.spots import Spot
from demo.agenda import Agenda
from demo.alerting import Alerting
from demo.alerting_services import alerting_apps
from demo.credentials import Credentials
from demo.estate import API_PRODUCTION, Estate
from demo.pulse import Pulse
from demo.trade_world import Trade
from demo.vendors.google import GoogleApi
from demo.vendors.google_state import READING, WRITING
from demo.vendors.stripe import Key, StripeApi
from monitor.snapshot import WorkspaceView
from monitor.states import Freshness
from monitor.system_view import SystemView
from monitor.verdicts import Level
from providers.base import Source, SourceSpec
from providers.http import Api
from providers.readings import SourceId
from providers.secrets import Secret, SecretGetter
from providers.system_readings import Record as BoardRecord
from providers.system_readings import SystemReading
from tests import snapshot_values
from tests.contract.asgi import answering
from tests.contract.presence import folder, presence
from tests.contract.specification import specification
from tests.fakes import ManualClock
from tests.vendor_rig import TOKEN
from tests.vendor_server import Answering, Asked, Reply, vendor_server
from tui.config.account_kinds import ACCOUNT_KINDS

LIMITS = Limits(pin_s=5.0, told_s=5.0, reconciled_s=60.0, poll_s=2.0, look_s=5.0)
BASE_PATHS = {"slack": "/api", "google": "/calendar/v3"}
FILES = {"google": "google-calendar"}
NEWER = ("chat.delete", "include_all_metadata")
"""What Slack's file of 2021 does not have yet."""

READ_ONLY_ID = "POST /incidents"
"""PagerDuty's file calls the id of the service, which it requires, read-only: it takes no page."""


class LeapClock(ManualClock):
    """Whoever sleeps is there at once, and so is the time."""

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await super().sleep(0)


class Vendor(Struct):
    """What stands on the other side."""

    name: str
    answer: Answering
    deed: str = "ok"
    """What becomes of a change: ok, lost, 500, swallowed, refused."""

    asked: list[Asked] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Asked]:
        """What arrived that changes something."""
        return [one for one in self.asked if one.method != "GET"]

    async def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if asked.method == "GET" or self.deed == "ok":
            reply = await self._answered(asked)
            self._judge(asked, reply)
            return reply
        if self.deed in {"lost", "500"}:
            await self._answered(asked)
        return _DEEDS[self.deed]

    async def _answered(self, asked: Asked) -> Reply:
        reply = self.answer(asked)
        return reply if isinstance(reply, Reply) else await reply

    def _judge(self, asked: Asked, reply: Reply) -> None:
        if not (folder() / f"{FILES.get(self.name, self.name)}.json").is_file():
            return
        newer = any(word in f"{asked.path} {asked.query}" for word in NEWER)
        if newer or f"{asked.method} {asked.path}" == READ_ONLY_ID:
            return
        self.problems += specification(FILES.get(self.name, self.name)).problems(asked, reply)


_DEEDS = {
    "lost": Reply(reset=True),
    "swallowed": Reply(reset=True),
    "500": Reply(status=500, body=b'{"error":{"message":"oops"}}'),
    "refused": Reply(status=400, body=b'{"error":{"message":"no","code":"no"}}'),
    "html": Reply(body=b"<html>hello</html>", headers=(("Content-Type", "text/html"),)),
}


class Town:
    """The demo's vendors in memory, at a time of the test's."""

    def __init__(self) -> None:
        self.clock = LeapClock()
        agenda = Agenda(self.clock)
        self.trade = Trade(agenda)
        self.estate = Estate(agenda)
        self.words = Credentials(
            sentry="only-reads", sentry_actions=TOKEN, slack=TOKEN, pagerduty_lma=TOKEN
        )

    @property
    def alerting(self) -> Alerting:
        return self.estate.alerting

    def app(self, vendor: str) -> Any:
        """One of them, opened by `TOKEN`."""
        if vendor == "stripe":
            state = self.trade.stripe["lma"]
            return StripeApi({TOKEN: Key(state=state, refunds=True)}).app()
        if vendor == "google":
            given = self.trade.google.give(READING | WRITING)
            self.trade.google.passes[TOKEN] = self.trade.google.passes.pop(given)
            return GoogleApi(self.trade.google).app()
        pulse = Pulse(self.estate, API_PRODUCTION, 23.0)
        return alerting_apps(self.alerting, self.words, pulse)[vendor]


class Bench:
    """A runner around one family.

    Args:
        town: The other side.
        vendor: What arrives there.
        spot: The system.
        family: Its verbs.
        path: Of the audit.
    """

    def __init__(self, town: Town, vendor: Vendor, spot: Spot, family: Family, path: Path) -> None:
        self.town, self.vendor, self.spot, self.family = town, vendor, spot, family
        self.clock = town.clock
        author = Author(operator="ana", login="ana", host="bastion", session="s1", pid=1)
        self.audit = Audit(path, author, self.clock, patience_s=5)
        self.policy = Policy(
            global_read_only=False,
            environments={"lma/production": False},
            rules={"lma/production": EnvironmentRules(production=True)},
        )
        self.runner = Runner(
            record=Record(self.audit, self.clock),
            leases=Leases(self.audit, lambda: self.policy, self.clock),
            policy=lambda: self.policy,
            verbs={verb.name: verb for verb in family.verbs},
            facts=self._facts,
            clock=self.clock,
            limits=LIMITS,
        )
        self.runner.leases.grant("lma", "production", reason="trouble", minutes=20)

    def _facts(self, _plan: Plan) -> Facts:
        return Facts(now=self.clock.now(), data_age_s=1.0, fresh_s=30.0)

    async def target(self, verb: str, words: str) -> Target:
        """As the command line names it."""
        return await self.family.target(verb, f"lma/main/{words}")

    async def proposed(self, verb: str, target: Target, **parameters: str) -> Proposal:
        plan = await self.runner.plan(verb, target, parameters)
        return await self.runner.propose(plan)

    async def done(self, verb: str, target: Target, **parameters: str) -> Running:
        """Proposed, confirmed as it should be, and carried out."""
        return await self.confirmed(await self.proposed(verb, target, **parameters))

    async def confirmed(self, proposal: Proposal) -> Running:
        short = proposal.plan.target.short_name
        given = proposal.confirmed(reason="they asked for it", typed=short)
        return await self.runner.carry_out(given)

    async def undone(self, undo: Undo | None) -> Running:
        assert undo is not None
        return await self.done(undo.verb, undo.target, **dict(undo.parameters))

    def entries(self, *kinds: AuditKind) -> list[AuditEntry]:
        return [one for one in self.audit.recent() if one.kind in kinds]

    def outcome(self) -> tuple[str, str]:
        """Of the last action, as the audit has it."""
        (*_, last) = self.entries(AuditKind.OUTCOME)
        return last.outcome, last.words

    def well_formed(self) -> None:
        """Nothing that was exchanged broke the vendor's own file; where there is none, the suite
        says so at its end."""
        assert self.vendor.problems == []
        name = FILES.get(self.vendor.name, self.vendor.name)
        assert (folder() / f"{name}.json").is_file() or "NOT RUN" in presence(folder())


@asynccontextmanager
async def bench(
    vendor: str,
    folder_: Path,
    build: Callable[[dict[str, Any]], tuple[Spot, Family]],
    *,
    town: Town | None = None,
    answer: Answering | None = None,
    credential: Callable[[str], SecretGetter] | None = None,
) -> AsyncIterator[Bench]:
    """A vendor under way with a runner for its verbs.

    Args:
        vendor: Its name in the demo.
        folder_: For the audit.
        build: Makes system and family out of what every system has.
        town: Whose vendor; left out: a new one's.
        answer: Instead of the demo's vendor.
        credential: Made for the vendor's origin; left out: `TOKEN`.
    """
    town = town or Town()
    there = Vendor(name=vendor, answer=answer or answering(town.app(vendor)))
    async with vendor_server(there) as server:
        url = server.url + BASE_PATHS.get(vendor, "")
        secret = credential(server.url) if credential is not None else _token
        api = _api(vendor, url, secret, town.clock)
        where = {
            "workspace": "lma",
            "environment": "production",
            "production": True,
            "name": "main",
            "source": SourceId(f"lma/production/{vendor}/main"),
            "api": api,
            "url": url,
            "clock": town.clock,
        }
        spot, family = build(where)
        made = Bench(town, there, spot, family, folder_ / "audit.jsonl")
        yield made
        await made.runner.aclose(1)
        await api.aclose()


def _api(vendor: str, url: str, secret: SecretGetter, clock: LeapClock) -> Api:
    """A client as the wiring makes it."""
    kind = ACCOUNT_KINDS[vendor]
    return Api(
        system=kind.system,
        base_url=url,
        clock=clock,
        secret=secret,
        scheme=kind.scheme,
        headers=dict(kind.headers),
        deadline_s=5.0,
    )


async def _token() -> Secret:
    return Secret(TOKEN)


def standing(proposal: Proposal) -> dict[str, Standing]:
    """How each precondition stands."""
    return {one.name: one.standing for one in proposal.preconditions}


async def board(source: Source) -> SystemView:
    """What a source shows, as a row of a board is made from."""
    spec = source.spec
    payload = (await source.read()).payload
    assert isinstance(payload, SystemReading)
    return SystemView(
        spec=spec,
        condition=payload.condition,
        level=Level.OK,
        freshness=Freshness.LIVE,
        reading=payload,
        failure=None,
        at=None,
    )


def spec_named(spec: SourceSpec, name: str) -> SourceSpec:
    """The same source under another name."""
    return replace(spec, id=SourceId(name), workspace="lma", environment="production")


def records(view: SystemView, section: str) -> tuple[BoardRecord, ...]:
    assert view.reading is not None
    (found,) = [one for one in view.reading.sections if one.key == section]
    return found.records


def pane(*systems: SystemView) -> WorkspaceView:
    """A workspace that shows these systems."""
    return replace(snapshot_values.incident(), systems=systems)


def offers(family: Family, view: SystemView, section: str, record: BoardRecord) -> list[Offer]:
    """What can be done to a row of a board."""
    row = Row(thing=view, section=section, record=record, source=view.spec.id)
    return list(family.offers(pane(view), row))


def body(asked: Asked) -> Any:
    return json.loads(asked.body)


def codes(proposal: Proposal) -> Sequence[str]:
    """Why it was refused at once; empty when it may be confirmed."""
    refused = proposal.decision.verdict is Verdict.REFUSE
    return [one.code for one in proposal.decision.reasons] if refused else []


def step(plan: Plan) -> HttpStep:
    """The one request of a plan."""
    (found,) = plan.steps
    assert isinstance(found, HttpStep)
    return found
