"""The demo's vendors answer as the vendors' own specifications say, and refuse as they do.

Held wherever the specification files are found; elsewhere these tests hold the notice that says
so, and nothing is skipped silently.
"""

import httpx
import pytest

from demo.estate import API_PRODUCTION, LMA_TEAM
from demo.history import LMA_REPO
from tests.contract.presence import VENDORS, folder, presence
from tests.demo_exchanges import EXCHANGES, SERVICES, Ask
from tests.demo_exchanges_alerting import ALERTING_EXCHANGES, NOT_ASKED, UNSENDABLE
from tests.demo_exchanges_trade import TRADE_EXCHANGES
from tests.demo_rig import Stage
from tests.demo_specification import VendorFile, vendor_file

pytestmark = pytest.mark.contract

HELD = ("vercel", "render", "github", "sentry", "pagerduty")
EVERY = {**EXCHANGES, **ALERTING_EXCHANGES, **TRADE_EXCHANGES}


def found(vendor: str) -> VendorFile | None:
    """The vendor's file; without it, the suite must have said that it was not held to it."""
    file = vendor_file(vendor)
    if file is None:
        assert f"{vendor}.json" in presence(folder())
        assert "NOT RUN" in presence(folder())
    return file


async def send(client: httpx.AsyncClient, ask: Ask) -> httpx.Response:
    bodies = {"json": ask.body} if ask.form is None else {"data": ask.form}
    query = dict(ask.query)
    return await client.request(ask.method, ask.path, params=query, headers=ask.headers, **bodies)


def service_of(vendor: str) -> str:
    return SERVICES.get(vendor, vendor)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_every_operation_answers_as_the_vendor_does(vendor: str) -> None:
    file = found(vendor)
    if file is None:
        return
    stage = Stage()
    asked: set[str] = set()
    wrong: list[str] = []
    async with stage.client(service_of(vendor)) as client:
        for ask in EVERY[vendor](stage):
            answer = await send(client, ask)
            asked.add(file.operation_of(answer.request))
            wrong += file.faults(answer)
            known = file.operation_of(answer.request) in UNSENDABLE
            if not known and not file.accepts(answer.request):
                wrong.append(f"{ask.method} {ask.path}: the request itself breaks the file")
            if answer.status_code >= 500 or answer.status_code in {401, 403, 404}:
                wrong.append(f"{ask.method} {ask.path}: {answer.status_code} {answer.text[:200]}")

    assert wrong == []
    assert asked == file.operations - NOT_ASKED


@pytest.mark.parametrize("vendor", [*HELD, *TRADE_EXCHANGES])
async def test_without_credential_every_operation_is_refused(vendor: str) -> None:
    file = found(vendor)
    if file is None:
        return
    stage = Stage()
    granted: list[str] = []
    wrong: list[str] = []
    async with stage.client(service_of(vendor), "") as client:
        for ask in EVERY[vendor](stage):
            answer = await send(client, ask)
            if answer.status_code not in {401, 403}:
                granted.append(f"{ask.method} {ask.path}: {answer.status_code}")
            if file.documents(answer.request, answer.status_code):
                wrong += file.faults(answer)

    assert granted == []
    assert wrong == []


TEAM = {"teamId": LMA_TEAM}
RUNS = f"/repos/{LMA_REPO}/actions"
BAD = [
    ("vercel", Ask(method="GET", path="/v7/deployments", query={**TEAM, "limit": "many"})),
    ("vercel", Ask(method="GET", path="/v7/deployments", query={"rollbackCandidate": "maybe"})),
    ("vercel", Ask(method="POST", path="/v13/deployments", query=TEAM, body={"target": "x"})),
    ("vercel", Ask(method="POST", path="/v13/deployments", query=TEAM, body=[])),
    (
        "vercel",
        Ask(method="GET", path="/v1/projects/lma-web/rolling-release", query={"state": "NEVER"}),
    ),
    ("render", Ask(method="GET", path="/v1/services", query={"limit": "0"})),
    ("render", Ask(method="GET", path="/v1/services", query={"createdBefore": "soon"})),
    (
        "render",
        Ask(
            method="GET",
            path=f"/v1/services/{API_PRODUCTION}/deploys",
            query={"status": "asleep"},
        ),
    ),
    ("render", Ask(method="GET", path="/v1/logs", query={"ownerId": "tea-1"})),
    ("render", Ask(method="GET", path="/v1/environments")),
    ("render", Ask(method="GET", path="/v1/metrics/cpu", query={"resolutionSeconds": "1"})),
    (
        "render",
        Ask(
            method="POST",
            path=f"/v1/services/{API_PRODUCTION}/scale",
            body={"numInstances": "two"},
        ),
    ),
    (
        "render",
        Ask(method="POST", path=f"/v1/services/{API_PRODUCTION}/rollback", body={"deploy": "x"}),
    ),
    ("github", Ask(method="GET", path=f"{RUNS}/runs", query={"per_page": "all"})),
    ("github", Ask(method="GET", path=f"{RUNS}/runs", query={"status": "asleep"})),
    (
        "github",
        Ask(method="POST", path=f"{RUNS}/workflows/deploy-api.yml/dispatches", body={"inputs": {}}),
    ),
]


@pytest.mark.parametrize(("vendor", "ask"), BAD)
async def test_what_the_file_forbids_is_refused(vendor: str, ask: Ask) -> None:
    file = found(vendor)
    async with Stage().client(vendor) as client:
        answer = await send(client, ask)

    assert answer.status_code in {400, 422}
    if file is not None:
        assert not file.accepts(answer.request)
        if file.documents(answer.request, answer.status_code):
            assert list(file.faults(answer)) == []


def test_a_wrong_answer_would_be_noticed() -> None:
    file = found("render")
    if file is None:
        return
    request = httpx.Request("GET", "https://api.render.com/v1/users")
    good = httpx.Response(200, json={"email": "a@b", "name": "A"}, request=request)
    bad = httpx.Response(200, json={"email": "a@b", "name": 7}, request=request)

    assert list(file.faults(good)) == []
    assert len(list(file.faults(bad))) == 1
