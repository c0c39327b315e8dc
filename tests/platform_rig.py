"""Sources of hosting platforms against a vendor whose answers a test changes one by one."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct, field

from providers.base import Source
from providers.clock import Clock
from providers.harvest import Harvest
from providers.http import Api
from providers.log_readings import LogsReading
from providers.system_readings import Record, Section, SystemReading
from tests.vendor_rig import place_of
from tests.vendor_rigs import client
from tests.vendor_server import Asked, Reply, VendorServer, json_reply, vendor_server

Bodies = tuple[tuple[str, Any], ...]


class Stage(Struct):
    """A source, its vendor, and what that vendor answers at each end of a path."""

    source: Source
    server: VendorServer
    bodies: dict[str, Any] = field(default_factory=dict)

    async def read(self) -> Harvest:
        return await self.source.read()

    async def system(self) -> SystemReading:
        return system_in(await self.read())

    async def logs(self) -> LogsReading:
        payload = (await self.read()).payload
        assert isinstance(payload, LogsReading)
        return payload

    def asked(self, end: str) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path.endswith(end)]


@asynccontextmanager
async def staged(
    build: Callable[..., Source],
    bodies: Bodies,
    *,
    clock: Clock,
    base_path: str = "",
    changed: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Stage]:
    """The source of a rig, with some of the rig's healthy answers changed.

    Args:
        build: As of a rig; gets `clock` too.
        bodies: As of a rig; a body that is a `Reply` is sent as it is.
        clock: For source and client.
        base_path: Of the API.
        changed: Other bodies, by end of path.
        options: For `build`.
    """
    answers = dict(bodies) | (changed or {})

    def answer(asked: Asked) -> Reply:
        ends = tuple(answers.items())
        body = ends[place_of(asked, ends)][1]
        return body if isinstance(body, Reply) else json_reply(body)

    async with vendor_server(answer) as server, client(server.url + base_path, clock=clock) as api:
        yield Stage(source=_built(build, api, clock, options), server=server, bodies=answers)


def _built(build: Callable[..., Source], api: Api, clock: Clock, options: dict[str, Any]) -> Source:
    return build(api, clock, **options)


def system_in(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def section(reading: SystemReading, key: str) -> Section:
    return next(each for each in reading.sections if each.key == key)


def records(reading: SystemReading, key: str) -> dict[str, Record]:
    return {record.id: record for record in section(reading, key).records}


def detail(record: Record, name: str) -> str:
    return dict(record.details)[name].text
