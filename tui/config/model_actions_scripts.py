"""Which of a product's scripts makes a backup, verifies one, dumps, and restores to staging."""

from pydantic import Field

from tui.config.model_base import Setting
from tui.config.model_databases import DatabaseEnvironment
from tui.config.values import Name


class ScriptUse(Setting):
    """A script of `systems.scripts` that an action runs."""

    script: Name = Field(description="The script, by its name there.")
    system: Name | None = Field(
        default=None, description="The system it belongs to. Left out: the only one there is."
    )
    backups: Name | None = Field(
        default=None,
        description="The folder its files lie in, by its name among the system's backups: what is "
        "run for a file is done when a new one lies there. Left out: the only one there is.",
    )
    file: bool = Field(
        default=False,
        description="Whether the file is handed over as one more word: the newest, or the one "
        "that is named.",
    )


class RestoreUse(ScriptUse):
    """The script that restores; its last words are the file and the environment."""

    file: bool = Field(default=True, description="As for the others.")
    environment: Name = Field(description="Where to; never production.")
    database: Name | None = Field(
        default=None,
        description="The database that is overwritten there, one of `databases`: shown with its "
        "size, and refused when it is one of production's under whatever name.",
    )
    onto: DatabaseEnvironment | None = Field(
        default=None,
        description="How it is reached, as under `databases`, when it is none of those that are "
        "watched; in place of `database`.",
    )


class ScriptActions(Setting):
    """What the product's scripts are there for."""

    backup: ScriptUse | None = Field(default=None, description="Makes a backup.")
    verify_backup: ScriptUse | None = Field(default=None, description="Checks a backup.")
    dump: ScriptUse | None = Field(default=None, description="Dumps the database into a file.")
    restore_staging: RestoreUse | None = Field(
        default=None, description="Restores a backup, into an environment that is not production."
    )
