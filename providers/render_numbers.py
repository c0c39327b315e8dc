"""The numbers of a Render service; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.errors import ProviderError
from providers.readings import Reading, SourceId
from providers.render_events import Event, counted
from providers.render_metrics import Value
from providers.render_state import CustomDomain, Details, Instance, Measures

METRICS: Final = (
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
)
UNITS: Final = {
    "cpu_percent": "%",
    "memory_percent": "%",
    "memory_bytes": "bytes",
    "http_requests_per_min": "per_min",
    "http_5xx_percent": "%",
    "http_p95_ms": "ms",
    "api_budget_used_percent": "%",
}
DAY: Final = timedelta(hours=24)


class Counted(Struct, frozen=True, kw_only=True):
    """What the numbers are made of; None or an error for a part that could not be read."""

    details: Details | None
    instances: Sequence[Instance] | None
    events: Sequence[Event] | None
    domains: Sequence[CustomDomain] | ProviderError | None
    measures: Measures | None
    budget_used_percent: float | None


def numbers_of(source: SourceId, counted_of: Counted, at: Moment) -> Iterator[Reading]:
    """Every number of `METRICS`; one that is not known says why."""
    values = {
        **_measured(counted_of.measures),
        **_settings(counted_of),
        **_happened(counted_of.events, at.at),
        "api_budget_used_percent": Value(number=counted_of.budget_used_percent),
    }
    for metric in METRICS:
        value = values.get(metric, Value(number=None))
        yield _reading(source, metric, value, at)


def _reading(source: SourceId, metric: str, value: Value, at: Moment) -> Reading:
    found = Reading.of(source, metric, value.number, UNITS.get(metric, "count"), at)
    if found.value is not None or not value.reason:
        return found
    return Reading(
        source=source, metric=metric, value=None, unit=found.unit, at=at, reason=value.reason
    )


def _measured(measures: Measures | None) -> dict[str, Value]:
    if measures is None:
        return {}
    return {
        "cpu_percent": measures.cpu_percent,
        "memory_percent": measures.memory_percent,
        "memory_bytes": measures.memory_bytes,
        "http_requests_per_min": measures.requests_per_minute,
        "http_5xx_percent": measures.failed_percent,
        "http_p95_ms": measures.p95_ms,
    }


def _settings(counted_of: Counted) -> dict[str, Value]:
    details, instances, domains = counted_of.details, counted_of.instances, counted_of.domains
    known = [] if domains is None or isinstance(domains, ProviderError) else list(domains)
    told = domains is not None and not isinstance(domains, ProviderError)
    unverified = sum(not one.verified for one in known) if told else None
    return {
        "instances": Value(number=None if instances is None else len(instances)),
        "instances_wanted": Value(number=details.wanted if details else None),
        "suspended": Value(number=float(details.service.suspended) if details else None),
        "auto_deploy": Value(number=float(details.service.auto_deploy) if details else None),
        "domains_unverified": Value(number=unverified),
    }


def _happened(events: Sequence[Event] | None, now: datetime) -> dict[str, Value]:
    if events is None:
        return {}
    since = now - DAY
    killed = sum(one.out_of_memory and one.at >= since for one in events)
    return {
        "failures_24h": Value(number=counted(events, "server_failed", since)),
        "out_of_memory_24h": Value(number=killed),
        "restarts_24h": Value(number=counted(events, "server_restarted", since)),
    }
