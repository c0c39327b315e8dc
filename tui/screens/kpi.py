"""The details of one KPI: its bands with their lines in the runbook, and its past."""

from textual.widget import Widget

from monitor.snapshot import KpiView, WorkspaceView
from tui.screens.charts import kpi_chart
from tui.screens.detail import DetailScreen, above
from tui.screens.series_feed import SeriesFeed
from tui.screens.source_page import kpi_lines
from tui.screens.subjects import Subject
from tui.series import WINDOWS
from tui.view import View
from widgets.cells import Line
from widgets.chart import Chart
from widgets.frame import Hint

_CHART_LINES = 10


class KpiScreen(DetailScreen):
    """One KPI."""

    def __init__(self, subject: Subject) -> None:
        self.plot = Chart()
        self.feed: SeriesFeed | None = None
        super().__init__(subject)

    def body(self) -> Widget:
        """The chart over the page."""
        self.plot.can_focus = False
        self.plot.styles.height = _CHART_LINES
        return above(self.plot, self.page)

    def hints(self) -> tuple[Hint, ...]:
        """The keys in the lower edge."""
        return (
            Hint(key="esc", words="back"),
            Hint(key="[ ]", words="window " + " ".join(name for _, name in WINDOWS)),
            Hint(key="u", words="runbook"),
        )

    def lines(self, view: View, pane: WorkspaceView) -> tuple[Line, ...]:
        """The page; the chart is drawn on the way."""
        kpi = self.subject.thing
        if not isinstance(kpi, KpiView):
            return ()
        if kpi.spec.series:
            if self.feed is None:
                self.feed = SeriesFeed(self, self.quarterdeck.engine, self.window_changed)
            ref = kpi.spec.series[0]
            self.feed.follow((ref,), self.window_place, view.now)
            self.plot.show(
                kpi_chart(kpi, self.feed.of(ref), self.window_place, view.now, view.zone)
            )
        return tuple(kpi_lines(kpi, view.zone, view.now, self.quarterdeck.glyphs))

    def window_changed(self) -> None:
        """Draw again: for another window, or for points that came."""
        if self.view is not None:
            self.show_view(self.view)
