"""Our clients against the demo world's vendors, every exchange judged by the specifications.

What is true here is true of the wall in the demo: the demo keeps to the vendors' contracts, and
our clients read what happens there as it happens.
"""

from datetime import timedelta
from typing import Any

import pytest

from demo.agenda import Agenda
from demo.estate import API_PRODUCTION, LMA_TEAM, Estate
from demo.vendors.github import GitHubApi
from demo.vendors.render import RenderApi
from demo.vendors.statuspage import StatusPageApi
from demo.vendors.vercel import VercelApi
from providers import github_account, render_account, vercel_account
from providers.base import Source
from providers.deploy_readings import DeploysReading, DeployState
from providers.vendor_readings import VendorReading, VendorState
from tests.contract.asgi import answering
from tests.contract.held import held
from tests.vendor_rigs import TOKEN, deploys_of, github, render, shifted_clock, statuspage, vercel

pytestmark = pytest.mark.contract

SETTLED_S = 600.0


class Unmeasured:
    """No metrics and no logs: nothing here asks for them."""

    def metric(self, name: str, service_id: str, at: object) -> float | None:
        return None

    def by_status(self, service_id: str, at: object) -> dict[str, float]:
        return {}

    def lines(self, service_id: str, start: object, end: object) -> tuple[Any, ...]:
        return ()


class World:
    """The demo's vendors at a time that stands still until told."""

    def __init__(self) -> None:
        self.clock = shifted_clock()
        self.estate = Estate(Agenda(self.clock))

    def vercel(self) -> Any:
        app = VercelApi(self.estate.vercel, {TOKEN: LMA_TEAM}).app()
        return held("vercel", answering(app), clock=self.clock)

    def render(self) -> Any:
        app = RenderApi(self.estate.render, {TOKEN}, Unmeasured()).app()
        return held("render", answering(app), clock=self.clock)

    def github(self) -> Any:
        app = GitHubApi(self.estate.github, {TOKEN: frozenset({"lma-commerce"})}).app()
        return held("github", answering(app), clock=self.clock)

    def page(self, name: str) -> Any:
        app = StatusPageApi(self.estate.pages[name]).app()
        return held("statuspage", answering(app), clock=self.clock)


async def reading_of(source: Source) -> DeploysReading:
    return deploys_of(await source.read())


def live_commit(reading: DeploysReading) -> str:
    return next(one.commit.text for one in reading.deploys if one.id == reading.live_id)


async def test_vercel_rollback_is_seen_from_the_request_to_its_consequence() -> None:
    world = World()
    project = world.estate.web("lma-web")
    async with world.vercel() as (api, _keeper):
        source = vercel(api, project="lma-web", team=LMA_TEAM)
        before = await reading_of(source)
        candidate = next(one for one in before.deploys if one.rollback_candidate)
        to = world.estate.vercel.deployments[candidate.id]
        world.estate.vercel.point("rollback", project, to, "errors are up")
        world.clock.advance(31)
        after = await reading_of(source)

    live = world.estate.live_web("lma-web")
    assert live is not None
    assert before.live_id == project.live_id
    assert before.notices == ()
    assert after.live_id == candidate.id
    assert live_commit(after) == live.sha
    assert "auto-assignment is off after a rollback" in after.notices[0]
    assert "errors are up" in after.notices[0]
    previous = next(one for one in after.deploys if one.id == before.live_id)
    assert previous.state is DeployState.PREVIOUS


async def test_vercel_rollback_under_way_is_said() -> None:
    world = World()
    async with world.vercel() as (api, _keeper):
        source = vercel(api, project="lma-web", team=LMA_TEAM)
        before = await reading_of(source)
        candidate = next(one.id for one in before.deploys if one.rollback_candidate)
        to = world.estate.vercel.deployments[candidate]
        world.estate.vercel.point("rollback", world.estate.web("lma-web"), to)
        world.clock.advance(1)
        during = await reading_of(vercel(api, project="lma-web", team=LMA_TEAM))

    assert during.live_id == before.live_id
    assert during.notices[0].startswith("a rollback is in-progress: from ")


async def test_vercel_staging_is_a_project_of_its_own() -> None:
    world = World()
    options = {"project": "lma-web-staging", "environment": "staging", "target": "production"}
    async with world.vercel() as (api, _keeper):
        reading = await reading_of(vercel(api, team=LMA_TEAM, **options))

    live = world.estate.live_web("lma-web-staging")
    assert live is not None
    assert live_commit(reading) == live.sha
    assert {one.environment for one in reading.deploys} == {"staging"}


async def test_render_rollback_brings_the_warning_about_autodeploy() -> None:
    world = World()
    estate = world.estate.render
    async with world.render() as (api, _keeper):
        source = render(api, service_id=API_PRODUCTION)
        before = await reading_of(source)
        candidate = next(one for one in before.deploys if one.rollback_candidate)
        service = estate.services[API_PRODUCTION]
        estate.set_auto_deploy(service, on=True)
        target = estate.deploy(service, candidate.id)
        estate.roll_back(estate.services[API_PRODUCTION], target)
        world.clock.advance(5)
        during = await reading_of(source)
        world.clock.advance(SETTLED_S)
        after = await reading_of(source)

    assert before.live_id == during.live_id
    assert during.deploys[0].state.running
    assert during.deploys[0].trigger.text == "rollback"
    assert after.live_id == during.deploys[0].id
    assert live_commit(after) == candidate.commit.text
    assert after.notices == (
        "autodeploy is on after a rollback: the next push brings the bad commit back",
    )


async def test_render_suspended() -> None:
    world = World()
    service = world.estate.render.services[API_PRODUCTION]
    world.estate.render.suspend(service)
    world.clock.advance(SETTLED_S)
    async with world.render() as (api, _keeper):
        reading = await reading_of(render(api, service_id=API_PRODUCTION))

    assert reading.live_id is None
    assert any("is suspended" in notice for notice in reading.notices)


async def test_github_runs_are_kept_apart_by_environment() -> None:
    world = World()
    of = {"owner": "lma-commerce", "repo": "lma", "workflow": "deploy-api.yml"}
    async with world.github() as (api, _keeper):
        production = github(api, **of, other_environments=("staging",))
        staging = github(api, **of, environment="staging", other_environments=("production",))
        first, second = await reading_of(production), await reading_of(staging)
        everything = await reading_of(github(api, **of))

    ids = [{run.id for run in reading.deploys} for reading in (first, second, everything)]
    assert ids[0]
    assert ids[1]
    assert ids[0].isdisjoint(ids[1])
    assert ids[0] | ids[1] == ids[2]


async def test_github_run_from_queue_to_end() -> None:
    world = World()
    state = world.estate.github
    repo = state.repo("lma-commerce", "lma")
    workflow = state.workflow(repo, "deploy-api.yml")
    of = {"owner": "lma-commerce", "repo": "lma", "workflow": "deploy-api.yml"}
    async with world.github() as (api, keeper):
        source = github(api, **of)
        state.dispatch(repo, workflow, "main", {"environment": "production"})
        queued = await reading_of(source)
        world.clock.advance(5)
        running = await reading_of(source)
        unchanged = await reading_of(source)
        world.clock.advance(SETTLED_S)
        ended = await reading_of(source)

    assert queued.deploys[0].state is DeployState.QUEUED
    assert running.deploys[0].state is DeployState.BUILDING
    assert unchanged == running
    assert "if-none-match" in keeper.asked[2].headers
    assert ended.deploys[0].state is DeployState.SUCCEEDED
    assert ended.deploys[0].id == queued.deploys[0].id


async def test_status_page_with_an_incident() -> None:
    world = World()
    page = world.estate.pages["supabase"]
    async with world.page("supabase") as (api, _keeper):
        source = statuspage(api, "Connection Pooler")
        before = (await source.read()).payload
        page.report("Pooler latency", "minor", ("Connection Pooler",), "degraded_performance", "…")
        world.clock.advance(60)
        during = (await source.read()).payload
        page.update("Pooler latency", "resolved", "well again")
        world.clock.advance(60)
        after = (await source.read()).payload

    assert isinstance(before, VendorReading)
    assert isinstance(during, VendorReading)
    assert isinstance(after, VendorReading)
    assert before.state is after.state is VendorState.OPERATIONAL
    assert during.state is VendorState.DEGRADED
    assert [incident.title.text for incident in during.incidents] == ["Pooler latency"]
    assert after.incidents == ()


async def test_status_page_with_a_maintenance_under_way() -> None:
    world = World()
    world.clock.advance(timedelta(days=2, hours=1).total_seconds())
    async with world.page("render") as (api, _keeper):
        payload = (await statuspage(api).read()).payload

    assert isinstance(payload, VendorReading)
    assert [one.title.text for one in payload.incidents] == ["Frankfurt: network maintenance"]


async def test_accounts() -> None:
    world = World()
    async with world.vercel() as (api, _keeper):
        assert (await vercel_account.describe(api)).name.text == "quarterdeck"
    async with world.render() as (api, _keeper):
        assert (await render_account.describe(api)).name
    async with world.github() as (api, _keeper):
        view = await github_account.describe(api)
    assert view.name.text == "dana"
    assert view.budget is not None
    assert view.budget.limit == 5_000
