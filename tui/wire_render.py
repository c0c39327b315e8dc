"""The sources of one Render service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceKind

if TYPE_CHECKING:
    from providers.log_paths import RecentRequests
    from tui.config.model_render import RenderLogs, RenderSystem
    from tui.wire_place import Place

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "cpu_percent",
        "memory_percent",
        "memory_bytes",
        "http_requests_per_min",
        "http_5xx_percent",
        "http_p95_ms",
        "instances",
        "instances_wanted",
        "suspended",
        "auto_deploy",
        "failures_24h",
        "out_of_memory_24h",
        "restarts_24h",
        "domains_unverified",
        "api_budget_used_percent",
    ),
    "logs": ("lines", "errors", "requests", "http_5xx_percent"),
}
"""By part; the main one measures and counts."""

_SYSTEM: Final = "Render"
_LOGS_UNSEEN_S: Final = 60.0


def sources(place: Place[RenderSystem]) -> Iterator[Source]:
    """The service, and its log where that is wanted."""
    from providers.log_paths import RecentRequests
    from providers.render_system import RenderSystemOptions, RenderSystemSource

    setting, account = place.setting, place.config.accounts[place.setting.account]
    requests = RecentRequests() if setting.logs is not None else None
    spec = place.spec(
        _SYSTEM, Area.PLATFORM, interval_s=setting.every_s, timeout_s=account.timeout_s * 3
    )
    options = RenderSystemOptions(service_id=setting.service_id)
    yield RenderSystemSource(spec, options, place.api(setting.account), place.clock, requests)
    if setting.logs is not None:
        yield _logs(place, setting.logs, requests)


def _logs(place: Place[RenderSystem], logs: RenderLogs, requests: RecentRequests | None) -> Source:
    from providers.render_logs import LogQuery, RenderLogsOptions, RenderLogsSource

    setting, account = place.setting, place.config.accounts[place.setting.account]
    spec = place.spec(
        _SYSTEM,
        Area.PLATFORM,
        interval_s=logs.every_s,
        timeout_s=account.timeout_s * 3,
        part="logs",
        unseen_interval_s=max(logs.every_s, _LOGS_UNSEEN_S),
        kind=SourceKind.LOGS,
    )
    query = LogQuery(
        levels=logs.levels,
        types=logs.types,
        texts=logs.texts,
        paths=logs.paths,
        statuses=logs.statuses,
    )
    options = RenderLogsOptions(service_id=setting.service_id, query=query)
    return RenderLogsSource(spec, options, place.api(setting.account), place.clock, requests)
