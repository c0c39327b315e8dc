"""Everything the two products stand on: their vendors, with the past already in them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from demo import history, ids
from demo.agenda import Agenda
from demo.alerting import Alerting
from demo.commits import POOL_RAISE, Author, Commit
from demo.history import LMA_REPO, LOCALLOOP_REPO
from demo.seed import Web, add_api, add_web
from demo.supabase_world import add_projects
from demo.trade_world import Trade
from demo.vendors import vercel_state
from demo.vendors.github_state import GitHub
from demo.vendors.render_models import Deploy
from demo.vendors.render_state import Render
from demo.vendors.status_shapes import shaped_pages
from demo.vendors.statuspage_state import PageMaintenance, StatusPage
from demo.vendors.supabase_state import Supabase
from demo.vendors.vercel_state import Vercel
from demo.workflows import add_repos

LMA_TEAM: Final = ids.vercel("team", "lma")
LOCALLOOP_TEAM: Final = ids.vercel("team", "localloop")
API_PRODUCTION: Final = ids.render("srv", "lma-api-production")
API_STAGING: Final = ids.render("srv", "lma-api-staging")
OPERATOR: Final = Author(login="dana", name="Dana Reyes", email="dana@lma.com")


WEBS: Final = (
    Web(
        name="lma-web",
        team=LMA_TEAM,
        repo=LMA_REPO,
        domain="www.lma.com",
        past=history.WEB_PRODUCTION,
    ),
    Web(
        name="lma-web-staging",
        team=LMA_TEAM,
        repo=LMA_REPO,
        domain="staging.lma.com",
        past=history.WEB_STAGING,
    ),
    Web(
        name="lma-merchant",
        team=LMA_TEAM,
        repo=LMA_REPO,
        domain="merchant.lma.com",
        past=history.WEB_PRODUCTION,
    ),
    Web(
        name="lma-merchant-staging",
        team=LMA_TEAM,
        repo=LMA_REPO,
        domain="merchant-staging.lma.com",
        past=history.WEB_STAGING,
    ),
    Web(
        name="lma-admin",
        team=LMA_TEAM,
        repo=LMA_REPO,
        domain="admin.lma.com",
        past=history.WEB_PRODUCTION,
    ),
    Web(
        name="lma-admin-staging",
        team=LMA_TEAM,
        repo=LMA_REPO,
        domain="admin-staging.lma.com",
        past=history.ADMIN_STAGING,
    ),
    Web(
        name="localloop",
        team=LOCALLOOP_TEAM,
        repo=LOCALLOOP_REPO,
        domain="localloop.com",
        past=history.LOCALLOOP_PRODUCTION,
    ),
    Web(
        name="localloop-staging",
        team=LOCALLOOP_TEAM,
        repo=LOCALLOOP_REPO,
        domain="staging.localloop.com",
        past=history.LOCALLOOP_STAGING,
    ),
)

PAGES: Final = {
    "vercel": ("Vercel", "https://www.vercel-status.com", ("Builds", "Edge Network", "Dashboard")),
    "render": ("Render", "https://status.render.com", ("Frankfurt", "Dashboard", "Deploys")),
    "supabase": (
        "Supabase",
        "https://status.supabase.com",
        ("Database", "Connection Pooler", "Auth", "Management API"),
    ),
    "github": ("GitHub", "https://www.githubstatus.com", ("Actions", "API Requests")),
    "stripe": ("Stripe", "https://www.stripestatus.com", ("API", "Webhooks")),
    "resend": ("Resend", "https://resend-status.com", ("Email API", "Deliverability")),
}


@dataclass(slots=True)
class Estate:
    """The vendors of one demo world.

    Args:
        agenda: When things happen, for all of them together.
    """

    agenda: Agenda
    vercel: Vercel = field(init=False)
    render: Render = field(init=False)
    github: GitHub = field(init=False)
    supabase: Supabase = field(init=False)
    trade: Trade = field(init=False)
    alerting: Alerting = field(init=False)
    pages: dict[str, StatusPage] = field(init=False)
    poisoned_at: datetime | None = None
    """When the commit that brings the API down was written: what comes after it has it too."""

    def __post_init__(self) -> None:
        self.vercel = Vercel(self.agenda)
        self.render = Render(self.agenda)
        self.github = GitHub(self.agenda, operator=OPERATOR)
        self.supabase = Supabase(self.agenda)
        add_projects(self.supabase)
        self.trade = Trade(self.agenda)
        self.pages = {name: _page(self.agenda, name) for name in PAGES}
        self.pages |= shaped_pages(self.agenda)
        for web in WEBS:
            add_web(self.vercel, web, self.agenda.now)
        add_api(self.render, "lma-api-production", history.API_PRODUCTION)
        add_api(self.render, "lma-api-staging", history.API_STAGING)
        add_repos(self.github)
        self.alerting = Alerting(self.agenda, self.render, API_PRODUCTION)

    def web(self, name: str) -> vercel_state.Project:
        """A Vercel project by name.

        Raises:
            KeyError: There is none.
        """
        for project in self.vercel.projects.values():
            if project.name == name:
                return project
        raise KeyError(name)

    def live_web(self, name: str) -> Commit | None:
        """The commit a web app serves now; None while it is paused."""
        self.agenda.settle()
        project = self.web(name)
        live = self.vercel.live(project.id)
        return None if project.paused or live is None else live.commit

    def is_bad(self, commit: Commit) -> bool:
        """Whether a commit has what brings the API down in it."""
        after = self.poisoned_at is not None and commit.at >= self.poisoned_at
        return commit.short == POOL_RAISE or (after and commit.branch == "main")

    def live_api(self, service_id: str) -> Deploy | None:
        """The deploy the API serves now; None while it is suspended."""
        self.agenda.settle()
        suspended = self.render.services[service_id].suspended
        return None if suspended else self.render.live(service_id)


def _page(agenda: Agenda, name: str) -> StatusPage:
    title, url, components = PAGES[name]
    page = StatusPage(agenda, name=title, url=url)
    page.add_components(*components)
    if name == "render":
        starts = agenda.now + timedelta(days=2)
        page.maintenances.append(
            PageMaintenance(
                id=ids.token("maintenance", name, length=12),
                name="Frankfurt: network maintenance",
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                components=("Frankfurt",),
            )
        )
    return page
