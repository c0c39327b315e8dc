"""The part of a list that stands on the screen: cursor, scrolling, and what has changed.

Pure: it is told the size and whether it has the focus, and answers with the pieces of the screen
that no longer show what they should.
"""

from collections.abc import Sequence

from msgspec import Struct, field
from textual.geometry import Region

from widgets.columns import Arrangement, Column, arrange
from widgets.listing import Listing, Row

Standing = tuple[Row, bool]
"""A row where it stands, and whether the cursor is on it."""


class Change(Struct, frozen=True, kw_only=True):
    """What a change did to the screen."""

    regions: tuple[Region, ...] = ()
    """Pieces to paint again; empty when everything still stands as it was."""

    whole: bool = False
    """The list became empty or is no longer: paint all of it."""

    cursor_moved: bool = False
    slipped: bool = False
    """Another row came under the cursor, and nobody put it there."""

    view_moved: bool = False
    """Other rows are in view, or their number is another."""


class Window(Struct):
    """What is in view of a listing.

    Args:
        columns: The columns of every row.
        header: Lines taken by the titles: 1 or 0.
        lanes: How many times the columns stand side by side.
        lane_gap: Blanks between them.
    """

    columns: tuple[Column, ...]
    header: int
    lanes: int
    lane_gap: int = 2
    listing: Listing = field(default_factory=Listing)
    width: int = 0
    height: int = 0
    """Lines with the header."""

    focused: bool = False
    """Whether the cursor is shown."""

    cursor: str | None = None
    """Key of the thing under the cursor, shown or not."""

    led: bool = False
    """Somebody has moved the cursor: it stays on its thing. Until then it rests on the first row
    that is no heading, so that what is most urgent never scrolls out of view by itself."""

    top: int = 0
    """First line in view."""

    rows: tuple[Row, ...] = ()
    """All rows that pass the filter, in the order of the screen."""

    _places: dict[str, int] = field(default_factory=dict)
    _arranged: Arrangement | None = None

    @property
    def arrangement(self) -> Arrangement:
        """Where the columns stand for this width."""
        if self._arranged is None:
            self._arranged = arrange(
                self.columns, self.width, lanes=self.lanes, lane_gap=self.lane_gap
            )
        return self._arranged

    @property
    def body_height(self) -> int:
        """Lines for rows."""
        return max(self.height - self.header, 0)

    @property
    def place(self) -> int | None:
        """Index of the row under the cursor."""
        return self._places.get(self.cursor or "")

    @property
    def in_view(self) -> tuple[int, int, int]:
        """First and last row in view, counted from 1, and how many there are."""
        count = len(self.rows)
        first = min(self.top * self.lanes + 1, count)
        return first, min((self.top + self.body_height) * self.lanes, count), count

    def resize(self, width: int, height: int) -> None:
        """Take another size."""
        self.width, self.height, self._arranged = width, height, None

    def reshape(self, columns: Sequence[Column], header: int, lanes: int, lane_gap: int) -> bool:
        """Take other columns; whether they differ from those there were."""
        new = (tuple(columns), header, lanes, lane_gap)
        if new == (self.columns, self.header, self.lanes, self.lane_gap):
            return False
        self.columns, self.header, self.lanes, self.lane_gap = new
        self._arranged = None
        return True

    def change(self, *, cursor: str | None = None, top: int | None = None) -> Change:
        """Take over what was set in the listing and keep the cursor on its thing.

        Args:
            cursor: Put the cursor on this key instead.
            top: Scroll to this line and let the cursor be.
        """
        before, old_cursor, old_view = self._standing(), self.cursor, self.in_view
        self.led = self.led or cursor is not None
        place, was_empty = self.place or 0, not self.rows
        self.rows = self.listing.shown()
        self._places = {row.key: index for index, row in enumerate(self.rows)}
        self.cursor = self._kept_cursor(cursor or old_cursor, place)
        self.top = self._kept_top(self.top if top is None else top, follow=top is None)
        whole = was_empty != (not self.rows)
        return Change(
            regions=() if whole else tuple(self._changed(before)),
            whole=whole,
            cursor_moved=self.cursor != old_cursor,
            slipped=cursor is None
            and None not in {old_cursor, self.cursor}
            and self.cursor != old_cursor,
            view_moved=self.in_view != old_view,
        )

    def neighbour(self, by: int) -> str | None:
        """Key of the row so many rows from the cursor, or of the last one in that direction."""
        if not self.rows:
            return None
        index = (self.place or 0) + by
        return self.rows[max(0, min(index, len(self.rows) - 1))].key

    def row_at(self, x: int, y: int) -> Row | None:
        """The row under a cell of the widget."""
        line = y - self.header + self.top
        index = self.arrangement.at(x, line, len(self.rows)) if y >= self.header else None
        return None if index is None else self.rows[index]

    def column_at(self, x: int) -> Column | None:
        """The column under a cell of the header."""
        for column, (start, width) in zip(self.columns, self.arrangement.spans, strict=True):
            if start <= x < start + width:
                return column
        return None

    def on_line(self, y: int) -> list[tuple[int, Row, bool]]:
        """Lane, row and whether the cursor is on it, for one line of the widget."""
        line = y - self.header + self.top
        marked = self.cursor if self.focused else None
        return [
            (lane, self.rows[index], self.rows[index].key == marked)
            for lane, index in self.arrangement.on_line(line, len(self.rows))
        ]

    def cursor_region(self) -> Region | None:
        """Where the cursor stands; None while it is out of view."""
        if self.place is None:
            return None
        lane, line = self.arrangement.place(self.place, len(self.rows))
        y = line - self.top + self.header
        if not self.header <= y < self.height:
            return None
        return Region(self.arrangement.lane_start(lane), y, self.arrangement.lane_width, 1)

    def _standing(self) -> list[dict[int, Standing]]:
        return [
            {lane: (row, chosen) for lane, row, chosen in self.on_line(y)}
            for y in range(self.header, self.height)
        ]

    def _kept_cursor(self, key: str | None, place: int) -> str | None:
        if not self.rows:
            self.led = False
            return None
        if not self.led:
            return next((row for row in self.rows if not row.heading), self.rows[0]).key
        if key is not None and key in self._places:
            return key
        return self.rows[min(place, len(self.rows) - 1)].key

    def _kept_top(self, top: int, *, follow: bool) -> int:
        count, height = len(self.rows), self.body_height
        if follow and self.led and self.focused and self.place is not None:
            _, line = self.arrangement.place(self.place, count)
            top = min(max(top, line - height + 1), line)
        return max(min(top, self.arrangement.lines(count) - height), 0)

    def _changed(self, before: list[dict[int, Standing]]) -> list[Region]:
        regions: list[Region] = []
        for y, (old, new) in enumerate(zip(before, self._standing(), strict=True)):
            for lane in sorted(old.keys() | new.keys()):
                regions += self._differences(y + self.header, lane, old.get(lane), new.get(lane))
        return regions

    def _differences(
        self, y: int, lane: int, old: Standing | None, new: Standing | None
    ) -> list[Region]:
        """Pieces of one line of one lane that must be painted again."""
        if old == new:
            return []
        layout = self.arrangement
        start = layout.lane_start(lane)
        if old is None or new is None or old[1] != new[1] or old[0].faded != new[0].faded:
            return [Region(start, y, layout.lane_width, 1)]
        return [
            Region(start + x, y, width, 1)
            for (x, width), was, now in zip(layout.spans, old[0].cells, new[0].cells, strict=False)
            if was != now
        ]
