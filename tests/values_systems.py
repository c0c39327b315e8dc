"""Made-up systems and log lines."""

from datetime import timedelta

from msgspec.structs import replace

from monitor.logs import LoggedLine
from monitor.snapshot import Snapshot, SourceView
from monitor.states import Freshness
from monitor.system_view import SystemView
from monitor.systems import LEVELS
from providers.base import Area, SourceKind, SourceSpec
from providers.log_readings import LogLevel, LogLine
from providers.readings import Failure, SourceId
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from tests import snapshot_values as values
from tests.values_common import NOW, ago, at


def system_spec(
    name: str, area: Area, kind: SourceKind = SourceKind.SYSTEM, environment: str = ""
) -> SourceSpec:
    where = environment or "-"
    return SourceSpec(
        id=SourceId(f"lma/{where}/{name.lower()}/main"),
        workspace="lma",
        environment=environment,
        kind=kind,
        title=name,
        system=name,
        interval_s=60.0,
        timeout_s=10.0,
        area=area,
    )


def record(name: str, condition: Condition = Condition.FINE, **more: object) -> Record:
    made = {"id": name, "title": Foreign(name), "condition": condition} | more
    return Record(**made)  # type: ignore[arg-type]  # named by the test


def system(
    name: str,
    area: Area,
    condition: Condition = Condition.FINE,
    *sections: Section,
    summary: str = "",
    environment: str = "",
    failure: Failure | None = None,
    freshness: Freshness = Freshness.LIVE,
) -> SystemView:
    reading = SystemReading(
        system=name, condition=condition, summary=Foreign(summary), sections=sections
    )
    return SystemView(
        spec=system_spec(name, area, environment=environment),
        condition=condition,
        level=LEVELS[condition],
        freshness=freshness,
        reading=reading,
        failure=failure,
        at=ago(20),
    )


def stripe() -> SystemView:
    hooks = Section(
        key="webhooks",
        title="webhook endpoints",
        records=(
            record("we_1", Condition.BROKEN, title=Foreign("https://localloop.com/api/hooks"),
                   state=Foreign("disabled"), at=at(300), change=True,
                   details=(("events", Foreign("12")), ("version", Foreign("2024-06-20"))),
                   url="https://dashboard.stripe.com/webhooks/we_1"),
            record("we_2", title=Foreign("https://localloop.com/api/other"),
                   state=Foreign("enabled")),
        ),
        more=3,
    )  # fmt: skip
    disputes = Section(key="disputes", title="disputes", empty="no dispute in 24 h")
    refunds = Section(key="refunds", title="refunds", blind="needs refunds: read on the key")
    return system("Stripe", Area.PAYMENTS, Condition.BROKEN, hooks, disputes, refunds,
                  summary="live mode, 2 webhooks, 1 disabled")  # fmt: skip


def resend() -> SystemView:
    return system("Resend", Area.MAIL, summary="99.1 % delivered in 24 h")


def sentry() -> SystemView:
    issues = Section(
        key="issues",
        title="new issues",
        records=(record("4711", Condition.DEGRADED, at=at(40), change=True,
                        title=Foreign("[@click=app.quit]PoolTimeout[/] \x1b[31mred")),),
    )  # fmt: skip
    return system("Sentry", Area.ERRORS, Condition.DEGRADED, issues, summary="41 errors a minute",
                  environment="production")  # fmt: skip


def logged(
    number: int,
    text: str = "",
    *,
    level: LogLevel = LogLevel.INFO,
    path: str = "",
    status: int | None = None,
    origin: str = "render",
) -> LoggedLine:
    return LoggedLine(
        source=SourceId(f"lma/production/{origin}/main.logs"),
        line=LogLine(
            id=str(number),
            at=NOW.at - timedelta(seconds=1000 - number),
            level=level,
            text=Foreign(text or f"line {number}"),
            path=Foreign(path) if path else EMPTY,
            status=status,
        ),
    )


def with_systems(*systems: SystemView, logs: bool = False) -> Snapshot:
    """The incident with systems besides."""
    view = replace(values.incident(), systems=systems)
    snapshot = values.snapshot(view)
    specs = [one.spec for one in systems]
    if logs:
        spec = system_spec("Render", Area.PLATFORM, SourceKind.LOGS, "production")
        specs.append(replace(spec, id=SourceId("lma/production/render/main.logs")))
    known = {spec.id: _source(spec) for spec in specs}
    return replace(snapshot, sources={**snapshot.sources, **known})


def _source(spec: SourceSpec) -> SourceView:
    return SourceView(
        spec=spec,
        freshness=Freshness.LIVE,
        last_success=ago(3),
        failure=None,
        failing_since=None,
        failures=0,
        reading=False,
        due_s=NOW.tick_s + 5,
        took_ms=12.0,
    )
