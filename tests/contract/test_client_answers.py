"""Whatever a vendor's specification allows is read whole: nothing refused, nothing left out."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers import github_account, render_account, vercel_account
from providers import github_mapping as of_github
from providers import render_mapping as of_render
from providers import statuspage_mapping as of_statuspage
from providers import vercel_mapping as of_vercel
from providers.base import Source
from providers.deploy_readings import DeployState
from providers.errors import NotFound, ProviderError, RateLimited, ServerFailed, Unauthorized
from providers.http import Api
from providers.vendor_readings import VendorReading
from tests.contract import answers
from tests.contract.answers import RUNS, made
from tests.contract.held import held
from tests.contract.specification import specification
from tests.vendor_rigs import deploys_of, github, render, statuspage, vercel
from tests.vendor_server import Asked, Reply, json_reply

pytestmark = pytest.mark.contract

SEEDS = st.integers(min_value=0, max_value=2**32)
THOROUGH = settings(
    max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@given(seed=SEEDS)
@THOROUGH
async def test_vercel(seed: int) -> None:
    project = made("vercel", "/v9/projects/{idOrName}", seed)
    listing = made("vercel", "/v7/deployments", seed)
    listing["pagination"]["next"] = None
    for number, deployment in enumerate(listing["deployments"]):
        deployment |= {"uid": f"dpl_{number}", "projectId": project["id"], "target": "production"}
        deployment.pop("customEnvironment", None)

    def answer(asked: Asked) -> Reply:
        return json_reply(listing if asked.path == "/v7/deployments" else project)

    async with held("vercel", answer) as (api, _keeper):
        reading = deploys_of(await vercel(api).read())

    listed = {deployment["uid"] for deployment in listing["deployments"]}
    assert listed <= {deploy.id for deploy in reading.deploys}
    assert not [notice for notice in reading.notices if "could not be read" in notice]
    assert DeployState.UNKNOWN not in {deploy.state for deploy in reading.deploys}


@given(seed=SEEDS)
@THOROUGH
async def test_render(seed: int) -> None:
    service = made("render", "/services/{serviceId}", seed)
    listing = made("render", "/services/{serviceId}/deploys", seed)
    for number, item in enumerate(listing):
        # The specification requires neither; an item without a deploy says nothing.
        item.setdefault("deploy", {})["id"] = f"dep-{number}"

    def answer(asked: Asked) -> Reply:
        return json_reply(listing if asked.path.endswith("/deploys") else service)

    async with held("render", answer) as (api, _keeper):
        reading = deploys_of(await render(api).read())

    assert {deploy.id for deploy in reading.deploys} == {f"dep-{n}" for n in range(len(listing))}
    assert not [notice for notice in reading.notices if "could not be read" in notice]


@given(seed=SEEDS)
@THOROUGH
async def test_github(seed: int) -> None:
    listing = made("github", RUNS, seed)

    async with held("github", lambda _asked: json_reply(listing)) as (api, _keeper):
        reading = deploys_of(await github(api, workflow=None).read())

    ids = {str(run["id"]) for run in listing["workflow_runs"]}
    assert {run.id for run in reading.deploys} == ids
    assert reading.notices == ()


@given(seed=SEEDS, chosen=st.booleans())
@THOROUGH
async def test_statuspage(seed: int, chosen: bool) -> None:
    summary = made("statuspage", "/api/v2/summary.json", seed)
    wanted = tuple(component["id"] for component in summary["components"]) if chosen else ()

    async with held("statuspage", lambda _asked: json_reply(summary)) as (api, _keeper):
        payload = (await statuspage(api, *wanted).read()).payload

    assert isinstance(payload, VendorReading)
    assert "could not be read" not in payload.description.text
    open_ones = [i for i in summary["incidents"] if i["status"] not in {"resolved", "postmortem"}]
    assert chosen or len(payload.incidents) >= len(open_ones)


@given(seed=SEEDS)
@THOROUGH
async def test_accounts(seed: int) -> None:
    user = made("vercel", "/v2/user", seed)
    async with held("vercel", lambda _asked: json_reply(user)) as (api, _keeper):
        assert (await vercel_account.describe(api)).name
    owner = made("render", "/users", seed)
    async with held("render", lambda _asked: json_reply(owner)) as (api, _keeper):
        assert (await render_account.describe(api)).name

    def github_answer(asked: Asked) -> Reply:
        if asked.path == "/rate_limit":
            return json_reply(made("github", "/rate_limit", seed))
        return json_reply(answers.github_account("/user"))

    async with held("github", github_answer) as (api, _keeper):
        assert (await github_account.describe(api)).name


def words_of(vendor: str, template: str, *path: str) -> set[str]:
    """The enumeration at a path into an answer's schema; `[]` steps into a list."""
    spec = specification(vendor)
    schema: Any = spec.dereferenced(spec.schema(template))
    for step in path:
        inner = schema["items"] if step == "[]" else schema["properties"][step]
        schema = spec.dereferenced(inner)
    return set(schema["enum"])


@pytest.mark.parametrize(
    ("words", "table"),
    [
        (("vercel", "/v7/deployments", "deployments", "[]", "readyState"), of_vercel.STATES),
        (
            ("render", "/services/{serviceId}/deploys", "[]", "deploy", "status"),
            of_render.STATES,
        ),
        (
            ("statuspage", "/api/v2/summary.json", "status", "indicator"),
            of_statuspage.INDICATORS,
        ),
        (
            ("statuspage", "/api/v2/summary.json", "components", "[]", "status"),
            of_statuspage.COMPONENTS,
        ),
    ],
    ids=["vercel", "render", "indicator", "component"],
)
def test_every_state_of_the_vendor_is_known(
    words: tuple[str, ...], table: Mapping[str, object]
) -> None:
    assert set(table) == words_of(*words)


def test_every_status_and_conclusion_of_github_is_known() -> None:
    """The one list of words is that of the `status` filter, which takes both."""
    spec = specification("github")
    parameters = spec.document["paths"][RUNS]["get"]["parameters"]
    status = next(p for p in map(spec.dereferenced, parameters) if p["name"] == "status")
    known = {*of_github.STATES, *of_github.CONCLUSIONS, of_github.COMPLETED}

    assert set(status["schema"]["enum"]) <= known


REFUSALS = (
    ("vercel", "/v7/deployments", vercel, 401, Unauthorized),
    ("vercel", "/v7/deployments", vercel, 403, Unauthorized),
    ("vercel", "/v7/deployments", vercel, 404, NotFound),
    ("vercel", "/v7/deployments", vercel, 410, NotFound),
    ("vercel", "/v7/deployments", vercel, 429, RateLimited),
    ("render", "/services/{serviceId}/deploys", render, 401, Unauthorized),
    ("render", "/services/{serviceId}/deploys", render, 403, Unauthorized),
    ("render", "/services/{serviceId}/deploys", render, 404, NotFound),
    ("render", "/services/{serviceId}/deploys", render, 410, NotFound),
    ("render", "/services/{serviceId}/deploys", render, 429, RateLimited),
    ("render", "/services/{serviceId}/deploys", render, 500, ServerFailed),
    ("render", "/services/{serviceId}/deploys", render, 503, ServerFailed),
)


@pytest.mark.parametrize(
    ("vendor", "template", "build", "status", "kind"),
    REFUSALS,
    ids=[f"{vendor}-{status}" for vendor, _template, _build, status, _kind in REFUSALS],
)
async def test_refusals_in_the_vendor_s_own_shape(
    vendor: str, template: str, build: Any, status: int, kind: type[ProviderError]
) -> None:
    def answer(asked: Asked) -> Reply:
        if "/projects/" in asked.path:
            return json_reply(made(vendor, "/v9/projects/{idOrName}", 1))
        return json_reply(made(vendor, template, 1, status), status)

    async with held(vendor, answer) as (api, _keeper):
        source: Source = build(api)
        with pytest.raises(kind) as caught:
            await source.read()

    assert isinstance(api, Api)
    assert type(caught.value) is kind
