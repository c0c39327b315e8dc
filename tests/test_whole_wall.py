"""The real wall over the demo world: keys, signals, a stall, an edited file, a restart."""

import contextlib
import re
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo.faults import Fault, FaultKind
from providers.clock import SystemClock
from tests.terminal_rig import Terminal
from tests.whole_terminal import LATE_S, Home, gone, shown, wall
from tests.whole_world import Ground, Tree, alone, ground

pytestmark = [
    pytest.mark.xdist_group("whole-wall"),
    pytest.mark.terminal,
    pytest.mark.timeout(120),
]

API = "lma-api-production"
ANSWER_S = 4.0
"""Less than what hangs is waited for: a key that waits for a source is late."""


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground(database=False) as made:
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(scope="module")
def small(world: Ground) -> Path:
    """One service with one check."""
    return world.file("small.yaml", alone)


def test_keys_answer_while_every_source_hangs(world: Ground, home: Home) -> None:
    world.world.faults.on(Fault(service="*", kind=FaultKind.HANG))
    try:
        with wall(home, "--config", str(world.world.config_path)) as terminal:
            shown(terminal, "READ")
            shown(terminal, "API /health")
            for key, text in (("?", "Help"), ("w", "Workspaces"), ("\x10", "Commands")):
                terminal.send(key)
                shown(terminal, text, seconds=ANSWER_S)
                terminal.send("\x1b")
                gone(terminal, text, seconds=ANSWER_S)
            terminal.send("q")
            terminal.wait(15)
            assert terminal.status == 0
            assert not terminal.modes_left()
    finally:
        world.world.faults.off()
    assert home.errors() == []


def test_a_vendor_that_fails_among_others_is_named(world: Ground, home: Home) -> None:
    with (
        world.fault("github", FaultKind.UNAUTHORIZED),
        world.fault("status-stripe", FaultKind.HTML),
        wall(home, "--config", str(world.world.config_path)) as terminal,
    ):
        shown(terminal, "× GitHub: list workflow runs: the credential was refus")
        shown(terminal, "a1f3c9e")
        shown(terminal, "UNKNOWN")
        assert not terminal.shows("ALL OK")()
        terminal.send("q")
        terminal.wait(15)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("q", 0),
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        (signal.SIGINT, 130),
        ("hang up", None),
    ],
    ids=str,
)
def test_it_gives_the_terminal_back(
    small: Path, home: Home, how: str | signal.Signals, status: int | None
) -> None:
    with wall(home, "--config", str(small), size=(120, 36)) as terminal:
        shown(terminal, "● 200")
        children = psutil.Process(terminal.pid).children(recursive=True)
        if isinstance(how, signal.Signals):
            terminal.signal(how)
        elif how == "q":
            terminal.send("q")
        else:
            terminal.hang_up()
        terminal.wait(15)
        if status is not None:
            assert terminal.status == status
            assert not terminal.modes_left()
            assert terminal.line_discipline_kept()
        else:
            assert terminal.status in {129, -signal.SIGHUP}
        assert not any(child.is_running() for child in children)
    assert home.errors() == []


def test_polling_goes_on_while_the_terminal_takes_nothing(
    world: Ground, small: Path, home: Home
) -> None:
    with wall(home, "--config", str(small), size=(160, 48)) as terminal:
        shown(terminal, "● 200")
        terminal.reading = False
        # Large frames fill what the kernel holds for a terminal that does not read.
        for _ in range(60):
            terminal.send("z")
            terminal.pump(0.02)
        before = world.requests(API)
        world.world.faults.on(Fault(service=API, kind=FaultKind.UNAVAILABLE))
        try:
            assert terminal.pump(20, lambda: world.requests(API) >= before + 5)
            terminal.reading = True
            shown(terminal, "503")
        finally:
            world.world.faults.off()
        shown(terminal, "● 200")
        terminal.send("q")
        terminal.wait(15)
        assert terminal.status == 0
    assert home.errors() == []


def test_an_edited_file_is_picked_up_and_a_broken_one_is_not(world: Ground, home: Home) -> None:
    file = world.file("edited.yaml", alone)
    sound = file.read_text()

    def second(tree: Tree) -> None:
        alone(tree)
        checks = tree["workspaces"]["lma"]["services"]["api"]["checks"]
        checks["ready"] = {"title": "API ready", "path": "/health/ready", "every": "1s"}

    with wall(home, "--config", str(file)) as terminal:
        shown(terminal, "● 200")
        file.write_text(world.file("second.yaml", second).read_text())
        shown(terminal, "API ready")
        file.write_text(sound.replace("path: /health/live", "paht: /health/live"))
        shown(terminal, "did you mean")
        assert terminal.shows("the old configuration stays in use: ")()
        assert terminal.shows("API ready")()
        file.write_text(sound)
        gone(terminal, "API ready")
        assert not terminal.shows("did you mean")()
        shown(terminal, "● 200")
        terminal.send("q")
        terminal.wait(15)
        assert terminal.status == 0
    assert home.errors() == []


def test_the_past_outlives_a_kill_and_a_second_one_only_reads(small: Path, home: Home) -> None:
    arguments = ("--config", str(small))
    with wall(home, *arguments) as first:
        shown(first, "● 200")
        with wall(home, *arguments) as second:
            shown(second, "● 200")
            shown(second, f"history is written by process {first.pid}; this one only reads it")
            second.send("q")
            second.wait(15)
            assert second.status == 0
        assert first.pump(LATE_S, lambda: len(_bars(first)) >= 3)
        bars, drawn_ms = len(_bars(first)), SystemClock().now().at.timestamp() * 1000
        # Readings are written every few seconds, and a kill takes along what is not.
        assert first.pump(LATE_S, lambda: _written_until_ms(home) >= drawn_ms)
        first.signal(signal.SIGKILL)
        first.wait(15)
    assert (home.state / "history.sqlite3").stat().st_mode & 0o777 == 0o600
    with wall(home, *arguments) as third:
        shown(third, "● 200")
        assert len(_bars(third)) >= bars
        assert not third.shows("only reads it")()
        third.send("q")
        third.wait(15)
        assert third.status == 0
    assert home.errors() == []


def _written_until_ms(home: Home) -> int:
    """When the newest reading of the history was taken."""
    with contextlib.closing(sqlite3.connect(home.state / "history.sqlite3")) as past:
        (newest,) = past.execute("SELECT max(at_ms) FROM recent").fetchone()
        return int(newest or 0)


def _bars(terminal: Terminal) -> list[str]:
    """The latencies drawn in the line of the only endpoint."""
    rows = (line for line in terminal.screen.display if "API live " in line and "200" in line)
    return re.findall("[▁▂▃▄▅▆▇█]", next(rows, ""))
