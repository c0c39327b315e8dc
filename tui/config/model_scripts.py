"""Local scripts, and the backups they leave."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from tui.config.durations import Duration, Size, lasting, sized
from tui.config.model_base import Setting
from tui.config.model_system import Every, SystemSetting
from tui.config.values import EnvironmentVariable, Name

Word = Annotated[str, Field(min_length=1, max_length=4096)]


class Script(Setting):
    """A program that is run without a shell."""

    title: str = Field(min_length=1, max_length=80, description="Its name on the wall.")
    argv: tuple[Word, ...] = Field(
        min_length=1,
        max_length=64,
        description="The program, by its whole path or one from ~/ on, and its arguments: each "
        "is one word, no shell sees them.",
    )
    timeout_s: Annotated[Duration, lasting("1s", "1d")] = Field(
        default=600.0,
        alias="timeout",
        description="How long it may take; then it is killed with all it started.",
    )
    check: bool = Field(
        default=False,
        description="It only reads, and runs by itself as often as `every` says. Without it, it "
        "runs only when somebody asks for it.",
    )
    every_s: Every = Field(default=3600.0, alias="every", description="How often a check is run.")


class Backups(Setting):
    """A folder in which backups lie."""

    title: str = Field(min_length=1, max_length=80, description="Its name on the wall.")
    folder: str = Field(
        min_length=1, max_length=1024, description="A whole path, or one from ~/ on."
    )
    files: str = Field(
        default="*",
        min_length=1,
        max_length=200,
        pattern=r"^[^/]+$",
        description="Which files in it: * and ? stand for anything.",
    )
    warning_s: Annotated[Duration, lasting("1m", "3650d")] = Field(
        default=93_600.0, alias="warning", description="The newest should not be older."
    )
    critical_s: Annotated[Duration, lasting("1m", "3650d")] = Field(
        default=180_000.0, alias="critical", description="The newest must not be older."
    )
    least_size_bytes: Annotated[Size, sized("1B", "999999MiB")] = Field(
        default=1, alias="least_size", description="The newest must not be smaller."
    )


class ScriptsSystem(SystemSetting):
    """What a product's scripts did, and how old its newest backup is."""

    folder: str = Field(
        default="/",
        min_length=1,
        max_length=1024,
        description="Where scripts are run: a whole path, or one from ~/ on.",
    )
    environment_variables: tuple[EnvironmentVariable, ...] = Field(
        default=(),
        max_length=64,
        description="Variables a script may see besides HOME, LANG, LC_ALL, LOGNAME, PATH, "
        "TMPDIR, TZ and USER.",
    )
    scripts: Mapping[Name, Script] = Field(
        default={}, max_length=32, description="The scripts, by name."
    )
    backups: Mapping[Name, Backups] = Field(
        default={}, max_length=8, description="Folders with backups, by name."
    )
    every_s: Every = Field(
        default=60.0, alias="every", description="How often the folders are looked at."
    )
