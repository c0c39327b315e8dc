"""One environment of a workspace: what the environment key leaves on the wall."""

from msgspec.structs import replace

from monitor.snapshot import EndpointRow, WorkspaceView


def only(view: WorkspaceView, environment: str) -> WorkspaceView:
    """The view without other environments; what belongs to none stays. Empty: all of it."""
    if not environment:
        return view
    mine = {environment, ""}
    return replace(
        view,
        alerts=tuple(alert for alert in view.alerts if alert.environment in mine),
        endpoints=tuple(
            _only_cells(row, environment) for row in view.endpoints if environment in row.cells
        ),
        kpis=tuple(kpi for kpi in view.kpis if kpi.spec.environment in mine),
        databases=tuple(each for each in view.databases if each.spec.environment in mine),
        deploys=tuple(each for each in view.deploys if each.deploy.environment in mine),
        timeline=tuple(event for event in view.timeline if event.environment in mine),
    )


def _only_cells(row: EndpointRow, environment: str) -> EndpointRow:
    return replace(row, cells={environment: row.cells[environment]})
