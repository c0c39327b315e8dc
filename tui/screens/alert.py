"""The page of one alert: what, since when, what changed before it, who has it, and its past."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.widget import Widget

from monitor.snapshot import AlertView, EndpointRow, KpiView, WorkspaceView
from monitor.suspect_changes import suspicion_of
from providers.readings import SourceId
from tui.engine_link import EngineCalls
from tui.screens.alert_page import Shown, first_lines, heading_line, rest_lines
from tui.screens.alert_past import AlertPast, logs_wanted, read_past
from tui.screens.alert_rule import kpi_of
from tui.screens.chart_marks import marks_of
from tui.screens.charts import kpi_chart, latency_chart, latency_ref
from tui.screens.detail import DetailScreen, above
from tui.screens.feed import Feed
from tui.screens.opening import screen_behind
from tui.screens.page import Page
from tui.screens.past_feed import ChartFeed
from tui.screens.subjects import Subject
from tui.series import WINDOWS
from tui.view import View
from widgets.cells import Line
from widgets.chart import LOADING, Chart
from widgets.chart_lines import ChartData
from widgets.chart_marks import Mark, MarkKind
from widgets.frame import Hint

_CHART_LINES = 13
_CHART_LINES_SMALL = 7
_SMALL_SCREEN = 30

_SHORTEST_S = 900.0

PAST_S = 30.0
"""Log lines, the day and earlier times are asked for this often."""


class AlertScreen(DetailScreen):
    """One alert; when it has cleared, what was last known of it."""

    # The same id as in a list, so that one entry under `keys:` opens from both.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open_behind", "open", show=False, id="list.open")
    ]

    def __init__(self, subject: Subject) -> None:
        self.first = Page(scrolls=False)
        self.plot = Chart()
        self.feed: ChartFeed | None = None
        self.past: Feed[AlertPast] | None = None
        super().__init__(subject)
        self._fitted = False
        self._looked_at: frozenset[SourceId] = frozenset()

    def body(self) -> Widget:
        """What must be seen at once, the chart, the rest."""
        small = self.quarterdeck.size.height < _SMALL_SCREEN
        self.plot.can_focus = False
        self.plot.styles.height = _CHART_LINES_SMALL if small else _CHART_LINES
        self.first.styles.height = 6
        return above(self.first, self.plot, self.page)

    def hints(self) -> tuple[Hint, ...]:
        """The keys in the lower edge."""
        return (
            Hint(key="esc", words="back"),
            Hint(key="enter", words="what it is about"),
            Hint(key="[ ]", words="window " + " ".join(name for _, name in WINDOWS)),
            Hint(key="u", words="runbook"),
        )

    def alert(self) -> AlertView:
        """The alert as it was last known.

        Raises:
            TypeError: The screen was opened for something else.
        """
        if not isinstance(self.subject.thing, AlertView):
            raise TypeError("this screen is about an alert")
        return self.subject.thing

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """Severity, what, where, for how long."""
        return heading_line(self._shown(view, pane))

    def lines(self, view: View, pane: WorkspaceView) -> tuple[Line, ...]:
        """The page below the chart; what is above is drawn on the way."""
        if not self._fitted:
            self._fitted = True
            self.window_place = window_around((view.now.at - self.alert().began).total_seconds())
        self._follow(view, pane)
        self._look_at(logs_wanted(view, self.alert()))
        shown = self._shown(view, pane)
        first = [piece for line in first_lines(shown) for piece in self._folded(line)]
        if self.first.styles.height is None or self.first.styles.height.value != len(first):
            self.first.styles.height = len(first)
        self.first.show(first)
        self._draw_chart(view, pane)
        return rest_lines(shown)

    def _shown(self, view: View, pane: WorkspaceView) -> Shown:
        past = None if self.past is None else self.past.answer
        events = () if self.feed is None else self.feed.past.events
        alert = self.alert()
        return Shown(
            view=pane,
            alert=alert,
            suspicion=suspicion_of(alert, pane, events),
            past=AlertPast() if past is None and self._unanswered() else past,
            now=view.now,
            zone=view.zone,
            glyphs=self.quarterdeck.glyphs,
            gone=self.gone,
        )

    def on_unmount(self) -> None:
        """The logs may be read at leisure again."""
        self._look_at(frozenset())

    def _look_at(self, sources: frozenset[SourceId]) -> None:
        if sources == self._looked_at:
            return
        self._looked_at = sources

        async def look(calls: EngineCalls) -> None:
            calls.look_at(sources)

        try:
            self.quarterdeck.engine.submit(look, 0.0)
        except RuntimeError:
            self._looked_at = frozenset()  # not running yet; the next view tries again

    def _unanswered(self) -> bool:
        """Whether the engine was asked, and could not say."""
        return self.past is not None and self.past.answered

    def _follow(self, view: View, pane: WorkspaceView) -> None:
        alert, engine = self.alert(), self.quarterdeck.engine
        if self.past is None or self.feed is None:
            self.past = Feed(self, engine, self.window_changed, "alert past")
            self.feed = ChartFeed(self, engine, self.window_changed)
        kpi, workspace, now = kpi_of(pane, alert), view.workspace, view.now
        self.past.follow(
            alert.key,
            lambda calls: read_past(calls, workspace, alert, kpi, now),
            PAST_S,
            now,
        )

    def _draw_chart(self, view: View, pane: WorkspaceView) -> None:
        alert, feed = self.alert(), self.feed
        kpi, found = kpi_of(pane, alert), _cell_of(pane, alert)
        # The numbers of one address among many are judged and not kept.
        if feed is None or alert.group or (kpi is None and found is None):
            self.plot.display = False
            return
        window_s = WINDOWS[self.window_place][0]
        where = (alert.service, alert.environment)
        if kpi is not None and kpi.spec.series:
            feed.follow(kpi.spec, self.window_place, view.now)
        elif found is not None:
            feed.follow(latency_ref(found.cells[alert.environment]), self.window_place, view.now)
        marks = marks_of(pane, feed.past.events, alert.key, where, (window_s, view.now.at))
        marks = with_onset(marks, alert)
        if feed.answered:
            self.plot.show(self._chart(view, pane, kpi, found, marks))
        else:
            self.plot.show(None, LOADING)

    def _chart(
        self, view: View, pane: WorkspaceView, kpi: KpiView | None, row: EndpointRow | None,
        marks: tuple[Mark, ...],
    ) -> ChartData:  # fmt: skip
        points = () if self.feed is None else self.feed.past.points
        place, now, zone = self.window_place, view.now, view.zone
        if kpi is not None:
            return kpi_chart(kpi, points, place, now, zone, marks=marks)
        if row is None:
            raise TypeError("neither a KPI nor an endpoint")
        environment = self.alert().environment
        return latency_chart(pane, row, environment, points, place, now, zone, marks=marks)

    def action_open_behind(self) -> None:
        """Open what it is about: the endpoint, the KPI, the session, or its source."""
        pane = self.view.pane if self.view is not None else None
        if pane is not None and self.app.screen is self:
            self.app.push_screen(screen_behind(replace(self.subject), pane))

    def window_changed(self) -> None:
        """Draw again: for another window, or for what came."""
        if self.view is not None:
            self.show_view(self.view)


def window_around(age_s: float) -> int:
    """Place of the shortest window in which at least as much is before the onset as after it."""
    fits = (
        place
        for place, (window_s, _) in enumerate(WINDOWS)
        if window_s >= max(2 * age_s, _SHORTEST_S)
    )
    return next(fits, len(WINDOWS) - 1)


def with_onset(marks: Sequence[Mark], alert: AlertView) -> tuple[Mark, ...]:
    """The marks with the onset of this alert, told as that and once."""
    others = (
        mark
        for mark in marks
        if mark.kind is not MarkKind.ALERT or abs((mark.at - alert.began).total_seconds()) > 1
    )
    return (*others, Mark(at=alert.began, label="onset", kind=MarkKind.ALERT))


def _cell_of(pane: WorkspaceView, alert: AlertView) -> EndpointRow | None:
    """The row of the check that an alert is of."""
    return next(
        (
            row
            for row in pane.endpoints
            if (cell := row.cells.get(alert.environment)) is not None
            and cell.source == alert.source
            and not alert.kpi
        ),
        None,
    )
