"""The demo world as a process of its own, so that its cost is not counted as the wall's.

Prints the path of its configuration and stays until its standard input is closed.
"""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator

from demo.world import World


async def _stand() -> None:
    world = World()
    await world.start()
    try:
        print(world.config_path, flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await world.stop()


@contextlib.contextmanager
def running_world() -> Iterator[str]:
    """A demo world for as long as it is used; gives the path of its configuration."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.world"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise RuntimeError("no pipes to the demo world")
    try:
        config = stdout.readline().strip()
        if not config:
            raise RuntimeError("the demo world did not stand")
        yield config
    finally:
        stdin.close()
        process.wait(timeout=30)
        stdout.close()


if __name__ == "__main__":
    asyncio.run(_stand())
