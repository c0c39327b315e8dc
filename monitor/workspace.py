"""What is watched: workspaces, services, KPIs; frozen values that the wiring builds."""

import enum
from collections.abc import Mapping
from datetime import UTC, tzinfo

from msgspec import Struct, field

from monitor.business import BusinessHours, ResponseRule
from monitor.maintenance import Window
from monitor.verdicts import Band, Level
from providers.probe_readings import Role
from providers.readings import SourceId


class Statistic(enum.Enum):
    """What is made of the readings in a window."""

    LAST = "last"
    AVERAGE = "average"
    P50 = "p50"
    P95 = "p95"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    RATIO = "ratio"
    """Sum of the metric over the sum of another one, as percent."""
    RATE = "rate"
    """Increase of a counter per second; a counter that starts anew is no decrease."""
    COUNT = "count"
    """How many readings were not zero."""
    SUM = "sum"
    """All readings added up."""
    INCREASE = "increase"
    """What a counter grew by; one that starts anew is no decrease."""
    UPTIME = "uptime"
    """The share of the time that checks were good, in percent, with the time that was not seen
    left out; comes with an error budget where a band says how much is asked for."""


COUNTING = frozenset({Statistic.COUNT, Statistic.SUM, Statistic.INCREASE})
"""Statistics over things that happened: what has left the window changes them, not only news."""


class SeriesRef(Struct, frozen=True, kw_only=True):
    """One metric of one source."""

    source: SourceId
    metric: str


class BurnSpec(Struct, frozen=True, kw_only=True):
    """A rule about how fast an error budget is used."""

    window_s: float
    """Over how long."""

    band: Band
    """Its limit is a rate: 1 uses the budget up exactly by the end of its period."""


class KpiSpec(Struct, frozen=True, kw_only=True):
    """A number that is held against bands."""

    key: str
    """Unique in the workspace."""

    title: str
    environment: str
    unit: str
    series: tuple[SeriesRef, ...]
    """The readings are pooled when there are several."""

    statistic: Statistic
    window_s: float
    bands: tuple[Band, ...]
    """Mildest first; may be empty (a trend)."""

    denominator: tuple[SeriesRef, ...] = ()
    """For `RATIO`."""

    minimum_attempts: float = 0.0
    """A ratio over fewer than this is "no data"."""

    scale: float = 1.0
    """The statistic is multiplied by this before it is judged."""

    runbook: str = ""
    span: tuple[float, float] | None = None
    """Ends of the gauge; None: from 0 to a little past the last limit."""

    full_at: float | None = None
    """The number at which there is no more room, such as the size of a disk; None: none known."""

    service: str = ""
    """The service or database it speaks of, for what depends on what; empty: none alone."""

    grouped: str = ""
    """What its numbers are told apart by, such as `address`; empty: they are one."""

    no_data_s: float | None = None
    """No number for so long is an alert of its own; None: it is shown and alarms nobody."""

    no_data_severity: str = ""

    calendar_month: bool = False
    """For `UPTIME`: over the month of the calendar instead of a window that slides."""

    zone: tzinfo = UTC
    """Whose midnight a month begins at."""

    burns: tuple[BurnSpec, ...] = ()
    """For `UPTIME`: rules about how fast the error budget is used."""


class CheckSpec(Struct, frozen=True, kw_only=True):
    """How one endpoint check of a service is judged."""

    source: SourceId
    role: Role
    slow_ms: float | None
    """Slower than this is "slow"; None: never."""

    failures_to_fire: int = 3
    """The runbook's "more than 2 consecutive failures" is the third (A:274)."""

    successes_to_clear: int = 2
    keep_firing_s: float = 0.0
    """Seconds after the last bad answer before which it does not clear."""

    flapping: bool = True
    """Whether it may be called flapping; see `monitor.flapping`."""

    severity: str = ""
    runbook: str = ""
    certificate_warning_days: float = 21.0
    certificate_critical_days: float = 7.0


class EndpointRowSpec(Struct, frozen=True, kw_only=True):
    """One row of the endpoints pane: the same check in each environment."""

    key: str
    title: str
    service: str
    checks: Mapping[str, CheckSpec]
    """By environment; an environment without a URL is absent."""


class ServiceSpec(Struct, frozen=True, kw_only=True):
    """A thing that is deployed and answers."""

    name: str
    title: str
    depends_on: tuple[str, ...] = ()
    deploys: Mapping[str, SourceId] = field(default_factory=dict)
    """By environment: the source that knows its deploys."""


class EnvironmentSpec(Struct, frozen=True, kw_only=True):
    """Where a service runs: production, staging and the like."""

    name: str
    label: str
    """Short, for headers: `PROD`."""

    production: bool


class SeveritySpec(Struct, frozen=True, kw_only=True):
    """A level of the workspace's severity scheme with its response clock."""

    label: str
    title: str
    response_s: float | None
    """None: next business day."""

    business_hours: bool = False
    runbook: str = ""


class ContactSpec(Struct, frozen=True, kw_only=True):
    """Somebody to call."""

    role: str
    name: str = ""
    reach: tuple[tuple[str, str], ...] = ()
    """Pairs such as (`slack`, `#incidents`)."""


class LinkSpec(Struct, frozen=True, kw_only=True):
    """A dashboard or document to copy or open."""

    title: str
    url: str
    group: str = ""


class DatabaseSpec(Struct, frozen=True, kw_only=True):
    """How the queries of one database are judged and shown."""

    source: SourceId
    title: str
    environment: str
    name: str = ""
    """Its key in the configuration, by which services depend on it."""

    long_query_s: float = 300.0
    """The 5-minute rule (A:84–90)."""

    long_query_critical_s: float = 480.0
    severity: str = ""
    """Of its alert while it can not be reached."""

    runbook: str = ""
    """Where the workspace's own runbook speaks of this database; cited by its alerts."""


class WorkspaceSpec(Struct, frozen=True, kw_only=True):
    """One product."""

    name: str
    title: str
    environments: tuple[EnvironmentSpec, ...]
    services: tuple[ServiceSpec, ...]
    rows: tuple[EndpointRowSpec, ...]
    kpis: tuple[KpiSpec, ...]
    databases: tuple[DatabaseSpec, ...]
    deploy_sources: tuple[SourceId, ...]
    vendor_sources: tuple[SourceId, ...]
    severities: tuple[SeveritySpec, ...] = ()
    contacts: tuple[ContactSpec, ...] = ()
    links: tuple[LinkSpec, ...] = ()
    business_hours: BusinessHours = BusinessHours()
    response_by_level: Mapping[Level, ResponseRule] = field(default_factory=dict)
    """How soon somebody must be at an alert that has no severity."""

    maintenance: tuple[Window, ...] = ()
    """When it is worked on, and nobody is to be told of alerts."""
