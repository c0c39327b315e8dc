"""The alerts pane: what fires or is about to, the most urgent first."""

from monitor.snapshot import PaneStatus, WorkspaceView
from monitor.verdicts import Phase
from providers.clock import Moment
from widgets.alert_fields import alert_fields
from widgets.cells import Cell, Line, Tone
from widgets.fields import columns_of, rows_of
from widgets.grid import Grid
from widgets.list_pane import ListPane
from widgets.listing import Row
from widgets.looks import notice_line
from widgets.tiers import Tier


class AlertsPane(ListPane):
    """Alerts of one workspace."""

    TITLE = "Alerts"

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """Rows for the width of the pane."""
        fields = alert_fields(view, grid.size.width, now, self.glyphs)
        grid.set_columns(columns_of(fields), header=False)
        return rows_of(view.alerts, fields, lambda alert: alert.key)

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn."""
        return (view.spec.environments, view.alerts, view.deploys_status.notices)

    def status(self, view: WorkspaceView) -> PaneStatus:
        """The state of the alerts."""
        return view.alerts_status

    def facts(self, view: WorkspaceView, now: Moment) -> Line:
        """How many fire and how many wait for their time.

        A narrow wall has no deploys, and what is to know of them stands here.
        """
        firing = sum(alert.phase is Phase.FIRING for alert in view.alerts)
        flapping = sum(alert.phase is Phase.FLAPPING for alert in view.alerts)
        waiting = sum(alert.phase is Phase.PENDING for alert in view.alerts)
        alone = sum(alert.phase is Phase.FIRING and alert.care is None for alert in view.alerts)
        counts = (
            (firing, "firing" if alone == firing else f"firing, {alone} unacked"),
            (flapping, "flapping"),
            (waiting, "pending"),
        )
        words = [f"{count} {word}" for count, word in counts if count]
        counted = (Cell(" · ".join(words), Tone.MUTED),) if words else ()
        narrow = self.tier is Tier.NARROW
        return (*counted, *notice_line(view.deploys_status, self.glyphs)) if narrow else counted
