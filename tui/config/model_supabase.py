"""Supabase: a project, and the users of its auth server."""

from typing import ClassVar, Literal

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Address, BaseUrl, Name, SecretName

Service = Literal[
    "auth", "db", "db_postgres_user", "pooler", "realtime", "rest", "storage", "pg_bouncer"
]


class SupabaseSystem(SystemSetting):
    """A project by the management API, its metrics and its logs."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("supabase",)

    account: Name = Field(description="The Supabase account.")
    project: str = Field(
        pattern=r"^[a-z]{20}$", description="The project's reference: twenty lower-case letters."
    )
    services: tuple[Service, ...] = Field(
        default=("db", "pooler", "auth", "rest", "realtime", "storage"),
        min_length=1,
        description="The services of the project whose health is asked for.",
    )
    reach: tuple[Address, ...] = Field(
        default=(),
        max_length=4,
        description="Addresses host:port of the database or its pooler as the product uses them; "
        "one that takes a connection is enough. Supabase may call a project healthy that nobody "
        "reaches. Left out: not tried.",
    )
    metrics_secret: SecretName | None = Field(
        default=None,
        description="The secret that holds a secret key of the project, for its metrics endpoint. "
        "It may do everything in the project. Left out: no metrics.",
    )
    project_url: BaseUrl | None = Field(
        default=None,
        description="Where the project itself is. Left out: https://PROJECT.supabase.co.",
    )
    logs: tuple[Literal["auth", "postgres", "api"], ...] = Field(
        default=("auth", "postgres", "api"), description="Which logs are read."
    )
    sign_ins: bool = Field(
        default=True,
        description="Count the sign-ins that were refused in the last 5 minutes, by address.",
    )
    every_s: Every = Field(
        default=60.0, alias="every", description="How often state, health and disk are asked for."
    )
    metrics_every_s: Every = Field(
        default=60.0,
        alias="metrics_every",
        description="How often the metrics are; they change once a minute.",
    )
    logs_every_s: Every = Field(
        default=60.0,
        alias="logs_every",
        description="How often the logs are while a pane shows them; else every quarter of an "
        "hour at most.",
    )
    sign_ins_every_s: Every = Field(
        default=60.0, alias="sign_ins_every", description="How often refused sign-ins are counted."
    )
    counts_every_s: Every = Field(
        default=300.0, alias="counts_every", description="How often requests are counted."
    )
    setup_every_s: Every = Field(
        default=900.0,
        alias="setup_every",
        description="How often pooler, compute and the ordered disk are asked for.",
    )
    backups_every_s: Every = Field(
        default=3600.0, alias="backups_every", description="How often the backups are."
    )
    advisors_every_s: Every = Field(
        default=3600.0,
        alias="advisors_every",
        description="How often the advisors are; they are cached on the other side.",
    )


class SupabaseAuthSystem(SystemSetting):
    """The users of a project's auth server, and who of them is suspended."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("supabase-auth",)

    account: Name = Field(description="The account that holds the project's secret key.")
    every_s: Every = Field(
        default=900.0, alias="every", description="How often the users are asked for."
    )
