"""Auth security: who tries to get in, who gets in oddly, who uses or gains power."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.model_system import Every, SystemSetting
from tui.config.values import Identifier, Name, TableName

Words = Annotated[str, Field(min_length=1, max_length=200)]


class FailedSignInsTable(Setting):
    """The product's own record of failed sign-ins, which Supabase's audit table does not have."""

    table: TableName = Field(description="A table or view of it, a row for each.")
    at: Identifier = Field(default="created_at", description="Its column with the time.")
    ip: Identifier = Field(default="ip_address", description="Its column with the address.")
    account: Identifier | None = Field(
        default=None, description="Its column with whose sign-in failed; a hash will do."
    )
    only: Mapping[Identifier, Words] = Field(
        default={},
        max_length=1,
        description="A column and the value it has in the rows that count; none: all count.",
    )


class ElevatedActionsTable(Setting):
    """The product's own audit table."""

    table: TableName = Field(default="public.audit_logs", description="The table or a view of it.")
    at: Identifier = Field(default="created_at", description="Its column with the time.")
    action: Identifier = Field(default="action", description="Its column with what was done.")
    actor: Identifier = Field(default="user_id", description="Its column with who did it.")
    details: Identifier | None = Field(
        default="details", description="Its column with more words; null: none is shown."
    )
    actions: tuple[Words, ...] = Field(
        default=("user_role_change", "admin_access", "data_export"),
        min_length=1,
        max_length=50,
        description="The actions that count as elevated.",
    )


class AdministratorsTable(Setting):
    """The product's own table of roles."""

    table: TableName = Field(default="public.user_roles", description="The table or a view of it.")
    at: Identifier = Field(default="updated_at", description="Its column with the time.")
    account: Identifier = Field(default="user_id", description="Its column with whose role it is.")
    role: Identifier = Field(default="role", description="Its column with the role.")
    by: Identifier | None = Field(
        default="updated_by", description="Its column with who granted it; null: not recorded."
    )
    roles: tuple[Words, ...] = Field(
        default=("admin",),
        min_length=1,
        max_length=50,
        description="The roles that make an administrator.",
    )


class AuthSecuritySystem(SystemSetting):
    """Supabase Auth and the product's audit tables, read from one of the databases."""

    database: Name = Field(description="The database of this workspace that holds them.")
    every_s: Every = Field(default=60.0, alias="every", description="How often it is asked.")
    timeout_s: Annotated[Duration, lasting("1s", "2m")] = Field(
        default=20.0, alias="timeout", description="All of it may take no longer."
    )
    schema_name: Identifier = Field(
        default="auth",
        alias="schema",
        description="Where audit_log_entries, sessions and users are; views of these names, made "
        "for this role, are the safer choice.",
    )
    per_hour: int = Field(
        default=50,
        ge=1,
        description="More sign-ins or refreshed tokens of one account in an hour are unusual.",
    )
    addresses: int = Field(
        default=5, ge=1, description="An account from more addresses in an hour is unusual."
    )
    failed_per_address: int = Field(
        default=100,
        ge=1,
        description="More failed sign-ins from one address in five minutes are an attack.",
    )
    failed_sign_ins: FailedSignInsTable | None = Field(
        default=None, description="Where the product records failed sign-ins, if it does."
    )
    elevated: ElevatedActionsTable | None = Field(
        default=ElevatedActionsTable(),
        description="The product's audit table; null: there is none.",
    )
    admins: AdministratorsTable | None = Field(
        default=AdministratorsTable(), description="The product's roles; null: there are none."
    )
