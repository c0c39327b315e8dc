"""What one HTTP check costs this process, at 10, 100 and 1,000 endpoints.

The server is a process of its own, each endpoint an address of its own (127.x.y.z), connections are
kept alive, and checks start in small groups as the engine starts them.
"""

import asyncio
import contextlib
import multiprocessing
import multiprocessing.connection
import sys
import time
from collections.abc import Iterator

from benchmarks.budgets import Row
from providers.base import SourceKind, SourceSpec
from providers.clock import SystemClock
from providers.endpoint import EndpointOptions, EndpointSource
from providers.probe_readings import ProbeReading, Role
from providers.readings import SourceId

SIZES = (10, 100, 1000)
GROUP = 5
ROUNDS = 4
BODY = b'{"status":"ok"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


async def _serve(ready: multiprocessing.connection.Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(ANSWER)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", 0)  # noqa: S104 - loopback addresses differ
    ready.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def _server_main(ready: multiprocessing.connection.Connection) -> None:
    asyncio.run(_serve(ready))


@contextlib.contextmanager
def server() -> Iterator[int]:
    """Answers on every address of this machine, in a process of its own; gives the port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_server_main, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


def address(number: int) -> str:
    """An address of this machine for each number."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def _source(number: int, port: int) -> EndpointSource:
    spec = SourceSpec(
        id=SourceId(f"bench/production/endpoint/{number}"),
        workspace="bench",
        environment="production",
        kind=SourceKind.ENDPOINT,
        title=f"endpoint {number}",
        system="HTTP",
        interval_s=10.0,
        timeout_s=5.0,
    )
    options = EndpointOptions(
        url=f"http://{address(number)}:{port}/", role=Role.LIVENESS, fresh_every=1000
    )
    return EndpointSource(spec, options, SystemClock())


async def _round(sources: list[EndpointSource]) -> int:
    good = 0
    for start in range(0, len(sources), GROUP):
        group = sources[start : start + GROUP]
        for harvest in await asyncio.gather(*(source.read() for source in group)):
            payload = harvest.payload
            good += isinstance(payload, ProbeReading) and payload.status == 200
    return good


async def _cost_ms(count: int, port: int) -> tuple[float, float]:
    """CPU milliseconds a check, and the share of good answers in percent."""
    sources = [_source(number, port) for number in range(count)]
    await _round(sources)
    began, good = time.process_time(), 0
    for _ in range(ROUNDS):
        good += await _round(sources)
    spent = time.process_time() - began
    for source in sources:
        await source.aclose()
    return spent / (count * ROUNDS) * 1000, 100 * good / (count * ROUNDS)


def rows() -> Iterator[Row]:
    """For the report."""
    if sys.platform != "linux":
        yield Row("HTTP checks: only Linux answers on all of 127.0.0.0/8", 0.0)
        return
    costs: dict[int, float] = {}
    with server() as port:
        for count in SIZES:
            costs[count], good = asyncio.run(_cost_ms(count, port))
            label = f"HTTP check, {count:,} endpoints: ms CPU each"
            yield Row(label, costs[count], 2.7, note="" if good == 100 else f"{good:.0f} % good")
    yield Row("HTTP check, 1,000 endpoints / 100", costs[1000] / costs[100], 1.2)


if __name__ == "__main__":
    for row in rows():
        print(row.text())
