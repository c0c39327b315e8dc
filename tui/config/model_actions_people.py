"""What actions on the product's users need to know: where they are, and who did it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.values import Identifier, Name, TableName

UserId = Annotated[str, Field(min_length=1, max_length=64)]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Span = Annotated[Duration, lasting("1m", "3650d")]


class ProductAuditTable(Setting):
    """The product's own audit table; a row goes with each action, in the same transaction."""

    table: TableName = Field(default="public.audit_logs", description="The table or a view of it.")
    at: Identifier = Field(default="created_at", description="Its column with the time.")
    action: Identifier = Field(default="action", description="Its column with what was done.")
    actor: Identifier | None = Field(
        default="user_id", description="Its column with who did it; null: there is none."
    )
    details: Identifier | None = Field(
        default="details",
        description="Its column for reason and request, as text or JSON; null: none, and then a "
        "row can not be found again after a crash.",
    )


class ProductRolesTable(Setting):
    """The product's own table of roles."""

    table: TableName = Field(default="public.user_roles", description="The table or a view of it.")
    account: Identifier = Field(default="user_id", description="Its column with whose role it is.")
    role: Identifier = Field(default="role", description="Its column with the role.")
    at: Identifier | None = Field(
        default="updated_at", description="Its column with the time; null: there is none."
    )
    by: Identifier | None = Field(
        default="updated_by", description="Its column with who granted it; null: there is none."
    )
    admin: Word = Field(default="admin", description="The role that makes an administrator.")
    ordinary: Word = Field(default="user", description="The role of everybody else.")
    marker: Word = Field(
        default="emergency_access_protocol",
        description="What stands in `by` for an administrator made by an action.",
    )


class PeopleActions(Setting):
    """The product's users: Supabase Auth's tables and the product's own."""

    database: Name = Field(description="The database of this workspace that holds them.")
    schema_name: Identifier = Field(
        default="auth",
        alias="schema",
        description="Where users, sessions and refresh_tokens are; views of these names, made for "
        "the actions' login, are the safer choice (SECURITY.md).",
    )
    audit: ProductAuditTable | None = Field(
        default=ProductAuditTable(), description="The product's audit table; null: there is none."
    )
    roles: ProductRolesTable | None = Field(
        default=ProductRolesTable(), description="The product's roles; null: there are none."
    )
    operators: Mapping[Word, UserId] = Field(
        default={},
        max_length=200,
        description="Who of us is who in the product: its user id by operator, for the audit row.",
    )
    access_token_s: Annotated[Duration, lasting("1m", "7d")] = Field(
        default=3_600.0,
        alias="access_token",
        description="How long an access token lives; so long one that was issued still works "
        "after its session was revoked (Supabase: JWT expiry).",
    )
    suspend_for: tuple[Span, ...] = Field(
        default=(604_800.0, 86_400.0, 2_592_000.0),
        min_length=1,
        max_length=12,
        description="For how long one can be suspended; the first is proposed.",
    )
    admin_for: tuple[Span, ...] = Field(
        default=(3_600.0, 14_400.0, 28_800.0, 86_400.0),
        min_length=1,
        max_length=12,
        description="For how long one can be made an administrator; the first is proposed.",
    )
    allow_direct_password_reset: bool = Field(
        default=False,
        description="Offer reset-password, which writes a new password's hash by SQL. A recovery "
        "link is better: nobody but the user learns the password.",
    )
