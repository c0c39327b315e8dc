"""The worst thing of a workspace in a few words, for headers; pure."""

from collections.abc import Callable, Sequence

from monitor.snapshot import AlertView, EndpointCell, EndpointRow
from monitor.states import EndpointState
from monitor.verdicts import Level, Phase
from monitor.words import number_words
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment


def worst_words(
    spec: WorkspaceSpec,
    alerts: Sequence[AlertView],
    rows: Sequence[EndpointRow],
    quiet: Callable[[EndpointRow, str, EndpointCell], bool] = lambda *_: False,
) -> tuple[str, Moment | None]:
    """The worst thing in a few words with its begin: `API production 503`.

    An alert comes first; without one the endpoint that is slow, else the first unknown one. What is
    in a maintenance window is not told.
    """
    cells = {cell.source: (row, env, cell) for row in rows for env, cell in row.cells.items()}
    loud = next((one for one in alerts if not one.maintenance and not one.cause), None)
    if loud is not None:
        alert = loud
        if alert.phase is Phase.RECOVERING:
            return f"{alert.subject} {alert.environment} clearing", None
        found = cells.get(alert.source) if alert.source is not None and not alert.kpi else None
        if found is None or not alert.key.startswith("check/"):
            return f"{alert.subject} {alert.environment} {alert.fact}", alert.since
        return _cell_words(spec, *found), alert.since
    poor = [one for one in cells.values() if one[2].verdict.level > Level.OK and not quiet(*one)]
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
