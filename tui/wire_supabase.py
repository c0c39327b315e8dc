"""The sources of one Supabase project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceKind, SourceSpec

if TYPE_CHECKING:
    from tui.config.model_supabase import SupabaseSystem
    from tui.wire_place import Place

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "disk_used_percent",
        "disk_used_bytes",
        "disk_size_bytes",
        "services_unhealthy",
        "read_only",
        "paused",
        "reachable",
        "api_budget_used_percent",
    ),
    "setup": ("pool_size", "pooler_clients_max", "connections_max", "disk_provisioned_bytes"),
    "backups": ("backup_age_s", "backups_failed", "backups_completed"),
    "advisors": (
        "security_errors",
        "security_warnings",
        "performance_errors",
        "performance_warnings",
    ),
    "counts": (
        "api_requests",
        "auth_requests",
        "rest_requests",
        "realtime_requests",
        "storage_requests",
    ),
    "metrics": (
        "cpu_percent",
        "memory_percent",
        "disk_percent",
        "load_1m",
        "connections",
        "pooler_clients",
        "pooler_waiting",
        "database_size_bytes",
        "replication_lag_bytes",
        "database_up",
        "database_read_only",
    ),
    "sign-ins": (
        "failed_sign_ins",
        "failed_sign_ins_worst_ip",
        "failed_sign_ins_by_address",
    ),
    "logs-auth": ("lines", "errors"),
    "logs-postgres": ("lines", "errors"),
    "logs-api": ("lines", "errors"),
}
"""By part; the main one tells state, health, writes and disk."""

_SYSTEM: Final = "Supabase"
_TIMEOUT_S: Final = 20.0
_LOGS_TIMEOUT_S: Final = 30.0
_LOGS_UNSEEN_S: Final = 900.0
_SLOW_UNSEEN_S: Final = 3600.0


def sources(place: Place[SupabaseSystem]) -> Iterator[Source]:
    """The project, each of its parts at its own pace, and its logs."""
    from providers.supabase import SupabaseOptions, SupabaseSource

    setting = place.setting
    options = SupabaseOptions(
        ref=setting.project,
        services=setting.services,
        reach=tuple(_target(address) for address in setting.reach),
    )
    api = place.api(setting.account)
    yield SupabaseSource(_spec(place, "", setting.every_s), options, api)
    yield from _slow_parts(place)
    if setting.metrics_secret is not None:
        yield _metrics(place, setting.metrics_secret)
    if setting.sign_ins:
        yield _sign_ins(place)
    yield from _logs(place)


def _slow_parts(place: Place[SupabaseSystem]) -> Iterator[Source]:
    from providers.supabase_advisors import SupabaseAdvisors
    from providers.supabase_backups import SupabaseBackups
    from providers.supabase_counts import SupabaseCounts
    from providers.supabase_setup import SupabaseSetup

    setting = place.setting
    ref, api = setting.project, place.api(setting.account)
    yield SupabaseSetup(_slow(place, "setup", setting.setup_every_s), ref, api)
    yield SupabaseBackups(_slow(place, "backups", setting.backups_every_s), ref, api)
    yield SupabaseAdvisors(_slow(place, "advisors", setting.advisors_every_s), ref, api)
    yield SupabaseCounts(_slow(place, "counts", setting.counts_every_s), ref, api)


def _metrics(place: Place[SupabaseSystem], secret: str) -> Source:
    from providers.http import Api
    from providers.supabase_metrics import SupabaseMetrics, basic_secret

    setting = place.setting
    api = Api(
        system=_SYSTEM,
        base_url=setting.project_url or f"https://{setting.project}.supabase.co",
        clock=place.clock,
        secret=basic_secret(place.secret(secret)),
        scheme="Basic",
        deadline_s=_TIMEOUT_S,
    )
    return SupabaseMetrics(_spec(place, "metrics", setting.metrics_every_s), api)


def _sign_ins(place: Place[SupabaseSystem]) -> Source:
    from providers.supabase_sign_ins import SupabaseSignIns

    setting = place.setting
    spec = place.spec(
        _SYSTEM,
        Area.SECURITY,
        interval_s=setting.sign_ins_every_s,
        timeout_s=_LOGS_TIMEOUT_S,
        part="sign-ins",
    )
    return SupabaseSignIns(spec, setting.project, place.api(setting.account), place.clock)


def _logs(place: Place[SupabaseSystem]) -> Iterator[Source]:
    from providers.supabase_logs import SupabaseLogs

    setting = place.setting
    api = place.api(setting.account)
    for name in setting.logs:
        part = f"logs-{name}"
        spec = place.spec(
            _SYSTEM,
            Area.SECURITY if name == "auth" else Area.DATABASE,
            interval_s=setting.logs_every_s,
            timeout_s=_LOGS_TIMEOUT_S,
            part=part,
            unseen_interval_s=max(setting.logs_every_s, _LOGS_UNSEEN_S),
            kind=SourceKind.LOGS,
        )
        yield SupabaseLogs(spec, setting.project, part, api, place.clock)


def _spec(place: Place[SupabaseSystem], part: str, every_s: float) -> SourceSpec:
    return place.spec(_SYSTEM, Area.DATABASE, interval_s=every_s, timeout_s=_TIMEOUT_S, part=part)


def _slow(place: Place[SupabaseSystem], part: str, every_s: float) -> SourceSpec:
    return place.spec(
        _SYSTEM,
        Area.DATABASE,
        interval_s=every_s,
        timeout_s=_TIMEOUT_S,
        part=part,
        unseen_interval_s=max(every_s, _SLOW_UNSEEN_S),
    )


def _target(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
