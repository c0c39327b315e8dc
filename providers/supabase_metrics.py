"""Supabase: the machine and the database of a project by its own metrics endpoint.

Prometheus text behind basic authentication: user `service_role`, password a secret key of the
project. About 200 numbers, renewed once a minute; asking more often gains nothing. Names are those
of the vendor's own Grafana board; what is not there is "no data".
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.errors import BadAnswer
from providers.harvest import Harvest
from providers.http import Api
from providers.metrics_text import MetricsProblem, MetricsText, Selector
from providers.numbers import Number
from providers.parts import worst
from providers.secrets import Secret, SecretGetter
from providers.supabase_parts import SYSTEM, amount
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign

PATH: Final = "/customer/v1/privileged/metrics"
USER: Final = "service_role"

METRICS: Final = (
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
)

_MIB: Final = 2**20
_UNITS: Final[Mapping[str, str]] = {
    "cpu_percent": "%",
    "memory_percent": "%",
    "disk_percent": "%",
    "load_1m": "",
    "connections": "count",
    "pooler_clients": "count",
    "pooler_waiting": "count",
    "database_size_bytes": "bytes",
    "replication_lag_bytes": "bytes",
    "database_up": "",
    "database_read_only": "",
}
_TITLES: Final[Mapping[str, str]] = {
    "cpu_percent": "CPU",
    "memory_percent": "memory",
    "disk_percent": "disk",
    "load_1m": "load, 1 minute",
    "connections": "connections",
    "pooler_clients": "clients of the pooler",
    "pooler_waiting": "clients that wait",
    "database_size_bytes": "databases",
    "replication_lag_bytes": "realtime lags behind by",
    "database_up": "database is up",
    "database_read_only": "read-only",
}
_NAMES: Final = (
    "node_cpu_seconds_total",
    "node_memory_MemTotal_bytes",
    "node_memory_MemAvailable_bytes",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_load1",
    "pg_up",
    "pg_stat_database_num_backends",
    "pg_database_size_mb",
    "pg_settings_default_transaction_read_only",
    "supavisor_connections_active",
    "pgbouncer_pools_client_waiting_connections",
    "replication_realtime_lag_bytes",
)
_DISKS: Final = ("/data", "/")
"""Mount points that hold the database, the first that is there."""

_FIRST: Final = "told from the second read on"


def basic_secret(key: SecretGetter) -> SecretGetter:
    """What stands after `Basic ` for a secret key of the project."""

    async def credentials() -> Secret:
        pair = f"{USER}:{(await key()).reveal()}"
        return Secret(base64.b64encode(pair.encode()).decode())

    return credentials


class Ticks(Struct, frozen=True, kw_only=True):
    """How long the processors worked and rested since they started."""

    idle_s: float
    all_s: float


class Gauges(Struct, frozen=True, kw_only=True):
    """All numbers of one answer; None for what is not in it."""

    values: Mapping[str, float | None]
    ticks: Ticks | None


def gauges_of(text: MetricsText) -> Gauges:
    """The numbers of one answer, all but that of the CPU, which takes two."""
    size_mb = _added(text, "pg_database_size_mb")
    return Gauges(
        values={
            "memory_percent": _memory(text),
            "disk_percent": _disk(text),
            "load_1m": _alone(text, "node_load1"),
            "connections": _added(text, "pg_stat_database_num_backends"),
            "pooler_clients": _added(text, "supavisor_connections_active"),
            "pooler_waiting": _added(text, "pgbouncer_pools_client_waiting_connections"),
            "database_size_bytes": None if size_mb is None else size_mb * _MIB,
            "replication_lag_bytes": _alone(text, "replication_realtime_lag_bytes"),
            "database_up": _alone(text, "pg_up"),
            "database_read_only": _alone(text, "pg_settings_default_transaction_read_only"),
        },
        ticks=_ticks(text),
    )


def cpu_percent(before: Ticks | None, now: Ticks | None) -> float | None:
    """How busy the processors were between two answers; None after a restart."""
    if before is None or now is None:
        return None
    all_s, idle_s = now.all_s - before.all_s, now.idle_s - before.idle_s
    if all_s <= 0 or not 0 <= idle_s <= all_s:
        return None
    return 100 * (1 - idle_s / all_s)


def _ticks(text: MetricsText) -> Ticks | None:
    idle = _added(text, "node_cpu_seconds_total", ("mode", "=", "idle"))
    every = _added(text, "node_cpu_seconds_total")
    return None if idle is None or every is None else Ticks(idle_s=idle, all_s=every)


def _memory(text: MetricsText) -> float | None:
    total = _alone(text, "node_memory_MemTotal_bytes")
    free = _alone(text, "node_memory_MemAvailable_bytes")
    return _used_percent(total, free)


def _disk(text: MetricsText) -> float | None:
    for mount in _DISKS:
        at = ("mountpoint", "=", mount)
        size = _alone(text, "node_filesystem_size_bytes", at)
        if size is not None:
            return _used_percent(size, _alone(text, "node_filesystem_avail_bytes", at))
    return None


def _used_percent(whole: float | None, free: float | None) -> float | None:
    if whole is None or free is None or not whole > 0 or not 0 <= free <= whole:
        return None
    return 100 * (1 - free / whole)


def _alone(text: MetricsText, name: str, *conditions: tuple[str, str, str]) -> float | None:
    """The one sample; None without one, or where several fit and would have to be guessed at."""
    try:
        return text.value(Selector(name=name, conditions=conditions))
    except MetricsProblem:
        return None


def _added(text: MetricsText, name: str, *conditions: tuple[str, str, str]) -> float | None:
    """All samples added: databases, pools and processors count together."""
    found = text.values(Selector(name=name, conditions=conditions))
    return sum(found) if found else None


class SupabaseMetrics:
    """The metrics endpoint of one project.

    Args:
        spec: Name and cadence.
        api: A client of the project itself, with basic authentication; closed with the source.
    """

    def __init__(self, spec: SourceSpec, api: Api) -> None:
        self._spec = spec
        self._api = api
        self._ticks: Ticks | None = None

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Close the client, which is this source's own."""
        await self._api.aclose()

    async def read(self) -> Harvest:
        """Ask once.

        Raises:
            ProviderError: The project did not give its metrics, or something else.
        """
        operation = "read metrics"
        answer = await self._api.text(operation, PATH)
        try:
            gauges = gauges_of(MetricsText(answer.body.encode(), _NAMES))
        except MetricsProblem as error:
            raise BadAnswer(self._api.system, operation, str(error)) from None
        cpu = cpu_percent(self._ticks, gauges.ticks)
        first = self._ticks is None
        self._ticks = gauges.ticks
        values = {"cpu_percent": cpu, **gauges.values}
        if all(value is None for value in values.values()) and gauges.ticks is None:
            reason = "not metrics of a project: none of the known names is in it"
            raise BadAnswer(self._api.system, operation, reason)
        return _harvest(self._spec, values, answer.at, first=first)


def _harvest(
    spec: SourceSpec, values: Mapping[str, float | None], at: Moment, *, first: bool
) -> Harvest:
    figures = (
        Number(
            metric=metric,
            value=values[metric],
            unit=_UNITS[metric],
            reason=_FIRST if first and metric == "cpu_percent" else "",
        )
        for metric in METRICS
    )
    readings = tuple(figure.reading(spec.id, at) for figure in figures)
    shown = {reading.metric: reading.value for reading in readings}
    payload = SystemReading(
        system=SYSTEM,
        condition=condition_of(shown),
        summary=_summary(shown),
        sections=(Section(key="gauges", title="Machine", records=tuple(_records(shown))),),
    )
    return Harvest(payload=payload, numbers=readings, at=at)


def condition_of(values: Mapping[str, float | None]) -> Condition:
    """Up and writable, or not; how full and how busy it may be is a matter of rules."""
    up, read_only = values.get("database_up"), values.get("database_read_only")
    if up is None:
        return worst((Condition.UNKNOWN, _writable(read_only)))
    return worst((Condition.FINE if up else Condition.BROKEN, _writable(read_only)))


def _writable(read_only: float | None) -> Condition:
    return Condition.BROKEN if read_only == 1.0 else Condition.FINE


def _summary(values: Mapping[str, float | None]) -> Foreign:
    up, read_only = values.get("database_up"), values.get("database_read_only")
    state = "up" if up else "down" if up == 0.0 else "not said whether it is up"
    words = [f"database {state}", *(["read-only"] if read_only == 1.0 else [])]
    for metric in ("cpu_percent", "memory_percent", "disk_percent"):
        value = values.get(metric)
        words += [] if value is None else [f"{_TITLES[metric]} {value:.0f} %"]
    return Foreign(", ".join(words))


def _records(values: Mapping[str, float | None]) -> Iterator[Record]:
    for metric in METRICS:
        value = values[metric]
        yield Record(
            id=metric,
            title=Foreign(_TITLES[metric]),
            condition=Condition.UNKNOWN if value is None else Condition.FINE,
            state=Foreign("no data" if value is None else _shown(metric, value)),
        )


def _shown(metric: str, value: float) -> str:
    if _UNITS[metric] == "bytes":
        return amount(value)
    if metric in {"database_up", "database_read_only"}:
        return "yes" if value else "no"
    return f"{value:.1f} %" if _UNITS[metric] == "%" else f"{value:g}"
