"""Where the traces of who signs in and who may what are kept; no driver is imported here."""

from msgspec import Struct


class Relation(Struct, frozen=True, kw_only=True):
    """A table or view."""

    schema: str
    name: str

    @property
    def dotted(self) -> str:
        """`schema.name`, for words."""
        return f"{self.schema}.{self.name}"


class FailedSignIns(Struct, frozen=True, kw_only=True):
    """The product's own record of failed sign-ins, a row each."""

    relation: Relation
    at: str = "created_at"
    ip: str = "ip_address"
    account: str = ""
    """Whose sign-in failed, for counting; may be a hash. Empty: not recorded."""

    only: tuple[str, str] | None = None
    """Column and value of the rows that count, where others are in the table too."""


class ElevatedActions(Struct, frozen=True, kw_only=True):
    """The product's own audit table (A:452-458)."""

    relation: Relation = Relation(schema="public", name="audit_logs")
    at: str = "created_at"
    action: str = "action"
    actor: str = "user_id"
    details: str = "details"
    """Empty: there is none worth showing."""

    actions: tuple[str, ...] = ("user_role_change", "admin_access", "data_export")


class Administrators(Struct, frozen=True, kw_only=True):
    """The product's own table of roles (A:462-481)."""

    relation: Relation = Relation(schema="public", name="user_roles")
    at: str = "updated_at"
    account: str = "user_id"
    role: str = "role"
    by: str = "updated_by"
    """Empty: not recorded."""

    roles: tuple[str, ...] = ("admin",)


class AuthOptions(Struct, frozen=True, kw_only=True):
    """What to look at, and from when it is unusual."""

    schema: str = "auth"
    """Holds audit_log_entries, sessions and users: Supabase's tables, or views named like them."""

    failed: FailedSignIns | None = None
    """None: nobody records them in the database."""

    elevated: ElevatedActions | None = ElevatedActions()
    administrators: Administrators | None = Administrators()
    per_hour: int = 50
    """More sign-ins, or more refreshed tokens, of one account in an hour are unusual (A:450)."""

    addresses: int = 5
    """So is an account that comes from more addresses (A:450)."""

    failed_per_address: int = 100
    """So are more failed sign-ins from one address in five minutes (A:284)."""
