"""A repository of GitHub as a system."""

from typing import ClassVar

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class GitHubSystem(SystemSetting):
    """A repository: what runs, what failed where, who must approve, what holds deploys up."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("github",)

    account: Name = Field(description="The GitHub account.")
    repo: str = Field(
        pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$",
        max_length=140,
        description="The repository, as owner/name.",
    )
    workflows: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        description="File names of the workflows that deploy: that one of them is switched off "
        "counts. Empty: any.",
    )
    deployment_environments: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="GitHub's environments whose newest deployment is shown. Empty: all.",
    )
    every_s: Every = Field(
        default=60.0,
        alias="every",
        description="How often it is asked for; an unchanged answer costs nothing.",
    )
