"""The wall: every pane of one workspace, laid out for the size of the terminal."""

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from monitor.snapshot import WorkspaceView
from providers.readings import SourceId
from tui.bindings import bindings_for, live_commands
from tui.commands import PANE_TITLES, Scope
from tui.screens.bars import BannerBar, hints_of, own_banner, session_of
from tui.screens.filter_line import FilterLine
from tui.screens.layout import Needs, PaneId, Place, WallPlan, plan_wall
from tui.screens.opening import screen_for
from tui.screens.row_actions import RowActions
from tui.screens.subjects import Subject, pane_sources, subject_of
from tui.screens.wall_chart import WallChart
from tui.view import View
from widgets.alerts import AlertsPane
from widgets.chart import Chart
from widgets.deploys import DeploysPane
from widgets.endpoints import EndpointsPane
from widgets.footer import Footer
from widgets.frame import Hint
from widgets.grid import Grid
from widgets.header import Header
from widgets.kpis import KpisPane
from widgets.list_pane import ListPane
from widgets.pane import Pane
from widgets.queries import QueriesPane
from widgets.scope import only
from widgets.timeline import TimelinePane
from widgets.vendors import VendorsPane

_ROW_COMMANDS: Final = frozenset({"filter", "sort", "sort_reverse"})


_HINTS: Final = {
    PaneId.ALERTS: (Hint(key="u", words="runbook"),),
    PaneId.DEPLOYS: (Hint(key="o", words="page"),),
    PaneId.ENDPOINTS: (Hint(key="enter", words="detail"),),
    PaneId.QUERIES: (Hint(key="enter", words="tree"),),
    PaneId.CHART: (Hint(key="enter", words="detail"), Hint(key="[ ]", words="window")),
    PaneId.TIMELINE: (Hint(key="7", words="full"),),
}
"""The keys in the lower edge of a pane."""


class WallScreen(RowActions):
    """All panes of the workspace in view; `tui.screens.layout` says which stand where.

    Panes are placed once for each size of the terminal and never by data.
    """

    DEFAULT_CSS = """
    WallScreen { overflow: hidden; }
    WallScreen > * { position: absolute; }
    WallScreen > OneLine { dock: none; height: 1; }
    WallScreen.-silent Pane, WallScreen.-silent Pane > * { tint: $qd-background 55%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.WALL)
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.header = Header()
        self.banner = BannerBar()
        self.footer = Footer()
        self.filter_line = FilterLine()
        self.chart = WallChart()
        self.panes: Mapping[PaneId, Pane] = {
            PaneId.ALERTS: AlertsPane(PaneId.ALERTS),
            PaneId.DEPLOYS: DeploysPane(PaneId.DEPLOYS),
            PaneId.ENDPOINTS: EndpointsPane(PaneId.ENDPOINTS),
            PaneId.KPIS: KpisPane(PaneId.KPIS),
            PaneId.QUERIES: QueriesPane(PaneId.QUERIES),
            PaneId.CHART: self.chart.pane,
            PaneId.TIMELINE: TimelinePane(PaneId.TIMELINE),
            PaneId.VENDORS: VendorsPane(),
        }
        self.maximised: PaneId | None = None
        self._speaking = False
        self._chose = False
        self._filtered: Grid | None = None
        self._plan: WallPlan | None = None
        self._needs = Needs()
        self._shown: WorkspaceView | None = None

    def compose(self) -> ComposeResult:
        """Header, panes, footer, and the line a filter is typed in."""
        yield self.header
        yield self.banner
        yield from self.panes.values()
        yield self.footer
        yield self.filter_line

    def on_mount(self) -> None:
        """Lay out at once, so that the first frame is the last shape."""
        self._lay_out()
        for number, hints in _HINTS.items():
            self.panes[number].hints = hints
        self.panes[PaneId.ALERTS].focus_body()

    def on_resize(self) -> None:
        """Another size."""
        self._lay_out()

    def show_view(self, view: View) -> None:
        """Give every pane its slice; each paints only what differs."""
        pane = view.pane
        if pane is None:
            return
        self._needs = Needs(
            checks=len(pane.spec.rows),
            kpis=len(pane.spec.kpis),
            vendors=bool(pane.spec.vendor_sources),
        )
        too_small = self._plan is not None and self._plan.too_small
        self._speaking = self.banner.say(own_banner(view, self.app.size, too_small=too_small))
        self._lay_out()
        self.set_class(view.silent_s > 0, "-silent")
        self._shown = only(pane, view.environment)
        settings = self.quarterdeck.settings
        self.header.show(view.snapshot, view.workspace, session_of(view, settings), view.now)
        for each in self.panes.values():
            if isinstance(each, ListPane | VendorsPane):
                each.show(self._shown, view.now)
        self._follow_chart(view)
        self.show_hints()

    def _follow_chart(self, view: View) -> None:
        if self._shown is not None:
            endpoints = self.panes[PaneId.ENDPOINTS].body
            chosen = endpoints.cursor_key if isinstance(endpoints, Grid) and self._chose else None
            self.chart.follow(self, view, self._shown, chosen)

    def show_hints(self) -> None:
        """The keys that work now."""
        self.footer.show(hints_of(live_commands(self)))

    def _lay_out(self) -> None:
        width, height = self.app.size
        top = 2 if self._speaking else 1
        plan = plan_wall(width, height, self._needs, self.maximised, top)
        if plan == self._plan:
            return
        self._plan = plan
        _put(self.banner, Place(x=0, y=1, width=width, height=1) if self._speaking else None)
        _put(self.header, Place(x=0, y=0, width=width, height=1))
        for number, pane in self.panes.items():
            _put(pane, plan.places.get(number))
        foot = Place(x=0, y=height - 1, width=width, height=1)
        _put(self.footer, foot if plan.footer else None)
        self.filter_line.styles.offset = (0, height - 1)

    @property
    def pane_in_focus(self) -> PaneId | None:
        """The pane that the keys go to."""
        focused = self.focused
        for number, pane in self.panes.items():
            if focused is not None and pane in focused.ancestors_with_self:
                return number
        return None

    @property
    def grid_in_focus(self) -> Grid | None:
        """The list that the keys go to."""
        number = self.pane_in_focus
        body = self.panes[number].body if number is not None else None
        return body if isinstance(body, Grid) else None

    def meant(self) -> Subject | None:
        """The row under the cursor of the pane in focus."""
        number, grid = self.pane_in_focus, self.grid_in_focus
        if self._shown is None or number is None:
            return None
        if number is PaneId.CHART:
            return self.chart.subject
        return subject_of(self._shown, number, grid.cursor_key if grid else None)

    def row_text(self) -> str:
        """The row as it stands on the screen."""
        grid = self.grid_in_focus
        row = grid.cursor_row if grid is not None else None
        return "" if row is None else " ".join(row.text().split())

    def sources_meant(self) -> tuple[tuple[SourceId, ...], str]:
        """All that the pane in focus shows."""
        number = self.pane_in_focus
        if self._shown is None or number is None:
            return (), ""
        title = PANE_TITLES[number - 1] if number else "status pages"
        return pane_sources(self._shown, number), title

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action can not be done now; empty when it can."""
        if action in _ROW_COMMANDS and self.grid_in_focus is None:
            return "this pane is no list"
        if action == "maximise" and self.pane_in_focus is None:
            return "no pane has the focus"
        return super().why_not(action, parameters)

    def action_pane(self, number: int) -> None:
        """Focus a pane; maximise it when it has the focus, or has no place on this wall."""
        pane = PaneId(number)
        if pane is self.pane_in_focus and self.maximised is None:
            self._maximise(pane)
        elif pane is self.maximised:
            self._maximise(None)
        else:
            plan = plan_wall(*self.app.size, self._needs)
            keep = self.maximised is None and pane in plan.places
            self._maximise(None if keep else pane)
        self.panes[pane].focus_body()

    def action_maximise(self) -> None:
        """Give the whole screen to the pane in focus, or take it back."""
        self._maximise(self.pane_in_focus if self.maximised is None else None)

    def _maximise(self, pane: PaneId | None) -> None:
        before, self.maximised = self.maximised, pane
        if before is pane:
            return
        self._lay_out()
        if pane is None and before is not None and self._plan and before not in self._plan.places:
            self.panes[next(iter(self._plan.places))].focus_body()

    def action_next_pane(self) -> None:
        """Focus the pane after."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Focus the pane before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        plan = self._plan
        if plan is None:
            return
        order = [number for number in self.panes if number in plan.places and number]
        if self.maximised is not None:
            order = [number for number in self.panes if number]
        now = self.pane_in_focus
        place = (order.index(now) + by) % len(order) if now in order else 0
        if self.maximised is not None:
            self._maximise(order[place])
        self.panes[order[place]].focus_body()

    def action_filter(self) -> None:
        """Type what to look for."""
        grid = self.grid_in_focus
        if grid is not None:
            self._filtered = grid
            self.filter_line.open_with(grid.needle)

    def on_input_changed(self, event: FilterLine.Changed) -> None:
        """Narrow down while it is typed."""
        event.stop()
        if self._filtered is not None:
            self._filtered.filter_by(event.value)

    def on_input_submitted(self, event: FilterLine.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self.filter_line.close(event.value)

    def on_filter_line_closed(self, event: FilterLine.Closed) -> None:
        """Go back to the list."""
        grid, self._filtered = self._filtered, None
        if grid is not None:
            grid.filter_by(event.value)
            if self.focused in {None, self.filter_line}:
                grid.focus()

    def action_sort(self) -> None:
        """Sort the pane by its next column."""
        if self.grid_in_focus is not None:
            self.grid_in_focus.sort_next()

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        if self.grid_in_focus is not None:
            self.grid_in_focus.sort_reverse()

    @property
    def narrowed(self) -> bool:
        """Whether a filter or a maximised pane can be taken back."""
        grid = self.grid_in_focus
        return self.maximised is not None or bool(grid is not None and grid.needle)

    def go_back(self) -> None:
        """Take back the last narrowing: the filter, else the maximised pane."""
        grid = self.grid_in_focus
        if grid is not None and grid.needle:
            grid.filter_by("")
        elif self.maximised is not None:
            self._maximise(None)

    def window_changed(self) -> None:
        """Draw the chart for the new window."""
        self.quarterdeck.draw()

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """Open the details of the row."""
        event.stop()
        subject = self.meant()
        self._open(subject)

    def on_chart_opened(self, event: Chart.Opened) -> None:
        """Open the details of what is charted."""
        event.stop()
        self._open(self.chart.subject)

    def _open(self, subject: Subject | None) -> None:
        if subject is not None and self._shown is not None:
            self.app.push_screen(screen_for(subject, self._shown))

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """The chart follows the endpoint under the cursor, the footer the row."""
        event.stop()
        if self.pane_in_focus is PaneId.ENDPOINTS and self.view is not None:
            self._chose = True
            self._follow_chart(self.view)
        self.refresh_bindings()
        self.call_after_refresh(self.show_hints)

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """The footer shows the keys of the pane in focus."""
        self.call_after_refresh(self.show_hints)


def _put(widget: Widget, place: Place | None) -> None:
    """Place a widget, or hide it."""
    widget.display = place is not None
    if place is not None:
        widget.styles.offset = (place.x, place.y)
        widget.styles.width = place.width
        widget.styles.height = place.height
