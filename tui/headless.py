"""The engine without a screen: one pass over everything, for `status` and `doctor`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from monitor.snapshot import Snapshot
from providers.clock import Clock, SystemClock
from tui.config.paths import history_file
from tui.config.problems import ConfigError
from tui.exit_codes import CONFIGURATION
from tui.log import write_no_log
from tui.one_environment import unknown_environment
from tui.options import Options

if TYPE_CHECKING:
    from monitor.engine import Engine
    from tui.config.model import Config

T = TypeVar("T")


def run_with_config(
    options: Options,
    work: Callable[["Config", Options, Clock], Coroutine[object, object, T]],
    *,
    joins: bool = False,
) -> T:
    """Run `work` over the chosen configuration, or over the demo world's.

    Args:
        options: Which configuration.
        work: What is done over it.
        joins: With `--demo`, use a demo world that is running already.

    Raises:
        SystemExit: There is no sound configuration; the reason has been told.
    """
    write_no_log()
    return asyncio.run(_with_config(options, work, joins=joins))


async def _with_config(
    options: Options,
    work: Callable[["Config", Options, Clock], Coroutine[object, object, T]],
    *,
    joins: bool,
) -> T:
    async with _config_file(options, joins=joins) as path:
        config = await asyncio.to_thread(_load, path)
        if options.workspace is not None and options.workspace not in config.workspaces:
            known = ", ".join(config.workspaces)
            raise click.UsageError(f"no workspace {options.workspace!r}; there are: {known}")
        if why := unknown_environment(config.workspaces, options.workspace, options.environment):
            raise click.UsageError(why)
        return await work(config, options, SystemClock())


@contextlib.asynccontextmanager
async def _config_file(options: Options, *, joins: bool) -> AsyncIterator[Path]:
    """The file to read; with `--demo` the demo world stands for as long as it is used."""
    if not options.demo:
        from tui.chosen import chosen_file

        yield chosen_file(options)
        return
    from tui.demo_world import demo_world, running_world

    if joins and (running := running_world()) is not None:
        yield running
        return

    async with demo_world() as path:
        yield path


def _load(path: Path) -> "Config":
    from tui.config.load import load

    try:
        return load(path)
    except ConfigError as error:
        click.echo("\n".join(str(problem) for problem in error.problems), err=True)
        raise SystemExit(CONFIGURATION) from None


async def one_pass(config: "Config", options: Options, clock: Clock) -> Snapshot:
    """Read every source once and judge; what the wall has recorded is taken into account."""
    from tui.trends import with_trends

    async with engine_once(config, options, clock) as engine:
        return await with_trends(engine.latest, engine.history)


@contextlib.asynccontextmanager
async def engine_once(config: "Config", options: Options, clock: Clock) -> AsyncIterator["Engine"]:
    """An engine that has read every source once, closed at the end."""
    from tui.extent import Extent
    from tui.wiring import build_engine

    past = None if options.demo else history_file()
    engine = await build_engine(
        config, clock, past,
        extent=Extent(workspace=options.workspace, environment=options.environment, logs=False),
    )  # fmt: skip
    try:
        await engine.once()
        yield engine
    finally:
        await engine.aclose()
