"""The demo's Supabase: it answers as the vendor's files say, remembers, and refuses."""

import base64
import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from demo.eye import Look
from demo.postgres_binaries import NoPostgres
from demo.reboots import Reboots
from demo.supabase_world import project_of
from demo.vendors.supabase import Grant, SupabaseApi
from demo.vendors.supabase_project import METRICS
from demo.vendors.supabase_state import Project, Status
from tests.contract.presence import folder, presence
from tests.demo_exchanges import Ask
from tests.demo_rig import Stage, ok
from tests.demo_specification import VendorFile, vendor_file

NOT_HERE = {
    # The products' databases are real and asked over their own protocol.
    "POST /v1/projects/{ref}/database/query",
    "POST /v1/projects/{ref}/database/query/read-only",
}


def found(vendor: str) -> VendorFile | None:
    """The vendor's file; without it, the suite must have said that it was not held to it."""
    file = vendor_file(vendor)
    if file is None:
        assert f"{vendor}.json" in presence(folder())
    return file


def lma(stage: Stage) -> Project:
    return project_of(stage.estate.supabase, "lma")


def reads(one: str) -> Iterator[Ask]:
    yield Ask(method="GET", path="/v1/projects")
    yield Ask(method="GET", path="/v1/organizations")
    query = {"limit": "1", "statuses": "ACTIVE_HEALTHY,INACTIVE"}
    yield Ask(method="GET", path="/v1/organizations/lma/projects", query=query)
    yield Ask(method="GET", path=one)
    yield Ask(method="GET", path=f"{one}/health", query={"services": "auth"})
    for rest in (
        "readonly",
        "restore",
        "advisors/performance",
        "advisors/security",
        "analytics/endpoints/logs.all",
        "analytics/endpoints/usage.api-counts",
        "analytics/endpoints/usage.api-requests-count",
        "config/database/pooler",
        "config/database/pgbouncer",
        "config/database/postgres",
        "config/disk",
        "config/disk/util",
        "billing/addons",
        "database/backups",
        "upgrade/status",
        "branches",
    ):
        yield Ask(method="GET", path=f"{one}/{rest}")


def changes(stage: Stage, one: str) -> Iterator[Ask]:
    """What changes things, in an order in which each is possible."""
    supabase, project = stage.estate.supabase, lma(stage)
    supabase.fill_disk(project, 0.96)
    yield Ask(method="POST", path=f"{one}/readonly/temporary-disable")
    yield Ask(method="POST", path=f"{one}/restart")
    stage.clock.advance(60)
    yield Ask(method="POST", path=f"{one}/pause")
    stage.clock.advance(60)
    yield Ask(method="POST", path=f"{one}/restore")
    yield Ask(method="POST", path=f"{one}/restore/cancel")


def everything(stage: Stage) -> SupabaseApi:
    """The API for a token of the old kind."""
    grant = Grant(organizations=("lma",), legacy=True)
    return SupabaseApi(stage.estate.supabase, {"old": grant})


async def send(client: httpx.AsyncClient, ask: Ask) -> httpx.Response:
    return await client.request(ask.method, ask.path, params=dict(ask.query), json=ask.body)


async def test_every_operation_answers_as_the_vendor_does() -> None:
    file, stage = found("supabase"), Stage()
    if file is None:
        return
    one = f"/v1/projects/{lma(stage).ref}"
    asked: set[str] = set()
    transport = httpx.ASGITransport(everything(stage).app())
    bearer = {"authorization": "Bearer old"}
    async with httpx.AsyncClient(
        transport=transport, base_url="https://api.supabase.com", headers=bearer
    ) as client:
        for ask in itertools.chain(reads(one), changes(stage, one)):
            answer = await send(client, ask)
            asked.add(file.operation_of(answer.request))
            assert answer.is_success, f"{ask.path}: {answer.text}"
            assert list(file.faults(answer)) == []
            assert file.accepts(answer.request), ask.path

    assert file.operations - asked == NOT_HERE


async def test_without_a_token_nothing_is_told() -> None:
    stage = Stage()
    async with stage.client("supabase", "wrong") as client:
        for ask in reads(f"/v1/projects/{lma(stage).ref}"):
            answer = await send(client, ask)
            assert answer.status_code == 401
            assert answer.json() == {"message": "Unauthorized"}


async def test_a_token_sees_its_organisation_alone() -> None:
    stage = Stage()
    other = project_of(stage.estate.supabase, "localloop")
    async with stage.client("supabase", stage.credentials.supabase_lma) as client:
        listed = ok(await client.get("/v1/projects"))
        hidden = await client.get(f"/v1/projects/{other.ref}")
        organizations = await client.get("/v1/organizations")

    assert [each["name"] for each in listed] == ["lma"]
    assert hidden.status_code == 404
    assert organizations.status_code == 403


async def test_the_121st_request_of_a_minute_is_refused_until_the_next() -> None:
    stage = Stage()
    path = f"/v1/projects/{lma(stage).ref}"
    async with stage.client("supabase", stage.credentials.supabase_lma) as client:
        statuses = [(await client.get(path)).status_code for _ in range(121)]
        refused = await client.get(path)
        stage.clock.advance(60)
        again = await client.get(path)

    assert statuses == [200] * 120 + [429]
    assert "ThrottlerException" in refused.json()["message"]
    assert 0 < int(refused.headers["x-ratelimit-reset"]) <= 60
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("method", "rest", "query"),
    [
        ("GET", "health", {}),
        ("GET", "health", {"services": "kitchen"}),
        ("GET", "analytics/endpoints/usage.api-counts", {"interval": "1year"}),
        ("GET", "analytics/endpoints/logs.all", {"iso_timestamp_start": "soon"}),
        (
            "GET",
            "analytics/endpoints/logs.all",
            {"sql": "select 1 from auth_logs", "iso_timestamp_start": "2026-01-01T00:00:00Z"},
        ),
        ("GET", "analytics/endpoints/logs.all", {"sql": "drop table users"}),
        ("POST", "restore", {}),
        ("POST", "restore/cancel", {}),
        ("POST", "readonly/temporary-disable", {}),
    ],
)
async def test_what_is_not_possible_is_refused(method: str, rest: str, query: Any) -> None:
    stage = Stage()
    async with stage.client("supabase", stage.credentials.supabase_lma) as client:
        path = f"/v1/projects/{lma(stage).ref}/{rest}"
        answer = await client.request(method, path, params=query)

    assert answer.status_code == 400
    assert answer.json()["message"]


async def test_pause_and_restore_take_their_time_and_are_remembered() -> None:
    stage = Stage()
    one = f"/v1/projects/{lma(stage).ref}"
    seen: list[str] = []
    async with stage.client("supabase", stage.credentials.supabase_lma) as client:

        async def status() -> None:
            seen.append(ok(await client.get(one))["status"])

        assert (await client.post(f"{one}/pause")).status_code == 200
        await status()
        stage.clock.advance(5)
        await status()
        twice = await client.post(f"{one}/pause")
        await client.post(f"{one}/restore")
        await status()
        stage.clock.advance(11)
        await status()
        stage.clock.advance(11)
        await status()

    assert seen == ["PAUSING", "INACTIVE", "RESTORING", "COMING_UP", "ACTIVE_HEALTHY"]
    assert twice.status_code == 400


async def test_cancelled_restore_stays_paused() -> None:
    stage = Stage()
    supabase, project = stage.estate.supabase, lma(stage)
    supabase.pause(project)
    stage.clock.advance(60)
    stage.estate.agenda.settle()
    supabase.restore(project)
    supabase.cancel_restore(project)
    stage.clock.advance(600)
    stage.estate.agenda.settle()

    assert project.status is Status.INACTIVE


async def test_database_that_is_away_is_told_by_its_health_and_not_by_its_status() -> None:
    stage = Stage()
    stage.glass.seen = Look(why="connection refused")
    one = f"/v1/projects/{lma(stage).ref}"
    async with stage.client("supabase", stage.credentials.supabase_lma) as client:
        status = ok(await client.get(one))["status"]
        told = ok(await client.get(f"{one}/health", params={"services": ["db", "auth"]}))

    assert status == "ACTIVE_HEALTHY"
    assert [each["status"] for each in told] == ["UNHEALTHY", "ACTIVE_HEALTHY"]
    assert told[0]["error"] == "connection refused"


def key(stage: Stage) -> dict[str, str]:
    words = stage.credentials.supabase_key_lma
    return {"apikey": words, "authorization": f"Bearer {words}"}


async def test_auth_server_answers_as_the_vendor_does() -> None:
    file, stage = found("supabase-auth"), Stage()
    if file is None:
        return
    people = lma(stage).people
    user = next(iter(people.users.values()))
    one = f"/auth/v1/admin/users/{user.id}"
    asked: set[str] = set()
    async with stage.client("supabase-lma", "") as client:
        for ask in (
            Ask(method="GET", path="/auth/v1/health"),
            Ask(method="GET", path="/auth/v1/admin/users", query={"page": "1", "per_page": "5"}),
            Ask(method="GET", path="/auth/v1/admin/audit", query={"per_page": "5"}),
            Ask(method="GET", path=one),
            Ask(method="PUT", path=one, body={"ban_duration": "168h"}),
        ):
            answer = await client.request(
                ask.method, ask.path, params=dict(ask.query), json=ask.body, headers=key(stage)
            )
            assert answer.is_success, answer.text
            moved = httpx.Request(
                ask.method,
                f"https://abcdefghijklmnopqrst.supabase.co{ask.path}",
                params=dict(ask.query),
                json=ask.body,
                headers=key(stage),
            )
            answer.request = moved
            asked.add(file.operation_of(moved))
            assert list(file.faults(answer)) == []

    assert asked == file.operations


async def test_suspended_let_in_again_and_written_down() -> None:
    stage = Stage()
    people = lma(stage).people
    user = next(iter(people.users.values()))
    one = f"/auth/v1/admin/users/{user.id}"
    async with stage.client("supabase-lma", "") as client:
        banned = ok(await client.put(one, json={"ban_duration": "1h30m"}, headers=key(stage)))
        days = await client.put(one, json={"ban_duration": "7d"}, headers=key(stage))
        let_in = ok(await client.put(one, json={"ban_duration": "none"}, headers=key(stage)))
        nobody = await client.get(f"{one[:-4]}0000", headers=key(stage))

    until = stage.clock.now().at.timestamp() + 5_400
    assert abs(_epoch(banned["banned_until"]) - until) < 1
    assert days.status_code == 400
    assert days.json()["error_code"] == "validation_failed"
    assert "banned_until" not in let_in
    assert nobody.json()["error_code"] == "user_not_found"
    assert [each.action for each in people.audit[-2:]] == ["user_modified", "user_modified"]


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def test_recovery_link_and_signing_out_with_one_s_own_token() -> None:
    stage = Stage()
    people = lma(stage).people
    user = next(iter(people.users.values()))
    body = {"type": "recovery", "email": user.email}
    async with stage.client("supabase-lma", "") as client:
        path = "/auth/v1/admin/generate_link"
        link = ok(await client.post(path, json=body, headers=key(stage)))
        missing = await client.post(
            path, json={"type": "recovery", "email": "no@example.com"}, headers=key(stage)
        )
        silent = await client.post(
            "/auth/v1/recover", json={"email": "no@example.com"}, headers=key(stage)
        )
        mine = {**key(stage), "authorization": f"Bearer {people.access_token(user)}"}
        out = await client.post("/auth/v1/logout", headers=mine)
        again = await client.post("/auth/v1/logout", headers=mine)

    assert "type=recovery" in link["action_link"]
    assert people.recoveries == [user.id]
    assert missing.status_code == 404
    assert silent.json() == {}
    assert (out.status_code, again.status_code) == (204, 403)
    assert people.user(user.id).sessions == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"apikey": "wrong"}, 401),
        ({"authorization": "Bearer wrong"}, 401),
    ],
)
async def test_auth_server_refuses_other_keys(headers: dict[str, str], status: int) -> None:
    async with Stage().client("supabase-lma", "") as client:
        answer = await client.get("/auth/v1/admin/users", headers=headers)

    assert answer.status_code == status
    assert set(answer.json()) == {"code", "error_code", "msg"}


async def test_key_in_one_header_alone_is_no_admin() -> None:
    stage = Stage()
    async with stage.client("supabase-lma", "") as client:
        only = {"apikey": stage.credentials.supabase_key_lma}
        assert (await client.get("/auth/v1/admin/users", headers=only)).status_code == 403


async def test_metrics_take_the_key_as_a_password_and_counters_grow() -> None:
    stage = Stage()
    words = stage.credentials.supabase_key_lma
    pair = base64.b64encode(f"service_role:{words}".encode()).decode()
    wrong = base64.b64encode(f"postgres:{words}".encode()).decode()
    async with stage.client("supabase-lma", "") as client:
        refused = await client.get(METRICS, headers={"authorization": f"Basic {wrong}"})
        good = {"authorization": f"Basic {pair}"}
        first = (await client.get(METRICS, headers=good)).text
        stage.clock.advance(60)
        second = (await client.get(METRICS, headers=good)).text

    assert refused.status_code == 401
    assert "pg_up{" in first
    assert _idle(second) > _idle(first)


def _idle(text: str) -> float:
    line = next(line for line in text.splitlines() if 'mode="idle"' in line)
    return float(line.rpartition(" ")[2])


class Server:
    """A database that writes down what is done to it; the first time up it does not come."""

    def __init__(self) -> None:
        self.deeds: list[str] = []

    async def kill(self) -> None:
        self.deeds.append("down")

    async def restart(self) -> None:
        self.deeds.append("up")
        if self.deeds.count("up") == 1:
            raise NoPostgres("it did not come up")


async def test_a_projects_database_goes_and_comes_with_it() -> None:
    stage, server = Stage(), Server()
    supabase, project = stage.estate.supabase, lma(stage)
    reboots = Reboots(project, stage.estate.agenda, server, stage.clock)

    async def passes(seconds: int) -> list[str]:
        server.deeds.clear()
        for _ in range(2 * seconds):
            stage.clock.advance(0.5)
            await reboots.look()
        return list(server.deeds)

    assert await passes(5) == []
    supabase.restart(project)
    assert await passes(2) == ["down"]
    assert project.status is Status.RESTARTING
    assert await passes(20) == ["up", "up"]
    assert project.awake
    supabase.pause(project)
    assert await passes(60) == ["down"]
    supabase.restore(project)
    await passes(30)
    assert server.deeds[-1] == "up"
    assert project.awake
