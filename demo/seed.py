"""Puts the past into the vendors' memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from demo import ids
from demo.commits import Commit, commit
from demo.history import LMA_REPO, Past
from demo.vendors import vercel_state
from demo.vendors.render_models import Deploy, DeployStatus, RenderService
from demo.vendors.render_state import Render
from demo.vendors.vercel_state import ReadyState, Vercel
from demo.vendors.vercel_variables import Variable

OWNER: Final = ids.render("tea", "lma")
BUILD: Final = timedelta(seconds=95)
_WRITTEN_BEFORE: Final = timedelta(minutes=6)


class Web(Struct, frozen=True, kw_only=True):
    """One web app in one environment: a Vercel project."""

    name: str
    team: str
    repo: str
    domain: str
    past: tuple[Past, ...]


def commit_of(past: Past, now: datetime) -> Commit:
    """The commit of a past deploy, written some minutes before it."""
    at = now - timedelta(minutes=past.minutes_ago) - _WRITTEN_BEFORE
    return commit(past.short, past.message, past.author, at, past.branch)


def add_web(vercel: Vercel, web: Web, now: datetime) -> None:
    """Put in a project with its past deployments."""
    born = now - timedelta(days=400)
    project = vercel_state.Project(
        id=ids.vercel("prj", web.name),
        name=web.name,
        team_id=web.team,
        domains=(web.domain,),
        repo=web.repo,
        created_at=born,
        updated_at=now - timedelta(minutes=web.past[0].minutes_ago),
        variables=tuple(_variables(web, now)),
    )
    vercel.projects[project.id] = project
    vercel.add(_deployment(project, past, now) for past in reversed(web.past))


EVERYWHERE: Final = ("production", "preview", "development")
_VARIABLES: Final = (
    ("NEXT_PUBLIC_API_URL", "plain", 212),
    ("SUPABASE_URL", "encrypted", 388),
    ("SUPABASE_SERVICE_ROLE_KEY", "sensitive", 388),
    ("STRIPE_SECRET_KEY", "sensitive", 41),
    ("STRIPE_WEBHOOK_SECRET", "encrypted", 41),
    ("RESEND_API_KEY", "encrypted", 97),
    ("FEATURE_NEW_CHECKOUT", "plain", 3),
)
"""Name, type, and days since it was changed."""


def _variables(web: Web, now: datetime) -> Iterator[Variable]:
    """The newest one was forgotten in staging, as it happens."""
    staging = web.name.endswith("-staging")
    for key, kind, days in _VARIABLES:
        if staging and key == "FEATURE_NEW_CHECKOUT":
            continue
        targets = ("production",) if days < 30 else EVERYWHERE
        changed = now - timedelta(days=days)
        yield Variable(key=key, type=kind, targets=targets, changed_at=changed)


_VERCEL_ENDS: Final = {
    "served": ReadyState.READY,
    "failed": ReadyState.ERROR,
    "canceled": ReadyState.CANCELED,
}


def _deployment(
    project: vercel_state.Project, past: Past, now: datetime
) -> vercel_state.Deployment:
    created = now - timedelta(minutes=past.minutes_ago) - BUILD
    made = vercel_state.Deployment(
        id=ids.vercel("dpl", project.id, past.short, past.minutes_ago),
        project_id=project.id,
        commit=commit_of(past, now),
        created_at=created,
        state=_VERCEL_ENDS[past.outcome],
        building_at=created + timedelta(seconds=4),
        ended_at=created + BUILD,
        served=past.outcome == "served",
    )
    if past.outcome == "served":
        return replace(made, ready_at=made.ended_at)
    if past.outcome == "failed":
        message = 'Command "npm run build" exited with 1'
        return replace(made, error_code="BUILD_FAILED", error_message=message)
    return made


def add_api(render: Render, name: str, pasts: Sequence[Past]) -> None:
    """Put in a service with its past deploys."""
    now = render.agenda.now
    production = name.endswith("production")
    service = RenderService(
        id=ids.render("srv", name),
        name=name,
        owner_id=OWNER,
        environment_id=ids.render("evm", "production" if production else "staging"),
        repo=LMA_REPO,
        url=f"https://{name}.onrender.com",
        domain="api.lma.com" if production else "api-staging.lma.com",
        plan="pro" if production else "starter",
        instance_count=2 if production else 1,
        created_at=now - timedelta(days=400),
        updated_at=now - timedelta(minutes=pasts[0].minutes_ago),
    )
    newest = next(past for past in pasts if past.outcome == "served")
    deploys = [
        _deploy(service, past, serial, now, live=past is newest)
        for serial, past in enumerate(reversed(pasts), start=-len(pasts))
    ]
    render.add(service, deploys)


def _deploy(
    service: RenderService, past: Past, serial: int, now: datetime, *, live: bool
) -> Deploy:
    ended = now - timedelta(minutes=past.minutes_ago)
    ends = {"failed": DeployStatus.BUILD_FAILED, "canceled": DeployStatus.CANCELED}
    served = DeployStatus.LIVE if live else DeployStatus.DEACTIVATED
    return Deploy(
        id=ids.render("dep", service.id, past.short, past.minutes_ago),
        serial=serial,
        service_id=service.id,
        commit=commit_of(past, now),
        trigger="api",
        created_at=ended - BUILD,
        updated_at=ended,
        started_at=ended - BUILD,
        finished_at=ended,
        status=ends.get(past.outcome, served),
    )
