"""Opens the wall: the picture first, everything else while it is already there."""

import asyncio
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.thread import EngineThread
from providers.clock import Clock, SystemClock
from tui.chosen import chosen_file
from tui.config.paths import cache_dir, history_file, log_file
from tui.doorway import Doorway
from tui.exit_codes import CONFIGURATION
from tui.first_answers import FIRST_ANSWERS
from tui.garbage import hold
from tui.log import write_log, write_no_log
from tui.options import Options
from tui.remembered import Stamp, recall, remember
from tui.run import run_screen
from tui.screen_settings import adjusted
from tui.settings import ScreenSettings
from tui.told import tell

if TYPE_CHECKING:
    from demo.world import World
    from monitor.engine import Engine
    from tui.ahead import Ahead
    from tui.config.content import Content
    from tui.config.model import Config


HEAD_START_S: Final = 0.01
"""What the first requests get before imports take the interpreter from them. A server near by has
been asked by then; while one further away is being connected to, there is time enough for both."""


def open_wall(options: Options) -> int:
    """Run the wall until it is left.

    Returns:
        The exit status: 0, 70 after a bug, 78 for a configuration, 128 + n after signal n.
    """
    hold()
    FIRST_ANSWERS.expect()
    _start_log(options)
    if options.demo:
        return _open_demo(options)
    path = chosen_file(options)
    settings = _settings(path, options)
    clock = SystemClock()
    doorway = Doorway(clock, read_only=options.read_only)
    engine = EngineThread(_Build(path, clock, history_file(), doorway))
    engine.at_end = doorway.aclose
    return run_screen(engine, settings)


def _open_demo(options: Options) -> int:
    from tui.demo_world import OPERATOR, make_world

    world = make_world()
    settings = adjusted(ScreenSettings(workspace="lma", operator=OPERATOR), options)
    clock = SystemClock()
    doorway = Doorway(clock, read_only=options.read_only)
    engine = EngineThread(_DemoBuild(world, clock, doorway))
    engine.at_end = doorway.aclose
    try:
        return run_screen(engine, settings)
    finally:
        world.close()


def _start_log(options: Options) -> None:
    """Log to the file; a log that can not be written costs a line, not the shift."""
    path = options.log_file or log_file()
    try:
        write_log(path)
    except OSError as error:
        write_no_log()
        tell(f"quarterdeck: no log: {path}: {error.strerror}")


def _settings(path: Path, options: Options) -> ScreenSettings:
    """The look of this start: remembered while the file is unchanged, else from the file itself.

    Raises:
        SystemExit: The configuration is not sound; the problems have been told.
    """
    with suppress(OSError):
        known = recall(cache_dir(), Stamp.of(path))
        if known is not None:
            return adjusted(known, options)
    from tui.config.content import content
    from tui.config.problems import ConfigError
    from tui.screen_settings import configured

    try:
        settings = configured(_sound(path, content(path)))
    except ConfigError as error:
        tell("\n".join(str(problem) for problem in error.problems))
        raise SystemExit(CONFIGURATION) from None
    # A cache that can not be written is no trouble.
    with suppress(OSError):
        remember(cache_dir(), Stamp.of(path), settings)
    return adjusted(settings, options)


class _Build:
    """Builds the engine in its own loop, from the configuration as it is by then."""

    def __init__(self, path: Path, clock: Clock, past: Path | None, doorway: Doorway) -> None:
        self._doorway = doorway
        self._path = path
        self._clock = clock
        self._past = past
        self._following: asyncio.Task[None] | None = None

    async def __call__(self) -> "Engine":
        from tui.ahead import ask_ahead
        from tui.config.content import content
        from tui.config.problems import ConfigError

        try:
            found = await asyncio.to_thread(content, self._path)
            config = await asyncio.to_thread(_sound, self._path, found)
        except ConfigError as error:
            from tui.unsound import Unsound

            raise Unsound("\n".join(str(problem) for problem in error.problems)) from None
        ahead = await ask_ahead(config, self._clock)
        try:
            return await self._wired(config, found.digest, ahead)
        except BaseException:
            await ahead.poller.aclose()
            raise

    async def _wired(self, config: "Config", digest: str, ahead: "Ahead") -> "Engine":
        await self._clock.sleep(HEAD_START_S)
        # Each in a thread: the loop goes on with what was asked. The history opens its file
        # meanwhile; answers are judged once it has told what it knows.
        await _load("tui.wire_past")
        from tui.wire_past import open_history

        history = open_history(config, self._past, self._clock)
        await _load("providers.endpoint_harvest")
        await _load("tui.wiring")
        from tui.config.watch import ConfigWatch
        from tui.wiring import build_engine, start_following

        engine = await build_engine(
            config, self._clock, self._past, ahead=ahead, history=history, tells=True,
            doorway=self._doorway,
        )  # fmt: skip
        watch = ConfigWatch(digest, self._path, self._clock)
        self._following = start_following(engine, watch, self._clock, self._doorway)
        return engine


async def _load(module: str) -> None:
    await asyncio.to_thread(import_module, module)


def _sound(path: Path, found: "Content") -> "Config":
    """The configuration as it was kept, else judged anew and kept for the next start.

    Raises:
        ConfigError: It is not sound.
    """
    from tui.config.kept import keep, kept

    config = kept(cache_dir(), found)
    if config is not None:
        return config
    from tui.config.load import judge

    config = judge(found, str(path)).config
    with suppress(OSError):
        keep(cache_dir(), found, config)
    return config


class _DemoBuild:
    """Starts the demo world behind the picture, and builds the engine over it."""

    def __init__(self, world: "World", clock: Clock, doorway: Doorway) -> None:
        self._doorway = doorway
        self._world = world
        self._clock = clock

    async def __call__(self) -> "Engine":
        from demo.postgres_binaries import NoPostgres
        from tui.config.load import load
        from tui.demo_world import NoWorld
        from tui.wiring import build_engine

        try:
            await self._world.start()
        except NoPostgres as error:
            raise NoWorld(f"the demo world did not come up: {error}") from None
        config = await asyncio.to_thread(load, self._world.config_path)
        return await build_engine(config, self._clock, None, tells=True, doorway=self._doorway)
