"""A project of Vercel as a system."""

from typing import Annotated, ClassVar

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.model_system import Every, SystemSetting
from tui.config.values import EnvironmentVariable, Name


class VercelStaging(Setting):
    """Where staging's environment variables are."""

    project: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        description="A project of its own, by id or name. Left out: the same project.",
    )
    target: str = Field(
        default="preview",
        min_length=1,
        max_length=64,
        description="production in a project of its own, preview, or the slug of a custom "
        "environment.",
    )
    branch: str | None = Field(
        default=None,
        min_length=1,
        max_length=256,
        description="Previews' variables for this branch count too. Left out: only those for all.",
    )


class VercelLogs(Setting):
    """How the runtime log of production is read."""

    listen_s: Annotated[Duration, lasting("1s", "20s")] = Field(
        default=5.0,
        alias="listen",
        description="How long is listened at each read: Vercel keeps no line for later.",
    )
    most_lines: int = Field(
        default=500, ge=10, le=2_000, description="Lines taken at one read; more are left out."
    )
    every_s: Every = Field(
        default=15.0,
        alias="every",
        description="How often, while a pane shows it; else every two minutes at most.",
    )


class VercelSystem(SystemSetting):
    """A project: what serves, its domains, the names of its variables, its log."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("vercel",)

    account: Name = Field(description="The Vercel account.")
    project: str = Field(min_length=1, max_length=128, description="The project's id or name.")
    staging: VercelStaging | None = Field(
        default=None,
        description="What production's variables are compared with, by name. Left out: nothing.",
    )
    expected_variables: tuple[EnvironmentVariable, ...] = Field(
        default=(),
        max_length=200,
        description="Variables that must be set in production, such as those of .env.example.",
    )
    old_after_s: Annotated[Duration, lasting("1d", "3650d")] = Field(
        default=180 * 86_400.0,
        alias="old_after",
        description="From when on a secret that was not changed is worth a word.",
    )
    metrics: tuple[str, ...] = Field(
        default=("vercel.function_invocation.count",),
        max_length=8,
        description="Vercel's own measurements, by id; they need Observability Plus. Empty: none.",
    )
    logs: VercelLogs | None = Field(
        default=None, description="The runtime log of production. Left out: it is not read."
    )
    every_s: Every = Field(
        default=60.0,
        alias="every",
        description="How often the project is asked for; domains every ten minutes.",
    )
