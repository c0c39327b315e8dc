"""How sources are called: one place, so that KPIs, services and sources mean the same thing."""

from typing import Final

from providers.readings import SourceId

DEPTH_METRICS: Final = (
    "lock_waits",
    "longest_lock_wait_s",
    "applications",
    "database_bytes",
    "database_growth_bytes_per_day",
    "days_to_full",
    "tables_bytes",
    "tables_growth_bytes_per_day",
    "slowest_mean_ms",
    "statements_known",
    "unused_indexes",
    "unused_index_bytes",
    "invalid_indexes",
    "slots",
    "slots_inactive",
    "slots_lag_bytes",
    "standbys",
    "standby_lag_bytes",
    "wal_bytes_per_s",
    "wal_bytes",
    "dead_tuples",
    "dead_tuples_percent",
    "xid_age",
    "xid_percent",
    "limits_worst_percent",
)
"""What the thorough look measures; those of pg_stat_statements only where it is installed."""


def check_id(workspace: str, environment: str, service: str, check: str) -> SourceId:
    """A probe of a service, such as `lma/production/api/health`."""
    return SourceId(f"{workspace}/{environment}/{service}/{check}")


def database_id(workspace: str, environment: str, database: str) -> SourceId:
    """A database, such as `lma/production/db/main`."""
    return SourceId(f"{workspace}/{environment}/db/{database}")


def depth_id(workspace: str, environment: str, database: str) -> SourceId:
    """The thorough look at a database, such as `lma/production/db/main.depth`."""
    return SourceId(f"{database_id(workspace, environment, database)}.depth")


def deploys_id(workspace: str, environment: str, service: str) -> SourceId:
    """The deploys of a service, such as `lma/production/deploys/api`."""
    return SourceId(f"{workspace}/{environment}/deploys/{service}")


def runs_id(workspace: str, environment: str, service: str) -> SourceId:
    """The workflow runs of a service, such as `lma/production/runs/api`."""
    return SourceId(f"{workspace}/{environment}/runs/{service}")


def system_id(
    workspace: str, environment: str | None, kind: str, name: str, part: str = ""
) -> SourceId:
    """A system or a part of it: `lma/production/stripe/main`, `lma/-/supabase/main.backups`."""
    tail = f"{name}.{part}" if part else name
    return SourceId(f"{workspace}/{environment or '-'}/{kind}/{tail}")


def status_page_id(workspace: str, page: str) -> SourceId:
    """A vendor's status page; it belongs to no environment: `lma/-/status/vercel`."""
    return SourceId(f"{workspace}/-/status/{page}")
