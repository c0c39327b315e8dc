"""Hosting as systems against the demo world, every exchange judged by the specifications.

What the wall tells of the incident in the demo is told here: the log fails, the feed says why, a
rollback shows, and an approval is waited for.
"""

from typing import Any

import pytest

from demo.agenda import Agenda
from demo.deployer import Deployer
from demo.estate import API_PRODUCTION, LMA_TEAM, Estate
from demo.incident import INCIDENT, Incident
from demo.pulse import Pulse
from demo.telemetry import HealthWatch, PulseTelemetry
from demo.vendors.github import GitHubApi
from demo.vendors.render import RenderApi
from demo.vendors.vercel import VercelApi
from demo.web_logs import WebLogs
from providers.base import SourceKind
from providers.deploy_readings import DeploysReading
from providers.log_paths import RecentRequests
from providers.log_readings import LogLevel, LogLine
from providers.render import RenderOptions, RenderSource
from providers.system_readings import Condition
from providers.vercel_builds import build_events
from providers.vercel_metrics import NEEDS_PLAN
from providers.vercel_system import SELDOM_S
from providers.vercel_variables import Where
from tests.contract.asgi import answering
from tests.contract.held import held
from tests.contract.test_client_platform import logs_of, system_of
from tests.platform_rig import records, section, system_in
from tests.vendor_rig import spec_of
from tests.vendor_rigs import TOKEN, numbers_of, shifted_clock
from tests.vendor_rigs_platform import project, repository, runtime_log, service, service_log

pytestmark = pytest.mark.contract

WORST_S = 200.0
LMA = {"project": "lma-web", "team": LMA_TEAM}
STAGING = Where(project="lma-web-staging", target="production")


class World:
    """The demo's hosting at a time that stands still until told."""

    def __init__(self) -> None:
        self.clock = shifted_clock()
        self.estate = Estate(Agenda(self.clock))
        self.estate.github.deployer = Deployer(self.estate)
        self.pulse = Pulse(self.estate, API_PRODUCTION, 23.0)
        known = {API_PRODUCTION: self.pulse}
        self.estate.render.watches.append(HealthWatch(self.estate.render, known))
        self.telemetry = PulseTelemetry(known)

    def pass_time(self, seconds: float) -> None:
        """Let time pass while somebody looks at how the API does, as its checks would."""
        for _ in range(round(seconds / 5)):
            self.clock.advance(5)
            self.pulse.strain()

    def vercel(self) -> Any:
        logs = WebLogs({"production": self.pulse})
        app = VercelApi(self.estate.vercel, {TOKEN: LMA_TEAM}, logs, listened_s=0.0).app()
        return held("vercel", answering(app), clock=self.clock)

    def render(self) -> Any:
        app = RenderApi(self.estate.render, {TOKEN}, self.telemetry).app()
        return held("render", answering(app), clock=self.clock)

    def github(self, *owners: str) -> Any:
        app = GitHubApi(self.estate.github, {TOKEN: frozenset(owners)}).app()
        return held("github", answering(app), clock=self.clock)


async def test_a_vercel_project_from_rollback_to_promote() -> None:
    world = World()
    state, web = world.estate.vercel, world.estate.web("lma-web")
    candidate = next(one for one in state.of(web.id) if state.is_candidate(one))
    async with world.vercel() as (api, _keeper):
        source = project(api, world.clock, **LMA, staging=STAGING, metrics=("m.count",))
        before = await source.read()
        state.point("rollback", web, candidate, "errors are up")
        world.clock.advance(1)
        during = await source.read()
        world.clock.advance(30)
        after = await system_of(source)

    calm = system_in(before)
    assert calm.condition is Condition.FINE
    assert section(calm, "metrics").blind == NEEDS_PLAN
    assert records(calm, "variables")["FEATURE_NEW_CHECKOUT"].state.text == "missing in staging"
    assert numbers_of(before)["variables_missing_in_staging"] == 1.0
    assert during.again_s == 5.0
    assert records(system_in(during), "production")["alias-request"].state.text.startswith("in-")
    shown = records(after, "production")
    assert after.condition is Condition.NOTABLE
    assert shown["serving"].state.text.startswith(candidate.commit.short)
    assert shown["alias-request"].title.text == "Last rollback"
    assert "off after a rollback" in shown["assignment"].state.text


async def test_the_log_of_a_web_app_fails_with_the_api() -> None:
    world = World()
    Incident(INCIDENT, world.estate).begin()
    requests = RecentRequests()
    async with world.vercel() as (api, _keeper):
        calm = await logs_of(runtime_log(api, **LMA))
        world.pass_time(WORST_S)
        source = runtime_log(api, **LMA)
        bad: list[LogLine] = []
        for _ in range(12):
            bad += (await logs_of(source)).lines
            world.clock.advance(2)
    requests.note(bad)

    assert calm.lines
    assert not [line for line in calm.lines if line.level is LogLevel.ERROR]
    failed = [line for line in bad if line.status == 502]
    assert len(failed) > len(bad) / 8
    assert "api.lma.com answered 503" in failed[0].text.text
    assert len({line.id for line in bad}) == len(bad)
    assert any(use.failed for use in requests.uses())


async def test_what_a_failed_build_printed() -> None:
    world = World()
    web = world.estate.web("lma-web")
    state = world.estate.vercel
    head = state.of(web.id)[0].commit
    made = state.create(web.id, head, failure=("BUILD_FAILED", 'Command "npm run build" exited'))
    world.clock.advance(60)
    async with world.vercel() as (api, _keeper):
        found = await build_events(api, made.id, LMA_TEAM)

    assert found.kept[-1].text.text == 'Command "npm run build" exited'
    assert found.kept[-1].level is not LogLevel.INFO


async def test_what_a_build_of_render_printed() -> None:
    world = World()
    Incident(INCIDENT, world.estate).begin()
    world.pass_time(WORST_S)
    async with world.render() as (api, _keeper):
        options = RenderOptions(service_id=API_PRODUCTION, service="api", environment="production")
        source = RenderSource(spec_of("Render", SourceKind.DEPLOYS), options, api)
        payload = (await source.read()).payload
        assert isinstance(payload, DeploysReading)
        found = await source.printed(payload.deploys[0])

    assert payload.deploys[0].commit.text in found.lines[0].text.text
    assert found.lines[-1].text.text == "==> Build successful"
    assert not found.notice


async def test_render_through_the_incident() -> None:
    world = World()
    async with world.render() as (api, _keeper):
        source = service(api, world.clock, API_PRODUCTION)
        calm = await source.read()
        Incident(INCIDENT, world.estate).begin()
        world.pass_time(WORST_S)
        bad = await source.read()

    assert system_in(calm).condition is Condition.FINE
    assert system_in(bad).condition is Condition.DEGRADED
    before, after = numbers_of(calm), numbers_of(bad)
    assert all(value is not None for value in before.values())
    for name in ("memory_percent", "cpu_percent", "http_5xx_percent", "http_p95_ms"):
        assert (after[name] or 0) > (before[name] or 0) * 1.2, name
    assert after["failures_24h"] == 1.0
    failure = next(
        one for one in section(system_in(bad), "events").records if "failed" in one.title.text
    )
    assert failure.state.text == "unhealthy: HTTP health check failed (status 503)"
    assert failure.change


async def test_render_scaled_restarted_suspended() -> None:
    world = World()
    state = world.estate.render
    async with world.render() as (api, _keeper):
        source = service(api, world.clock, API_PRODUCTION)
        state.restart(state.services[API_PRODUCTION])
        state.scale(state.services[API_PRODUCTION], 3)
        world.clock.advance(60)
        grown = await source.read()
        state.set_auto_deploy(state.services[API_PRODUCTION], on=False)
        state.suspend(state.services[API_PRODUCTION])
        world.clock.advance(60)
        gone = await source.read()

    titles = [one.title.text for one in section(system_in(grown), "events").records]
    assert {"restarted", "instances"} <= set(titles)
    assert numbers_of(grown)["instances"] == 3.0
    assert system_in(gone).condition is Condition.PAUSED
    assert numbers_of(gone)["instances"] == 0.0
    assert any("autodeploy is off" in notice for notice in system_in(gone).notices)


async def test_render_s_log_is_followed_through_the_incident() -> None:
    world = World()
    async with world.render() as (api, keeper):
        source = service_log(api, world.clock, service_id=API_PRODUCTION)
        first = await logs_of(source)
        Incident(INCIDENT, world.estate).begin()
        told = list(first.lines)
        for _ in range(30):
            world.pass_time(10)
            reading = await logs_of(source)
            assert not reading.gap
            told += reading.lines

    assert len({line.id for line in told}) == len(told)
    assert any("waiting for a connection from the pool" in line.text.text for line in told)
    assert all(line.origin for line in told)
    apart = [b.at - a.at for a, b in zip(told[-40:], told[-39:], strict=False)]
    assert {gap.total_seconds() for gap in apart} == {5.0}, "no line is missing"
    assert len(keeper.asked) == 1 + 1 + 30


async def test_github_s_release_waits_for_dana() -> None:
    world = World()
    of = {"owner": "localloop", "repo": "localloop"}
    async with world.github("localloop") as (api, _keeper):
        harvest = await repository(api, world.clock, **of).read()

    (approval,) = section(system_in(harvest), "approvals").records
    assert approval.title.text == "production"
    assert dict(approval.details)["by"].text == "dana"
    assert numbers_of(harvest)["waiting_for_approval"] == 1.0


async def test_github_shows_the_jobs_of_a_deploy_under_way_and_is_asked_again() -> None:
    world = World()
    state = world.estate.github
    repo = state.repo("lma-commerce", "lma")
    state.dispatch(
        repo, state.workflow(repo, "deploy-api.yml"), "main", {"environment": "production"}
    )
    world.clock.advance(6)
    async with world.github("lma-commerce") as (api, keeper):
        source = repository(api, world.clock, owner="lma-commerce", repo="lma")
        during = await source.read()
        spent = api.budget.remaining if api.budget else 0
        world.clock.advance(1)
        again = await source.read()
        left = api.budget.remaining if api.budget else 0
        world.clock.advance(SELDOM_S)
        after = await source.read()

    running = list(section(system_in(during), "jobs").records)
    assert [one.state.text for one in running] == ["in_progress"]
    assert during.again_s == 5.0
    assert left == spent, "nothing had changed, so it was free"
    assert numbers_of(again)["unchanged_percent"] == 100.0
    assert after.again_s is None
    assert section(system_in(after), "deployments").records
    assert any("if-none-match" in asked.headers for asked in keeper.asked)
