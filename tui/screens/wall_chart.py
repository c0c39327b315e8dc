"""The wall's chart: the endpoint under the cursor, else the one that is worst off."""

from monitor.snapshot import EndpointRow, PaneStatus, WorkspaceView
from tui.screens.charts import latency_chart, latency_ref
from tui.screens.layout import PaneId
from tui.screens.row_actions import RowActions
from tui.screens.series_feed import SeriesFeed
from tui.screens.subjects import Subject, shown_environment, subject_of
from tui.series import fitting_window
from tui.view import View
from widgets.chart import ChartPane
from widgets.looks import steadied


class WallChart:
    """Feeds the chart pane of a wall."""

    def __init__(self) -> None:
        self.pane = ChartPane(PaneId.CHART)
        self.subject: Subject | None = None
        """What is charted."""

        self._feed: SeriesFeed | None = None
        self._drawn: tuple[object, ...] = ()
        self._status: PaneStatus | None = None

    def follow(self, wall: RowActions, view: View, pane: WorkspaceView, chosen: str | None) -> None:
        """Chart the chosen endpoint; without one the worst."""
        row = next((each for each in pane.endpoints if each.spec.key == chosen), None)
        row = row or worst(pane, view.environment)
        if row is None or not self.pane.display:
            self.subject, self._drawn = None, ()
            self.pane.show(None, pane.endpoints_status)
            return
        self.subject = subject_of(pane, PaneId.ENDPOINTS, row.spec.key)
        environment = shown_environment(row, pane.spec, view.environment)
        cell = row.cells.get(environment)
        if cell is None:
            self._drawn = ()
            self.pane.show(None, pane.endpoints_status)
            return
        if self._feed is None:
            self._feed = SeriesFeed(wall, wall.quarterdeck.engine, wall.window_changed)
        ref = latency_ref(cell)
        self._feed.follow((ref,), wall.window_place, view.now)
        if not self._feed.answered:
            return
        points = self._feed.of(ref)
        fitting = fitting_window(points, wall.window_place, view.now)
        if fitting != wall.window_place and not wall.window_chosen:
            wall.window_place = fitting
            self._feed.follow((ref,), fitting, view.now)
            return
        drawn = (points, row.spec, environment, wall.window_place, view.zone, pane.deploys)
        status = steadied(pane.endpoints_status)
        if drawn != self._drawn or status != self._status:
            self._drawn, self._status = drawn, status
            data = latency_chart(
                pane, row, environment, points, wall.window_place, view.now, view.zone
            )
            self.pane.show(data, pane.endpoints_status)


def worst(pane: WorkspaceView, environment: str) -> EndpointRow | None:
    """The row in the worst state; the first of those that are equally badly off."""

    def badness(row: EndpointRow) -> int:
        name = shown_environment(row, pane.spec, environment)
        cell = row.cells.get(name)
        return int(cell.verdict.level) if cell else -1

    return max(pane.endpoints, key=badness, default=None)
