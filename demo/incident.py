"""The incident that plays in the demo world, as data: what happens, seconds after the start.

The script only does what people do: push, build, deploy, write on a status page. What follows
(errors, connections running out, blocked queries) follows from the deploy, and a roll back through
Render's API ends it.
"""

from datetime import timedelta
from functools import partial
from typing import Final

from msgspec import Struct

from demo.commits import DENIZ, MARIA, POOL_RAISE, Author, commit
from demo.estate import API_PRODUCTION, Estate
from demo.supabase_world import project_of
from demo.vendors.render_models import DeployStatus
from demo.vendors.supabase_state import Attack
from demo.vendors.wire import Refusal
from demo.workflows import CI_LMA, DEPLOY_API

POOLER_INCIDENT: Final = "Elevated latency on pooled connections"


class BuildWeb(Struct, frozen=True, kw_only=True):
    """A web app is pushed and built."""

    project: str
    short: str
    message: str
    author: Author
    failure: tuple[str, str] | None = None
    """Code and message of the error it ends in."""


class DeployApi(Struct, frozen=True, kw_only=True):
    """Somebody runs the workflow that deploys the API."""

    environment: str
    short: str
    message: str
    author: Author


class ReportOnPage(Struct, frozen=True, kw_only=True):
    """A vendor opens an incident on its status page."""

    page: str
    name: str
    impact: str
    components: tuple[str, ...]
    component_status: str
    body: str


class UpdatePage(Struct, frozen=True, kw_only=True):
    """A vendor says more about it."""

    page: str
    name: str
    status: str
    body: str


class RollBackApi(Struct, frozen=True, kw_only=True):
    """A colleague rolls the API back, unless somebody already did."""


class TryPasswords(Struct, frozen=True, kw_only=True):
    """Somebody guesses passwords at a product's sign-in, and gets into one account."""

    product: str
    address: str
    per_minute: int


class GiveUp(Struct, frozen=True, kw_only=True):
    """They stop."""

    product: str


Act = BuildWeb | DeployApi | ReportOnPage | UpdatePage | RollBackApi | TryPasswords | GiveUp


class Step(Struct, frozen=True, kw_only=True):
    """One thing that happens."""

    at_s: float
    title: str
    act: Act


class Script(Struct, frozen=True, kw_only=True):
    """Steps in order, and when it all begins anew."""

    steps: tuple[Step, ...]
    again_after_s: float | None = None
    """From one beginning to the next; None: it plays once."""


_BAD_DEPLOY: Final = (
    Step(
        at_s=8,
        title="a staging build begins, and will fail",
        act=BuildWeb(
            project="lma-web-staging",
            short="9be0d44",
            message="tailwind: bump to the next major",
            author=DENIZ,
            failure=("BUILD_FAILED", 'Command "npm run build" exited with 1'),
        ),
    ),
    Step(
        at_s=20,
        title="maria deploys the API to production",
        act=DeployApi(
            environment="production",
            short=POOL_RAISE,
            message="pool: raise max to 4\n\nWorked well on staging.",
            author=MARIA,
        ),
    ),
    Step(
        at_s=120,
        title="Supabase writes of pooler latency",
        act=ReportOnPage(
            page="supabase",
            name=POOLER_INCIDENT,
            impact="minor",
            components=("Connection Pooler",),
            component_status="degraded_performance",
            body="We are investigating elevated latency on pooled connections.",
        ),
    ),
    Step(
        at_s=180,
        title="somebody guesses passwords at LocalLoop",
        act=TryPasswords(product="localloop", address="203.0.113.66", per_minute=90),
    ),
    Step(
        at_s=260,
        title="Supabase has found it",
        act=UpdatePage(
            page="supabase",
            name=POOLER_INCIDENT,
            status="identified",
            body="A single tenant with very many connections was identified.",
        ),
    ),
    Step(
        at_s=420,
        title="they give up",
        act=GiveUp(product="localloop"),
    ),
    Step(
        at_s=600,
        title="Supabase watches",
        act=UpdatePage(
            page="supabase",
            name=POOLER_INCIDENT,
            status="monitoring",
            body="A fix is in place and we are monitoring the results.",
        ),
    ),
)

_ENDING: Final = (
    Step(at_s=660, title="ivan rolls the API back", act=RollBackApi()),
    Step(
        at_s=720,
        title="Supabase is done",
        act=UpdatePage(
            page="supabase",
            name=POOLER_INCIDENT,
            status="resolved",
            body="This incident has been resolved.",
        ),
    ),
)

CALM: Final = Script(steps=())
"""Nothing happens."""

INCIDENT: Final = Script(steps=_BAD_DEPLOY)
"""It gets bad and stays bad until somebody rolls back."""

LOOP: Final = Script(steps=_BAD_DEPLOY + _ENDING, again_after_s=900)
"""It gets bad, is mended by a colleague after eleven minutes, and begins anew."""


class Incident:
    """Plays a script on an estate; the estate's agenda does the waiting.

    Args:
        script: What happens.
        estate: Where it happens.
    """

    def __init__(self, script: Script, estate: Estate) -> None:
        self._script = script
        self._estate = estate
        self.played: list[Step] = []
        """What has happened so far."""

    def begin(self) -> None:
        """Put the whole script on the agenda, counted from now."""
        agenda = self._estate.agenda
        for step in self._script.steps:
            agenda.after(step.at_s, partial(self._play, step))
        if self._script.again_after_s is not None:
            agenda.after(self._script.again_after_s, self.begin)

    def _play(self, step: Step) -> None:
        perform(step.act, self._estate)
        self.played.append(step)


def perform(act: Act, estate: Estate) -> None:
    """Do one thing."""
    if isinstance(act, BuildWeb):
        _build_web(act, estate)
    elif isinstance(act, DeployApi):
        _deploy_api(act, estate)
    elif isinstance(act, ReportOnPage):
        estate.pages[act.page].report(
            act.name, act.impact, act.components, act.component_status, act.body
        )
    elif isinstance(act, UpdatePage):
        estate.pages[act.page].update(act.name, act.status, act.body)
    elif isinstance(act, TryPasswords):
        attack = Attack(address=act.address, per_minute=act.per_minute, since=estate.agenda.now)
        project_of(estate.supabase, act.product).attacks.append(attack)
    elif isinstance(act, GiveUp):
        project_of(estate.supabase, act.product).attacks.clear()
    else:
        _roll_back(estate)


def _build_web(act: BuildWeb, estate: Estate) -> None:
    written = estate.agenda.now - timedelta(seconds=40)
    pushed = commit(act.short, act.message, act.author, written)
    estate.vercel.create(estate.web(act.project).id, pushed, failure=act.failure)
    estate.github.begin(CI_LMA, pushed, act.author, "push")


def _deploy_api(act: DeployApi, estate: Estate) -> None:
    written = estate.agenda.now - timedelta(minutes=4)
    pushed = commit(act.short, act.message, act.author, written)
    if act.short == POOL_RAISE:
        estate.poisoned_at = written
    inputs = {"environment": act.environment}
    estate.github.begin(DEPLOY_API, pushed, act.author, "workflow_dispatch", inputs)


def _roll_back(estate: Estate) -> None:
    render = estate.render
    service = render.services[API_PRODUCTION]
    live = render.live(service.id)
    if live is None or not estate.is_bad(live.commit) or render.running(service.id):
        return
    good = [
        deploy
        for deploy in render.of(service.id)
        if deploy.status is DeployStatus.DEACTIVATED and not estate.is_bad(deploy.commit)
    ]
    try:
        render.roll_back(service, good[0])
    except Refusal:
        # The service is suspended: then a person is at it, and the script keeps out of the way.
        return
