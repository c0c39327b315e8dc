"""A screen with lists that are narrowed down by typing, in the place of the footer."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from tui.screens.row_actions import RowActions
from widgets.grid import Grid

if TYPE_CHECKING:
    from tui.screens.filter_line import FilterLine


class Filtering(RowActions):
    """Opens the line to type in, and hands what is typed to the list in focus."""

    def __init__(self) -> None:
        super().__init__()
        self.filter_line: FilterLine | None = None
        self._filtered: Grid | None = None

    @abstractmethod
    def grid_to_filter(self) -> Grid | None:
        """The list that a filter would narrow down now."""

    def slipped_s(self) -> float:
        """Of the list that the keys go to."""
        grid = self.grid_to_filter()
        return super().slipped_s() if grid is None else grid.slipped_s

    @abstractmethod
    def show_hints(self) -> None:
        """The keys that work now."""

    def typed_before(self, grid: Grid) -> str:
        """What a list is narrowed by already."""
        return grid.needle

    def narrow(self, grid: Grid, typed: str) -> None:
        """Narrow a list down."""
        grid.filter_by(typed)

    async def action_filter(self) -> None:
        """Type what to look for."""
        # Loaded when the first filter is typed: it takes a text field with it.
        from tui.screens.filter_line import FilterLine

        grid = self.grid_to_filter()
        if grid is None:
            return
        if self.filter_line is None:
            self.filter_line = FilterLine()
            self.filter_line.styles.offset = (0, self.app.size.height - 1)
            await self.mount(self.filter_line)
        self._filtered = grid
        self.filter_line.open_with(self.typed_before(grid))

    def on_input_changed(self, event: "FilterLine.Changed") -> None:
        """Narrow down while it is typed."""
        event.stop()
        if self._filtered is not None:
            self.narrow(self._filtered, event.value)

    def on_input_submitted(self, event: "FilterLine.Submitted") -> None:
        """Keep the filter."""
        event.stop()
        if self.filter_line is not None:
            self.filter_line.close(event.value)

    def on_filter_line_closed(self, event: "FilterLine.Closed") -> None:
        """Go back to the list."""
        grid, self._filtered = self._filtered, None
        if grid is not None:
            self.narrow(grid, event.value)
            if self.focused in {None, self.filter_line}:
                self.set_focus(grid)
            self.call_after_refresh(self.show_hints)
