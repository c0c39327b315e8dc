"""The reference scene's surroundings, in a process of its own so that they are not counted.

Twenty HTTPS endpoints (ten in each of two environments) behind a certificate authority of their
own, a PostgreSQL with sessions that wait for each other, and a deploy vendor. Prints the path of a
configuration that shows it all, and stays until its standard input is closed.
"""

import asyncio
import contextlib
import json
import random
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from benchmarks.authority import write_authority
from benchmarks.estate_config import Places, config_text
from demo.agenda import Agenda
from demo.estate import LMA_TEAM, Estate
from demo.postgres import DemoDatabase
from demo.serve import served
from demo.vendors.vercel import VercelApi
from providers.clock import SystemClock

TOKEN = "bench-deploys"  # noqa: S105 - opens a stand-in on loopback

ASKED = "asked"
"""File beside the configuration: when which path was asked for, a line each."""

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


def _body(path: str, rng: random.Random) -> bytes:
    """What an endpoint says; numbers move a little, as they do on a calm day."""
    if not path.endswith("/metrics"):
        return b'{"status":"ok","version":"4f2c1aa"}'
    return json.dumps(
        {
            "requests": 1400 + rng.randint(-90, 90),
            "errors": rng.randint(1, 4),
            "p95_ms": rng.gauss(184, 12),
            "memory_percent": rng.gauss(58, 0.4),
            "query_average_ms": rng.gauss(18, 2),
            "pool_waiting": 0,
        }
    ).encode()


@contextlib.asynccontextmanager
async def endpoints(folder: Path) -> AsyncIterator[tuple[int, Path]]:
    """HTTPS on a loopback port; gives the port and the file of the authority.

    Answers take a varying time and carry numbers that move a little, as on a calm day.
    """
    rng, asked = random.Random(1), (folder / ASKED).open("a", encoding="utf-8", buffering=1)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode("ascii", "replace")
                asked.write(f"{time.monotonic():.3f} {path}\n")
                await asyncio.sleep(rng.lognormvariate(-3.0, 0.4))
                body = _body(path, rng)
                writer.write(_OK % (len(body), body))
                await writer.drain()
        writer.close()

    authority, chain, key = await asyncio.to_thread(write_authority, folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        with asked:
            yield server.sockets[0].getsockname()[1], authority


async def _stand(folder: Path) -> None:
    clock = SystemClock()
    database = DemoDatabase()
    vendor = VercelApi(Estate(Agenda(clock)).vercel, {TOKEN: LMA_TEAM})
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN)
    async with (
        endpoints(folder) as (port, authority),
        served(vendor.app(), clock) as deploys,
    ):
        await database.start(folder)
        try:
            # A forgotten transaction with a queue behind it, reports, and a pool of idle ones.
            await database.set_load("incident")
            places = Places(
                port=port, authority=authority, deploys=deploys, token=token, database=database
            )
            config = folder / "config.yaml"
            config.touch(mode=0o600)
            config.write_text(config_text(places), encoding="utf-8")
            print(config, flush=True)
            await asyncio.to_thread(sys.stdin.read)
        finally:
            await database.stop()


@contextlib.contextmanager
def running(argv: Sequence[str]) -> Iterator[str]:
    """A process of stand-ins for as long as it is used; gives the path it prints."""
    with subprocess.Popen(
        [sys.executable, *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes to the stand-ins")
        try:
            config = process.stdout.readline().strip()
            if not config:
                raise RuntimeError("the stand-ins did not come up")
            yield config
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def main() -> None:
    """Stand until standard input is closed."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as folder:
        asyncio.run(_stand(Path(folder)))


if __name__ == "__main__":
    main()
