"""The sources of one Render service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceKind, SourceSpec
from tui.wire_place import Place, recent_requests

if TYPE_CHECKING:
    from providers.log_paths import RecentRequests
    from tui.config.model_render import RenderLogs, RenderSystem

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
    setting, account = place.setting, place.config.accounts[place.setting.account]
    # What the log says of paths is told with the service.
    shared = cache(recent_requests)
    spec = place.spec(
        _SYSTEM, Area.PLATFORM, interval_s=setting.every_s, timeout_s=account.timeout_s * 3
    )
    yield place.late(spec, "providers.render_system", partial(_service, shared))
    if (logs := setting.logs) is None:
        return
    spec = place.spec(
        _SYSTEM,
        Area.PLATFORM,
        interval_s=logs.every_s,
        timeout_s=account.timeout_s * 3,
        part="logs",
        unseen_interval_s=max(logs.every_s, _LOGS_UNSEEN_S),
        kind=SourceKind.LOGS,
    )
    yield place.late(spec, "providers.render_logs", partial(_logs, logs, shared))


def _service(
    shared: Callable[[], RecentRequests], place: Place[RenderSystem], spec: SourceSpec
) -> Source:
    from providers.render_system import RenderSystemOptions, RenderSystemSource

    setting = place.setting
    options = RenderSystemOptions(service_id=setting.service_id)
    requests = shared() if setting.logs is not None else None
    return RenderSystemSource(spec, options, place.api(setting.account), place.clock, requests)


def _logs(
    logs: RenderLogs,
    shared: Callable[[], RecentRequests],
    place: Place[RenderSystem],
    spec: SourceSpec,
) -> Source:
    from providers.render_logs import LogQuery, RenderLogsOptions, RenderLogsSource

    setting = place.setting
    query = LogQuery(
        levels=logs.levels,
        types=logs.types,
        texts=logs.texts,
        paths=logs.paths,
        statuses=logs.statuses,
    )
    options = RenderLogsOptions(service_id=setting.service_id, query=query)
    return RenderLogsSource(spec, options, place.api(setting.account), place.clock, shared())
