"""PostgreSQL databases."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_actions_database import ActionLogin
from tui.config.model_base import Setting
from tui.config.values import Citation, Host, Identifier, Name, SecretName


class DatabaseEnvironment(Setting):
    """How to reach a database in one environment."""

    host: Host | None = Field(
        default=None, description="Name, address, or the folder of a Unix socket. Not with `dsn`."
    )
    port: int = Field(default=5432, ge=1, le=65_535, description="Its port. Not with `dsn`.")
    database: str = Field(
        default="postgres", min_length=1, max_length=63, description="The database. Not with `dsn`."
    )
    user: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        description="The role; it needs pg_monitor to see what others do. Not with `dsn`.",
    )
    password: SecretName | None = Field(
        default=None, description="The secret that holds the password. Not with `dsn`."
    )
    dsn: SecretName | None = Field(
        default=None,
        description="The secret that holds a whole postgresql:// URL, instead of the above.",
    )
    tls: Literal["verify-full", "verify-ca", "require", "disable"] = Field(
        default="verify-full",
        description="verify-full: the certificate is trusted and names the host; verify-ca: "
        "trusted; require: encrypted to nobody knows whom; disable: only to this machine. "
        "Production allows verify-full alone.",
    )
    ca_file: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="A file with the only certificate authorities trusted here (PEM), such as "
        "the one Supabase offers. Left out: those the machine trusts.",
    )
    pooler: Literal["auto", "transaction", "session", "none"] = Field(
        default="auto", description="What stands before the server; auto: found out on connecting."
    )
    every_s: Annotated[Duration, lasting("1s", "1d")] = Field(
        default=5.0, alias="every", description="How often it is asked."
    )
    timeout_s: Annotated[Duration, lasting("100ms", "60s")] = Field(
        default=10.0, alias="timeout", description="One look may take no longer."
    )
    statement_timeout_s: Annotated[Duration, lasting("100ms", "30s")] = Field(
        default=4.0,
        alias="statement_timeout",
        description="The server itself ends a statement of ours after this.",
    )
    row_limit: int = Field(default=200, ge=10, le=2000, description="How many sessions are listed.")
    actions: ActionLogin | None = Field(
        default=None,
        description="The login that actions use, over the same way. Left out: the one above, which "
        "then needs the rights of the actions too.",
    )


class DatabaseDepth(Setting):
    """The thorough look beside the quick one: sizes, slow statements, indexes, locks, slots."""

    enabled: bool = Field(default=True, description="Whether it is taken at all.")
    every_s: Annotated[Duration, lasting("30s", "1d")] = Field(
        default=300.0, alias="every", description="How often it is taken while a pane shows it."
    )
    unseen_every_s: Annotated[Duration, lasting("30s", "1d")] = Field(
        default=1800.0,
        alias="unseen_every",
        description="How often while no pane shows it; never more often than every.",
    )
    timeout_s: Annotated[Duration, lasting("1s", "2m")] = Field(
        default=30.0, alias="timeout", description="All of it may take no longer."
    )
    schemas: tuple[Identifier, ...] = Field(
        default=("public",),
        min_length=1,
        max_length=20,
        description="Schemas whose tables and indexes are listed.",
    )
    tables: int = Field(default=20, ge=1, le=100, description="How many tables are listed.")
    statements: int = Field(
        default=10, ge=1, le=50, description="How many slow statements, by mean and by total."
    )
    indexes: int = Field(default=20, ge=1, le=100, description="How many indexes are listed.")
    capacity_gib: float | None = Field(
        default=None,
        gt=0,
        description="The space the database has, in GiB, to tell in how many days it is full; SQL "
        "does not know it.",
    )


class Database(Setting):
    """A PostgreSQL database, in each environment."""

    title: str = Field(min_length=1, max_length=80, description="Its name on the wall.")
    long_query_s: Annotated[Duration, lasting("1s", "7d")] = Field(
        default=300.0, alias="long_query", description="A statement that runs longer is listed."
    )
    long_query_critical_s: Annotated[Duration, lasting("1s", "7d")] = Field(
        default=480.0,
        alias="long_query_critical",
        description="One that runs longer than this is red.",
    )
    basis: Literal["corrected", "runbook"] = Field(
        default="corrected",
        description="corrected: statements that really run; runbook: the runbook's own filter, "
        "which also lists idle sessions whose last statement is old.",
    )
    severity: str | None = Field(
        default=None,
        max_length=32,
        description="The severity of its alert while it can not be reached: a label of "
        "`severities`.",
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook speaks of it.")
    depth: DatabaseDepth = Field(
        default=DatabaseDepth(), description="The thorough look, taken seldom."
    )
    environments: Mapping[Name, DatabaseEnvironment] = Field(
        min_length=1, description="How to reach it, by environment."
    )
