"""The details of one endpoint: a large chart, figures, the last answer, what else is wrong."""

from textual.widget import Widget

from monitor.snapshot import EndpointCell, EndpointRow, WorkspaceView
from tui.screens.chart_marks import marks_of
from tui.screens.charts import latency_chart, latency_ref
from tui.screens.detail import DetailScreen, above, beside
from tui.screens.endpoint_page import asked_lines, detail_lines, figure_lines, state_words
from tui.screens.late_plot import LatePlot
from tui.screens.page import Page
from tui.screens.past_feed import ChartFeed
from tui.screens.subjects import Subject, shown_environment
from tui.series import WINDOWS
from tui.view import View
from widgets.cells import Cell, Line, Tone
from widgets.chart import Chart
from widgets.chart_lines import LABELS
from widgets.chart_marks import legend
from widgets.frame import Hint

_CHART_LINES = 14
_CHART_LINES_SMALL = 9
_SMALL_SCREEN = 30
_FIGURES_WIDTH = 28


class EndpointScreen(DetailScreen):
    """One check of one service in the environment in view, production when all are."""

    def __init__(self, subject: Subject) -> None:
        self.asked = Page(scrolls=False)
        self.figures = Page(scrolls=False)
        self.legend = Page(scrolls=False)
        self.plot: Chart | LatePlot = Chart()
        self.feed: ChartFeed | None = None
        super().__init__(subject)

    def body(self) -> Widget:
        """What is asked, chart beside figures, the rest."""
        app = self.quarterdeck
        if not app.glyphs.ascii and not app.current_theme.ansi and not app.no_color:
            # plotext draws in colours and lines of its own: not for ASCII, nor for 16 colours.
            self.plot = LatePlot()
        self.plot.can_focus = False
        self.plot.styles.margin = (0, 2, 0, 0)
        self.asked.styles.height = 2
        self.legend.styles.height = 1
        lines = _CHART_LINES_SMALL if app.size.height < _SMALL_SCREEN else _CHART_LINES
        chart = beside(self.plot, self.figures, height=lines, right_width=_FIGURES_WIDTH)
        if isinstance(self.plot, Chart):
            return above(self.asked, chart, self.page)
        return above(self.asked, chart, self.legend, self.page)

    def hints(self) -> tuple[Hint, ...]:
        """The keys in the lower edge."""
        return (
            Hint(key="esc", words="back"),
            Hint(key="[ ]", words="window " + " ".join(name for _, name in WINDOWS)),
            Hint(key="e", words="environment"),
            Hint(key="y", words="copy"),
            Hint(key="u", words="runbook"),
        )

    def row(self) -> EndpointRow | None:
        """The row this is about."""
        return self.subject.thing if isinstance(self.subject.thing, EndpointRow) else None

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """Service, environment and state."""
        row = self.row()
        environment = shown_environment(row, pane.spec, view.environment) if row else ""
        cell = row.cells.get(environment) if row else None
        words = state_words(cell, view.now) if cell else "not watched here"
        return (
            Cell(self.subject.title, Tone.TITLE, bold=True),
            Cell(f"  {environment}  ", Tone.MUTED),
            Cell(words, Tone.NORMAL),
        )

    def lines(self, view: View, pane: WorkspaceView) -> tuple[Line, ...]:
        """Everything below the chart; the parts above are drawn on the way."""
        row = self.row()
        environment = shown_environment(row, pane.spec, view.environment) if row else ""
        cell = row.cells.get(environment) if row else None
        if row is None or cell is None:
            return ((Cell(f"no check of this name in {environment}", Tone.MUTED),),)
        self.asked.show(asked_lines(cell, view.snapshot.sources.get(cell.source), view.zone))
        self._draw_chart(view, pane, row, environment, cell)
        return detail_lines(pane, row, cell, view.zone, view.now, self.quarterdeck.glyphs)

    def _draw_chart(
        self, view: View, pane: WorkspaceView, row: EndpointRow, environment: str,
        cell: EndpointCell,
    ) -> None:  # fmt: skip
        if self.feed is None:
            self.feed = ChartFeed(self, self.quarterdeck.engine, self.window_changed)
        self.feed.follow(latency_ref(cell), self.window_place, view.now)
        past, (window_s, name) = self.feed.past, WINDOWS[self.window_place]
        marks = marks_of(
            pane, past.events, f"check/{cell.source}", (row.spec.service, environment),
            (window_s, view.now.at),
        )  # fmt: skip
        data = latency_chart(
            pane, row, environment, past.points, self.window_place, view.now, view.zone,
            marks=marks,
        )  # fmt: skip
        self.plot.show(data)
        note = "· the highest of each point" if data.ranges else ""
        words = legend((mark.kind for mark in marks), note=note)
        self.legend.show([(Cell(" " * LABELS), *words)])
        numbers = [point.value for point in past.points if point.value is not None]
        self.figures.show(figure_lines(cell, numbers, name, self.quarterdeck.glyphs))

    def window_changed(self) -> None:
        """Draw again: for another window, or for points that came."""
        if self.view is not None:
            self.show_view(self.view)
