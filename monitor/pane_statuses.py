"""What each pane says when it has nothing to show, and what to do about it; pure."""

from collections.abc import Sequence

from monitor.panes import pane_status
from monitor.snapshot import AlertView, DeployView, PaneState, PaneStatus
from monitor.tracks import SourceTrack
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment


def alerts_status(
    tracks: Sequence[SourceTrack], now: Moment, alerts: Sequence[AlertView]
) -> PaneStatus:
    """Of all that an alert may come from."""
    return pane_status(
        tracks,
        now,
        missing="nothing is watched yet",
        advice="add services to the configuration",
        empty="" if alerts else "no alerts",
    )


def endpoints_status(tracks: Sequence[SourceTrack], now: Moment) -> PaneStatus:
    """Of the checks."""
    return pane_status(
        tracks,
        now,
        missing="no endpoint is configured",
        advice="add a service with checks: and a url",
    )


def kpis_status(spec: WorkspaceSpec, tracks: Sequence[SourceTrack], now: Moment) -> PaneStatus:
    """Of what the KPIs are made of."""
    if not spec.kpis:
        return PaneStatus(
            state=PaneState.NOT_CONFIGURED,
            message="no KPI is configured",
            advice="add one under kpis:",
        )
    return pane_status(
        tracks,
        now,
        missing="no source feeds these KPIs",
        advice="name a check or a database under from:",
    )


def deploys_status(
    tracks: Sequence[SourceTrack],
    now: Moment,
    deploys: Sequence[DeployView],
    notices: tuple[str, ...],
) -> PaneStatus:
    """Of what tells of deploys; `notices` stand beside them."""
    return pane_status(
        tracks,
        now,
        missing="no deploys are configured",
        advice="add deploys: to a service's environment",
        empty="" if deploys else "no deploys yet",
        notices=notices,
    )


def vendors_status(tracks: Sequence[SourceTrack], now: Moment) -> PaneStatus:
    """Of the status pages."""
    return pane_status(
        tracks,
        now,
        missing="no status page is configured",
        advice="add one under status_pages:",
    )
