"""What actions on databases need to know."""

from typing import Annotated

from pydantic import Field

from tui.config.model_base import Setting
from tui.config.values import SecretName

RoleName = Annotated[str, Field(min_length=1, max_length=63)]


class ActionLogin(Setting):
    """The login that actions use, so that the one for watching stays as narrow as it is."""

    user: str | None = Field(
        default=None, min_length=1, max_length=128, description="The role. Not with `dsn`."
    )
    password: SecretName | None = Field(
        default=None, description="The secret that holds its password. Not with `dsn`."
    )
    dsn: SecretName | None = Field(
        default=None,
        description="The secret that holds a whole postgresql:// URL, instead of the above.",
    )


class DatabaseActions(Setting):
    """Which sessions are never cancelled or ended."""

    protected_roles: tuple[RoleName, ...] = Field(
        default=(),
        max_length=64,
        description="Roles whose sessions are left alone, besides superusers and the platform's.",
    )
