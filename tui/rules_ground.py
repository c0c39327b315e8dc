"""What the commands about rules stand on: configuration, sources, history. Asks nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from monitor.history_store import Keep
from monitor.workspace import WorkspaceSpec
from providers.base import SourceSpec
from providers.clock import SystemClock
from providers.readings import SourceId
from tui.config.paths import history_file
from tui.config.problems import ConfigError
from tui.config.suggest import nearest
from tui.exit_codes import CONFIGURATION, NO_INPUT
from tui.wire_specs import workspace_specs

if TYPE_CHECKING:
    from tui.config.load import Loaded
    from tui.config.model import Config

LIST_VERSION: Final = 1


class Ground(Struct, frozen=True, kw_only=True):
    """A configuration as the judge knows it."""

    workspaces: tuple[WorkspaceSpec, ...]
    sources: Mapping[SourceId, SourceSpec]
    keep: Keep


def loaded(path: Path) -> Loaded:
    """The configuration in a file.

    Raises:
        SystemExit: It is not sound; every problem has been told.
    """
    from tui.config.load import read

    try:
        return read(path)
    except ConfigError as error:
        raise refused(error) from None


def refused(error: ConfigError) -> SystemExit:
    """Tell every problem of a configuration."""
    click.echo("\n".join(str(problem) for problem in error.problems), err=True)
    return SystemExit(CONFIGURATION)


def ground(config: Config, only: str | None) -> Ground:
    """What is watched, of one workspace or of all.

    Raises:
        click.UsageError: There is no such workspace.
    """
    if only is not None and only not in config.workspaces:
        hint = nearest(only, config.workspaces)
        known = ", ".join(config.workspaces)
        meant = f" — did you mean {hint}?" if hint else ""
        raise click.UsageError(f"no workspace {only!r}{meant} (there are: {known})")
    spans = config.settings.history
    return Ground(
        workspaces=tuple(one for one in workspace_specs(config) if only in {None, one.name}),
        sources=asyncio.run(_sources(config, only)),
        keep=Keep(
            readings_s=spans.keep_raw_s,
            minutes_s=spans.keep_minutes_s,
            hours_s=spans.keep_hours_s,
        ),
    )


async def _sources(config: Config, only: str | None) -> dict[SourceId, SourceSpec]:
    """Names and paces; the sources themselves are closed unasked."""
    from tui.wiring import asked

    found: dict[SourceId, SourceSpec] = {}
    for source in asked(config, SystemClock(), only):
        found[source.spec.id] = source.spec
        await source.aclose()
    return found


def no_history(words: str) -> SystemExit:
    """Tell why there is nothing to replay."""
    click.echo(f"quarterdeck: {words}", err=True)
    return SystemExit(NO_INPUT)


def past_file(given: Path | None) -> Path:
    """The history to read."""
    return given or history_file()
