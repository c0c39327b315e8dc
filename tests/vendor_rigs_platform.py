"""The sources of Vercel, Render and GitHub as systems, for the shared suites."""

from providers.base import SourceKind
from providers.clock import Clock, SystemClock
from providers.github_system import GitHubSystemOptions, GitHubSystemSource
from providers.http import Api
from providers.log_paths import RecentRequests
from providers.render_logs import RenderLogsOptions, RenderLogsSource
from providers.render_system import RenderSystemOptions, RenderSystemSource
from providers.vercel_logs import VercelLogsOptions, VercelLogsSource
from providers.vercel_system import VercelSystemOptions, VercelSystemSource
from providers.vercel_variables import Where
from tests import vendor_data as data
from tests import vendor_data_platform as more
from tests.vendor_rig import rig_of, spec_of

STAGING = Where(project="lma-web-staging", target="production")
CLOCK = SystemClock()


def project(api: Api, clock: Clock = CLOCK, **changes: object) -> VercelSystemSource:
    chosen = {"project": "lma-web", "team": "team_1", "staging": STAGING, "metrics": ("m.count",)}
    options = VercelSystemOptions(**(chosen | changes))  # type: ignore[arg-type]  # named by the test
    spec = spec_of("Vercel project", SourceKind.SYSTEM)
    return VercelSystemSource(spec, options, api, clock, RecentRequests())


def runtime_log(api: Api, **changes: object) -> VercelLogsSource:
    chosen = {"project": "lma-web", "team": "team_1", "listen_s": 0.2} | changes
    options = VercelLogsOptions(**chosen)  # type: ignore[arg-type]  # named by the test
    return VercelLogsSource(spec_of("Vercel logs", SourceKind.LOGS), options, api)


def service(api: Api, clock: Clock = CLOCK, service_id: str = "srv-1") -> RenderSystemSource:
    spec = spec_of("Render service", SourceKind.SYSTEM)
    return RenderSystemSource(spec, RenderSystemOptions(service_id=service_id), api, clock)


def service_log(api: Api, clock: Clock = CLOCK, **changes: object) -> RenderLogsSource:
    options = RenderLogsOptions(**({"service_id": "srv-1"} | changes))  # type: ignore[arg-type]  # named by the test
    return RenderLogsSource(spec_of("Render logs", SourceKind.LOGS), options, api, clock)


def repository(api: Api, clock: Clock = CLOCK, **changes: object) -> GitHubSystemSource:
    chosen = {"owner": "lma", "repo": "api"} | changes
    options = GitHubSystemOptions(**chosen)  # type: ignore[arg-type]  # named by the test
    return GitHubSystemSource(spec_of("GitHub", SourceKind.SYSTEM), options, api, clock)


MEASURED = more.measured()
PROJECT = (
    ("/promote/aliases", more.moves(www="succeeded")),
    ("/rolling-release", more.release()),
    ("/observability/query", {"data": [{"count": 7, "environment": "production"}]}),
    ("/projects/lma-web-staging", more.project(more.variable("SUPABASE_URL", "production"))),
    ("/domains", more.domains(more.domain(), more.domain("lma.com", redirect="www.lma.com"))),
    ("/config", more.setup()),
    (
        "/projects/lma-web",
        more.project(
            more.variable("SUPABASE_URL"), lastAliasRequest=data.alias_request("succeeded")
        ),
    ),
)
RUNTIME_LOG = (
    ("/runtime-logs", more.runtime_line()),
    ("/projects/lma-web", more.project()),
)
SERVICE = (
    ("/events", [more.event("server_failed", reason={"evicted": False, "unhealthy": "503"})]),
    ("/instances", [more.instance()]),
    ("/custom-domains", [more.custom_domain()]),
    *((f"/metrics/{name}", MEASURED[name]) for name in sorted(MEASURED)),
    ("/services/srv-1", data.render_service()),
)
SERVICE_LOG = (
    ("/logs", more.logs(more.log(), more.log(2, type="request", path="/v1/orders"))),
    ("/services/srv-1", data.render_service()),
)
REPOSITORY = (
    ("/jobs", more.jobs(more.job(1, "in_progress"))),
    ("/pending_deployments", [more.approval()]),
    ("/statuses", [more.status()]),
    ("/deployments", [more.deployment()]),
    (
        "/actions/runs",
        data.github_list(
            data.github_run(3, status="in_progress", conclusion=None),
            data.github_run(2, status="waiting", conclusion=None),
            data.github_run(1),
        ),
    ),
    ("/actions/workflows", more.workflows(more.workflow())),
    ("/repos/lma/api", more.repository()),
)

PLATFORM_RIGS = (
    rig_of("Vercel project", project, *PROJECT),
    rig_of("Vercel logs", runtime_log, *RUNTIME_LOG),
    rig_of("Render service", service, *SERVICE, base_path="/v1"),
    rig_of("Render logs", service_log, *SERVICE_LOG, base_path="/v1"),
    rig_of("GitHub repository", repository, *REPOSITORY),
)
