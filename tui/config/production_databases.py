"""The databases that nothing is ever restored to; imports no judge of configurations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.config.model import Config
    from tui.config.model_databases import DatabaseEnvironment


def productions(config: Config) -> Iterator[tuple[str, DatabaseEnvironment]]:
    """Every database of production, with `workspace/environment/database`."""
    for name, workspace in config.workspaces.items():
        for database_name, database in workspace.databases.items():
            for environment, place in database.environments.items():
                told = workspace.environments.get(environment)
                if told is not None and told.production:
                    yield f"{name}/{environment}/{database_name}", place
