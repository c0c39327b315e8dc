"""How one database is reached and looked at; no driver is imported here."""

from typing import Literal

from msgspec import Struct

from providers.secrets import SecretGetter

TlsMode = Literal["verify-full", "verify-ca", "require", "disable"]
"""How sure we are whom we talk to; there is no `prefer`, which falls back to plain text."""

PoolerMode = Literal["auto", "transaction", "session", "none"]
Basis = Literal["corrected", "runbook"]


class DatabaseOptions(Struct, frozen=True, kw_only=True):
    """One database. Parts of a DSN win over the parts given here, except that TLS never weakens."""

    host: str = ""
    """A name, an address, or a folder with a Unix socket (starts with a slash)."""

    port: int = 5432
    database: str = ""
    """Empty: named like the user, as PostgreSQL has it."""

    user: str = ""
    password: SecretGetter | None = None
    dsn: SecretGetter | None = None
    """`postgresql://user:password@host:port/database`, a secret as a whole."""

    tls: TlsMode = "verify-full"
    """`disable` sends no password to anywhere but loopback and Unix sockets."""

    ca_file: str | None = None
    """Certificates to trust in place of the system's, PEM."""

    pooler: PoolerMode = "auto"
    """`auto` takes ports 6543 and 6432 for a transaction pooler."""

    long_query_s: float = 300.0
    """The 5-minute rule (A:84-90)."""

    idle_in_transaction_s: float = 2.0
    """Shorter pauses inside a transaction are everyday life and not listed."""

    basis: Basis = "corrected"
    """`runbook` lists idle sessions as long-running too, as the SQL of A:90 does."""

    statement_timeout_s: float = 4.0
    row_limit: int = 200
    """Sessions listed at most; more than 500 is taken for 500."""
