"""The sources of one Vercel project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceKind, SourceSpec
from tui.wire_place import Place, recent_requests

if TYPE_CHECKING:
    from providers.log_paths import RecentRequests
    from tui.config.model_vercel import VercelLogs, VercelSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "serving",
        "serving_since_s",
        "auto_assign",
        "alias_request_failed",
        "domains",
        "domains_unverified",
        "domains_misconfigured",
        "variables",
        "variables_missing_in_staging",
        "variables_expected_missing",
        "api_budget_used_percent",
    ),
    "logs": ("lines", "errors", "requests", "http_5xx_percent"),
}
"""By part; the main one tells what serves, domains and variables."""

_SYSTEM: Final = "Vercel"
_LOGS_UNSEEN_S: Final = 120.0
_UNSEEN_S: Final = 300.0


def sources(place: Place[VercelSystem]) -> Iterator[Source]:
    """The project, and its log where that is wanted."""
    setting, account = place.setting, place.config.accounts[place.setting.account]
    # What the log says of paths is told with the project.
    shared = cache(recent_requests)
    spec = place.spec(
        _SYSTEM,
        Area.PLATFORM,
        interval_s=setting.every_s,
        timeout_s=account.timeout_s * 3,
        unseen_interval_s=max(setting.every_s, _UNSEEN_S),
    )
    yield place.late(spec, "providers.vercel_system", partial(_project, shared))
    if (logs := setting.logs) is None:
        return
    spec = place.spec(
        _SYSTEM,
        Area.PLATFORM,
        interval_s=logs.every_s,
        timeout_s=account.timeout_s * 2 + logs.listen_s,
        part="logs",
        unseen_interval_s=max(logs.every_s, _LOGS_UNSEEN_S),
        kind=SourceKind.LOGS,
    )
    yield place.late(spec, "providers.vercel_logs", partial(_logs, logs, shared))


def _project(
    shared: Callable[[], RecentRequests], place: Place[VercelSystem], spec: SourceSpec
) -> Source:
    from providers.vercel_system import VercelSystemOptions, VercelSystemSource
    from providers.vercel_variables import Where

    setting, account = place.setting, place.config.accounts[place.setting.account]
    staging = setting.staging
    options = VercelSystemOptions(
        project=setting.project,
        team=account.team,
        staging=Where(
            project=staging.project or "", target=staging.target, branch=staging.branch or ""
        )
        if staging is not None
        else None,
        expected=setting.expected_variables,
        old_after=timedelta(seconds=setting.old_after_s),
        metrics=setting.metrics,
    )
    requests = shared() if setting.logs is not None else None
    return VercelSystemSource(spec, options, place.api(setting.account), place.clock, requests)


def _logs(
    logs: VercelLogs,
    shared: Callable[[], RecentRequests],
    place: Place[VercelSystem],
    spec: SourceSpec,
) -> Source:
    from providers.vercel_logs import VercelLogsOptions, VercelLogsSource

    setting, account = place.setting, place.config.accounts[place.setting.account]
    options = VercelLogsOptions(
        project=setting.project,
        team=account.team,
        listen_s=logs.listen_s,
        most_lines=logs.most_lines,
    )
    return VercelLogsSource(spec, options, place.api(setting.account), shared())
