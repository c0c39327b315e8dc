"""The trends of all KPIs, for `status`: asked of the history in one go."""

from msgspec.structs import replace

from monitor.history import History
from monitor.snapshot import KpiView, Snapshot, WorkspaceView


async def with_trends(snapshot: Snapshot, history: History) -> Snapshot:
    """The snapshot with how each KPI went from day to day."""
    found = {name: await _workspace(view, history) for name, view in snapshot.workspaces.items()}
    return replace(snapshot, workspaces=found)


async def _workspace(view: WorkspaceView, history: History) -> WorkspaceView:
    return replace(view, kpis=tuple([await _kpi(kpi, history) for kpi in view.kpis]))


async def _kpi(kpi: KpiView, history: History) -> KpiView:
    return replace(kpi, trend=await history.trend(kpi.spec))
