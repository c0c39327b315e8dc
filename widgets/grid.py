"""The one list of the wall: rows of cells that change by themselves and cost next to nothing.

Drawn line by line from cached strips. New data is compared with what stands on the screen, and
only the cells that differ are painted again; equal data paints nothing, and nothing here ever
causes a layout. It keeps its own window instead of scroll bars, because a changed virtual size
would lay out the whole screen.
"""

import math
from collections.abc import Sequence
from typing import Final

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from widgets.blank import Blank, blank_line, unmatched
from widgets.columns import Column
from widgets.glyphs import glyphs_of
from widgets.grid_lines import header_line, row_line
from widgets.list_keys import ListKeys
from widgets.listing import Row
from widgets.paint import Palette, paint, palette_of
from widgets.window import Window

_MOST_STRIPS: Final = 400


class Grid(ListKeys):
    """A list with a cursor that stays on its thing while rows come, go and change places.

    Args:
        columns: The columns of every row.
        header: Whether a line of column titles stands on top.
        lanes: How many times the columns stand side by side, filled one after the other.
    """

    DEFAULT_CSS = """
    Grid {
        width: 1fr;
        height: 1fr;
        background: transparent;
    }
    """

    class Told(Message):
        """Something a list has to say; `control` is the list."""

        def __init__(self, grid: "Grid") -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> "Grid":
            """The list itself."""
            return self.grid

    class Highlighted(Told):
        """The cursor went to another thing; `key` is None when the list became empty."""

        def __init__(self, grid: "Grid", key: str | None) -> None:
            super().__init__(grid)
            self.key = key

    class Selected(Told):
        """The user opened the thing with this key."""

        def __init__(self, grid: "Grid", key: str) -> None:
            super().__init__(grid)
            self.key = key

    class Resized(Told):
        """The list has another size; what was fitted to the old one must be given anew."""

    class ViewMoved(Told):
        """Other rows are in view, or there are more or fewer of them."""

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        header: bool = True,
        lanes: int = 1,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        window = Window(columns=tuple(columns), header=int(header), lanes=lanes)
        super().__init__(window, id=id, classes=classes)
        self.slipped_s = -math.inf
        """When another row came under the cursor by itself, by the clock of messages."""

        self._blank: Blank | None = None
        self._strips: dict[tuple[str, bool], tuple[Row, Strip]] = {}
        self._palette: Palette | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, for a menu to sort by."""
        return self._window.columns

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that pass the filter, in the order of the screen."""
        return self._window.rows

    @property
    def cursor_key(self) -> str | None:
        """Key of the thing under the cursor."""
        return self._window.cursor

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor."""
        place = self._window.place
        return None if place is None else self._window.rows[place]

    @property
    def needle(self) -> str:
        """What the list is filtered by."""
        return self._window.listing.needle

    @property
    def given(self) -> int:
        """How many rows there are, also those that a filter hides."""
        return len(self._window.listing.rows)

    @property
    def sorting(self) -> tuple[str | None, bool]:
        """Key of the column it is sorted by, and whether backwards."""
        listing = self._window.listing
        column = listing.sort_column
        return (None if column is None else self.columns[column].key), listing.reverse

    @property
    def in_view(self) -> tuple[int, int, int]:
        """First and last row in view, counted from 1, and how many there are."""
        return self._window.in_view

    def set_columns(
        self, columns: Sequence[Column], *, header: bool = True, lanes: int = 1, lane_gap: int = 2
    ) -> None:
        """Other columns, as for another width; give the rows anew after it."""
        window = self._window
        if not window.reshape(columns, int(header), lanes, lane_gap):
            return
        window.listing.sort_column = None
        self._forget()
        self.refresh()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; paints only the cells that differ from what is on the screen."""
        self._window.listing.rows = tuple(rows)
        self._change(told=bool(self.needle))

    def set_blank(self, blank: Blank | None) -> None:
        """What to show while there are no rows."""
        if blank != self._blank:
            self._blank = blank
            if not self.rows:
                self.refresh()

    def filter_by(self, needle: str) -> None:
        """Show only rows with this in their text; empty shows all."""
        told = needle != self.needle
        self._window.listing.needle = needle
        self._change(told=told)

    def sort_by(self, column: str | None, *, reverse: bool = False) -> None:
        """Sort by a column's key; None goes back to the given order."""
        keys = [each.key for each in self.columns]
        listing = self._window.listing
        listing.sort_column = keys.index(column) if column in keys else None
        listing.reverse = reverse
        self._change()
        if self._window.header:
            self.refresh(Region(0, 0, self.size.width, 1))

    def sort_next(self) -> None:
        """Sort by the next column that has a title; after the last one in the given order."""
        titled: list[str | None] = [column.key for column in self.columns if column.title]
        circle = [None, *titled]
        now = self.sorting[0]
        place = circle.index(now) if now in circle else 0
        self.sort_by(circle[(place + 1) % len(circle)])

    def sort_reverse(self) -> None:
        """Turn the order of the sorted column around."""
        column, reverse = self.sorting
        self.sort_by(column, reverse=not reverse)

    def hold_order(self, held: bool) -> None:
        """Keep known rows in their places, as while somebody is reading the list."""
        if held != self._window.listing.held:
            self._window.listing.held = held
            self._change()

    def move_to(self, key: str) -> None:
        """Put the cursor on a thing, if it is shown."""
        if any(row.key == key for row in self.rows):
            self._change(cursor=key)

    def _change(
        self, *, cursor: str | None = None, top: int | None = None, told: bool = False
    ) -> None:
        change = self._window.change(cursor=cursor, top=top)
        if change.whole:
            self.refresh()
        elif change.regions:
            self.refresh(*change.regions)
        if change.cursor_moved:
            highlighted = self.Highlighted(self, self.cursor_key)
            if change.slipped:
                self.slipped_s = highlighted.time
            self.post_message(highlighted)
        if change.view_moved or told:
            self.post_message(self.ViewMoved(self))

    def render_line(self, y: int) -> Strip:
        """One line of the screen, from the cache where nothing changed."""
        palette, window = self._colours(), self._window
        blank = unmatched(self.needle) if self.given else self._blank
        if not window.rows and blank is not None:
            line = blank_line(blank, y, window.width, window.height, glyphs_of(self.app))
            return paint(line, window.width, palette)
        if window.header and y == 0:
            listing = window.listing
            titles = header_line(
                window.columns, window.arrangement, listing.sort_column, reverse=listing.reverse
            )
            return paint(titles, window.width, palette)
        return self._body_line(y, palette)

    def _body_line(self, y: int, palette: Palette) -> Strip:
        pieces, position = list[Strip](), 0
        for lane, row, chosen in self._window.on_line(y):
            start = self._window.arrangement.lane_start(lane)
            if start > position:
                pieces.append(Strip.blank(start - position, palette.ground()))
            pieces.append(self._strip(row, palette, chosen=chosen))
            position = start + self._window.arrangement.lane_width
        strip = pieces[0] if len(pieces) == 1 else Strip.join(pieces)
        return strip.adjust_cell_length(self._window.width, palette.ground())

    def _strip(self, row: Row, palette: Palette, *, chosen: bool) -> Strip:
        cached = self._strips.get((row.key, chosen))
        if cached is not None and (cached[0] is row or cached[0] == row):
            return cached[1]
        if len(self._strips) > _MOST_STRIPS:
            self._strips.clear()
        layout = self._window.arrangement
        line = row_line(row, self._window.columns, layout)
        strip = paint(line, layout.lane_width, palette, faded=row.faded, chosen=chosen)
        self._strips[row.key, chosen] = (row, strip)
        return strip

    def _colours(self) -> Palette:
        if self._palette is None:
            self._palette = palette_of(self.app, ascii_only=glyphs_of(self.app).ascii)
        return self._palette

    def _forget(self) -> None:
        """Drop everything painted for another width, theme or set of columns."""
        self._palette = None
        self._strips.clear()

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._forget()

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        """Hear of every size: of one that was looked up early Textual 8.2.8 sends no event."""
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if changed and layout:
            # Two of them in a row become one.
            self.post_message(events.Resize(size, virtual_size, container_size))
        return changed

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size and keep the cursor in view."""
        self._window.resize(*event.size)
        self._forget()
        self._change()
        self.post_message(self.Resized(self))
        # What was painted between the layout and this event was painted for the old size.
        self.refresh()
        self.post_message(self.ViewMoved(self))

    def _open(self, key: str) -> None:
        self.post_message(self.Selected(self, key))

    def _sort_at(self, x: int) -> None:
        column = self._window.column_at(x)
        if column is not None and column.title:
            now, reverse = self.sorting
            self.sort_by(column.key, reverse=column.key == now and not reverse)
