"""The details of one KPI: its bands with their lines in the runbook, and its past."""

from textual.widget import Widget

from monitor.snapshot import KpiView, WorkspaceView
from monitor.trend import Trend
from tui.screens.chart_marks import marks_of
from tui.screens.charts import kpi_chart
from tui.screens.detail import DetailScreen, above
from tui.screens.feed import Feed
from tui.screens.kpi_page import kpi_lines
from tui.screens.past_feed import ChartFeed
from tui.screens.source_page import trend_lines
from tui.screens.subjects import Subject
from tui.series import WINDOWS
from tui.view import View
from widgets.cells import Line
from widgets.chart import Chart
from widgets.frame import Hint

_CHART_LINES = 12

TREND_S = 600.0
"""What goes by whole days is asked for seldom."""


class KpiScreen(DetailScreen):
    """One KPI."""

    def __init__(self, subject: Subject) -> None:
        self.plot = Chart()
        self.feed: ChartFeed | None = None
        self.trend: Feed[Trend] | None = None
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
        self._draw_past(kpi, view, pane)
        trend = None if self.trend is None else self.trend.answer
        return (
            *kpi_lines(kpi, view.zone, view.now, self.quarterdeck.glyphs),
            *trend_lines(trend, kpi.spec.unit),
        )

    def _draw_past(self, kpi: KpiView, view: View, pane: WorkspaceView) -> None:
        spec = kpi.spec
        if not spec.series:
            return
        engine = self.quarterdeck.engine
        if self.feed is None or self.trend is None:
            self.feed = ChartFeed(self, engine, self.window_changed)
            self.trend = Feed(self, engine, self.window_changed, "trend")
        self.feed.follow(spec, self.window_place, view.now)
        self.trend.follow(spec, lambda calls: calls.history.trend(spec), TREND_S, view.now)
        past, window_s = self.feed.past, WINDOWS[self.window_place][0]
        marks = marks_of(
            pane, past.events, f"kpi/{pane.spec.name}/{spec.key}", (spec.service, spec.environment),
            (window_s, view.now.at),
        )  # fmt: skip
        place = self.window_place
        self.plot.show(kpi_chart(kpi, past.points, place, view.now, view.zone, marks=marks))

    def window_changed(self) -> None:
        """Draw again: for another window, or for points that came."""
        if self.view is not None:
            self.show_view(self.view)
