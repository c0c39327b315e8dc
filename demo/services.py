"""Every service of the demo world by name, ready to be put on a port."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.alerting_services import ERROR_BODIES as ALERTING_BODIES
from demo.alerting_services import alerting_apps
from demo.credentials import Credentials
from demo.estate import API_PRODUCTION, API_STAGING, LMA_TEAM, LOCALLOOP_TEAM, PAGES, Estate
from demo.eye import Eye
from demo.misbehave import ErrorBody, plain_error
from demo.product_api import ApiParts, ProductApi
from demo.product_localloop import LocalLoop
from demo.product_web import WebApp
from demo.pulse import Pulse
from demo.supabase_world import project_of as product_project
from demo.supabase_world import supabase_apps
from demo.telemetry import HealthWatch, PulseTelemetry
from demo.trade_world import TRADE_BODIES, trade_apps
from demo.vendors import github, render
from demo.vendors.github import GitHubApi
from demo.vendors.google_web import GoogleWebApi
from demo.vendors.google_web import error_body as google_error
from demo.vendors.render import RenderApi
from demo.vendors.status_shapes import SHAPED, shaped_app
from demo.vendors.statuspage import StatusPageApi
from demo.vendors.supabase import error_body as supabase_error
from demo.vendors.supabase_auth import error_body as supabase_auth_error
from demo.vendors.vercel import VercelApi
from demo.vendors.vercel_requests import error_body as vercel_error
from demo.vendors.vercel_runtime import LISTENED_S
from demo.web_logs import WebLogs
from providers.clock import Clock

if TYPE_CHECKING:
    from starlette.types import ASGIApp

ENVIRONMENTS: Final = ("production", "staging")
_TRAFFIC_PER_S: Final = {"production": 23.0, "staging": 0.6}
_SERVICES: Final = {"production": API_PRODUCTION, "staging": API_STAGING}
_LMA_WEBS: Final = {"web": "LMA", "merchant": "LMA Merchant", "admin": "LMA Admin"}


class Caught(Struct, frozen=True, kw_only=True):
    """A request that came to the trap, where nobody should send anything."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def credentials(self) -> tuple[str, ...]:
        """Names of headers that carry one."""
        names = ("authorization", "apikey", "x-api-key", "cookie")
        return tuple(name for name in names if name in self.headers)


@dataclass(slots=True)
class Trap:
    """Answers as if all were well, and writes down who came."""

    caught: list[Caught] = field(default_factory=list)

    def app(self) -> Starlette:
        """The ASGI app."""
        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(routes=[Route("/{path:path}", self._catch, methods=every)])

    async def _catch(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.caught.append(Caught(method=request.method, path=request.url.path, headers=headers))
        return JSONResponse({"status": "ok"})


@dataclass(slots=True)
class Services:
    """Everything that answers in one world.

    Args:
        estate: The vendors' memory.
        credentials: What opens them.
        clock: Whose time passes.
        eyes: How each product sees its database, by product.
        listened_s: How long somebody who listens to a log of Vercel is told.
    """

    estate: Estate
    credentials: Credentials
    clock: Clock
    eyes: Mapping[str, Eye]
    listened_s: float = LISTENED_S
    trap: Trap = field(default_factory=Trap)
    pulses: dict[str, Pulse] = field(init=False)
    vercel: VercelApi = field(init=False)
    render: RenderApi = field(init=False)
    github: GitHubApi = field(init=False)

    def __post_init__(self) -> None:
        self.pulses = {
            name: Pulse(self.estate, _SERVICES[name], _TRAFFIC_PER_S[name]) for name in ENVIRONMENTS
        }
        known = {_SERVICES[name]: pulse for name, pulse in self.pulses.items()}
        words = self.credentials
        teams = {words.vercel_lma: LMA_TEAM, words.vercel_localloop: LOCALLOOP_TEAM}
        owners = frozenset(repo.owner for repo in self.estate.github.repos.values())
        self.vercel = VercelApi(self.estate.vercel, teams, WebLogs(self.pulses), self.listened_s)
        self.render = RenderApi(self.estate.render, {words.render}, PulseTelemetry(known))
        self.estate.render.watches.append(HealthWatch(self.estate.render, known))
        self.github = GitHubApi(self.estate.github, {words.github: owners})

    def apps(self) -> dict[str, "ASGIApp"]:
        """All services by name."""
        return {
            "vercel": self.vercel.app(),
            "render": self.render.app(),
            "github": self.github.app(),
            **dict(supabase_apps(self.estate.supabase, self.credentials, self.eyes, self.pulses)),
            **alerting_apps(self.estate.alerting, self.credentials, self.pulses["production"]),
            **dict(trade_apps(self.estate.trade, self.credentials, self.pulses["production"])),
            **{f"status-{name}": self._page(name) for name in PAGES},
            **{f"status-{name}": shaped_app(name, self.estate.pages[name]) for name in SHAPED},
            "google-web": GoogleWebApi({self.credentials.google_key}, self.clock).app(),
            **{f"lma-api-{name}": self._api(name) for name in ENVIRONMENTS},
            **{
                f"lma-{app}-{name}": self._lma_web(app, name)
                for app in _LMA_WEBS
                for name in ENVIRONMENTS
            },
            **{f"localloop-{name}": self._localloop(name) for name in ENVIRONMENTS},
            "trap": self.trap.app(),
        }

    def _page(self, name: str) -> "ASGIApp":
        return StatusPageApi(self.estate.pages[name]).app()

    def _api(self, environment: str) -> "ASGIApp":
        parts = ApiParts(
            environment=environment,
            pulse=self.pulses[environment],
            eye=self.eyes["lma"],
            clock=self.clock,
        )
        return ProductApi(parts).app()

    def _lma_web(self, app: str, environment: str) -> "ASGIApp":
        pulse = self.pulses[environment]
        web = WebApp(
            self.estate,
            project_of(f"lma-{app}", environment),
            _LMA_WEBS[app],
            self.clock,
            slowness_ms=lambda: 420 * pulse.strain(),
        )
        return web.app()

    def _localloop(self, environment: str) -> "ASGIApp":
        web = WebApp(
            self.estate, project_of("localloop", environment), "LocalLoop", self.clock, base_ms=164
        )
        admin = self.credentials.localloop_admin
        guessers = self._guessers if environment == "production" else dict
        site = LocalLoop(web, self.eyes["localloop"], self.clock, admin, guessers)
        return web.app(*site.routes())

    def _guessers(self) -> dict[str, int]:
        """Who tries passwords at LocalLoop, with how many tries a minute."""
        project = product_project(self.estate.supabase, "localloop")
        now = self.clock.now().at
        return {one.address: one.per_minute for one in project.attacks if one.since <= now}


def project_of(app: str, environment: str) -> str:
    """Name of the Vercel project of a web app in an environment."""
    return app if environment == "production" else f"{app}-{environment}"


_ERROR_BODIES: Final[Mapping[str, ErrorBody]] = {
    **ALERTING_BODIES,
    **TRADE_BODIES,
    "vercel": vercel_error,
    "render": render.error_body,
    "github": github.error_body,
    "google-web": google_error,
    "supabase": supabase_error,
    "supabase-lma": supabase_auth_error,
    "supabase-localloop": supabase_auth_error,
}


def error_body_of(service: str) -> ErrorBody:
    """How a service writes its errors."""
    return _ERROR_BODIES.get(service, plain_error)
