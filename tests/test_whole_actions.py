"""The real program in a terminal before a service that counts: what reaches it, and when (P1-P7).

Keys come from a hand here: one that was not taken is typed again, as a person would, so that a
busy machine makes the tests slower and nothing else.
"""

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from actions.audit import Audit
from actions.audit_entries import AuditEntry, AuditKind, Author
from demo.faults import Fault, FaultKind
from providers.clock import SystemClock
from tests.terminal_rig import Terminal
from tests.whole_terminal import LATE_S, Home, gone, shown, wall
from tests.whole_world import Ground, Tree, ground, without_systems

pytestmark = [pytest.mark.xdist_group("whole-actions"), pytest.mark.timeout(240)]

SIZE = (120, 40)
RESTARTS = "*/restart"
MOST = 1_000_000
FINGER_S = 0.05
WHOLE = "R\tpool\r\rapi\r\tpool\tINC-1\tapi\t10\r\r\t\r" + "\r" * 50
"""Opening key, fields in either order, and enters: everything a confirmation takes."""

OTHER = Author(operator="bo", login="somebody-else", host="bastion")


class Post:
    """One operator's program, and what of it arrived at Render.

    Args:
        world: Where Render is.
        place: A folder of its own: home and audit.
    """

    def __init__(self, world: Ground, place: Path) -> None:
        self.world = world
        self.home = Home(place)
        self.shared = place / "shared"
        self.shared.mkdir(mode=0o770)
        self.config = world.file(f"{place.name}.yaml", without_systems, self._alone)

    def _alone(self, tree: Tree) -> None:
        tree["settings"]["shared_folder"] = str(self.shared)

    def serve(self, kind: FaultKind) -> None:
        """Let Render take requests to restart in its own way; they are counted from now on."""
        fault = Fault(service="render", kind=kind, path=RESTARTS, times=MOST, seconds=0.5)
        self.world.world.faults.on(fault)

    @property
    def arrived(self) -> int:
        """Requests to restart since `serve`."""
        [fault] = [one for one in self.world.world.faults.active if one.path == RESTARTS]
        assert fault.times is not None
        return MOST - fault.times

    @property
    def entries(self) -> list[AuditEntry]:
        return list(Audit(self.shared / "audit.jsonl", OTHER, SystemClock()).entries())

    def outcomes(self) -> list[str]:
        return [one.outcome for one in self.entries if one.kind is AuditKind.OUTCOME]

    def of(self, kind: AuditKind) -> int:
        return sum(one.kind is kind for one in self.entries)


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground(database=False) as made:
        yield made


@pytest.fixture
def post(world: Ground, tmp_path: Path) -> Iterator[Post]:
    yield Post(world, tmp_path)
    world.world.faults.off("render", RESTARTS)


def to_the_row(terminal: Terminal) -> None:
    """From the wall to the row of the API."""
    shown(terminal, "API /health ")
    shown(terminal, "51b9a02")
    terminal.send("3")
    terminal.send("k" * 8 + "jjj")
    terminal.settle()


def opened(terminal: Terminal) -> None:
    """The dialog of the row, looked at."""
    terminal.send("R")
    shown(terminal, "Type api")


def reads(terminal: Terminal, pattern: str) -> Callable[[], bool]:
    return lambda: re.search(pattern, terminal.text()) is not None


def typed(terminal: Terminal, lead: str, label: str, text: str) -> None:
    """Go to a field and type into it, a key at a time."""
    for number in range(1, len(text) + 1):
        there = reads(terminal, rf"{label}\s+{re.escape(text[:number])}(?!\w)")
        for _ in range(40):
            if number == 1:
                terminal.send(lead)
                terminal.pump(FINGER_S)
            terminal.pump(FINGER_S)
            terminal.send(text[number - 1])
            if terminal.pump(0.5, there):
                break
        else:
            raise AssertionError(f"{text!r} can not be typed into:\n{terminal.text()}")


def filled(terminal: Terminal) -> None:
    """Reason and name, by hand."""
    typed(terminal, "\t", "Reason", "pool")
    typed(terminal, "\t", "Type api", "api")
    shown(terminal, "all of it is given")


def too_small(terminal: Terminal) -> None:
    """Everything is typed, and the terminal becomes too small for it; then as before."""
    resized(terminal, 59, 16)
    shown(terminal, "does not fit")
    for _ in range(5):
        terminal.send("\r")
        terminal.pump(FINGER_S)
    terminal.settle()
    resized(terminal, *SIZE)
    shown(terminal, "all of it is given")


def resized(terminal: Terminal, width: int, height: int) -> None:
    terminal.resize(width, height)
    terminal.screen.resize(height, width)


def confirmed(terminal: Terminal, post: Post) -> None:
    """Enter, until the request is there."""
    for _ in range(30):
        terminal.send("\r")
        if terminal.pump(1.0, lambda: post.arrived > 0):
            return
    raise AssertionError(terminal.text())


def back(terminal: Terminal) -> None:
    """To the wall, whatever stands before it."""
    for _ in range(20):
        terminal.settle(0.3)
        if terminal.shows("51b9a02")() and not terminal.shows("Cancel ]")():
            return
        terminal.send("\x1b")
    raise AssertionError(terminal.text())


def blind(terminal: Terminal, post: Post) -> None:
    """All of it typed by hand, before the terminal has drawn the dialog: a line that is slow."""
    terminal.answers = False
    terminal.send("R")
    terminal.pump(2.0)
    for key in "\tpool\r\rapi\r\r\tpool\t\tapi\r\r":
        terminal.send(key)
        terminal.pump(FINGER_S)
    assert post.of(AuditKind.LEASE) == 0
    terminal.catch_up()
    shown(terminal, "a reason is missing")


def storm(terminal: Terminal) -> None:
    """Clicks all over the dialog."""
    for y in range(8, 36):
        for x in range(10, 110, 7):
            terminal.send(f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m")
        terminal.pump(0.01)


def test_only_what_a_person_typed_is_sent_and_once(post: Post) -> None:
    post.serve(FaultKind.SLOW)
    with wall(post.home, "--config", str(post.config), size=SIZE) as terminal:
        to_the_row(terminal)
        for paste in (WHOLE, f"R\x1b[200~{WHOLE}\x1b[201~"):
            terminal.send(paste)
            terminal.pump(0.8)
            back(terminal)
        to_the_row(terminal)
        blind(terminal, post)
        terminal.send(WHOLE[1:])
        storm(terminal)
        terminal.pump(0.8)
        assert post.arrived == 0
        assert post.of(AuditKind.INTENT) == 0
        back(terminal)
        to_the_row(terminal)
        opened(terminal)
        filled(terminal)
        too_small(terminal)
        assert post.arrived == 0
        assert post.of(AuditKind.INTENT) == 0
        confirmed(terminal, post)
        terminal.send("\r" * 200)
        assert terminal.pump(LATE_S, lambda: post.outcomes() == ["done"]), terminal.text()
    assert post.arrived == 1
    assert post.of(AuditKind.INTENT) == 1


def test_read_only_in_the_file_counts_in_an_open_dialog(post: Post) -> None:
    post.serve(FaultKind.SLOW)
    with wall(post.home, "--config", str(post.config), size=SIZE) as terminal:
        to_the_row(terminal)
        opened(terminal)
        filled(terminal)
        post.world.file(post.config.name, without_systems, post._alone, _read_only)
        shown(terminal, "READ-ONLY")
        for _ in range(30):
            terminal.send("\r")
            if terminal.pump(1.0, terminal.shows("read_only")):
                break
        assert post.arrived == 0
        assert post.of(AuditKind.INTENT) == 0
        assert terminal.pump(LATE_S, lambda: post.of(AuditKind.REFUSED) == 1), terminal.text()


def _read_only(tree: Tree) -> None:
    tree["settings"]["read_only"] = True


def test_a_lost_line_cuts_nothing_off_and_an_open_dialog_is_cancelled(post: Post) -> None:
    post.serve(FaultKind.SLOW)
    with wall(post.home, "--config", str(post.config), size=SIZE) as terminal:
        to_the_row(terminal)
        opened(terminal)
        terminal.hang_up()
        assert terminal.pump(LATE_S, lambda: terminal.ended)
    assert post.of(AuditKind.CANCELLED) == 1
    with wall(post.home, "--config", str(post.config), size=SIZE) as terminal:
        to_the_row(terminal)
        opened(terminal)
        filled(terminal)
        confirmed(terminal, post)
        terminal.hang_up()
        assert terminal.pump(LATE_S, lambda: terminal.ended)
    assert post.arrived == 1
    assert post.outcomes() == ["done"]


def test_a_kill_in_flight_is_told_on_the_next_wall_and_sends_nothing_more(post: Post) -> None:
    post.serve(FaultKind.HANG)
    with wall(post.home, "--config", str(post.config), size=SIZE) as terminal:
        to_the_row(terminal)
        opened(terminal)
        filled(terminal)
        confirmed(terminal, post)
        terminal.signal(signal.SIGKILL)
        assert terminal.pump(LATE_S, lambda: terminal.ended)
    assert (post.arrived, post.of(AuditKind.INTENT), post.outcomes()) == (1, 1, [])
    with wall(post.home, "--config", str(post.config), size=SIZE) as terminal:
        shown(terminal, "? UNKNOWN")
        gone(terminal, "checking")
        to_the_row(terminal)
        terminal.send("R")
        shown(terminal, "refused")
    assert post.arrived == 1
