"""What is in view of a list: the cursor stays on its thing, and only differences are repainted."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.geometry import Region

from widgets.cells import Cell
from widgets.columns import Column, arrange
from widgets.listing import Listing, Row, ordered
from widgets.window import Window

COLUMNS = (
    Column(key="name", title="NAME", width=6),
    Column(key="ms", title="MS", width=4, align="right"),
    Column(key="text", title="TEXT", width=5, grows=True),
)


def row(key: str, ms: float | None = 1.0, text: str = "") -> Row:
    return Row(key=key, cells=(Cell(key), Cell(str(ms)), Cell(text)), order=(key, ms, text or None))


def window(*rows: Row, height: int = 5, lanes: int = 1) -> Window:
    made = Window(columns=COLUMNS, header=1, lanes=lanes, width=30, height=height, focused=True)
    made.listing.rows = rows
    made.change()
    return made


def show(at: Window, *rows: Row) -> tuple[Region, ...]:
    at.listing.rows = rows
    return at.change().regions


def test_the_growing_column_takes_the_room_that_is_left() -> None:
    assert arrange(COLUMNS, 30).spans == ((0, 6), (7, 4), (12, 18))


def test_a_growing_column_with_a_limit_leaves_the_rest_to_the_others() -> None:
    title = Column(key="title", width=5, grows=True, most=20)
    more = Column(key="more", width=5, grows=True)
    assert arrange((title, more), 101).spans == ((0, 20), (21, 80))
    assert arrange((title, more), 31).spans == ((0, 15), (16, 15))


def test_without_room_the_growing_column_keeps_what_it_must() -> None:
    assert arrange(COLUMNS, 10).spans[-1] == (12, 5)


def test_equal_rows_repaint_nothing() -> None:
    at = window(row("a"), row("b"))
    assert show(at, row("a"), row("b")) == ()


def test_one_changed_cell_repaints_its_own_columns_only() -> None:
    at = window(row("a"), row("b"))
    assert show(at, row("a"), row("b", 2.0)) == (Region(7, 2, 4, 1),)


def test_changes_out_of_view_repaint_nothing() -> None:
    rows = [row(f"k{number}") for number in range(5000)]
    at = window(*rows)
    rows[4000] = row("k4000", 9.0)
    assert show(at, *rows) == ()


def test_fading_repaints_the_line() -> None:
    at = window(row("a"))
    assert show(at, replace(row("a"), faded=True)) == (Region(0, 1, 30, 1),)


def test_the_cursor_stays_on_its_thing_when_rows_move() -> None:
    at = window(row("a"), row("b"), row("c"))
    at.change(cursor="b")
    show(at, row("c"), row("new"), row("a"), row("b"))
    assert at.cursor == "b"


def test_a_cursor_nobody_moved_rests_on_the_most_urgent_row() -> None:
    rows = [row(f"k{number}") for number in range(9)]
    at = window(*rows)
    show(at, *(row(f"new{number}") for number in range(6)), *rows)
    assert (at.cursor, at.in_view[0]) == ("new0", 1)


def test_a_cursor_nobody_moved_rests_below_the_first_heading() -> None:
    title = replace(row("title"), heading=True)
    at = window(title, row("a"), row("b"))
    assert at.cursor == "a"
    show(at, title, row("new"), row("a"), row("b"))
    assert at.cursor == "new"
    at.change(cursor="title")
    assert at.cursor == "title", "where somebody put it, to look above"
    assert window(title).cursor == "title"


def test_the_cursor_goes_to_the_neighbour_when_its_thing_is_gone() -> None:
    at = window(row("a"), row("b"), row("c"))
    at.change(cursor="b")
    show(at, row("a"), row("c"))
    assert at.cursor == "c"
    show(at)
    assert at.cursor is None


def test_the_view_follows_the_cursor_but_not_the_wheel() -> None:
    at = window(*(row(f"k{number}") for number in range(20)))
    at.change(cursor="k10")
    assert at.in_view == (8, 11, 20)
    at.change(top=0)
    assert (at.in_view, at.cursor) == ((1, 4, 20), "k10")


def test_two_lanes_fill_the_first_before_the_second() -> None:
    at = window(*(row(f"k{number}") for number in range(5)), lanes=2)
    first = [(lane, each.key) for lane, each, _ in at.on_line(1)]
    assert first == [(0, "k0"), (1, "k3")]
    assert [each.key for _, each, _ in at.on_line(3)] == ["k2"]


def test_a_click_finds_the_row_of_its_lane() -> None:
    at = window(*(row(f"k{number}") for number in range(5)), lanes=2)
    found = at.row_at(20, 2)
    assert found is not None
    assert found.key == "k4"
    assert at.row_at(20, 3) is None
    assert at.row_at(0, 0) is None


def test_the_filter_looks_into_all_cells_and_ignores_case() -> None:
    listing = Listing(rows=(row("a", text="UPDATE orders"), row("b", text="select")))
    listing.needle = "Orders"
    assert [each.key for each in listing.shown()] == ["a"]


def test_the_filter_takes_words_in_any_order_and_without_some() -> None:
    texts = ("idle in transaction", "active lock", "active - !", "idle")
    listing = Listing(rows=tuple(row(text, text=text) for text in texts))
    found = {
        "transaction idle": [texts[0]],
        "active -lock": [texts[2]],
        "!active -transaction": [texts[3]],
        " - ! ": [texts[2]],
    }
    for listing.needle, expected in found.items():
        assert [each.key for each in listing.shown()] == expected


def test_sorting_puts_rows_without_a_value_last_either_way() -> None:
    rows = (row("slow", 900.0), row("none", None), row("fast", 20.0))
    assert [each.key for each in ordered(rows, 1, reverse=False)] == ["fast", "slow", "none"]
    assert [each.key for each in ordered(rows, 1, reverse=True)] == ["slow", "fast", "none"]


def test_held_rows_keep_their_places_and_new_ones_wait_at_the_end() -> None:
    at = window(row("a"), row("b"))
    at.listing.held = True
    show(at, row("new"), row("b"), row("a"))
    assert [each.key for each in at.rows] == ["a", "b", "new"]
    at.listing.held = False
    show(at, row("new"), row("b"), row("a"))
    assert [each.key for each in at.rows] == ["new", "b", "a"]


KEYS = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10)


@given(st.lists(st.tuples(KEYS, st.integers(0, 3)), min_size=1, max_size=8), st.integers(1, 8))
def test_repainting_the_regions_leaves_the_screen_as_a_fresh_one(
    steps: list[tuple[list[str], int]], height: int
) -> None:
    at = window(height=height)
    screen = _picture(at)
    for keys, ms in steps:
        at.listing.rows = tuple(row(key, float(ms + len(key))) for key in keys)
        change = at.change(cursor=keys[0] if keys else None)
        fresh = _picture(at)
        if change.whole:
            screen = fresh
        for region in change.regions:
            for y in range(region.y, region.bottom):
                old, new = screen[y], fresh[y]
                screen[y] = old[: region.x] + new[region.x : region.right] + old[region.right :]
        assert screen == fresh


def _picture(at: Window) -> list[str]:
    lines = []
    for y in range(at.height):
        text = " " * at.width
        for _, each, chosen in at.on_line(y) if y >= at.header else ():
            for (start, width), cell in zip(at.arrangement.spans, each.cells, strict=True):
                assert isinstance(cell, Cell)
                shown = cell.text[:width].ljust(width)
                text = text[:start] + (shown.upper() if chosen else shown) + text[start + width :]
        lines.append(text)
    return lines
