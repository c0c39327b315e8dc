"""What stands around the demo's products: read by our sources as the demo's own file wires them."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import pytest

from demo.agenda import Agenda
from demo.backups import seed
from demo.faults import Fault, FaultKind
from demo.incident import CALM
from demo.vendors.status_shapes import shaped_app, shaped_pages
from demo.world import World
from providers.base import Source
from providers.clock import SystemClock
from providers.errors import ProviderError, RateLimited, TimedOut, Unauthorized, Unreachable
from providers.system_readings import Condition, SystemReading
from providers.vendor_readings import VendorReading, VendorState
from tests.contract.asgi import answering
from tests.vendor_rigs import client, numbers_of, shifted_clock
from tests.vendor_rigs_outside import shaped
from tests.vendor_server import vendor_server
from tui.config.load import load
from tui.wire_clients import clients
from tui.wire_sources import sources

SCRIPTS = files("demo") / "data" / "scripts"


class Watched:
    """The sources of a world by their ids."""

    def __init__(self, world: World) -> None:
        clock = SystemClock()
        config = load(world.config_path)
        self.world = world
        self.shared = clients(config, clock)
        self.sources = {str(each.spec.id): each for each in sources(config, self.shared, clock)}

    def source(self, name: str) -> Source:
        return self.sources[name]

    async def reading(self, name: str) -> SystemReading:
        payload = (await self.source(name).read()).payload
        assert isinstance(payload, SystemReading)
        return payload

    async def error(self, name: str) -> ProviderError:
        with pytest.raises(ProviderError) as caught:
            await self.source(name).read()
        return caught.value

    def fault(self, service: str, kind: FaultKind, path: str = "*") -> None:
        self.world.faults.on(Fault(service=service, kind=kind, path=path))


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    world = World(script=CALM, database=False)
    await world.start(tmp_path)
    made = Watched(world)
    yield made
    await asyncio.gather(*(each.aclose() for each in made.sources.values()))
    await made.shared.aclose()
    await world.stop()


LMA, LOCAL = "lma/production/", "localloop/production/"


async def test_all_of_it_is_there_and_well_but_for_what_is_meant(watched: Watched) -> None:
    names = (
        f"{LMA}domains/main",
        f"{LMA}scripts/ops.verify-backup",
        f"{LMA}scripts/ops",
        "lma/-/api_budget/main",
        f"{LOCAL}domains/main",
        f"{LOCAL}web_vitals/main",
        f"{LOCAL}web_vitals/main.lighthouse",
    )
    found = {name: await watched.reading(name) for name in names}

    harvest = await watched.source(f"{LMA}domains/main").read()

    assert {name: reading.condition for name, reading in found.items()} == {
        f"{LMA}domains/main": Condition.FINE,
        f"{LMA}scripts/ops.verify-backup": Condition.FINE,
        f"{LMA}scripts/ops": Condition.FINE,
        "lma/-/api_budget/main": Condition.FINE,
        f"{LOCAL}domains/main": Condition.NOTABLE,
        f"{LOCAL}web_vitals/main": Condition.FINE,
        f"{LOCAL}web_vitals/main.lighthouse": Condition.NOTABLE,
    }
    assert numbers_of(harvest)["certificate_days"] == pytest.approx(26.4, abs=0.1)


async def test_a_resolver_that_says_nothing_and_one_that_is_gone(watched: Watched) -> None:
    watched.fault("dns", FaultKind.HANG)
    assert isinstance(await watched.error(f"{LMA}domains/main"), TimedOut)
    watched.fault("dns", FaultKind.REFUSE)
    assert isinstance(await watched.error(f"{LMA}domains/main"), Unreachable)
    watched.world.faults.off("dns")
    assert (await watched.reading(f"{LMA}domains/main")).condition is Condition.FINE


async def test_one_name_that_is_gone(watched: Watched) -> None:
    watched.fault("dns", FaultKind.NOT_FOUND, "api.lma.com")
    reading = await watched.reading(f"{LMA}domains/main")

    assert reading.condition is Condition.BROKEN
    assert "NXDOMAIN" in reading.summary.text


async def test_certificates_that_nobody_shows(watched: Watched) -> None:
    watched.fault("tls", FaultKind.REFUSE)
    reading = await watched.reading(f"{LOCAL}domains/main")

    (section,) = [each for each in reading.sections if each.key == "certificates"]
    assert {each.condition for each in section.records} == {Condition.UNKNOWN}


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.FORBIDDEN, Unauthorized),
        (FaultKind.RATE_LIMITED, RateLimited),
        (FaultKind.REFUSE, Unreachable),
    ],
)
async def test_google_that_does_not_answer(
    watched: Watched, kind: FaultKind, error: type[ProviderError]
) -> None:
    watched.fault("google-web", kind)

    assert isinstance(await watched.error(f"{LOCAL}web_vitals/main"), error)
    assert isinstance(await watched.error(f"{LOCAL}web_vitals/main.lighthouse"), error)


def script(name: str, *args: str) -> "subprocess.CompletedProcess[str]":
    path = str(SCRIPTS / f"{name}.py")
    command = [sys.executable, "-I", path, *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return seed(tmp_path / "backups", SystemClock().now().at)


def test_a_backup_is_verified_and_a_damaged_one_is_found(folder: Path) -> None:
    assert script("verify_backup", str(folder)).returncode == 0
    newest = max(folder.glob("*.gz"), key=lambda path: path.stat().st_mtime)
    newest.write_bytes(newest.read_bytes()[:-20])
    damaged = script("verify_backup", str(folder))

    assert damaged.returncode == 4
    assert "damaged" in damaged.stderr


@pytest.mark.parametrize(("name", "part"), [("slack", "Messaging"), ("google", "Google Calendar")])
@pytest.mark.parametrize(
    ("impact", "states"),
    [
        ("critical", {VendorState.MAJOR_OUTAGE}),
        ("major", {VendorState.PARTIAL_OUTAGE}),
        ("minor", {VendorState.DEGRADED}),
    ],
)
async def test_an_incident_on_a_shaped_page(
    name: str, part: str, impact: str, states: set[VendorState]
) -> None:
    page = shaped_pages(Agenda(shifted_clock()))[name]
    async with (
        vendor_server(answering(shaped_app(name, page))) as server,
        client(server.url, credential=False) as api,
    ):
        seen = [await shaped(api, name, part).read()]
        page.report("It is slow", impact, (part,), "partial_outage", "We look into it.")
        seen.append(await shaped(api, name, part).read())
        page.update("It is slow", "resolved", "It is well again.")
        seen.append(await shaped(api, name, part).read())

    payloads = [each.payload for each in seen]
    assert all(isinstance(each, VendorReading) for each in payloads)
    told = [each.state for each in payloads if isinstance(each, VendorReading)]
    assert told[0] is told[2] is VendorState.OPERATIONAL
    assert {told[1]} == states
