import asyncio
from pathlib import Path

from providers.base import Printing, SourceKind, SourceSpec
from providers.harvest import Harvest
from providers.readings import SourceId
from providers.text import Foreign
from providers.vendor_readings import VendorReading, VendorState
from tests.fakes import ManualClock
from tests.values_common import NOW
from tui.config.load import load
from tui.late_source import LateSource
from tui.wire_clients import clients
from tui.wire_sources import sources

ROOT = Path(__file__).parent.parent

SPEC = SourceSpec(
    id=SourceId("shop/production/db/main"),
    workspace="shop",
    environment="production",
    kind=SourceKind.DATABASE,
    title="Database",
    system="PostgreSQL",
    interval_s=5.0,
    timeout_s=5.0,
)
PAYLOAD = VendorReading(vendor="any", state=VendorState.OPERATIONAL, description=Foreign(""))


class Counted:
    spec = SPEC

    def __init__(self) -> None:
        self.read_n = self.closed_n = 0

    async def read(self) -> Harvest:
        self.read_n += 1
        return Harvest(payload=PAYLOAD, at=NOW)

    async def aclose(self) -> None:
        self.closed_n += 1


async def test_it_is_made_at_the_first_read_and_once() -> None:
    made: list[Counted] = []

    def make() -> Counted:
        made.append(Counted())
        return made[-1]

    late = LateSource(SPEC, "json", make)
    assert late.spec is SPEC
    assert not made

    await late.read()
    await late.read()
    await late.aclose()

    assert [(each.read_n, each.closed_n) for each in made] == [(2, 1)]


async def test_one_that_was_never_read_has_nothing_to_close() -> None:
    await LateSource(SPEC, "json", Counted).aclose()


async def test_every_source_of_the_example_can_be_made_as_it_was_named() -> None:
    clock = ManualClock()
    config = load(ROOT / "config.example.yaml")
    shared = clients(config, clock)
    late = [each for each in sources(config, shared, clock) if isinstance(each, LateSource)]

    assert all(each.made().spec is each.spec for each in late)
    assert {each.spec.kind for each in late} == set(SourceKind) - {SourceKind.ENDPOINT}
    deploys = [each for each in late if each.spec.kind is SourceKind.DEPLOYS]
    assert deploys
    assert all(isinstance(each, Printing) for each in deploys)
    assert all(isinstance(each.made(), Printing) for each in deploys)
    await asyncio.gather(*(each.aclose() for each in late))
    await shared.aclose()
