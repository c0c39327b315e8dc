"""Frames send only what changed, and the screen ends up the same."""

from typing import Any

import pyte
from rich.console import RenderableType
from textual._compositor import ChopsUpdate
from textual.screen import Screen

from tests.snapshot_values import NOW, snapshot
from tests.test_widgets_lines import DANA, later
from tests.test_widgets_window import COLUMNS, row
from tests.widget_host import Host, screen
from widgets.grid import Grid
from widgets.header import Header
from widgets.tight_frame import tightened


class Recording(Host):
    """Keeps what each frame would write."""

    def __init__(self, *shown: Any) -> None:
        super().__init__(*shown)
        self.loose: list[str] = []
        self.tight: list[str] = []

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        frame = tightened(renderable)
        if isinstance(renderable, ChopsUpdate) and isinstance(frame, ChopsUpdate):
            self.loose.append(renderable.render_segments(self.console))
            self.tight.append(frame.render_segments(self.console))
        super()._display(screen, frame)

    def forget(self) -> None:
        self.loose.clear()
        self.tight.clear()


async def test_a_second_on_the_clock_costs_less_than_a_hundred_bytes() -> None:
    header = Header()
    app = Recording(header)
    async with app.run_test(size=(160, 3)) as pilot:
        header.show(snapshot(), "lma", DANA, NOW)
        await pilot.pause()
        app.forget()
        header.show(snapshot(), "lma", DANA, later(1.0))
        await pilot.pause()
        tight, loose = "".join(app.tight), "".join(app.loose)
    assert 0 < len(tight.encode()) < 100
    assert len(tight) < len(loose) / 4


async def test_the_terminal_shows_the_same_after_tight_frames() -> None:
    grid = Grid(COLUMNS)
    app = Recording(grid)
    terminal = pyte.Screen(60, 12)
    stream = pyte.Stream(terminal)
    async with app.run_test(size=(60, 12)) as pilot:
        grid.set_rows([row(f"k{number}", float(number), "東京 x") for number in range(9)])
        await pilot.pause()
        stream.feed("\r\n".join(screen(app)))
        app.forget()
        for step in range(5):
            grid.set_rows(
                [row(f"k{number}", float(step * number), "東京 y") for number in range(9)]
            )
            await pilot.press("j")
        await pilot.pause()
        stream.feed("".join(app.tight))
        expected = [line.rstrip() for line in screen(app)]
    shown = [line.rstrip() for line in terminal.display]
    assert shown == expected


def test_what_is_no_partial_update_stays_as_it_is() -> None:
    assert tightened(None) is None
    assert tightened("whole") == "whole"
