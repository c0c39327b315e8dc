"""How the program itself behaves: `settings` in the file."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.model_maintenance import GlobalMaintenance
from tui.config.values import Address, Name


class HistorySettings(Setting):
    """How long readings are kept, at which grain."""

    keep_raw_s: Annotated[Duration, lasting("1h", "60d")] = Field(
        default=172_800.0, alias="keep_raw", description="How long every single reading is kept."
    )
    keep_minutes_s: Annotated[Duration, lasting("1h", "400d")] = Field(
        default=1_209_600.0,
        alias="keep_minutes",
        description="How long one value a minute is kept.",
    )
    keep_hours_s: Annotated[Duration, lasting("1d", "3650d")] = Field(
        default=34_560_000.0, alias="keep_hours", description="How long one value an hour is kept."
    )


class ConnectivitySettings(Setting):
    """How the program tells its own network trouble from everybody else's."""

    targets: tuple[Address, ...] = Field(
        default=(),
        max_length=8,
        description="Addresses `host:port`; while none of them takes a TCP connection, and at "
        "most one source in five answers, the screen says that this machine is offline instead of "
        "calling everything down. Empty: never.",
    )
    every_s: Annotated[Duration, lasting("1s", "1h")] = Field(
        default=15.0, alias="every", description="How often they are tried."
    )
    timeout_s: Annotated[Duration, lasting("100ms", "30s")] = Field(
        default=3.0, alias="timeout", description="How long one try may take."
    )


class Settings(Setting):
    """How the program itself behaves."""

    read_only: bool = Field(
        default=True, description="Refuse every action that would change something outside."
    )
    operator: str = Field(
        default="",
        max_length=64,
        description="Your name in the header and in records. Empty: the login name.",
    )
    theme: str = Field(
        default="quarterdeck", max_length=64, description="Colours: the name of a theme."
    )
    ascii: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="Draw with ASCII signs only; auto: when the terminal knows no others.",
    )
    mouse: bool = Field(default=True, description="Take clicks and the wheel.")
    low_bandwidth: bool = Field(
        default=False,
        description="Draw every five seconds and in 256 colours, for a slow line. On any line the "
        "next frame waits until the terminal has taken the last one.",
    )
    time_zone: Literal["utc", "local"] = Field(default="utc", description="Times on the screen.")
    default_workspace: Name | None = Field(
        default=None, description="The workspace shown first. Left out: the first in the file."
    )
    default_environment: Name | None = Field(
        default=None, description="Show only this environment at first. Left out: all."
    )
    history: HistorySettings = Field(
        default=HistorySettings(), description="How long readings are kept, at which grain."
    )
    connectivity: ConnectivitySettings = Field(
        default=ConnectivitySettings(), description="How our own network trouble is recognised."
    )
    shared_folder: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="Where acknowledgements and snoozes are kept for all operators of this host: "
        "a folder of a group (mode 2770). Left out: your own state folder, seen by you alone.",
    )
    maintenance: Mapping[Name, GlobalMaintenance] = Field(
        default={}, description="When everything of every workspace is worked on, by name."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="What goes to the log file; nothing is ever logged to the screen.",
    )
