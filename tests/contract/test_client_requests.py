"""Every request our clients send, and the answers the other tests use, by the vendors' words."""

from typing import Any

import pytest

from providers import github_account, render_account, vercel_account
from providers.deploy_readings import DeployState
from providers.vendor_readings import VendorReading, VendorState
from tests import vendor_data as data
from tests.contract import answers
from tests.contract.answers import workflow_run
from tests.contract.held import held
from tests.contract.specification import specification
from tests.vendor_rigs import deploys_of, github, render, shifted_clock, statuspage, vercel
from tests.vendor_server import Asked, Reply, json_reply

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"team": None},
        {"environment": "staging"},
        {"environment": "staging", "branch": "feature/größe & more"},
        {"environment": "qa", "target": "qa"},
        {"project": "prj_1 / odd?name"},
    ],
)
async def test_vercel(options: dict[str, Any]) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path != "/v7/deployments":
            return json_reply(data.vercel_project(data.vercel_live()))
        older = None if asked.value("until") else data.T0_MS
        return json_reply(data.vercel_list(data.vercel_deployment(), next_ms=older))

    async with held("vercel", answer) as (api, keeper):
        await vercel(api, **options).read()

    assert {asked.path.split("/")[2] for asked in keeper.asked} == {"projects", "deployments"}
    assert any(asked.value("until") for asked in keeper.asked), "the older page too"


async def test_vercel_after_a_rollback() -> None:
    newest = data.vercel_deployment("dpl_2", isRollbackCandidate=True)
    project = data.vercel_project(
        data.vercel_live("dpl_1"),
        autoAssignCustomDomains=False,
        lastAliasRequest=data.alias_request("succeeded"),
        lastRollbackTarget={},
    )

    def answer(asked: Asked) -> Reply:
        listing = data.vercel_list(newest, data.vercel_deployment("dpl_1"))
        return json_reply(listing if asked.path == "/v7/deployments" else project)

    async with held("vercel", answer) as (api, _keeper):
        reading = deploys_of(await vercel(api).read())

    assert reading.live_id == "dpl_1"
    assert [one.state for one in reading.deploys] == [DeployState.PREVIOUS, DeployState.LIVE]
    assert reading.notices[0].startswith("auto-assignment is off after a rollback")


async def test_render() -> None:
    def answer(asked: Asked) -> Reply:
        if not asked.path.endswith("/deploys"):
            return json_reply(data.render_service())
        if asked.value("status"):
            return json_reply(data.render_list(data.render_deploy("dep-old")))
        size = 0 if asked.value("cursor") else int(asked.value("limit") or 0)
        page = [data.render_deploy(f"dep-{n}", "deactivated") for n in range(size)]
        return json_reply(data.render_list(*page))

    async with held("render", answer) as (api, keeper):
        await render(api, limit=101).read()
        reading = deploys_of(await render(api, limit=100).read())

    assert reading.live_id == "dep-old"
    assert any(asked.value("cursor") for asked in keeper.asked)
    assert any(asked.value("status") == "live" for asked in keeper.asked)


@pytest.mark.parametrize(
    "options", [{}, {"workflow": None}, {"workflow": "161335"}, {"branch": "main", "limit": 200}]
)
async def test_github(options: dict[str, Any]) -> None:
    def answer(asked: Asked) -> Reply:
        first = int(asked.value("page") or 1) * 1_000
        count = int(asked.value("per_page") or 0)
        return json_reply(data.github_list(*(workflow_run(first + n) for n in range(count))))

    async with held("github", answer) as (api, keeper):
        reading = deploys_of(await github(api, **options).read())

    assert {run.state for run in reading.deploys} == {DeployState.SUCCEEDED}
    for asked in keeper.asked:
        assert asked.headers["accept"] == "application/vnd.github+json"
        assert asked.headers["x-github-api-version"] == "2022-11-28"


async def test_github_unchanged() -> None:
    def answer(asked: Asked) -> Reply:
        if "if-none-match" in asked.headers:
            return Reply(status=304, headers=())
        return json_reply(data.github_list(workflow_run(1)), ETag='"one"')

    async with held("github", answer) as (api, _keeper):
        source = github(api)
        first, second = await source.read(), await source.read()

    assert deploys_of(second) == deploys_of(first)


@pytest.mark.parametrize("components", [(), ("API",)])
async def test_statuspage(components: tuple[str, ...]) -> None:
    summary = specification("statuspage").vendor_example("/api/v2/summary.json")

    async with held("statuspage", lambda _asked: json_reply(summary)) as (api, keeper):
        payload = (await statuspage(api, *components).read()).payload

    assert isinstance(payload, VendorReading)
    assert [(name.text, state) for name, state in payload.components] == [
        ("API", VendorState.PARTIAL_OUTAGE)
    ]
    assert [incident.title.text for incident in payload.incidents][:1] == ["Elevated error rates"]
    assert "authorization" not in keeper.asked[0].headers


async def test_statuspage_examples_of_our_own() -> None:
    summary = data.page_summary(
        incidents=[data.page_incident()], scheduled_maintenances=[data.page_maintenance()]
    )

    async with held("statuspage", lambda _asked: json_reply(summary)) as (api, _keeper):
        payload = (await statuspage(api).read()).payload

    assert isinstance(payload, VendorReading)
    assert len(payload.incidents) == 2, "the incident and the maintenance"


async def test_vercel_account() -> None:
    user = {"id": "u1", "username": "maria", "email": "maria@example.test", "name": None}
    limited = user | {"avatar": None, "defaultTeamId": None, "limited": True}

    async with held("vercel", lambda _asked: json_reply({"user": limited})) as (api, _keeper):
        view = await vercel_account.describe(api)

    assert view.scopes == ("one team",)


async def test_render_account() -> None:
    user = {"email": "ops@example.test", "name": "Ops"}

    async with held("render", lambda _asked: json_reply(user)) as (api, _keeper):
        view = await render_account.describe(api)

    assert view.name.text == "ops@example.test"


async def test_github_account() -> None:
    def answer(asked: Asked) -> Reply:
        return json_reply(answers.github_account(asked.path))

    async with held("github", answer, clock=shifted_clock()) as (api, _keeper):
        view = await github_account.describe(api)

    assert view.name.text == "octocat"
