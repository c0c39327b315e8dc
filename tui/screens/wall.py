"""The wall: every pane of one workspace, and what its keys do."""

from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType

from providers.readings import SourceId
from tui.bindings import bindings_for
from tui.command import Scope
from tui.commands import PANE_TITLES
from tui.heartbeat import Later
from tui.screens.filtering import Filtering
from tui.screens.layout import PaneId, plan_wall
from tui.screens.opening import screen_for
from tui.screens.subjects import Subject, pane_sources, subject_of
from tui.screens.wall_panes import WallPanes
from widgets.alerts import AlertsPane
from widgets.chart import Chart
from widgets.grid import Grid
from widgets.list_pane import ListPane
from widgets.queries import QueriesPane

_REST_S: Final = 0.18
"""A cursor that stood still for so long rests: slower than keys in a row, quicker than a glance."""

_OWED_S: Final = 0.03
"""How much later to look again whether the terminal has drawn what it was sent."""

_ROW_COMMANDS: Final = frozenset({"filter", "sort", "sort_reverse"})


class WallScreen(WallPanes, Filtering):
    """The wall as a person uses it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.WALL, Scope.LISTS)

    def __init__(self) -> None:
        super().__init__()
        self._rest = Later(self._cursor_rested, self._fail)
        self._chart_waits = False

    def on_mount(self) -> None:
        """Wait for a cursor that rests."""
        self._rest.begin()

    def on_unmount(self) -> None:
        """Wait no more."""
        self._rest.end()

    def _fail(self, error: Exception) -> None:
        self.app._handle_exception(error)  # noqa: SLF001  # as 8.2.8's timers do

    def meant(self) -> Subject | None:
        """The row under the cursor of the pane in focus."""
        number, grid = self.pane_in_focus, self.grid_in_focus
        if self._shown is None or number is None:
            return None
        if number is PaneId.CHART:
            return self.chart.subject
        return subject_of(self._shown, number, grid.cursor_key if grid else None)

    def row_text(self) -> str:
        """The row in words; where those say no more than the screen, as it stands there."""
        from tui.screens.copied import copied_words

        subject = self.meant()
        if words := "" if subject is None else copied_words(subject):
            return words
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
        if action == "fold" and not self._folds():
            return "nothing is folded under this row"
        if action == "age_basis" and self.pane_in_focus is not PaneId.QUERIES:
            return "this is of the long-running queries (5)"
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
        self.set_focus(self.panes[pane].body)

    def action_maximise(self) -> None:
        """Give the whole screen to the pane in focus, or take it back."""
        self._maximise(self.pane_in_focus if self.maximised is None else None)

    def _maximise(self, pane: PaneId | None) -> None:
        before, self.maximised = self.maximised, pane
        if before is pane:
            return
        self._lay_out()
        front = self.panes[pane] if pane is not None else None
        if isinstance(front, ListPane):
            front.come_forward()
        self.call_after_refresh(self.show_hints)
        if pane is PaneId.CHART and self.view is not None:
            self._follow_chart(self.view)
        if pane is None and before is not None and self._plan and before not in self._plan.places:
            self.set_focus(self.panes[next(iter(self._plan.places))].body)

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
        place = 0
        if now is not None and now in order:
            place = (order.index(now) + by) % len(order)
        if self.maximised is not None:
            self._maximise(order[place])
        self.set_focus(self.panes[order[place]].body)

    def grid_to_filter(self) -> Grid | None:
        """The list in focus."""
        return self.grid_in_focus

    def action_fold(self) -> None:
        """Show what follows from the alert under the cursor, or fold it."""
        pane = self.panes[PaneId.ALERTS]
        if self._folds() and isinstance(pane, AlertsPane):
            pane.turn_fold()

    def _folds(self) -> bool:
        """Whether something follows from the alert under the cursor, or it from something."""
        pane = self.panes[PaneId.ALERTS]
        if self.pane_in_focus is not PaneId.ALERTS or not isinstance(pane, AlertsPane):
            return False
        return bool(pane.root_of(pane.grid.cursor_key))

    def action_age_basis(self) -> None:
        """Count the ages of sessions from the statement, the transaction or the connection."""
        pane = self.panes[PaneId.QUERIES]
        if isinstance(pane, QueriesPane):
            pane.turn_basis()

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
            self.call_after_refresh(self.show_hints)
        elif self.maximised is not None:
            self._maximise(None)

    def window_changed(self) -> None:
        """Draw the chart for the new window, or for points that have come."""
        # While the cursor runs they are of a row that it has left.
        if self.view is None or self._rest.pending:
            return
        self._chart_waits = self._terminal_owes()
        if not self._chart_waits:
            self._follow_chart(self.view)

    def _terminal_owes(self) -> bool:
        """Whether a chart would stand in line before the next key; then it is looked at again."""
        pace = self.quarterdeck.pace
        if pace.owed:
            self._rest.act_in(_OWED_S + pace.link_s)
        return pace.owed

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
        if subject is not None and self._shown is not None and self.app.screen is self:
            self.app.push_screen(screen_for(subject, self._shown))

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """The chart follows the endpoint under the cursor, the footer the row."""
        event.stop()
        self._chose = self._chose or self.pane_in_focus is PaneId.ENDPOINTS
        # The row that the terminal does not show yet is none that the cursor rests on.
        self._rest.act_in(_REST_S + self.quarterdeck.pace.link_s)

    def _cursor_rested(self) -> None:
        """Show what belongs to the row; not while the cursor runs over it."""
        if self._terminal_owes():
            return
        follows = self._chart_waits or self.pane_in_focus is PaneId.ENDPOINTS
        self._chart_waits = False
        if self.view is not None and follows:
            self._follow_chart(self.view)
        self.refresh_bindings()
        self.call_after_refresh(self.show_hints)

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """The footer shows the keys of the pane in focus."""
        self.call_after_refresh(self.show_hints)
