"""Parts of the terminal's side: pace, guard, writer, input, environment, files."""

import os
import pty
import re
import select
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.message import Message
from textual.strip import Strip

from providers.secrets import Secret
from tui.run import last_words
from tui.terminal_environment import settle_environment
from tui.terminal_frames import Piece, TightFrame, tight_frame, turn
from tui.terminal_modes import RESTORE, force_restore
from tui.terminal_pace import ASK_AGAIN_S, FramePace
from tui.terminal_quirks import InputParser
from tui.terminal_text import harmless
from tui.terminal_writer import MOST_PENDING, TerminalWriter


def test_without_answers_only_the_interval_counts() -> None:
    pace = FramePace(1.0)
    assert pace.may_draw(0.0)
    pace.drawn(0.0)
    pace.asked(0.0)

    assert not pace.may_draw(0.5)
    assert pace.may_draw(1.0)
    assert pace.link_ms is None
    assert not pace.should_ask_again(100.0)


def test_once_a_terminal_answers_every_frame_waits_for_it() -> None:
    pace = FramePace(1.0)
    pace.drawn(0.0)
    pace.asked(0.0)
    pace.answered(0.04)
    assert pace.link_ms == pytest.approx(40.0)
    pace.drawn(1.0)
    pace.asked(1.0)

    assert not pace.may_draw(60.0)
    assert pace.stalled_s(60.0) == 59.0
    pace.answered(61.0)
    assert pace.may_draw(61.0)


def test_a_late_answer_is_asked_for_again_but_not_all_the_time() -> None:
    pace = FramePace(1.0)
    pace.drawn(0.0)
    pace.asked(0.0)
    pace.answered(0.1)
    pace.drawn(1.0)
    pace.asked(1.0)

    asked = []
    for now in range(2, 60):
        if pace.should_ask_again(float(now)):
            asked.append(now)
            pace.asked(float(now))

    assert asked == [11, 21, 31, 41, 51]
    assert asked[1] - asked[0] == ASK_AGAIN_S


def test_a_terminal_has_drawn_all_when_it_has_answered_all() -> None:
    pace = FramePace(1.0)
    owed = []
    for now, answers in ((0.0, 0), (0.1, 1), (1.0, 0), (1.1, 0), (1.2, 1), (1.9, 1), (2.0, 3)):
        if answers:
            pace.answered(now, answers)
        else:
            pace.asked(now)
        owed.append(pace.owed)

    assert owed == [False, False, True, True, True, False, False]


def test_what_was_written_is_drawn_when_all_before_it_was_answered() -> None:
    pace = FramePace(1.0)
    assert pace.has_drawn(0.0), "a terminal that never answers"
    pace.asked(0.0)
    pace.answered(0.1)
    pace.asked(1.0)
    pace.asked(2.0)
    assert [pace.has_drawn(at_s) for at_s in (0.5, 1.0, 2.0)] == [True, False, False]
    pace.answered(2.5)
    assert [pace.has_drawn(at_s) for at_s in (1.0, 2.0)] == [True, False]
    assert pace.should_ask_again(12.0)
    pace.asked(12.0)
    assert not pace.has_drawn(2.0), "given up is not drawn"
    pace.answered(13.0)
    assert pace.has_drawn(12.0)


def test_nothing_is_put_off_for_long_for_the_sake_of_a_link() -> None:
    pace = FramePace(1.0)
    for late_s, put_off_s in ((0.2, 0.2), (0.8, 0.5), (30.0, 0.5)):
        pace.asked(0.0)
        pace.answered(late_s)
        assert pace.link_s == pytest.approx(put_off_s)


def test_another_terminal_is_believed_nothing_of_the_old() -> None:
    pace = FramePace(1.0)
    pace.drawn(0.0)
    pace.asked(0.0)
    pace.answered(0.1)
    pace.drawn(1.0)
    pace.asked(1.0)

    pace.reset()

    assert pace.may_draw(2.0)


@given(st.text(max_size=60))
def test_what_passes_the_guard_acts_on_nothing_and_keeps_its_width(text: str) -> None:
    cleaned = harmless(text)

    assert cleaned.isprintable()
    assert harmless(cleaned) == cleaned
    assert sum(map(cell_len, cleaned)) == sum(map(cell_len, text))


def written(*pieces: Piece) -> tuple[str, int]:
    frame = TightFrame(pieces)
    return frame.render_segments(Console(color_system="truecolor", force_terminal=True)), (
        frame.cleaned
    )


def test_a_hostile_strip_is_cleaned_and_counted() -> None:
    link = Style(link="https://x\x1b\\\x07")
    strip = Strip([Segment("a\x1b[2Jb\x9b31mc\u202ed\x00e"), Segment("x", link)])

    assert written((0, 0, strip)) == ("\x1b[1;1Ha[2Jb31mcdex", 1)


def test_a_harmless_strip_is_left_alone() -> None:
    assert written((3, 2, Strip([Segment("API ● 漢字")]))) == ("\x1b[3;4HAPI ● 漢字", 0)


def test_a_style_is_said_once_and_only_what_differs() -> None:
    red, blue, ground = "#ff0000", "#0000ff", "#101010"
    strip = Strip(
        [
            Segment("a", Style(color=red, bgcolor=ground)),
            Segment("b", Style(color=red, bgcolor=ground)),
            Segment("c", Style(color=blue, bgcolor=ground)),
            Segment("d", Style(color=blue)),
            Segment("e"),
        ]
    )

    assert written((0, 0, strip))[0] == (
        "\x1b[1;1H\x1b[38;2;255;0;0;48;2;16;16;16mab\x1b[38;2;0;0;255mc"
        "\x1b[0;38;2;0;0;255md\x1b[0me"
    )


@given(
    before=st.sampled_from(
        ["", "1;31", "38;2;1;2;3;48;5;16", "7", "2;39;49", "97;104", "4;38;5;9"]
    ),
    after=st.sampled_from(["", "1;31", "38;2;1;2;4;48;5;16", "7", "2;39;49", "97;104", "48;5;3"]),
)
def test_a_turn_of_style_ends_where_a_fresh_start_would(before: str, after: str) -> None:
    screens = []
    for sequence in (f"\x1b[{before}m" + turn(before, after), f"\x1b[0m\x1b[{after or 0}m"):
        screen = pyte.Screen(4, 1)
        pyte.Stream(screen).feed(sequence + "x")
        screens.append(screen.buffer[0][0])

    assert screens[0] == screens[1]


@given(
    text=st.text(alphabet="ab 漢字●", min_size=1, max_size=12),
    split=st.integers(0, 12),
    spans=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=1, max_size=3),
)
def test_a_change_is_drawn_as_the_whole_line_would_be(
    text: str, split: int, spans: list[tuple[int, int]]
) -> None:
    strip = Strip([Segment(text[:split]), Segment(text[split:], Style(bold=True))])
    width = strip.cell_length
    wanted = [(0, first, min(first + many, width)) for first, many in spans if first < width]
    update = ChopsUpdate([{0: strip}], wanted, [[width]])
    frame = tight_frame(update)
    assert frame is not None
    console = Console(color_system="truecolor", force_terminal=True)
    screen = pyte.Screen(40, 1)
    stream = pyte.Stream(screen)
    stream.feed(strip.text)

    stream.feed("\x1b[1;1H" + frame.render_segments(console))

    assert screen.display[0].rstrip() == strip.text.rstrip()


def test_answers_are_heard_also_in_pieces() -> None:
    parser = InputParser()

    assert parser.answers("\x1b[?2026;2$y") == 1
    assert parser.answers("j\x1b[?20") == 0
    assert parser.answers("26;0$yk\x1b[?2026;1$y") == 2
    assert parser.answers("") == 0


PIECES = st.text(alphabet="\x1b[]<>?0123456789;MmRuy~$qABCO\x9b\x07 \u20ac", max_size=40)
ANSWERS = st.sampled_from(["\x1b[?2026;2$y", "\x1b[?20", "26;0$y", "\x1b", "[?2026;1", "$y"])


@given(st.lists(PIECES | ANSWERS))
def test_any_input_is_survived_and_every_answer_heard(pieces: list[str]) -> None:
    parser, heard = InputParser(), 0

    for piece in pieces:
        heard += parser.answers(piece)
        assert all(isinstance(one, Message) for one in parser.feed(piece))

    assert heard == len(re.findall(r"\x1b\[\?2026;\d\$y", "".join(pieces)))


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    master, slave = pty.openpty()
    attributes = termios.tcgetattr(slave)
    attributes[1] = attributes[1] & ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    yield master, slave
    os.close(master)
    os.close(slave)


def _writer(fd: int, encoding: str = "utf-8") -> tuple[TerminalWriter, threading.Event]:
    drained = threading.Event()
    writer = TerminalWriter(fd, encoding=encoding, on_drained=drained.set, on_lost=lambda: None)
    return writer, drained


def test_the_writer_hands_everything_on_in_order(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    writer, drained = _writer(slave)

    writer.write("one ")
    writer.write("two ●")

    assert drained.wait(20)
    assert writer.close(1)
    assert os.read(master, 100).decode() == "one two ●"


def test_signs_outside_the_encoding_become_question_marks(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    writer, drained = _writer(slave, "ascii")

    writer.write("a●b")

    assert drained.wait(20)
    assert writer.close(1)
    assert os.read(master, 100) == b"a?b"


def test_a_terminal_that_takes_nothing_never_blocks_the_writer(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    writer, _ = _writer(slave)

    for _ in range(40):
        writer.write("x" * 10_000)

    assert writer.backed_up
    assert writer.pending_bytes > MOST_PENDING
    assert not writer.close(0.05)
    assert force_restore(slave)
    seen = b""
    while not seen.endswith(RESTORE.encode()):
        assert select.select([master], [], [], 2)[0], seen[-200:]
        seen += os.read(master, 100_000)


def test_nothing_is_written_after_the_end(terminal: tuple[int, int]) -> None:
    _, slave = terminal
    writer, _ = _writer(slave)
    writer.close(0.1)

    writer.write("late")

    assert writer.pending_bytes == 0


def test_the_environment_keeps_only_what_is_harmless() -> None:
    env = {"TEXTUAL_PRESS": "q", "TEXTUAL": "debug", "TEXTUAL_THEME": "x", "HOME": "/h",
           "TEXTUAL_DISABLE_KITTY_KEY": "1", "COLUMNS": "33", "LINES": "9"}  # fmt: skip

    settle_environment(env, low_bandwidth=True)

    assert env == {
        "HOME": "/h",
        "TEXTUAL_DISABLE_KITTY_KEY": "1",
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_FPS": "240",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "TEXTUAL_COLOR_SYSTEM": "256",
    }


def _fail(token: str) -> None:
    raise ValueError(f"could not use {token}")


def test_last_words_hold_no_secret_and_no_locals(tmp_path: Path) -> None:
    secret = Secret("hunter2-but-longer")
    try:
        _fail(secret.reveal())
    except ValueError as error:
        line = last_words(error, tmp_path)

    (report,) = tmp_path.iterdir()
    assert "hunter2" not in line + report.read_text()
    assert "ValueError in test_terminal_parts.py" in line
    assert "_fail" in report.read_text()


def test_last_words_without_a_folder_are_still_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    error = ValueError("x")

    assert last_words(error, None) == "quarterdeck: ended by a bug: ValueError"
    assert "no report" in last_words(error, blocked / "below")


def test_removed_characters_had_no_width() -> None:
    assert all(cell_len(sign) == 0 for sign in "\x1b\x00\x9b\u200b\u202e\u2066")


@given(
    styles=st.lists(
        st.sampled_from(
            [
                "",
                "red on #101010",
                "bold blue on #101010",
                "dim blue on #101010",
                "blue on #202020",
                "underline red on #101010",
                "reverse red on #101010",
                "strike red on #101010",
            ]
        ),
        min_size=2,
        max_size=8,
    ),
    blanks=st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_a_blank_keeps_the_ink_before_it_and_looks_as_it_would(
    styles: list[str], blanks: list[bool]
) -> None:
    parts = [
        Segment("  " if blank else "xy", Style.parse(style))
        for style, blank in zip(styles, blanks, strict=False)
    ]
    console = Console(color_system="truecolor", force_terminal=True)
    screens = []
    for sequence in (
        TightFrame([(0, 0, parts)]).render_segments(console),
        "".join(
            f"\x1b[0m{part.style.render(part.text)}" for part in parts if part.style is not None
        ),
    ):
        screen = pyte.Screen(20, 1)
        pyte.Stream(screen).feed(sequence)
        screens.append([_as_seen(screen.buffer[0][x]) for x in range(2 * len(parts))])

    assert screens[0] == screens[1]


def _as_seen(sign: pyte.screens.Char) -> pyte.screens.Char:
    """Without what nobody sees of a blank."""
    inked = sign.data.strip() or sign.underscore or sign.strikethrough or sign.reverse
    return sign if inked else sign._replace(fg="", bold=False)
