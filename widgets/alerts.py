"""The alerts pane: what fires or is about to, the most urgent first."""

from msgspec.structs import replace

from monitor.snapshot import PaneStatus, WorkspaceView
from monitor.verdicts import Phase
from monitor.words import follow_words
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

    _open: frozenset[str] = frozenset()
    """Keys of the alerts whose followers are shown."""

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """Rows for the width of the pane."""
        fields = alert_fields(view, grid.size.width, now, self.glyphs)
        grid.set_columns(columns_of(fields), header=False)
        rows = rows_of(view.alerts, fields, lambda alert: alert.key)
        return tuple(
            replace(row, folded=bool(alert.cause) and alert.cause not in self._open)
            for row, alert in zip(rows, view.alerts, strict=True)
        )

    def root_of(self, key: str | None) -> str:
        """Key of the alert under which others are folded, this one or its cause; may be empty."""
        alerts = () if self._shown is None else self._shown[0].alerts
        found = next((alert for alert in alerts if alert.key == key), None)
        if found is None:
            return ""
        return found.cause or (found.key if found.followers else "")

    def turn_fold(self) -> None:
        """Show or fold what follows from the alert of the row; the cursor goes to the cause."""
        if root := self.root_of(self.grid.cursor_key):
            self._open ^= {root}
            self.draw()
            self.grid.move_to(root)

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn."""
        return (view.spec.environments, view.alerts, view.deploys_status.notices, self._open)

    def status(self, view: WorkspaceView) -> PaneStatus:
        """The state of the alerts."""
        return view.alerts_status

    def facts(self, view: WorkspaceView, now: Moment) -> Line:
        """How many fire and how many wait for their time.

        A narrow wall has no deploys, and what is to know of them stands here.
        """
        roots = [alert for alert in view.alerts if not alert.cause]
        loud = [alert for alert in roots if not alert.maintenance]
        firing = sum(alert.phase is Phase.FIRING for alert in loud)
        flapping = sum(alert.phase is Phase.FLAPPING for alert in loud)
        waiting = sum(alert.phase is Phase.PENDING for alert in loud)
        alone = sum(alert.phase is Phase.FIRING and alert.care is None for alert in loud)
        following = len(view.alerts) - len(roots)
        counts = (
            (firing, "firing" if alone == firing else f"firing, {alone} unacked"),
            (flapping, "flapping"),
            (waiting, "pending"),
            (following, follow_words(following).partition(" ")[2]),
            (len(roots) - len(loud), "in maintenance"),
        )
        words = [f"{count} {word}" for count, word in counts if count]
        counted = (Cell(" · ".join(words), Tone.MUTED),) if words else ()
        narrow = self.tier is Tier.NARROW
        return (*counted, *notice_line(view.deploys_status, self.glyphs)) if narrow else counted
