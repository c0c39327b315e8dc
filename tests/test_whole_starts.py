"""The program as it is started: in any terminal, any environment, with its own demo world.

What a start has to do with is seen with a new interpreter: the smallest terminal, the usual one,
each environment, one demo. More sizes and more ways to end are seen with a program that was forked.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo.folder import PREFIX
from demo.postgres_leftovers import PREFIX as CLUSTER_PREFIX
from tests.forked_program import forked
from tests.terminal_rig import ROOT, Terminal
from tests.terminal_screen import in_colours
from tests.whole_terminal import Home, shown, strangers, wall
from tests.whole_world import alone, ground

pytestmark = [
    pytest.mark.xdist_group("whole-starts"),
    pytest.mark.terminal,
    pytest.mark.timeout(120),
]

USUAL = (120, 36)


@pytest.fixture(scope="module")
def small() -> Iterator[Path]:
    """A configuration with one service and one check."""
    with ground(database=False) as world:
        yield world.file("small.yaml", alone)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def left(terminal: Terminal, key: str = "q") -> None:
    """Leave by a key, and see that nothing of us stays in the terminal."""
    terminal.send(key)
    terminal.wait(15)
    assert terminal.status == 0, terminal.text()
    assert not terminal.modes_left()
    assert terminal.line_discipline_kept()


@pytest.mark.parametrize(
    "size",
    [(1, 1), (10, 3), (60, 16), (80, 24), (120, 36), (160, 48), (250, 80)],
    ids=lambda size: f"{size[0]}x{size[1]}",
)
def test_it_starts_and_ends_at_any_size(small: Path, home: Home, size: tuple[int, int]) -> None:
    anew = size in {(1, 1), (80, 24)}
    with wall(home, "--config", str(small), size=size, anew=anew) as terminal:
        if size >= (80, 24):
            shown(terminal, "API live")
            shown(terminal, "200")
        elif size >= (60, 16):
            shown(terminal, "ALL OK")
            assert terminal.shows("full wall needs 80x24")()
        else:
            # There is room for a letter or two, which no answer need change.
            assert terminal.pump(15, lambda: terminal.questions >= 1)
            terminal.settle()
        left(terminal)
    assert home.errors() == []


ACTING = {
    "TEXTUAL_PRESS": "q",
    "TEXTUAL_SCREENSHOT": "1",
    "TEXTUAL_LOG": "leak.log",
    "TEXTUAL_DRIVER": "tests.whole_world:Ground",
    "TEXTUAL_DEBUG": "1",
    "COLUMNS": "20",
    "LINES": "5",
}
"""What Textual and Rich would obey."""


@pytest.mark.parametrize(
    ("environment", "arguments"),
    [
        (ACTING, ()),
        ({"NO_COLOR": "1"}, ("--no-mouse", "--theme", "ansi")),
    ],
    ids=["acting", "no colour"],
)
def test_the_environment_decides_nothing_it_should_not(
    small: Path, home: Home, environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    with wall(
        home, *arguments, "--config", str(small), size=USUAL, environment=environment, anew=True
    ) as terminal:
        shown(terminal, "API live")
        shown(terminal, "200")
        left(terminal)
        assert strangers(terminal.raw) == {}
        if "NO_COLOR" in environment:
            assert all(colour[:2] == colour[2:4] == colour[4:] for colour in coloured(terminal))
    assert home.errors() == []
    assert not list(home.folder.rglob("*.svg")) + list(home.folder.rglob("leak.log"))
    assert not (ROOT / "leak.log").exists()


def coloured(terminal: Terminal) -> set[str]:
    """The colours on the screen, save those of a terminal nobody has touched."""
    screen = in_colours(terminal.raw, *USUAL)
    return {
        colour
        for row in screen.buffer.values()
        for sign in row.values()
        for colour in (sign.fg, sign.bg)
        if colour != "default"
    }


@pytest.mark.parametrize(
    "environment", [{"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_where_only_ascii_is_known_only_ascii_is_written(
    small: Path, home: Home, environment: dict[str, str]
) -> None:
    with wall(
        home, "--config", str(small), size=(120, 36), environment=environment, anew=True
    ) as terminal:
        shown(terminal, "API live")
        shown(terminal, "200")
        left(terminal)
        assert terminal.raw.isascii()
        assert "?" * 3 not in terminal.text()


def test_a_terminal_that_can_not_place_a_sign_gets_the_status(small: Path, home: Home) -> None:
    with wall(home, "--config", str(small), environment={"TERM": "dumb"}, anew=True) as terminal:
        terminal.wait(10)
        assert terminal.status == 0
        assert terminal.shows("API live")()
        assert b"\x1b" not in terminal.raw


def test_without_a_terminal_it_prints_the_status(small: Path, home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--config", str(small)],
        cwd=ROOT,
        env={**os.environ, **home.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    assert "API live" in done.stdout
    assert "\x1b" not in done.stdout


def places(base: Path) -> set[str]:
    """Folders that a demo world makes in a place for temporary files."""
    return {
        path.name
        for path in base.iterdir()
        if path.name.startswith((PREFIX, f".{PREFIX}", CLUSTER_PREFIX))
    }


@pytest.fixture
def base() -> Iterator[Path]:
    """A place for temporary files that the database's own account may pass through too."""
    made = Path(tempfile.mkdtemp(prefix="whole-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def family(terminal: Terminal) -> list[psutil.Process]:
    return psutil.Process(terminal.pid).children(recursive=True)


@pytest.mark.parametrize("how", ["q", signal.SIGTERM, "hang up"], ids=str)
def test_the_demo_leaves_nothing_behind(home: Home, base: Path, how: str | signal.Signals) -> None:
    environment = {"TMPDIR": str(base)}
    with wall(home, "--demo", size=(120, 36), environment=environment, anew=how == "q") as terminal:
        shown(terminal, "200", 30)
        children = family(terminal)
        assert any("postgres" in child.name() for child in children)
        assert places(base)
        if isinstance(how, signal.Signals):
            terminal.signal(how)
        elif how == "q":
            terminal.send("q")
        else:
            terminal.hang_up()
        terminal.wait(15)
    _, alive = psutil.wait_procs(children, timeout=8)
    assert alive == []
    assert places(base) == set()


def test_a_demo_that_can_not_come_up_says_why(home: Home, base: Path) -> None:
    """Not a bug: the place for temporary files holds no more."""
    nowhere = base / "nowhere"
    nowhere.mkdir(mode=0o711)
    environment = {"TMPDIR": str(nowhere), "PATH": ""}
    world = "import demo.postgres_cluster as c\nfrom demo.postgres_binaries import NoPostgres\n"
    broken = (
        f"{world}def fail(_self): raise NoPostgres('initdb failed: no space left')\n"
        "c.Cluster._prepare = fail\n"
        "import sys, tui.cli\nsys.argv = ['quarterdeck', '--demo']\ntui.cli.main()\n"
    )
    terminal = Terminal("-c", broken, environment=home.environment | environment)
    try:
        terminal.wait(15)
        assert terminal.status == 69
        assert b"the demo world did not come up: initdb failed: no space left" in terminal.raw
        assert b"bug" not in terminal.raw
        assert not terminal.modes_left()
    finally:
        terminal.close()
    assert places(nowhere) == set()


def test_what_a_killed_demo_leaves_the_next_one_sweeps_away(home: Home, base: Path) -> None:
    with wall(home, "--demo", size=(120, 36), environment={"TMPDIR": str(base)}) as terminal:
        shown(terminal, "200", 30)
        children = family(terminal)
        terminal.signal(signal.SIGKILL)
        terminal.wait(15)
    # The databases' own guard ends them, though their parent is gone without a word.
    _, alive = psutil.wait_procs(children, timeout=15)
    assert alive == []
    environment = {**os.environ, **home.environment, "TMPDIR": str(base)}
    done = forked("--demo", "--env", "staging", "status", environment=environment)
    assert "LMA" in done.stdout
    assert places(base) == set()
