"""Made-up KPIs."""

from collections.abc import Sequence

from monitor.snapshot import (
    KpiView,
)
from monitor.verdicts import Band, BandName, Comparison, Verdict
from monitor.workspace import (
    KpiSpec,
    SeriesRef,
    Statistic,
)
from tests.values_common import PROD, ago, fine, pending, source, wave


def band(
    name: BandName, limit: float, for_s: float = 0, comparison: Comparison = Comparison.ABOVE
) -> Band:
    return Band(name=name, comparison=comparison, limit=limit, for_s=for_s, runbook="A:275")


def kpi_spec(
    key: str,
    title: str,
    unit: str,
    bands: tuple[Band, ...],
    span: tuple[float, float] | None = None,
) -> KpiSpec:
    return KpiSpec(
        key=key,
        title=title,
        environment=PROD,
        unit=unit,
        series=(SeriesRef(source=source(PROD, "api-metrics"), metric=key),),
        statistic=Statistic.AVERAGE,
        window_s=300,
        bands=bands,
        span=span,
        runbook="A:253",
    )


def kpi(
    spec: KpiSpec,
    value: float | None,
    verdict: Verdict | None = None,
    history: Sequence[float | None] = (),
    reason: str = "",
) -> KpiView:
    return KpiView(
        spec=spec,
        value=value,
        reason=reason,
        verdict=verdict or fine(),
        history=tuple(history) or wave(value or 1, _RIPPLE if spec.unit == "%" else _SWING, 12),
        at=ago(3) if value is not None else None,
    )


_SWING = (-40, 10, 30, -30, -20, 35, -25, 0, 10)
_RIPPLE = (-1, 0, 1, -2, 0, 1, -1, 0, 0)
_W, _C = BandName.WARNING, BandName.CRITICAL
_BELOW = Comparison.BELOW
_ERRORS = kpi_spec("errors", "Error rate", "%", (band(_W, 2, 900), band(_C, 5, 300)), (0, 6))
_P95 = kpi_spec("p95", "P95 response", "ms", (band(_W, 5000, 900), band(_C, 10000, 300)))
_UPTIME = kpi_spec("uptime", "Uptime 30d", "%",
                   (band(BandName.TARGET, 99.9, 0, _BELOW),),
                   (99, 100))  # fmt: skip
_QUERY = kpi_spec("query", "DB query avg", "ms", (band(_W, 200, 900), band(_C, 500, 300)), (0, 600))
_CONNECTIONS = kpi_spec("connections", "DB connections", "%",
                        (band(_W, 80, 1800), band(_C, 95, 300)), (0, 100))  # fmt: skip
_MEMORY = kpi_spec("memory", "Memory", "%", (band(_W, 90, 1800), band(_C, 95, 300)), (0, 100))
_MAIL = kpi_spec("mail", "Email delivery", "%",
                 (band(_W, 95, 3600, _BELOW), band(_C, 90, 3600, _BELOW)), (88, 100))  # fmt: skip
_PAYMENTS = kpi_spec("payments", "Payment fails", "%", (band(_W, 5, 3600), band(_C, 8, 600)))
KPI_SPECS = (_ERRORS, _P95, _UPTIME, _QUERY, _CONNECTIONS, _MEMORY, _MAIL, _PAYMENTS)


def incident_kpis() -> tuple[KpiView, ...]:
    return (
        kpi(_ERRORS, 2.4, pending("2.4 % > 2 %", 372, 900, _ERRORS.bands[0])),
        kpi(_P95, 2140),
        kpi(_UPTIME, 99.97),
        kpi(_QUERY, 212, pending("212 ms > 200 ms", 480, 900, _QUERY.bands[0])),
        kpi(_CONNECTIONS, 97, pending("97 % > 80 %", 300, 1800, _CONNECTIONS.bands[0])),
        kpi(_MEMORY, 71),
        kpi(_MAIL, 99.1),
        kpi(_PAYMENTS, 0.4),
    )


def calm_kpis() -> tuple[KpiView, ...]:
    values = (0.2, 184.0, 99.97, 31.0, 63.0, 58.0, 99.4, 0.4)
    return tuple(kpi(spec, value) for spec, value in zip(KPI_SPECS, values, strict=True))
