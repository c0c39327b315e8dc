"""A whole world starts, shows itself, takes faults and rollbacks, and leaves nothing behind."""

import asyncio
import stat
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from demo.control import Control, find_control
from demo.estate import API_PRODUCTION
from demo.faults import Fault, FaultKind
from demo.folder import PREFIX, WorldFolder, is_abandoned, sweep
from demo.incident import CALM, INCIDENT
from demo.loop_thread import LoopThread
from demo.world import World
from providers.status_shapes import SHAPES
from providers.statuspage import SUMMARY
from tests.demo_rig import NO_TLS, ok
from tests.fakes import settle
from tui.config.load import load

ROOT = Path(__file__).parents[1]
BOUND_S = 20.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A calm world without a database, in the real time."""
    made = World(script=CALM, database=False)
    await made.start(tmp_path)
    yield made
    await made.stop()


def children() -> set[int]:
    return {each.pid for each in psutil.Process().children(recursive=True)}


def worlds(base: Path) -> list[Path]:
    return list(base.glob(f"*{PREFIX}*"))


async def get(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=10) as client:
        return await client.get(url, headers=headers)


async def test_a_world_with_databases_from_beginning_to_end(tmp_path: Path) -> None:
    before = children()
    world = World(script=INCIDENT)
    await world.start(tmp_path)
    try:
        config = load(world.config_path)
        database = world.databases["lma"]
        url = f"{world.urls['lma-api-production']}/health"
        calm = await until(url, 200)
        await world.run(database.kill())
        down = await until(url, 503)
        await world.run(database.restart())
        up = await until(url, 200)
        servers = [psutil.Process(pid) for pid in children() - before]
    finally:
        await world.stop()
    await world.stop()

    named = config.workspaces["lma"].databases["main"].environments["production"]
    assert (named.host, named.port) == (database.host, database.port)
    states = [seen["checks"]["database"]["status"] for seen in (calm, down, up)]
    assert states == ["ok", "failing", "ok"]
    assert down["checks"]["database"]["error"]
    assert len(servers) > 2
    assert not database.running
    assert not any(server.is_running() for server in servers)
    assert children() <= before
    assert worlds(tmp_path) == []
    assert "demo-world" not in {thread.name for thread in threading.enumerate()}


async def until(url: str, status: int) -> dict[str, dict[str, dict[str, object]]]:
    """The first answer of that status."""
    async with asyncio.timeout(BOUND_S):
        while True:
            answer = await get(url)
            if answer.status_code == status:
                found: dict[str, dict[str, dict[str, object]]] = answer.json()
                return found


async def test_the_configuration_loads_and_covers_every_kind_of_pane(world: World) -> None:
    config = load(world.config_path)
    for workspace in config.workspaces.values():
        assert set(workspace.environments) == {"production", "staging"}
        assert workspace.services
        assert workspace.status_pages
        assert workspace.kpis
        assert workspace.severities
        assert workspace.contacts
        assert workspace.dashboards
        assert workspace.links
    kinds = {account.kind for account in config.accounts.values()}
    roles = {
        check.role
        for workspace in config.workspaces.values()
        for service in workspace.services.values()
        for check in service.checks.values()
    }
    assert kinds >= {"vercel", "render", "github", "supabase", "supabase-auth"}
    assert roles == {"site", "liveness", "readiness", "deep", "metrics"}


async def test_everything_the_configuration_names_answers(world: World) -> None:
    config = load(world.config_path)
    admin = f"Bearer {world.credentials.localloop_admin}"
    urls = [
        place.url + check.path
        for workspace in config.workspaces.values()
        for service in workspace.services.values()
        for check in service.checks.values()
        for name, place in service.environments.items()
        if place.url is not None and name in (check.environments or workspace.environments)
    ]
    answers = await asyncio.gather(*(get(url, authorization=admin) for url in urls))
    paths = {"statuspage": SUMMARY, **{name: path for name, (path, _) in SHAPES.items()}}
    pages = [
        (await get(f"{page.url}{paths[page.format]}")).status_code
        for workspace in config.workspaces.values()
        for page in workspace.status_pages.values()
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len(urls) > 20
    assert set(pages) == {200}


async def test_everything_is_on_loopback_and_private(world: World) -> None:
    folder = world.config_path.parent
    hosts = {urlsplit(url).hostname for url in world.urls.values()}
    # What operators share is a group's folder, inside one that lets nobody but us in.
    own = (path for path in folder.iterdir() if path.name != "shared")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in own}

    assert hosts == {"127.0.0.1"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {mode & 0o077 for mode in modes - {0o644}} == {0}
    assert world.credentials.render not in world.config_path.read_text()
    assert world.credentials.render not in repr(world.credentials)
    assert world.env == {"QUARTERDECK_CONFIG": str(world.config_path)}


async def test_a_rollback_is_remembered_between_requests(world: World) -> None:
    headers = {"authorization": f"Bearer {world.credentials.render}"}
    path = f"{world.urls['render']}/v1/services/{API_PRODUCTION}"
    old = ok(await get(f"{path}/deploys?status=deactivated", **headers))[0]["deploy"]
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
        made = await client.post(f"{path}/rollback", json={"deployId": old["id"]}, headers=headers)
    newest = ok(await get(f"{path}/deploys", **headers))[0]["deploy"]

    assert made.status_code == 201
    assert newest["id"] == made.json()["id"]
    assert newest["commit"]["id"] == old["commit"]["id"]
    assert world.services.render.writes == [("POST", f"/v1/services/{API_PRODUCTION}/rollback")]


async def test_a_fault_is_switched_from_another_thread(world: World) -> None:
    url = world.urls["lma-web-production"]
    world.faults.on(Fault(service="lma-web-production", kind=FaultKind.HTML))
    page = await get(url)
    world.faults.on(Fault(service="lma-web-production", kind=FaultKind.REFUSE))
    with pytest.raises(httpx.ConnectError):
        await get(url)
    world.faults.off()
    mended = await get(url)

    assert "Sign in" in page.text
    assert (mended.status_code, world.urls["lma-web-production"]) == (200, url)


async def test_a_redirect_elsewhere_leads_into_the_trap(world: World) -> None:
    world.faults.on(Fault(service="render", kind=FaultKind.REDIRECT_ELSEWHERE))
    answer = await get(f"{world.urls['render']}/v1/users", authorization="Bearer x")
    followed = await get(answer.headers["location"], authorization="Bearer leaked")

    assert answer.headers["location"].startswith(world.urls["trap"])
    assert followed.status_code == 200
    assert world.services.trap.caught[-1].credentials == ("authorization",)


def control_of(world: World) -> Control:
    found = find_control(world.config_path.parent.parent)
    assert found is not None
    return found


async def test_the_control_breaks_and_mends(world: World) -> None:
    control = control_of(world)
    key = {"authorization": f"Bearer {control.token}"}
    page = f"{world.urls['status-github']}/api/v2/status.json"
    async with httpx.AsyncClient(
        base_url=control.url, headers=key, trust_env=False, verify=NO_TLS
    ) as client:
        fault = {"service": "status-github", "kind": "500-html", "times": 1}
        on = ok(await client.put("/faults", json=fault))
        broken = (await get(page)).status_code
        await client.put("/faults", json={"service": "status-github", "kind": "refuse"})
        with pytest.raises(httpx.ConnectError):
            await get(page)
        off = ok(await client.delete("/faults", params={"service": "status-github"}))
        await asyncio.sleep(0)
        shown = ok(await client.get("/"))
        unknown = await client.put("/faults", json={"service": "nobody", "kind": "hang"})
        nonsense = await client.put("/faults", json={"service": "render", "kind": "sneeze"})
        nobody = await client.post("/databases/lma/kill")

    assert on["faults"][0]["kind"] == "500-html"
    assert broken == 500
    assert off["faults"] == shown["faults"] == []
    assert (await get(page)).status_code == 200
    assert (unknown.status_code, nonsense.status_code, nobody.status_code) == (400, 400, 400)


async def test_the_control_wants_its_token(world: World) -> None:
    control = control_of(world)
    refused = [
        (await get(control.url)).status_code,
        (await get(control.url, authorization="Bearer guess")).status_code,
    ]
    told = world.config_path.parent / "control.json"

    assert refused == [401, 401]
    assert stat.S_IMODE(told.stat().st_mode) == 0o600


def test_a_folder_is_swept_only_when_its_world_is_dead(tmp_path: Path) -> None:
    alive = WorldFolder(tmp_path)
    dead = tmp_path / f"{PREFIX}dead"
    dead.mkdir()
    (dead / "world.lock").touch()
    foreign = tmp_path / f"{PREFIX}foreign"
    foreign.mkdir()
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(dead)

    assert is_abandoned(dead)
    assert not is_abandoned(alive.path)
    assert sweep(tmp_path) == 1
    assert sorted(worlds(tmp_path)) == sorted([alive.path, foreign, link])
    alive.remove()
    alive.remove()
    assert not alive.path.exists()


async def test_a_start_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    before = children()
    world = World(script=CALM)
    starting = asyncio.create_task(world.start(tmp_path))
    await settle()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert children() <= before
    assert worlds(tmp_path) == []


async def test_a_thread_that_is_not_running_takes_no_work() -> None:
    thread = LoopThread("idle")
    with pytest.raises(RuntimeError, match="idle is not running"):
        thread.submit(asyncio.sleep(0))
    thread.stop()
