"""The whole screen in a real pseudo-terminal: start, keys, every way to end, a hung link (P28)."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.odd_terminals import GONE_S, TERMINALS, Odd, opened, wrong
from tests.terminal_program import SECRET
from tests.terminal_rig import Terminal
from tui.terminal_signals import BOUND_S, LATE_S

pytestmark = pytest.mark.terminal

SOME = [odd for odd in TERMINALS if odd.name in {"0x0", "1x1", "10x3", "TERM=dumb", "locale C"}]

Start = Callable[..., Terminal]


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    return tmp_path / "count"


@pytest.fixture
def start(counter: Path) -> Iterator[Start]:
    """Starts the program and waits for the wall."""
    running: list[Terminal] = []

    def begin(manner: str = "", *, wait: bool = True, **options: object) -> Terminal:
        terminal = Terminal("-m", "tests.terminal_program", str(counter), manner, **options)  # type: ignore[arg-type]  # passed on
        running.append(terminal)
        if wait:
            assert terminal.pump(15, terminal.shows("dana@bastion-1")), terminal.text()
        return terminal

    yield begin
    for terminal in running:
        terminal.close()


def restored(terminal: Terminal) -> None:
    assert terminal.modes_left() == set()
    assert terminal.line_discipline_kept()


def test_it_starts_answers_keys_and_quits_cleanly(start: Start) -> None:
    terminal = start()
    assert terminal.pump(15, terminal.shows("Queries"))

    terminal.send("?")
    assert terminal.pump(15, terminal.shows("Show the keys that work here."))
    terminal.send("\x1b")
    assert terminal.pump(15, lambda: "Show the keys" not in terminal.text())
    terminal.send("q")

    terminal.wait(15)
    assert terminal.status == 0
    restored(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_puts_the_terminal_back(start: Start, number: signal.Signals) -> None:
    terminal = start()

    terminal.signal(number)

    terminal.wait(15)
    assert terminal.status == 128 + number
    restored(terminal)


def test_a_signal_before_the_first_picture_ends_it_as_well(start: Start) -> None:
    terminal = start(wait=False)
    terminal.pump(15, lambda: b"\x1b[?1049h" in terminal.raw)

    terminal.signal(signal.SIGTERM)

    terminal.wait(15)
    assert terminal.status == 128 + signal.SIGTERM
    restored(terminal)


def test_a_hang_up_ends_it(start: Start) -> None:
    terminal = start()

    terminal.hang_up()

    terminal.wait(15)
    assert terminal.status in {128 + signal.SIGHUP, -signal.SIGHUP}


@pytest.mark.parametrize("answers", [True, False])
def test_a_stalled_terminal_stops_the_drawing_but_never_the_engine(
    start: Start, counter: Path, answers: bool
) -> None:
    terminal = start(answers=answers)
    terminal.pump(1.2)
    terminal.reading = False
    before = int(counter.read_text())

    for _ in range(20):
        terminal.send("p")
        time.sleep(0.1)

    assert int(counter.read_text()) - before > 10
    terminal.signal(signal.SIGTERM)
    terminal.wait(15)
    assert terminal.status == 128 + signal.SIGTERM
    assert terminal.line_discipline_kept()


def test_a_terminal_that_comes_back_shows_the_newest(start: Start) -> None:
    terminal = start()
    terminal.pump(1.2)
    terminal.reading = False
    time.sleep(3)
    size = len(terminal.raw)
    terminal.reading = True

    terminal.send("?")
    assert terminal.pump(15, terminal.shows("Show the keys that work here."))
    assert len(terminal.raw) - size < 120_000


def test_frames_wait_for_the_terminal_and_are_asked_for(start: Start) -> None:
    terminal = start()
    assert terminal.pump(15, lambda: terminal.questions >= 2)
    terminal.pump(1)

    assert terminal.questions <= 8


@pytest.mark.parametrize(("manner", "key"), [("bug", "p"), ("crash", "")])
def test_a_bug_is_one_line_a_private_report_and_no_secret(
    start: Start, counter: Path, manner: str, key: str
) -> None:
    terminal = start(manner)
    terminal.send(key)

    terminal.wait(15)

    assert terminal.status == 70
    restored(terminal)
    after = terminal.raw.rpartition(b"\x1b[?25h")[2].decode()
    assert after.count("\n") == 1
    assert "quarterdeck: ended by a bug:" in after
    (report,) = (counter.parent / "state").iterdir()
    assert str(report) in after
    assert report.stat().st_mode & 0o777 == 0o600
    assert SECRET not in report.read_text()
    assert SECRET.encode() not in terminal.raw


@pytest.mark.parametrize("manner", ["busy", "stuck"])
def test_a_screen_or_engine_that_is_stuck_is_ended_all_the_same(
    start: Start, counter: Path, manner: str
) -> None:
    terminal = start(manner)
    terminal.send("p")
    terminal.pump(0.4)

    terminal.signal(signal.SIGTERM)

    terminal.wait(15)
    assert terminal.status == 128 + signal.SIGTERM
    restored(terminal)
    # What it has to write down at the end does not wait for a screen that is stuck.
    assert counter.with_suffix(".ended").exists() is (manner == "busy")


def test_stop_and_continue_give_the_terminal_away_and_take_it_back(start: Start) -> None:
    terminal = start()

    terminal.signal(signal.SIGTSTP)
    assert terminal.pump(15, lambda: terminal.stopped() and not terminal.modes_left())
    terminal.screen.reset()
    terminal.signal(signal.SIGCONT)

    assert terminal.pump(15, terminal.shows("Alerts")), terminal.text()
    terminal.send("q")
    terminal.wait(15)
    restored(terminal)


def test_a_stop_that_can_not_be_caught_leaves_one_reader_of_the_keys(start: Start) -> None:
    terminal = start()

    terminal.signal(signal.SIGSTOP)
    assert terminal.pump(15, terminal.stopped)
    terminal.screen.reset()
    terminal.signal(signal.SIGCONT)

    assert terminal.pump(15, terminal.shows("Alerts")), terminal.text()
    terminal.signal(signal.SIGTERM)
    terminal.wait(15)
    assert terminal.status == 128 + signal.SIGTERM
    restored(terminal)


def test_what_small_frames_drew_is_what_a_whole_one_draws(start: Start) -> None:
    terminal = start()
    terminal.send("3jjj5jzz")
    terminal.pump(1.5)
    terminal.send("p")
    assert terminal.pump(15, terminal.shows("PAUSED"))
    terminal.settle()
    before = terminal.screen.display[2:-1]

    terminal.signal(signal.SIGTSTP)
    assert terminal.pump(15, lambda: terminal.stopped() and not terminal.modes_left())
    terminal.screen.reset()
    terminal.signal(signal.SIGCONT)
    terminal.pump(15, lambda: terminal.screen.display[2:-1] == before)

    assert terminal.screen.display[2:-1] == before


def test_variables_that_act_on_textual_do_nothing(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "log"
    acting = {
        "TEXTUAL_PRESS": "q",
        "TEXTUAL_SCREENSHOT": "0",
        "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path),
        "TEXTUAL_LOG": str(log),
        "TEXTUAL_DRIVER": "nonsense:Driver",
        "TEXTUAL": "devtools,debug",
        "COLUMNS": "33",
    }
    terminal = start(environment=acting)
    terminal.pump(1.0)

    assert not terminal.ended
    assert not log.exists()
    assert not list(tmp_path.glob("*.svg"))
    assert terminal.screen.display[1].rstrip().endswith("╮")


def test_hostile_input_is_survived(start: Start) -> None:
    terminal = start()
    noises = (
        "\x1b[<999999999999999999;1;1M",
        "\x1b[999999;999999R",
        "\x1b[M\xff\xff\xff",
        "\x1b]52;c;" + "A" * 5000,
        "\x1b[?2026;9$y\x1b[?1;2$y",
        "\x1b[27;5;" + "9" * 5000 + "~",
        "\x1b[200~" + "q" * 20_000 + "\x1b[201~",
    )
    for noise in noises:
        terminal.send(noise)
        terminal.pump(0.15)
    terminal.send("\x1b")
    terminal.pump(0.3)

    assert not terminal.ended, terminal.raw[-500:]


@pytest.mark.parametrize("odd", SOME, ids=lambda odd: odd.name)
def test_odd_terminals_are_survived_and_left_clean(odd: Odd, counter: Path) -> None:
    """Some of 32; all of them by `python -m tests.odd_terminals`."""
    terminal = opened(odd, counter, anew=bool(odd.environment))
    try:
        terminal.send("q")
        terminal.wait(15)
        assert wrong(terminal, 0) == []
    finally:
        terminal.close()


def test_what_bounds_an_end_leaves_room_within_two_seconds() -> None:
    """That the bound ends what is stuck, the test above shows."""
    assert BOUND_S + LATE_S <= GONE_S - 0.3
