"""Supabase's answers of the management API, as its specification has them."""

from datetime import datetime, timedelta
from typing import Final

from demo.eye import Look
from demo.vendors.supabase_state import GIB, MACHINES, Project, Status, nights
from demo.vendors.wire import iso

Body = dict[str, object]

_NOT_UP: Final = {
    Status.RESTORING: "COMING_UP",
    Status.COMING_UP: "COMING_UP",
    Status.RESTARTING: "COMING_UP",
}
_ON_DATABASE: Final = frozenset({"db", "db_postgres_user", "pooler", "pg_bouncer", "rest"})


def project(one: Project) -> Body:
    """A project."""
    return {
        "id": one.ref,
        "ref": one.ref,
        "organization_id": one.organization,
        "organization_slug": one.organization,
        "name": one.name,
        "region": one.region,
        "created_at": iso(one.created_at),
        "status": one.status.value,
        "database": {
            "host": f"db.{one.ref}.supabase.co",
            "version": "17.6.1.052",
            "postgres_engine": "17",
            "release_channel": "ga",
        },
    }


def project_of_organization(one: Project) -> Body:
    """The same in the list of an organisation."""
    known = one.status.value if one.status not in {Status.INACTIVE, Status.PAUSING} else "UNKNOWN"
    return {
        "ref": one.ref,
        "name": one.name,
        "cloud_provider": "AWS",
        "region": one.region,
        "is_branch": False,
        "status": one.status.value,
        "inserted_at": iso(one.created_at),
        "databases": [
            {
                "infra_compute_size": one.compute,
                "region": one.region,
                "status": known,
                "cloud_provider": "AWS",
                "identifier": one.ref,
                "type": "PRIMARY",
                "disk_volume_size_gb": one.disk_gib,
                "disk_type": "gp3",
            }
        ],
    }


def service(one: Project, name: str, look: Look) -> Body:
    """The health of one service."""
    down = name in _ON_DATABASE and not look.reachable
    status = _NOT_UP.get(one.status, "UNHEALTHY" if down or not one.awake else "ACTIVE_HEALTHY")
    told: Body = {"name": name, "healthy": status == "ACTIVE_HEALTHY", "status": status}
    if name == "auth" and status == "ACTIVE_HEALTHY":
        told["info"] = {
            "name": "GoTrue",
            "version": "v2.189.0",
            "description": "GoTrue is a user registration and authentication API",
        }
    if down:
        told["error"] = look.why
    return told


def read_only(one: Project, now: datetime) -> Body:
    """The read-only mode."""
    until = one.read_only_lifted_until
    return {
        "enabled": one.read_only,
        "override_enabled": one.lifted(now),
        "override_active_until": iso(until) if until else "",
    }


def pooler(one: Project) -> list[Body]:
    """The shared pooler in transaction mode; the password stands for itself."""
    host = f"aws-0-{one.region}.pooler.supabase.com"
    text = f"postgresql://postgres.{one.ref}:[YOUR-PASSWORD]@{host}:6543/postgres"
    return [
        {
            "identifier": one.ref,
            "database_type": "PRIMARY",
            "is_using_scram_auth": True,
            "db_user": f"postgres.{one.ref}",
            "db_host": host,
            "db_port": 6543,
            "db_name": "postgres",
            "connection_string": text,
            "connectionString": text,
            "default_pool_size": 15,
            "max_client_conn": 200,
            "pool_mode": "transaction",
        }
    ]


def pgbouncer() -> Body:
    """The pooler beside the database."""
    return {"default_pool_size": 15, "max_client_conn": 200, "pool_mode": "transaction"}


def postgres(one: Project) -> Body:
    """Settings that were overridden."""
    return {"max_connections": MACHINES[one.compute][1], "statement_timeout": "120s"}


def disk(one: Project) -> Body:
    """The disk as it was ordered."""
    return {"attributes": {"type": "gp3", "size_gb": one.disk_gib, "iops": 3000}}


def disk_use(one: Project, now: datetime) -> Body:
    """How full the disk is."""
    size, used = one.disk_gib * GIB, round(one.used_gib * GIB)
    metrics = {"fs_size_bytes": size, "fs_used_bytes": used, "fs_avail_bytes": size - used}
    return {"timestamp": iso(now), "metrics": metrics}


def addons(one: Project) -> Body:
    """What was bought."""
    machine = {
        "id": f"ci_{one.compute}",
        "name": one.compute.capitalize(),
        "price": {
            "description": "$15/month (~$0.0206/hour)",
            "type": "usage",
            "interval": "hourly",
            "amount": 0.0206,
        },
        "meta": {"memory_gb": MACHINES[one.compute][0]},
    }
    return {
        "selected_addons": [{"type": "compute_instance", "variant": machine}],
        "available_addons": [
            {"type": "compute_instance", "name": "Compute Instance", "variants": [machine]}
        ],
    }


def backups(one: Project, now: datetime) -> Body:
    """The backups of the last nights."""
    made: list[Body] = []
    for at in nights(one, now):
        failed = f"{at:%Y-%m-%d}" in one.failed_backups
        made.append(
            {
                "id": int(at.timestamp()) // 60,
                "is_physical_backup": True,
                "status": "FAILED" if failed else "COMPLETED",
                "inserted_at": iso(at),
            }
        )
    reach: Body = {}
    if one.pitr:
        reach = {
            "earliest_physical_backup_date_unix": int((now - timedelta(days=7)).timestamp()),
            "latest_physical_backup_date_unix": int((now - timedelta(minutes=2)).timestamp()),
        }
    return {
        "region": one.region,
        "walg_enabled": True,
        "pitr_enabled": one.pitr,
        "backups": made,
        "physical_backup_data": reach,
    }


_LINTS: Final = (
    (
        "extension_in_public",
        "WARN",
        "SECURITY",
        "Extension in Public",
        "Extension `citext` is installed in the public schema. Move it to another schema.",
    ),
    (
        "function_search_path_mutable",
        "WARN",
        "SECURITY",
        "Function Search Path Mutable",
        "Function `public.touch_updated_at` has a role mutable search_path",
    ),
    (
        "unindexed_foreign_keys",
        "INFO",
        "PERFORMANCE",
        "Unindexed foreign keys",
        "Table `public.tickets` has a foreign key `tickets_order_id_fkey` without an index.",
    ),
    (
        "auth_rls_initplan",
        "WARN",
        "PERFORMANCE",
        "Auth RLS Initialization Plan",
        "Table `public.profiles` re-evaluates auth.uid() for each row",
    ),
)


def lints(category: str) -> Body:
    """What an advisor finds: `SECURITY` or `PERFORMANCE`."""
    return {
        "lints": [
            {
                "name": name,
                "title": title,
                "level": level,
                "facing": "EXTERNAL",
                "categories": [about],
                "description": "",
                "detail": detail,
                "remediation": "https://supabase.com/docs/guides/database/database-linter",
                "cache_key": f"{name}_public",
            }
            for name, level, about, title, detail in _LINTS
            if about == category
        ]
    }
