"""The vendor sources, each with a healthy vendor to talk to, for the shared suites."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from providers.base import Source, SourceKind
from providers.clock import Clock, SystemClock
from providers.deploy_readings import DeploysReading
from providers.github import GitHubOptions, GitHubSource
from providers.harvest import Harvest
from providers.http import Api
from providers.render import RenderOptions, RenderSource
from providers.secrets import Secret
from providers.statuspage import StatusPageOptions, StatusPageSource
from providers.vercel import VercelOptions, VercelSource
from tests import vendor_data as data
from tests.fakes import ManualClock
from tests.vendor_rig import TOKEN, Rig, spec_of
from tests.vendor_rigs_alerting import ALERTING_RIGS
from tests.vendor_rigs_google import GOOGLE_RIGS
from tests.vendor_rigs_outside import OUTSIDE_RIGS
from tests.vendor_rigs_platform import PLATFORM_RIGS
from tests.vendor_rigs_resend import RESEND_RIGS
from tests.vendor_rigs_stripe import STRIPE_RIGS
from tests.vendor_rigs_supabase import METRICS_RIG, SUPABASE_RIGS
from tests.vendor_server import Answering, Asked, Reply, VendorServer, json_reply, vendor_server

__all__ = ["RIGS", "TEXT_RIGS", "TOKEN", "Rig", "client", "connected", "spec_of"]


def vercel(api: Api, **changes: object) -> VercelSource:
    chosen = {"project": "lma-web", "team": "team_1", "service": "web"} | changes
    options = VercelOptions(**({"environment": "production"} | chosen))  # type: ignore[arg-type]  # named by the test
    return VercelSource(spec_of("Vercel"), options, api)


def render(api: Api, **changes: object) -> RenderSource:
    chosen = {"service_id": "srv-1", "service": "api", "environment": "production"} | changes
    return RenderSource(spec_of("Render"), RenderOptions(**chosen), api)  # type: ignore[arg-type]  # named by the test


def github(api: Api, **changes: object) -> GitHubSource:
    chosen = {
        "owner": "lma",
        "repo": "api",
        "workflow": "deploy-api.yml",
        "service": "api",
        "environment": "production",
        "branch": None,
    } | changes
    return GitHubSource(spec_of("GitHub"), GitHubOptions(**chosen), api)  # type: ignore[arg-type]  # named by the test


def statuspage(api: Api, *components: str) -> StatusPageSource:
    options = StatusPageOptions(vendor="Example", components=components)
    return StatusPageSource(spec_of("Example", SourceKind.VENDOR_STATUS), options, api)


def vercel_healthy(asked: Asked) -> Reply:
    if asked.path == "/v7/deployments":
        return json_reply(data.vercel_list(data.vercel_deployment()))
    return json_reply(data.vercel_project(data.vercel_live()))


def render_healthy(asked: Asked) -> Reply:
    if asked.path.endswith("/deploys"):
        return json_reply(data.render_list(data.render_deploy()))
    return json_reply(data.render_service())


def github_healthy(_asked: Asked) -> Reply:
    return json_reply(data.github_list(data.github_run()))


def statuspage_healthy(_asked: Asked) -> Reply:
    return json_reply(data.page_summary())


RIGS = (
    Rig(vendor="Vercel", build=vercel, healthy=vercel_healthy),
    Rig(vendor="Render", build=render, healthy=render_healthy, base_path="/v1"),
    Rig(vendor="GitHub", build=github, healthy=github_healthy),
    Rig(vendor="Example", build=statuspage, healthy=statuspage_healthy, credential=False),
    *PLATFORM_RIGS,
    *STRIPE_RIGS,
    *RESEND_RIGS,
    *GOOGLE_RIGS,
    *SUPABASE_RIGS,
    *ALERTING_RIGS,
    *OUTSIDE_RIGS,
)

TEXT_RIGS = (METRICS_RIG,)
"""Their answers are no JSON."""


async def token() -> Secret:
    return Secret(TOKEN)


@asynccontextmanager
async def client(
    url: str,
    *,
    system: str = "Vendor",
    credential: bool = True,
    clock: Clock | None = None,
    deadline_s: float = 5.0,
    plain_secret_headers: tuple[str, ...] = (),
) -> AsyncIterator[Api]:
    """A client of ours that is closed at the end of the block."""
    api = Api(
        system=system,
        base_url=url,
        clock=clock or SystemClock(),
        secret=token if credential else None,
        deadline_s=deadline_s,
        plain_secret_headers=plain_secret_headers,
    )
    try:
        yield api
    finally:
        await api.aclose()


@asynccontextmanager
async def connected(
    rig: Rig, answer: Answering, *, deadline_s: float = 5.0, clock: Clock | None = None
) -> AsyncIterator[tuple[Source, VendorServer]]:
    """The rig's source, talking to a server that answers as told."""
    async with (
        vendor_server(answer) as server,
        client(
            server.url + rig.base_path,
            system=rig.vendor,
            credential=rig.credential,
            clock=clock,
            deadline_s=deadline_s,
        ) as api,
    ):
        yield rig.build(api), server


def shifted_clock() -> ManualClock:
    """An hour and a half after the deploys of `tests.vendor_data`."""
    return ManualClock(datetime(2026, 11, 18, 12, 30, tzinfo=UTC))


def deploys_of(harvest: Harvest) -> DeploysReading:
    assert isinstance(harvest.payload, DeploysReading)
    return harvest.payload


def numbers_of(harvest: Harvest) -> dict[str, float | None]:
    return {one.metric: one.value for one in harvest.numbers if not one.group}
