"""Answers of Supabase as plain JSON values, complete by the vendor's specifications."""

from typing import Any

from tests.vendor_data import T0_ISO, T0_MS, Json

REF = "abcdefghijklmnopqrst"
USER = "11111111-2222-4333-8444-555555555555"


def project(status: str = "ACTIVE_HEALTHY", **changes: Any) -> Json:
    return {
        "id": REF,
        "ref": REF,
        "organization_id": "lma",
        "organization_slug": "lma",
        "name": "lma",
        "region": "eu-central-1",
        "created_at": T0_ISO,
        "status": status,
        "database": {
            "host": f"db.{REF}.supabase.co",
            "version": "17.6.1.052",
            "postgres_engine": "17",
            "release_channel": "ga",
        },
    } | changes


def service(name: str = "db", status: str = "ACTIVE_HEALTHY", **changes: Any) -> Json:
    return {"name": name, "healthy": status == "ACTIVE_HEALTHY", "status": status} | changes


def health(**statuses: str) -> list[Json]:
    """Three services, all well but those that are named."""
    return [service(name, statuses.get(name, "ACTIVE_HEALTHY")) for name in ("db", "auth", "rest")]


def read_only(*, enabled: bool = False, lifted: bool = False) -> Json:
    return {"enabled": enabled, "override_enabled": lifted, "override_active_until": ""}


def disk_use(used: float = 3e9, size: float = 8e9, left: float | None = None) -> Json:
    available = size - used if left is None else left
    metrics = {"fs_size_bytes": size, "fs_used_bytes": used, "fs_avail_bytes": available}
    return {"timestamp": T0_ISO, "metrics": metrics}


def upgrade(**changes: Any) -> Json:
    status = {
        "initiated_at": T0_ISO,
        "latest_status_at": T0_ISO,
        "target_version": 17,
        "progress": "5_initiated_data_upgrade",
        "status": 0,
    } | changes
    return {"databaseUpgradeStatus": status}


def pooler(**changes: Any) -> Json:
    text = "postgresql://postgres.ref:[YOUR-PASSWORD]@pooler.test:6543/postgres"
    return {
        "identifier": REF,
        "database_type": "PRIMARY",
        "is_using_scram_auth": True,
        "db_user": "postgres.ref",
        "db_host": "aws-0-eu-central-1.pooler.supabase.com",
        "db_port": 6543,
        "db_name": "postgres",
        "connection_string": text,
        "connectionString": text,
        "default_pool_size": 15,
        "max_client_conn": 200,
        "pool_mode": "transaction",
    } | changes


def disk() -> Json:
    return {"attributes": {"type": "gp3", "size_gb": 8, "iops": 3000}}


def addons(variant: str = "ci_small") -> Json:
    price = {"description": "$15", "type": "usage", "interval": "hourly", "amount": 0.02}
    machine = {"id": variant, "name": "Small", "price": price}
    return {
        "selected_addons": [{"type": "compute_instance", "variant": machine}],
        "available_addons": [],
    }


def backup(number: int = 1, status: str = "COMPLETED", at: str = T0_ISO) -> Json:
    return {"id": number, "is_physical_backup": False, "status": status, "inserted_at": at}


def backups(*listed: Json, pitr: bool = False, latest_s: int | None = None) -> Json:
    reach = {} if latest_s is None else {"latest_physical_backup_date_unix": latest_s}
    return {
        "region": "eu-central-1",
        "walg_enabled": True,
        "pitr_enabled": pitr,
        "backups": list(listed),
        "physical_backup_data": reach,
    }


def lint(level: str = "WARN", name: str = "no_primary_key", **changes: Any) -> Json:
    return {
        "name": name,
        "title": "No Primary Key",
        "level": level,
        "facing": "EXTERNAL",
        "categories": ["SECURITY"],
        "description": "Detects tables without a primary key",
        "detail": "Table `public.a[1]` does not have a primary key",
        "remediation": "https://supabase.com/docs/guides/database/database-linter",
        "cache_key": f"{name}_{level}",
    } | changes


def lints(*listed: Json) -> Json:
    return {"lints": list(listed)}


def counts(*rows: Json) -> Json:
    return {"result": list(rows)}


def bucket(at: str = T0_ISO, auth: float = 3, rest: float = 20) -> Json:
    return {
        "timestamp": at,
        "total_auth_requests": auth,
        "total_realtime_requests": 1,
        "total_rest_requests": rest,
        "total_storage_requests": 2,
    }


def auth_row(number: int = 1, at_s: float = 0.0, **changes: Any) -> Json:
    return {
        "id": f"row-{number}",
        "timestamp": T0_MS * 1_000 + round(at_s * 1_000_000),
        "event_message": "400: Invalid login credentials",
        "level": "warning",
        "status": "400",
        "path": "/token",
        "msg": "400: Invalid login credentials",
        "error": "invalid_credentials",
        "remote_addr": "192.0.2.7",
    } | changes


def postgres_row(severity: str = "ERROR", **changes: Any) -> Json:
    return {
        "id": "row-1",
        "timestamp": T0_MS * 1_000,
        "identifier": REF,
        "event_message": "canceling statement due to statement timeout",
        "error_severity": severity,
    } | changes


def edge_row(status: int = 200, **changes: Any) -> Json:
    return {
        "id": "row-1",
        "timestamp": T0_ISO,
        "identifier": REF,
        "event_message": f"GET | {status} | /rest/v1/events",
        "method": "GET",
        "path": "/rest/v1/events",
        "status_code": status,
    } | changes


def user(user_id: str = USER, email: str = "maya@example.com", **changes: Any) -> Json:
    return {
        "id": user_id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": email,
        "phone": "",
        "created_at": T0_ISO,
        "updated_at": T0_ISO,
        "last_sign_in_at": T0_ISO,
        "app_metadata": {},
        "user_metadata": {},
        "identities": [],
        "factors": [],
        "is_anonymous": False,
    } | changes


def users(*listed: Json) -> Json:
    return {"aud": "authenticated", "users": list(listed)}


def server() -> Json:
    return {"version": "v2.189.0", "name": "GoTrue", "description": "an auth server"}


METRICS = """\
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 800
node_cpu_seconds_total{cpu="0",mode="user"} 150
node_cpu_seconds_total{cpu="1",mode="idle"} 900
node_cpu_seconds_total{cpu="1",mode="user"} 50
node_memory_MemTotal_bytes 4000
node_memory_MemAvailable_bytes 1000
node_filesystem_size_bytes{mountpoint="/"} 100
node_filesystem_avail_bytes{mountpoint="/"} 10
node_filesystem_size_bytes{mountpoint="/data"} 1000
node_filesystem_avail_bytes{mountpoint="/data"} 400
node_load1 0.5
pg_up 1
pg_stat_database_num_backends{datname="postgres"} 12
pg_stat_database_num_backends{datname="other"} 3
pg_database_size_mb 512
pg_settings_default_transaction_read_only 0
supavisor_connections_active{mode="transaction"} 7
replication_realtime_lag_bytes 128
"""
