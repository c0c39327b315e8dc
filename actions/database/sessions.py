"""One session of a database as an action has to know it, and whether it may be signalled. Pure."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from actions.database.ground import Ground
from actions.guard_values import Precondition
from actions.preconditions import Checked
from actions.verbs import Unplannable
from providers.clock import Moment
from providers.postgres.fate import Looking
from providers.postgres.rows import Row, flag, foreign, integer, optional_age
from providers.postgres.statements import statement
from providers.text import Foreign

PLATFORM: Final = frozenset(
    {
        "supabase_admin",
        "supabase_auth_admin",
        "supabase_storage_admin",
        "supabase_replication_admin",
        "supabase_read_only_user",
        "supabase_realtime_admin",
        "supabase_functions_admin",
        "supabase_etl_admin",
        "authenticator",
        "pgbouncer",
        "pgsodium_keyholder",
        "replicator",
        "rdsadmin",
        "cloudsqladmin",
    }
)
"""Roles of platforms: behind each of their sessions are many users, or the platform itself."""

CLIENT: Final = "client backend"
ACTIVE: Final = "active"
_POOLERS: Final = re.compile(r"supavisor|pgbouncer|odyssey|pgcat", re.IGNORECASE)
_IDENTITY: Final = re.compile(
    r"(?P<database>[a-z0-9_-]+)/(?P<pid>\d{1,9})@(?P<started>[0-9T:.+-]{20,40})"
    r"(?:#(?P<digest>[0-9a-f]{12}))?"
)


class Named(Struct, frozen=True, kw_only=True):
    """What a target's identity says."""

    database: str
    pid: str
    started: str
    digest: str = ""
    """Of the statement's text, where the statement is meant and not the session."""

    @property
    def identity(self) -> str:
        """As it stands in a target."""
        tail = f"#{self.digest}" if self.digest else ""
        return f"{self.database}/{self.pid}@{self.started}{tail}"


class Seen(Struct, frozen=True, kw_only=True):
    """One session at this moment."""

    pid: int
    started: str
    query_started: str
    query_s: float | None
    transaction_s: float | None
    state: str
    kind: str
    role: Foreign
    application: Foreign
    query: Foreign
    own_role: str
    superuser: bool
    itself: bool
    permitted: bool
    waiters: int

    @property
    def name(self) -> Foreign:
        """`pid 15136 billing-worker`."""
        who = self.application.line(40) or self.role.line(40)
        return Foreign(f"pid {self.pid} {who}".strip())


def named(identity: str) -> Named:
    """The parts of an identity.

    Raises:
        Unplannable: It is none of a session.
    """
    found = _IDENTITY.fullmatch(identity)
    if found is None:
        raise Unplannable("that is no session: it is written DATABASE/PID@START")
    parts = found.groupdict()
    return Named(
        database=parts["database"],
        pid=parts["pid"],
        started=parts["started"],
        digest=parts["digest"] or "",
    )


def digest_of(query: Foreign) -> str:
    """Tells statements apart by their text."""
    return hashlib.sha256(query.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


async def session(look: Looking, pid: str, started: str | None) -> Seen | None:
    """The session; None when it is gone.

    Raises:
        Unplannable: There may be one, and our role may not look at it.
        OSError: or another of `DRIVER_ERRORS`.
    """
    rows = await look.rows(statement("action_session"), pid, started)
    if rows:
        return _seen(rows[0])
    (row,) = await look.rows(statement("action_hidden"), pid)
    if flag(row, "hidden"):
        raise Unplannable(
            f"pid {pid} is there, and the actions' login may not look at it: "
            "GRANT pg_read_all_stats (or pg_monitor) to it"
        )
    return None


def _seen(row: Row) -> Seen:
    return Seen(
        pid=integer(row, "pid"),
        started=str(row["started"]),
        query_started=str(row["query_started"] or ""),
        query_s=optional_age(row, "query_s"),
        transaction_s=optional_age(row, "transaction_s"),
        state=str(row["state"] or ""),
        kind=str(row["backend_type"] or ""),
        role=foreign(row["role"]),
        application=foreign(row["application"]),
        query=foreign(row["query"]),
        own_role=foreign(row["own_role"]).line(63),
        superuser=flag(row, "superuser"),
        itself=flag(row, "itself"),
        permitted=flag(row, "permitted"),
        waiters=integer(row, "waiters"),
    )


def preconditions(seen: Seen, ground: Ground, at: Moment) -> Iterator[Precondition]:
    """What has to hold for any signal."""
    checks, role, kind = Checked(at=at), seen.role, Foreign(seen.kind or "unknown").line(40)
    yield checks.either(
        "client", holds=seen.kind == CLIENT, met=f"it is a {kind}", otherwise=f"it is a {kind}"
    )
    platform = role.text in PLATFORM or role.text in ground.protected
    trouble = f"{role.line(63)} belongs to the platform" if platform else ""
    yield checks.unless("platform", trouble, "no role of a platform")
    trouble = f"{role.line(63)} is a superuser" if seen.superuser else ""
    yield checks.unless("superuser", trouble, "no superuser")
    yield checks.unless("own", "it is our own" if is_own(seen, ground) else "", "not one of ours")
    yield checks.either(
        "permitted",
        holds=seen.permitted,
        met="the login may signal it",
        otherwise=f"role {seen.own_role} may not signal it: GRANT pg_signal_backend to it",
    )
    if _POOLERS.search(seen.application.text):
        yield checks.warns("pooler", "it belongs to a pooler: others may be using it by now")


def is_own(seen: Seen, ground: Ground) -> bool:
    """Whether it is a session of this program, of any operator."""
    if seen.itself:
        return True
    ours = seen.application.text.startswith("quarterdeck")
    return ours and seen.role.text in {seen.own_role, *ground.watchers}
