"""Vercel, Render and GitHub as systems, every exchange judged by the vendors' specifications."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.github_rows import DEPLOYMENT_STATES, WORKFLOW_STATES
from providers.log_readings import LogLevel, LogsReading
from providers.render_events import EVENTS
from providers.render_logs import LogQuery
from providers.system_readings import Condition, SystemReading
from providers.vercel_builds import build_events
from providers.vercel_logs import LEVELS
from tests import vendor_data as data
from tests import vendor_data_platform as more
from tests.contract.answers import made, workflow_run
from tests.contract.held import held
from tests.contract.specification import specification
from tests.platform_rig import section
from tests.vendor_rig import by_path
from tests.vendor_rigs import shifted_clock
from tests.vendor_rigs_platform import (
    PROJECT,
    REPOSITORY,
    RUNTIME_LOG,
    SERVICE,
    SERVICE_LOG,
    project,
    repository,
    runtime_log,
    service,
    service_log,
)
from tests.vendor_server import Asked, Reply, json_reply

pytestmark = pytest.mark.contract

SEEDS = st.integers(min_value=0, max_value=2**32)
THOROUGH = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
ONE_PROJECT = "/v9/projects/{idOrName}"
ONE_SERVICE = "/services/{serviceId}"
LOG_LINE = "/v1/projects/{projectId}/deployments/{deploymentId}/runtime-logs"
REPO = "/repos/{owner}/{repo}"


def answers_of(bodies: tuple[tuple[str, Any], ...], changed: dict[str, Any]) -> Any:
    return by_path(tuple((dict(bodies) | changed).items()))


async def system_of(source: Any) -> SystemReading:
    payload = (await source.read()).payload
    assert isinstance(payload, SystemReading)
    return payload


async def logs_of(source: Any) -> LogsReading:
    payload = (await source.read()).payload
    assert isinstance(payload, LogsReading)
    return payload


def whole_repository() -> Any:
    return made("github", REPO, 1) | more.repository()


def streaming(answer: Any) -> Any:
    """The vendor's own kind of answer for a log."""

    def told(asked: Asked) -> Reply:
        reply: Reply = answer(asked)
        kind = (("Content-Type", "application/stream+json"),)
        return Reply(body=reply.body, headers=kind) if "runtime-logs" in asked.path else reply

    return told


@pytest.mark.parametrize(
    "options", [{}, {"team": None}, {"project": "prj_1"}, {"staging": None, "metrics": ()}]
)
async def test_vercel_project(options: dict[str, Any]) -> None:
    changed = {"/projects/prj_1": more.project()}
    async with held("vercel", answers_of(PROJECT, changed)) as (api, keeper):
        reading = await system_of(project(api, shifted_clock(), **options))

    assert reading.condition is Condition.FINE
    assert any(asked.path.endswith("/config") for asked in keeper.asked)


async def test_vercel_project_while_everything_moves() -> None:
    rolling = made("vercel", ONE_PROJECT, 1) | more.project(
        lastAliasRequest=data.alias_request("in-progress")
    )
    rolling["rollingRelease"] = {"target": "production"}
    async with held("vercel", answers_of(PROJECT, {"/projects/lma-web": rolling})) as (api, keeper):
        reading = await system_of(project(api, shifted_clock()))

    assert section(reading, "moves").records
    asked = {each.path.rpartition("/")[2] for each in keeper.asked}
    assert {"aliases", "rolling-release"} <= asked


async def test_vercel_log() -> None:
    async with held("vercel", streaming(by_path(RUNTIME_LOG))) as (api, _keeper):
        assert (await logs_of(runtime_log(api))).lines


async def test_vercel_build_events() -> None:
    listed = [more.build_event(1), more.build_event(2, type="stderr", level="error")]
    async with held("vercel", lambda _asked: json_reply(listed)) as (api, _keeper):
        assert len((await build_events(api, "dpl_1", "team_1")).kept) == 2


async def test_render_service() -> None:
    async with held("render", by_path(SERVICE)) as (api, keeper):
        await system_of(service(api, shifted_clock()))

    assert len(keeper.asked) == 10


async def test_render_log_with_every_filter_page_by_page() -> None:
    query = LogQuery(
        levels=("error", "info"),
        types=("app",),
        texts=("pool",),
        paths=("/v1/orders",),
        statuses=("503", "502"),
    )
    pages = 0

    def answer(asked: Asked) -> Reply:
        nonlocal pages
        if not asked.path.endswith("/logs"):
            return json_reply(data.render_service())
        pages += 1
        end = f"2026-11-18T12:0{pages % 10}:00.777035-07:00"
        return json_reply(more.logs(more.log(pages), more=True, end=end))

    async with held("render", answer) as (api, _keeper):
        source = service_log(api, shifted_clock(), query=query)
        await source.read()
        await source.read()

    assert pages == 6


async def test_github_repository() -> None:
    runs = data.github_list(
        workflow_run(3, status="in_progress", conclusion=None),
        workflow_run(2, status="waiting", conclusion=None),
        workflow_run(1, conclusion="failure", workflow_id=9),
    )
    jobs = more.jobs(more.job(1, "in_progress"), more.job(2, conclusion="failure"))
    changed = {
        "/actions/runs": runs,
        "/repos/lma/api": whole_repository(),
        "/jobs": jobs,
    }
    async with held("github", answers_of(REPOSITORY, changed)) as (api, keeper):
        await system_of(repository(api, shifted_clock()))

    asked = {each.path.rpartition("/")[2] for each in keeper.asked}
    assert {"jobs", "pending_deployments", "statuses", "workflows", "api"} <= asked
    assert all(each.headers["x-github-api-version"] == "2022-11-28" for each in keeper.asked)


@given(seed=SEEDS)
@THOROUGH
async def test_whatever_a_vercel_project_may_be(seed: int) -> None:
    listed = made("vercel", f"{ONE_PROJECT}/domains", seed)
    listed["pagination"]["next"] = None
    for number, domain in enumerate(listed["domains"]):
        domain["name"] = f"d{number}.example.com"
    body = made("vercel", ONE_PROJECT, seed) | {"env": [more.variable("A")]}
    changed = {
        "/domains": listed,
        "/config": made("vercel", "/v6/domains/{domain}/config", seed),
        "/rolling-release": made("vercel", "/v1/projects/{idOrName}/rolling-release", seed),
        "/promote/aliases": made("vercel", "/v1/projects/{projectId}/promote/aliases", seed),
        "/projects/lma-web": body,
        "/projects/lma-web-staging": body,
    }
    async with held("vercel", answers_of(PROJECT, changed)) as (api, _keeper):
        reading = await system_of(project(api, shifted_clock(), metrics=()))

    assert len(section(reading, "domains").records) == len(listed["domains"])
    assert not [each.blind for each in reading.sections if each.blind]
    assert not [notice for notice in reading.notices if "could not be read" in notice]


@given(seed=SEEDS)
@THOROUGH
async def test_whatever_a_line_of_vercel_may_be(seed: int) -> None:
    spec = specification("vercel")
    answer = spec.document["paths"][LOG_LINE]["get"]["responses"]["200"]
    schema = answer["content"]["application/stream+json"]["schema"]
    line = example(schema, seed) | {"timestampInMs": data.T0_MS, "source": "serverless"}
    bodies = answers_of(RUNTIME_LOG, {"/runtime-logs": line})
    async with held("vercel", streaming(bodies)) as (api, _keeper):
        reading = await logs_of(runtime_log(api))

    (only,) = reading.lines
    assert only.level is not LogLevel.UNKNOWN


def example(schema: Any, seed: int) -> Any:
    import random

    from tests.contract.examples import Examples

    return Examples(specification("vercel"), random.Random(seed)).value(schema)


@given(seed=SEEDS)
@THOROUGH
async def test_whatever_a_render_service_may_be(seed: int) -> None:
    events = made("render", f"{ONE_SERVICE}/events", seed)
    for number, item in enumerate(events):
        item["event"]["id"] = f"evt-{number}"
    domains = made("render", f"{ONE_SERVICE}/custom-domains", seed)
    for item in domains:
        # The specification requires neither; an item without a domain says nothing.
        item.setdefault("customDomain", more.custom_domain()["customDomain"])
    changed = {
        "/events": events,
        "/custom-domains": domains,
        "/instances": made("render", f"{ONE_SERVICE}/instances", seed),
        "/services/srv-1": made("render", ONE_SERVICE, seed),
        **{f"/metrics/{name}": made("render", f"/metrics/{name}", seed) for name in METRICS},
    }
    async with held("render", answers_of(SERVICE, changed)) as (api, _keeper):
        reading = await system_of(service(api, shifted_clock()))

    assert not [each.blind for each in reading.sections if each.blind]
    assert not [notice for notice in reading.notices if "could not be read" in notice]
    assert Condition.UNKNOWN not in {each.condition for each in section(reading, "events").records}


METRICS = ("cpu", "cpu-limit", "memory", "memory-limit", "http-requests", "http-latency")


@given(seed=SEEDS)
@THOROUGH
async def test_whatever_lines_render_may_give(seed: int) -> None:
    page = made("render", "/logs", seed)
    for number, line in enumerate(page["logs"]):
        line["id"] = f"log-{number}"
    async with held("render", answers_of(SERVICE_LOG, {"/logs": page})) as (api, _keeper):
        reading = await logs_of(service_log(api, shifted_clock()))

    assert len(reading.lines) == len(page["logs"])
    assert reading.notices == ()


@given(seed=SEEDS)
@THOROUGH
async def test_whatever_a_github_repository_may_be(seed: int) -> None:
    runs = made("github", f"{REPO}/actions/runs", seed)
    for number, run in enumerate(runs["workflow_runs"], start=1):
        run["id"] = number
    changed = {
        "/actions/runs": runs,
        "/actions/workflows": made("github", f"{REPO}/actions/workflows", seed),
        "/jobs": made("github", f"{REPO}/actions/runs/{{run_id}}/jobs", seed),
        "/pending_deployments": made(
            "github", f"{REPO}/actions/runs/{{run_id}}/pending_deployments", seed
        ),
        "/deployments": made("github", f"{REPO}/deployments", seed),
        "/statuses": made("github", f"{REPO}/deployments/{{deployment_id}}/statuses", seed),
        "/repos/lma/api": made("github", REPO, seed),
    }
    async with held("github", answers_of(REPOSITORY, changed)) as (api, _keeper):
        reading = await system_of(repository(api, shifted_clock()))

    assert not [each.blind for each in reading.sections if each.blind]
    assert not [notice for notice in reading.notices if "could not be read" in notice]
    unread = [one for each in reading.sections for one in each.records if "unread" in one.id]
    assert unread == []


def words_of(vendor: str, *path: str) -> set[str]:
    """The enumeration of a named schema."""
    spec = specification(vendor)
    schema = spec.document["components"]["schemas"][path[0]]
    for step in path[1:]:
        schema = spec.dereferenced(schema["properties"][step])
    return set(schema["enum"])


@pytest.mark.parametrize(
    ("words", "table"),
    [
        (("render", "serviceEventType"), EVENTS),
        (("github", "workflow", "state"), WORKFLOW_STATES),
        (("github", "deployment-status", "state"), DEPLOYMENT_STATES),
    ],
    ids=["events", "workflows", "deployments"],
)
def test_every_word_of_the_vendor_is_known(
    words: tuple[str, ...], table: Mapping[str, object]
) -> None:
    assert set(table) == words_of(*words)


def test_every_level_of_vercel_is_known() -> None:
    answer = specification("vercel").document["paths"][LOG_LINE]["get"]["responses"]["200"]
    schema = answer["content"]["application/stream+json"]["schema"]

    assert set(LEVELS) == set(schema["properties"]["level"]["enum"])
