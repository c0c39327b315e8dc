"""A list of 100 rows of which every one changes every 2 s, in the product's own screen.

Run as a program it is that list; `rows` measures it from outside.
"""

import sys
from collections.abc import Iterator

from textual.app import ComposeResult

from benchmarks.budgets import Row as Figure
from benchmarks.scene import Scene, idle, open_scene
from themes.loader import load_themes
from tui.terminal_driver import QuarterdeckDriver
from tui.terminal_quirks import CalmScreen, GuardedApp
from widgets.cells import Cell, Tone
from widgets.columns import Column
from widgets.glyphs import UNICODE
from widgets.grid import Grid
from widgets.listing import Row
from widgets.theming import register

ROWS = 100
EVERY_S = 2.0
IDLE_S = 20.0
COLUMNS = (
    Column(key="state", width=1),
    Column(key="name", title="SERVICE", width=24),
    Column(key="latency", title="LATENCY", width=8, align="right"),
    Column(key="past", title="PAST", width=20),
    Column(key="version", title="VERSION", width=8),
)


class Crowd(CalmScreen[None]):
    """The list alone."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = Grid(COLUMNS)
        self._turn = 0

    def compose(self) -> ComposeResult:
        """Nothing but the list."""
        yield self.grid

    def on_mount(self) -> None:
        """Change everything every so often."""
        self.change()
        self.set_interval(EVERY_S, self.change)

    def change(self) -> None:
        """Another latency in each row, and its past one sign further."""
        self._turn += 1
        self.grid.set_rows([_row(number, self._turn) for number in range(ROWS)])


def _row(number: int, turn: int) -> Row:
    past = "".join("▁▂▃▄▅▆▇"[(number * 7 + (turn + step) * 5) % 7] for step in range(20))
    cells = (
        Cell("●", Tone.OK),
        Cell(f"service-{number:03}"),
        Cell(f"{20 + (number * 37 + turn * 11) % 900} ms"),
        Cell(past, Tone.MUTED),
        Cell("4f2c1aa", Tone.MUTED),
    )
    return Row(key=str(number), cells=cells)


class BusyList(GuardedApp):
    """The list on the product's driver."""

    glyphs = UNICODE

    def __init__(self) -> None:
        super().__init__(driver_class=QuarterdeckDriver)

    def on_load(self) -> None:
        """The product's colours."""
        register(self, load_themes(None).specs)
        self.theme = "quarterdeck"

    def get_default_screen(self) -> CalmScreen[None]:
        """The list."""
        return Crowd()

    def terminal_answered(self) -> None:
        """Frames are not paced here."""

    def terminal_drained(self) -> None:
        """Nothing was held back."""

    def terminal_lost(self) -> None:
        """Leave."""
        self.exit()


def rows() -> Iterator[Figure]:
    """For the report."""

    def painted(text: str) -> bool:
        return "service-000" in text

    argv = [sys.executable, "-m", "benchmarks.busy_list"]
    terminal = open_scene(Scene(name="list", argv=argv, painted=painted, live=painted, keys=()))
    try:
        seen = terminal.until(painted, 20.0)
        terminal.drain(3.0)
        cpu, written = idle(terminal, IDLE_S)
    finally:
        terminal.close()
    there = seen is not None and terminal.bytes_read > 0
    yield Figure("100 rows changing each 2 s: bytes a second", written if there else None, 4000)
    yield Figure("100 rows changing each 2 s: CPU, %", cpu if there else None)


if __name__ == "__main__":
    BusyList().run()
