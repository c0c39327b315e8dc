"""The list on a screen: keys, mouse, messages, and what it costs."""

from rich.style import Style
from textual.events import MouseScrollDown

from tests.test_widgets_window import COLUMNS, row
from tests.widget_host import Host, WatchedGrid, lines, strips
from widgets.blank import Blank, BlankKind
from widgets.grid import Grid
from widgets.listing import Row

SIZE = (40, 8)
MANY = tuple(row(f"k{number}") for number in range(30))


async def test_rows_stand_in_their_columns_under_their_titles() -> None:
    grid = Grid(COLUMNS)
    async with Host(grid).run_test(size=(30, 4)) as pilot:
        grid.set_rows([row("api", 142.0, "UPDATE orders SET a[1] = 2")])
        await pilot.pause()
        assert lines(grid)[:2] == [
            "NAME     MS TEXT              ",
            "api    142… UPDATE orders SET…",
        ]


async def test_equal_data_asks_for_no_painting() -> None:
    grid = WatchedGrid(COLUMNS)
    async with Host(grid).run_test(size=SIZE) as pilot:
        grid.set_rows(MANY)
        await pilot.pause()
        grid.forget()
        grid.set_rows([row(f"k{number}") for number in range(30)])
        grid.filter_by("")
        grid.hold_order(False)
        grid.set_columns(COLUMNS)
        await pilot.pause()
        assert (grid.regions, grid.layouts) == ([], 0)


async def test_one_new_number_paints_four_columns() -> None:
    grid = WatchedGrid(COLUMNS)
    async with Host(grid).run_test(size=SIZE) as pilot:
        grid.set_rows(MANY)
        await pilot.pause()
        grid.forget()
        grid.set_rows([row("k0", 7.0), *MANY[1:]])
        assert ([region.area for region in grid.regions], grid.layouts) == ([4], 0)


async def test_more_and_fewer_rows_cause_no_layout() -> None:
    grid = WatchedGrid(COLUMNS)
    async with Host(grid).run_test(size=SIZE) as pilot:
        grid.set_rows(MANY)
        await pilot.pause()
        grid.forget()
        grid.set_rows(MANY[:3])
        grid.set_rows(MANY)
        await pilot.pause()
        assert grid.layouts == 0


async def test_five_thousand_rows_draw_only_what_is_in_view() -> None:
    grid = WatchedGrid(COLUMNS)
    rows = [row(f"k{number}") for number in range(5000)]
    async with Host(grid).run_test(size=SIZE) as pilot:
        grid.set_rows(rows)
        await pilot.press("end")
        assert grid.cursor_key == "k4999"
        assert "k4999" in lines(grid)[-1]
        assert len(grid._strips) <= 2 * SIZE[1]


async def test_keys_move_the_cursor() -> None:
    grid = Grid(COLUMNS)
    async with Host(grid).run_test(size=SIZE) as pilot:
        grid.set_rows(MANY)
        for key, expected in (
            ("j", "k1"), ("down", "k2"), ("k", "k1"), ("up", "k0"), ("up", "k0"),
            ("G", "k29"), ("j", "k29"), ("g", "k0"), ("ctrl+d", "k4"), ("pagedown", "k11"),
            ("ctrl+u", "k7"), ("pageup", "k0"),
        ):  # fmt: skip
            await pilot.press(key)
            assert grid.cursor_key == expected, key


async def test_messages_carry_the_key() -> None:
    grid = Grid(COLUMNS)
    app = Host(grid)
    async with app.run_test(size=SIZE) as pilot:
        grid.set_rows(MANY[:3])
        await pilot.press("j", "enter")
        grid.set_rows([])
        await pilot.pause()
    assert app.told == ["highlighted k0", "highlighted k1", "selected k1", "highlighted None"]


async def test_a_click_moves_the_cursor_and_a_double_click_opens() -> None:
    grid = Grid(COLUMNS)
    app = Host(grid)
    async with app.run_test(size=SIZE) as pilot:
        grid.set_rows(MANY)
        await pilot.click(grid, offset=(3, 3))
        assert grid.cursor_key == "k2"
        await pilot.click(grid, offset=(3, 3), times=2)
    assert app.told[-1] == "selected k2"


async def test_a_click_on_a_title_sorts_and_a_second_one_turns_around() -> None:
    grid = Grid(COLUMNS)
    async with Host(grid).run_test(size=SIZE) as pilot:
        grid.set_rows([row("a", 3.0), row("b", 1.0), row("c", 2.0)])
        await pilot.click(grid, offset=(9, 0))
        assert [each.key for each in grid.rows] == ["b", "c", "a"]
        assert "MS ▾" in lines(grid)[0]
        await pilot.click(grid, offset=(9, 0))
        assert [each.key for each in grid.rows] == ["a", "c", "b"]


async def test_sorting_goes_round_through_the_columns_back_to_urgency() -> None:
    grid = Grid(COLUMNS)
    async with Host(grid).run_test(size=SIZE):
        seen = []
        for _ in range(4):
            grid.sort_next()
            seen.append(grid.sorting[0])
    assert seen == ["name", "ms", "text", None]


async def test_the_wheel_scrolls_without_the_cursor() -> None:
    grid = Grid(COLUMNS)
    async with Host(grid).run_test(size=SIZE):
        grid.set_rows(MANY)
        grid.on_mouse_scroll_down(MouseScrollDown(grid, 1, 1, 0, 1, 0, False, False, False))
        assert (grid.in_view[0], grid.cursor_key) == (4, "k0")


async def test_the_cursor_shows_only_with_the_focus() -> None:
    grid = Grid(COLUMNS)
    async with Host(grid).run_test(size=SIZE) as pilot:
        grid.set_rows(MANY)
        await pilot.pause()
        with_focus = _ground(grid, 1)
        grid.blur()
        await pilot.pause()
        assert with_focus != _ground(grid, 1) == _ground(grid, 2)


async def test_an_empty_list_says_why() -> None:
    grid = Grid(COLUMNS)
    async with Host(grid).run_test(size=(40, 5)) as pilot:
        grid.set_blank(Blank(kind=BlankKind.FINE, lines=("no query over 5m",)))
        await pilot.pause()
        assert lines(grid)[2].strip() == "no query over 5m"
        grid.set_rows([row("a")])
        await pilot.pause()
        assert "no query" not in "".join(lines(grid))


async def test_hostile_text_draws_as_text_in_its_column() -> None:
    grid = Grid(COLUMNS)
    hostile = "[/red][@click=app.quit]x[/] a[1]\x1b[31m\n\t東京 \u202e"
    async with Host(grid).run_test(size=(60, 4)) as pilot:
        grid.set_rows([row("a", 1.0, hostile), row("b", 2.0, "next")])
        await pilot.pause()
        first, second = lines(grid)[1:3]
        drawn = strips(grid)[1]
    assert "[/red][@click=app.quit]x[/] a[1] [31m  東京" in first
    assert second.startswith("b")
    assert not any(segment.style and segment.style.meta for segment in drawn)


async def test_a_new_theme_repaints_with_its_colours() -> None:
    grid = Grid(COLUMNS)
    app = Host(grid)
    async with app.run_test(size=SIZE) as pilot:
        grid.set_rows(MANY)
        await pilot.pause()
        dark = _ground(grid, 2)
        app.theme = "quarterdeck-light"
        await pilot.pause()
        assert _ground(grid, 2) != dark


def _ground(grid: Grid, y: int) -> Style | None:
    style = strips(grid)[y]._segments[-1].style
    return None if style is None else Style(bgcolor=style.bgcolor)


def test_a_faded_row_is_the_same_row() -> None:
    made: Row = row("a")
    assert made.as_faded().key == made.key
    assert made.as_faded() != made
