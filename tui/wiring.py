"""Builds the engine from the configuration, and keeps it up to date with the file."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from monitor.engine import Connectivity, Engine
from monitor.events import Event, EventKind
from monitor.history import History
from monitor.telling import Teller
from monitor.verdicts import Level
from monitor.workspace import WorkspaceSpec
from providers.base import Source
from providers.clock import Clock
from tui.ahead import Ahead
from tui.config.watch import Broken, ConfigWatch
from tui.doorway import Doorway
from tui.extent import ALL, Extent
from tui.first_answers import FIRST_ANSWERS
from tui.wire_care import care_book
from tui.wire_clients import Clients, clients
from tui.wire_past import HistoryPast, open_history
from tui.wire_sources import sources
from tui.wire_specs import workspace_specs

if TYPE_CHECKING:
    from tui.config.model import Config

_LOG = logging.getLogger("quarterdeck.wiring")


def connectivity(config: Config, clock: Clock) -> Connectivity | None:
    """What tells our own network trouble apart; None where the configuration names no targets."""
    settings = config.settings.connectivity
    if not settings.targets:
        return None
    from providers.connectivity import Connectivity as Targets

    pairs = (target.rpartition(":") for target in settings.targets)
    targets = tuple((host.strip("[]"), int(port)) for host, _, port in pairs)
    return Targets(targets, clock, timeout_s=settings.timeout_s).check


def watched(config: Config, only: str | None = None) -> tuple[WorkspaceSpec, ...]:
    """What is watched: every workspace, or the `only` one."""
    return tuple(spec for spec in workspace_specs(config) if only in {None, spec.name})


def asked(
    config: Config, clock: Clock, only: str | None = None, shared: Clients | None = None
) -> list[Source]:
    """The sources of what is watched, over the clients given or over their own."""
    every = sources(config, shared or clients(config, clock), clock)
    return [source for source in every if only in {None, source.spec.workspace}]


async def ready_clients(
    config: Config, clock: Clock, history: History, ahead: Ahead | None = None
) -> Clients:
    """What sources share, once secrets are known or not to be had; they may ask the past."""
    past = HistoryPast(history, clock)
    if ahead is not None:
        return replace(clients(config, clock, ahead.secrets), past=past)
    shared = replace(clients(config, clock), past=past)
    await shared.look_up_secrets()
    return shared


def tell_people(
    engine: Engine, config: Config, shared: Clients, clock: Clock, *, kept: bool
) -> None:
    """Have the engine tell people over the channels of the configuration, if it names any.

    Args:
        engine: Whose alerts they are told of.
        config: With the channels.
        shared: The clients of all accounts.
        clock: The time.
        kept: Whether what was told is written down; otherwise it is known for this run.
    """
    channels = any(workspace.notices.channels for workspace in config.workspaces.values())

    async def made() -> Teller:
        # Nothing is told within the first seconds; what is on the screen by then comes first.
        await asyncio.to_thread(FIRST_ANSWERS.wait)
        await asyncio.to_thread(import_module, "tui.wire_notices")
        from tui.wire_notices import teller

        return teller(config, shared, clock, kept=kept)

    engine.notices.later(made if channels else None)


async def build_engine(
    config: Config,
    clock: Clock,
    history_file: Path | None,
    *,
    extent: Extent = ALL,
    ahead: Ahead | None = None,
    history: History | None = None,
    tells: bool = False,
    doorway: Doorway | None = None,
) -> Engine:
    """The engine for a configuration; nothing more is asked before it runs.

    Args:
        config: What to watch.
        clock: The time.
        history_file: Where the past is kept; None: nowhere.
        extent: How much of it.
        ahead: What has been asked already, of the same configuration.
        history: The past, where it has been opened already.
        tells: Tell people of alerts, where the configuration says so.
        doorway: Opens the door for actions, once there is time for it.
    """
    history = history or open_history(config, history_file, clock)
    shared = await ready_clients(config, clock, history, ahead)
    begun = {} if ahead is None else ahead.endpoints
    engine = Engine(
        extent.specs(config),
        extent.of(sources(config, shared, clock, begun)),
        history,
        clock,
        connectivity(config, clock),
        begun=None if ahead is None else ahead.poller,
        care=care_book(config, clock, kept=history_file is not None),
    )
    if tells:
        tell_people(engine, config, shared, clock, kept=history_file is not None)
    if doorway is not None:
        doorway.open(engine, config, shared)
    return engine


async def follow(
    engine: Engine, watch: ConfigWatch, clock: Clock, doorway: Doorway | None = None
) -> None:
    """Apply each sound edit of the file; a broken one is told and changes nothing else."""
    async for change in watch.changes():
        match change:
            case Broken(problems=problems):
                first, others = problems[0], len(problems) - 1
                # One line of the screen: the log has the whole path.
                short = replace(first, file=Path(first.file).name)
                engine.config_problem = f"{short} (and {others} more)" if others else str(short)
                _LOG.warning("the edited configuration is broken: %s", first)
            case sound:
                config = sound.config
                engine.config_problem = ""
                _LOG.info("the configuration changed and is in use")
                shared = await ready_clients(config, clock, engine.history)
                await engine.replace(
                    watched(config),
                    asked(config, clock, None, shared),
                    connectivity(config, clock),
                )
                tell_people(engine, config, shared, clock, kept=True)
                if doorway is not None:
                    doorway.changed(config, shared)
                engine.note(changed_event(clock.now().at))


def changed_event(at: datetime) -> Event:
    """A new configuration on the timeline: a limit that was moved raises alerts of its own."""
    words = "the configuration changed"
    return Event(
        at=at, kind=EventKind.CONFIG, level=Level.OK, text=words, key=f"config/{at.isoformat()}"
    )


def start_following(
    engine: Engine, watch: ConfigWatch, clock: Clock, doorway: Doorway | None = None
) -> asyncio.Task[None]:
    """Follow the file in a task of the running loop; should that end by a bug, the wall says so."""

    def ended(task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            engine.config_problem = (
                f"edits of the configuration are no longer noticed ({type(error).__name__}, a bug "
                "in quarterdeck); restart to read it again"
            )
            _LOG.error("following the configuration ended", exc_info=error)

    task = asyncio.create_task(follow(engine, watch, clock, doorway), name="follow configuration")
    task.add_done_callback(ended)
    return task
