"""The panes of the wall, placed for the size of the terminal, each shown its slice of the view."""

from collections.abc import Mapping
from typing import Final

from textual.app import ComposeResult
from textual.widget import Widget

from monitor.snapshot import PaneState, PaneStatus, WorkspaceView
from tui.screens.bars import BannerBar, own_banner, session_of
from tui.screens.layout import Needs, PaneId, Place, WallPlan, plan_wall
from tui.screens.row_actions import RowActions
from tui.screens.wall_chart import WallChart
from tui.screens.wall_second_chart import SecondChart, parted
from tui.view import View
from widgets.alerts import AlertsPane
from widgets.cells import Cell, Tone
from widgets.deploys import DeploysPane
from widgets.endpoints import EndpointsPane
from widgets.footer import Footer
from widgets.frame import Hint
from widgets.grid import Grid
from widgets.header import Header
from widgets.kpis import KpisPane
from widgets.list_pane import ListPane
from widgets.looks import blank_of
from widgets.pane import Pane
from widgets.queries import QueriesPane
from widgets.scope import only
from widgets.timeline import TimelinePane
from widgets.vendors import VendorsPane

_USUAL_NEEDS: Final = Needs(checks=7, kpis=8, vendors=True)
"""Of the first frame, before the configuration is known; a guess that is often right."""

_OPEN: Final = "open"

_HINTS: Final = {
    PaneId.ALERTS: (
        Hint(key="a", words="ack"),
        Hint(key="d", words="snooze"),
        Hint(key="u", words="runbook"),
    ),
    PaneId.DEPLOYS: (Hint(key="o", words="page"), Hint(key="B", words="rollback…")),
    PaneId.ENDPOINTS: (Hint(key="enter", words="detail"), Hint(key="R", words="restart…")),
    PaneId.QUERIES: (Hint(key="enter", words="tree"), Hint(key="C", words="cancel…")),
    PaneId.CHART: (Hint(key="enter", words="detail"), Hint(key="[ ]", words="window")),
    PaneId.TIMELINE: (Hint(key="7", words="full"),),
}
"""The keys in the lower edge of a pane."""


class WallPanes(RowActions):
    """All panes of the workspace in view; `tui.screens.layout` says which stand where.

    Panes are placed once for each size of the terminal and never by data.
    """

    DEFAULT_CSS = """
    WallPanes { overflow: hidden; }
    WallPanes > Pane, WallPanes > OneLine { position: absolute; }
    WallPanes > OneLine { dock: none; height: 1; }
    WallPanes.-silent Pane, WallPanes.-silent Pane > * { tint: $qd-background 55%; }
    """

    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.header = Header()
        self.banner = BannerBar()
        self.footer = Footer()
        self.chart = WallChart()
        self.second = SecondChart()
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
        self._speaking = self._begun = False
        self._hints_read_only: bool | None = None
        self._chose = False
        self._hinted_for: tuple[object, ...] = ()
        self._plan: WallPlan | None = None
        self._needs = _USUAL_NEEDS
        self._shown: WorkspaceView | None = None

    def compose(self) -> ComposeResult:
        """Header, panes and footer."""
        yield self.header
        yield self.banner
        yield from self.panes.values()
        yield self.second.pane
        yield self.footer

    def on_mount(self) -> None:
        """Lay out at once, so that the first frame is the last shape."""
        self._lay_out()
        mode = self.view.mode if self.view is not None else None
        self._hint_panes(read_only=mode is None or mode.read_only)
        self.set_focus(self.panes[PaneId.ALERTS].body)
        self._show_beginning()

    def _show_beginning(self) -> None:
        """Before the first snapshot: every pane says what it is, and that it is being read."""
        waiting = PaneStatus(state=PaneState.LOADING)
        for pane in self.panes.values():
            if isinstance(pane, ListPane):
                pane.grid.set_blank(blank_of(waiting))
                pane.entitle((Cell(pane.TITLE, Tone.TITLE),), status=waiting)
        self.chart.pane.show(None)
        self.second.pane.show(None)
        if self.view is None:
            self.banner.say((Cell("  Quarterdeck", Tone.TITLE, bold=True),
                             Cell("   reading the configuration and the first answers…",
                                  Tone.MUTED)))  # fmt: skip

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
        self._shown = only(pane, view.environment)
        self._lay_out()
        self.set_class(view.silent_s > 0, "-silent")
        self.show_time(view)
        for each in self.panes.values():
            each.zone = view.zone
            if isinstance(each, ListPane | VendorsPane):
                each.show(self._shown, view.now)
        if view.paused_at is None or not self.chart.subject:
            self._follow_chart(view)
        if self._hint_key() != self._hinted_for:
            self.show_hints()

    def _hint_panes(self, *, read_only: bool) -> None:
        """The keys in the lower edges; none leads to a guard while read-only.

        Dim would not do: in a pane without the focus, and without colour, every key is.
        """
        if self._hints_read_only is not read_only:
            self._hints_read_only = read_only
            for number, hints in _HINTS.items():
                self.panes[number].hints = tuple(
                    hint for hint in hints if not (read_only and hint.words.endswith("…"))
                )

    def show_time(self, view: View) -> None:
        """The header, which holds the clock, and how long the view has been frozen."""
        self._hint_panes(read_only=view.mode is None or view.mode.read_only)
        if view.paused_at is not None and self._speaking:
            self.banner.say(own_banner(view, self.app.size, too_small=False))
        session = session_of(view, self.quarterdeck.settings)
        self.header.show(view.snapshot, view.workspace, session, view.now)

    def _follow_chart(self, view: View) -> None:
        if self._shown is not None:
            endpoints = self.panes[PaneId.ENDPOINTS].body
            chosen = endpoints.cursor_key if isinstance(endpoints, Grid) and self._chose else None
            self.chart.follow(self, view, self._shown, chosen)
            self.second.follow(self, view, self._shown)

    def _hint_key(self) -> tuple[object, ...]:
        """All of a view that decides which keys work; to find those costs more than to look."""
        meant, views = self.meant(), self.view.snapshot.workspaces if self.view else ()
        row: object = bool(self.row_text())
        if meant is not None:
            row = (meant.pane, meant.url, meant.runbook, meant.sources)
        mode = self.view.mode if self.view else None
        dim = mode is None or mode.read_only
        return self.focused, row, self.window_place, len(views), self.sources_meant()[0], dim

    def show_hints(self) -> None:
        """The keys that work now."""
        self._hinted_for = self._hint_key()
        hints = self.hints_now()
        if self.meant() is None:
            hints = tuple(each for each in hints if each.words != _OPEN)
        self.footer.show(hints)

    def _lay_out(self) -> None:
        width, height = self.app.size
        top = 2 if self._speaking else 1
        plan = plan_wall(width, height, self._needs, self.maximised, top)
        begun = self._shown is not None
        if (plan, begun) == (self._plan, self._begun):
            return
        self._plan, self._begun = plan, begun
        # Until there is something for the header to say, the banner stands in its place.
        line = 1 if self._shown is not None else 0
        seen = self._speaking or self._shown is None
        _put(self.banner, Place(x=0, y=line, width=width, height=1) if seen else None)
        _put(self.header, Place(x=0, y=0, width=width, height=1))
        for number, pane in self.panes.items():
            _put(pane, plan.places.get(number))
        self._part_charts(plan, width)
        foot = Place(x=0, y=height - 1, width=width, height=1)
        _put(self.footer, foot if plan.footer else None)
        for field in self.query(".-filter"):
            field.styles.offset = (0, height - 1)

    def _part_charts(self, plan: WallPlan, width: int) -> None:
        """Two charts share the place of one where that is wide enough for both."""
        place = plan.places.get(PaneId.CHART)
        second = None
        if place is not None and self.maximised is None:
            place, second = parted(place, width)
            _put(self.chart.pane, place)
        _put(self.second.pane, second)

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


def _put(widget: Widget, place: Place | None) -> None:
    """Place a widget, or hide it."""
    widget.display = place is not None
    if place is not None:
        widget.styles.offset = (place.x, place.y)
        widget.styles.width = place.width
        widget.styles.height = place.height
