"""The worst thing of a workspace in a few words, for headers; pure."""

from collections.abc import Sequence

from monitor.snapshot import AlertView, EndpointCell, EndpointRow
from monitor.states import EndpointState
from monitor.verdicts import Level, Phase
from monitor.words import number_words
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment


def worst_words(
    spec: WorkspaceSpec, alerts: Sequence[AlertView], rows: Sequence[EndpointRow]
) -> tuple[str, Moment | None]:
    """The worst thing in a few words with its begin: `API production 503`.

    An alert comes first; without one the endpoint that is slow, else the first unknown one.
    """
    cells = {cell.source: (row, env, cell) for row in rows for env, cell in row.cells.items()}
    if alerts:
        alert = alerts[0]
        if alert.phase is Phase.RECOVERING:
            return f"{alert.subject} {alert.environment} clearing", None
        found = cells.get(alert.source) if alert.source is not None and not alert.kpi else None
        if found is None or not alert.key.startswith("check/"):
            return f"{alert.subject} {alert.environment} {alert.fact}", alert.since
        return _cell_words(spec, *found), alert.since
    poor = [one for one in cells.values() if one[2].verdict.level > Level.OK]
    poor = [one for one in poor if one[2].state is not EndpointState.CHECKING]
    if not poor:
        return "", None
    worst = max(poor, key=lambda one: one[2].verdict.level)
    return _cell_words(spec, *worst), worst[2].verdict.since


def _cell_words(spec: WorkspaceSpec, row: EndpointRow, environment: str, cell: EndpointCell) -> str:
    service = next((one.title for one in spec.services if one.name == row.spec.service), "")
    if cell.state in {EndpointState.STALE, EndpointState.UNKNOWN, EndpointState.FLAPPING}:
        said = cell.state.value
    elif cell.state is EndpointState.SLOW and cell.probe is not None:
        said = f"slow, {number_words(cell.probe.phases.total_ms, 'ms')}"
    elif cell.probe is None or cell.probe.status is None:
        said = "no answer"
    elif cell.probe.status_expected:
        said = cell.state.value
    else:
        said = str(cell.probe.status)
    return f"{service or row.spec.title} {environment} {said}"
