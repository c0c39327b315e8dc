"""A row of the wall as words for a message to somebody: without gauges and histories. Pure."""

from collections.abc import Iterator

from monitor.snapshot import AlertView, DeployView, EndpointCell, EndpointRow, KpiView
from monitor.words import date_words, number_words
from tui.screens.subjects import Subject


def copied_words(subject: Subject) -> str:
    """What is told of an alert, endpoint, KPI or deploy; empty for what its row tells best."""
    match subject.thing:
        case AlertView() as alert:
            return _joined(_alert(alert))
        case EndpointRow() as row:
            sides = (f"{name}: {_joined(_cell(cell))}" for name, cell in row.cells.items())
            return f"{row.spec.title}  {'; '.join(sides)}"
        case KpiView() as kpi:
            return _joined(_kpi(kpi))
        case DeployView() as deploy:
            return _joined(_deploy(deploy, subject.url))
        case _:
            return ""


def _joined(parts: Iterator[str]) -> str:
    return ", ".join(part for part in parts if part)


def _alert(alert: AlertView) -> Iterator[str]:
    yield f"{alert.severity} {alert.environment} {alert.brief}".strip()
    yield f"{alert.phase.value} since {date_words(alert.since.at)}"
    yield alert.why
    yield f"runbook {alert.runbook}" if alert.runbook else ""


def _cell(cell: EndpointCell) -> Iterator[str]:
    probe = cell.probe
    yield cell.state.value
    yield str(probe.status) if probe is not None and probe.status is not None else ""
    yield number_words(probe.phases.total_ms, "ms") if probe is not None else ""
    yield cell.verdict.why
    yield f"version {cell.version}" if cell.version else ""


def _kpi(kpi: KpiView) -> Iterator[str]:
    value = number_words(kpi.value, kpi.spec.unit) if kpi.value is not None else kpi.reason
    yield f"{kpi.spec.environment} {kpi.spec.title} {value}".strip()
    yield kpi.verdict.phase.value
    yield kpi.verdict.why


def _deploy(view: DeployView, url: str) -> Iterator[str]:
    known = view.deploy
    service = view.service.title if view.service else known.target
    yield f"{known.environment} {service} {known.commit.line(80)[:12]}".strip()
    yield "live" if view.live else known.state.value
    yield f"by {known.author.line(40)}" if known.author else ""
    yield known.message.line(120)
    yield date_words(view.at) if view.at is not None else ""
    yield url
