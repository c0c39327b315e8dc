"""A service of Render as a system."""

from typing import ClassVar, Literal

from pydantic import Field

from tui.config.model_base import Setting
from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class RenderLogs(Setting):
    """Which lines of a service are read; a filter that is left out lets all pass."""

    levels: tuple[str, ...] = Field(
        default=(), max_length=10, description="Levels, such as error and warning."
    )
    types: tuple[Literal["app", "request", "build"], ...] = Field(
        default=(), description="What the service wrote, the requests it had, its builds."
    )
    texts: tuple[str, ...] = Field(
        default=(), max_length=10, description="Words in the line; one of them is enough."
    )
    paths: tuple[str, ...] = Field(default=(), max_length=10, description="Paths of requests.")
    statuses: tuple[str, ...] = Field(
        default=(), max_length=20, description="Statuses of requests, in quotes."
    )
    every_s: Every = Field(
        default=10.0,
        alias="every",
        description="How often, while a pane shows it; else every minute at most.",
    )


class RenderSystem(SystemSetting):
    """A service: what it is set to, its instances, its feed, its measurements, its log."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("render",)

    account: Name = Field(description="The Render account.")
    service_id: str = Field(
        pattern=r"^[a-z]{3}-[A-Za-z0-9-]+$", description="The service's id: srv-… or crn-…."
    )
    logs: RenderLogs | None = Field(
        default=None, description="What it writes. Left out: it is not read."
    )
    every_s: Every = Field(
        default=30.0,
        alias="every",
        description="How often it is asked for; domains and limits every ten minutes.",
    )
