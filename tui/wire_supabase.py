"""The sources of one Supabase project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
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
    setting = place.setting
    yield place.late(_spec(place, "", setting.every_s), "providers.supabase", _project)
    for part, every_s in (
        ("setup", setting.setup_every_s),
        ("backups", setting.backups_every_s),
        ("advisors", setting.advisors_every_s),
        ("counts", setting.counts_every_s),
    ):
        spec = _slow(place, part, every_s)
        yield place.late(spec, f"providers.supabase_{part}", partial(_slow_part, part))
    if setting.metrics_secret is not None:
        spec = _spec(place, "metrics", setting.metrics_every_s)
        make = partial(_metrics, setting.metrics_secret)
        yield place.late(spec, "providers.supabase_metrics", make)
    if setting.sign_ins:
        spec = place.spec(
            _SYSTEM,
            Area.SECURITY,
            interval_s=setting.sign_ins_every_s,
            timeout_s=_LOGS_TIMEOUT_S,
            part="sign-ins",
        )
        yield place.late(spec, "providers.supabase_sign_ins", _sign_ins)
    yield from _logs(place)


def _project(place: Place[SupabaseSystem], spec: SourceSpec) -> Source:
    from providers.supabase import SupabaseOptions, SupabaseSource

    setting = place.setting
    options = SupabaseOptions(
        ref=setting.project,
        services=setting.services,
        reach=tuple(_target(address) for address in setting.reach),
    )
    return SupabaseSource(spec, options, place.api(setting.account))


def _slow_part(part: str, place: Place[SupabaseSystem], spec: SourceSpec) -> Source:
    ref, api = place.setting.project, place.api(place.setting.account)
    match part:
        case "setup":
            from providers.supabase_setup import SupabaseSetup

            return SupabaseSetup(spec, ref, api)
        case "backups":
            from providers.supabase_backups import SupabaseBackups

            return SupabaseBackups(spec, ref, api)
        case "advisors":
            from providers.supabase_advisors import SupabaseAdvisors

            return SupabaseAdvisors(spec, ref, api)
        case _:
            from providers.supabase_counts import SupabaseCounts

            return SupabaseCounts(spec, ref, api)


def _metrics(secret: str, place: Place[SupabaseSystem], spec: SourceSpec) -> Source:
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
    return SupabaseMetrics(spec, api)


def _sign_ins(place: Place[SupabaseSystem], spec: SourceSpec) -> Source:
    from providers.supabase_sign_ins import SupabaseSignIns

    setting = place.setting
    return SupabaseSignIns(spec, setting.project, place.api(setting.account), place.clock)


def _logs(place: Place[SupabaseSystem]) -> Iterator[Source]:
    setting = place.setting
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
        yield place.late(spec, "providers.supabase_logs", partial(_log, part))


def _log(part: str, place: Place[SupabaseSystem], spec: SourceSpec) -> Source:
    from providers.supabase_logs import SupabaseLogs

    setting = place.setting
    return SupabaseLogs(spec, setting.project, part, place.api(setting.account), place.clock)


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
