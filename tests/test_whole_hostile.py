"""Foreign text from real services and a real database, through the real program, to a terminal."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from demo.faults import Fault, FaultKind
from tests.whole_terminal import Home, click, shown, strangers, wall
from tests.whole_world import Ground, Tree, ground

pytestmark = [
    pytest.mark.xdist_group("whole-hostile"),
    pytest.mark.terminal,
    pytest.mark.timeout(120),
]

SQL = (
    "SELECT pg_sleep(600) /* [@click=app.quit]QUIT[/] [/red] a[1], b[i] \x1b[2J\x1b]0;owned\x07"
    "\x1b]52;c;ZXZpbA==\x1b\\ \x9b31m \x9d0;c1\x9c \u202egnp\u202c \u2066x\u2069 \u200binvisible"
    " [link=http://evil]x[/link] [$error]B[/] \x7f */ , '" + "y" * 20_000 + "'"
)


def impatient(tree: Tree) -> None:
    """Every statement is long soon."""
    for workspace in tree["workspaces"].values():
        for database in workspace["databases"].values():
            database |= {"long_query": "1s", "long_query_critical": "2s"}


class Intruder:
    """A session whose every text is hostile."""

    def __init__(self, world: Ground) -> None:
        self._world = world
        self._connection: asyncpg.Connection | None = None
        self._running: asyncio.Task[object] | None = None

    async def begin(self) -> None:
        database = self._world.world.databases["lma"]
        self._connection = connection = await database._admin()
        await connection.execute("SET application_name = '[@click=app.quit]QUIT[/]'")
        self._running = asyncio.create_task(connection.execute(SQL))

    async def end(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)


async def report(world: Ground) -> None:
    """An incident on a vendor's page; the fault makes its name hostile."""
    page = world.world.estate.pages["supabase"]
    page.report("Slow", "minor", ("Database",), "degraded_performance", "We look into it.")


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground() as made:
        made.do(report(made))
        made.world.faults.on(Fault(service="*", kind=FaultKind.HOSTILE_TEXT))
        intruder = Intruder(made)
        made.do(intruder.begin())
        yield made
        made.do(intruder.end())


def test_nothing_foreign_acts_on_the_terminal(world: Ground, tmp_path: Path) -> None:
    home = Home(tmp_path)
    file = world.file("impatient.yaml", impatient)
    with wall(home, "--config", str(file)) as terminal:
        shown(terminal, "[@click=app.quit]QUIT")
        shown(terminal, "U+D800")
        for pane, text in (("2", "Could be rolled back"), ("3", "last check"), ("5", "pg_sleep")):
            terminal.send(pane)
            terminal.pump(0.2)
            terminal.send("\r")
            shown(terminal, text)
            shown(terminal, "esc back")
            terminal.send("\x1b")
            shown(terminal, "1 Alerts")
        shown(terminal, "[@click=app.quit]QUIT")
        terminal.pump(0.3)
        click(terminal, "[@click=app.quit]QUIT")
        terminal.pump(1.0)
        assert not terminal.ended
        terminal.send("q")
        terminal.wait(15)
        assert terminal.status == 0
        assert strangers(terminal.raw) == {}
        assert not terminal.modes_left()
    assert home.errors() == []
