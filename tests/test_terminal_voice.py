"""What the terminal does besides showing the wall: once for each alert, and never by injection."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.alert_view import AlertView, CareKind
from monitor.snapshot import Snapshot
from monitor.verdicts import Level, Phase
from tests.snapshot_values import snapshot
from tests.values_notices import alert, cared, moment
from tui.terminal_voice import (
    BELL,
    Voice,
    Wish,
    notice,
    one_line,
    osc_of,
    through_tmux,
    title_of,
)

XTERM = {"TERM": "xterm-256color"}
LOUD = Wish(bell=Level.CRITICAL, title=True, osc="9")


class Heard:
    """A voice, and what it said."""

    def __init__(self, wish: Wish = LOUD, environment: dict[str, str] | None = None) -> None:
        self.written: list[str] = []
        self.titles: list[str] = []
        self.voice = Voice(
            {"lma": wish},
            environment or XTERM,
            self.written.append,
            self.titles.append,
            moment(-5),
        )

    def look(self, *alerts: AlertView, offline: bool = False) -> None:
        self.voice.look(seen(alerts, offline=offline))


def seen(alerts: Sequence[AlertView], *, offline: bool = False) -> Snapshot:
    whole = snapshot()
    view = replace(whole.workspaces["lma"], alerts=tuple(alerts))
    since = moment() if offline else None
    return replace(whole, workspaces={"lma": view}, offline_since=since)


API = alert(subject="API", fact="503")


def test_it_rings_and_tells_once_for_an_alert() -> None:
    heard = Heard()
    heard.look(API)
    heard.look(API)
    heard.look(replace(API, fact="504"))
    assert heard.written == ["\x1b]9;Quarterdeck: LMA: API production 503\x07", BELL]
    assert heard.titles == ["1! LMA API production 503", "1! LMA API production 504"]
    heard.look()
    assert heard.titles[-1] == "Quarterdeck LMA"


def test_many_at_once_are_one_notice_and_one_bell() -> None:
    heard = Heard()
    heard.look(API, alert("check/b"), alert("check/c"))
    assert heard.written == ["\x1b]9;Quarterdeck: LMA: API production 503 and 2 more\x07", BELL]
    assert heard.titles == ["3! LMA API production 503"]


@pytest.mark.parametrize(
    "quiet",
    [
        alert(maintenance="Sunday"),
        alert(care=cared(CareKind.SNOOZED)),
        alert(phase=Phase.PENDING),
        alert(phase=Phase.UNKNOWN),
    ],
)
def test_of_some_it_says_nothing(quiet: AlertView) -> None:
    heard = Heard()
    heard.look(quiet)
    assert (heard.written, heard.titles) == ([], ["Quarterdeck LMA"])


def test_what_follows_from_a_cause_is_not_told() -> None:
    heard = Heard()
    heard.look(API, alert("check/b", cause=API.key))
    assert heard.titles == ["1! LMA API production 503"]


def test_a_warning_rings_only_where_it_was_asked_for() -> None:
    mild = alert(level=Level.WARNING)
    quiet, loud = Heard(), Heard(Wish(bell=Level.WARNING))
    quiet.look(mild)
    loud.look(mild)
    assert (quiet.written, loud.written) == ([], [BELL])
    loud.look(replace(mild, level=Level.CRITICAL))
    assert loud.written == [BELL]


def test_what_fired_before_the_screen_was_opened_is_no_news() -> None:
    heard = Heard()
    heard.look(alert(fired=moment(-60)))
    assert heard.written == []
    assert heard.titles == ["1! LMA health production 503"]


def test_offline_it_is_silent_and_says_so_in_the_title() -> None:
    heard = Heard()
    heard.look(API, offline=True)
    assert (heard.written, heard.titles) == ([], ["offline · Quarterdeck"])


def test_by_default_there_is_a_title_and_nothing_more() -> None:
    heard = Heard(Wish())
    heard.look(API)
    assert (heard.written, heard.titles) == ([], ["1! LMA API production 503"])
    silent = Heard(Wish.of("critical none never"))
    silent.look(API)
    assert (silent.written, silent.titles) == ([BELL], [])
    assert Heard(Wish(), {"TERM": "linux"}).titles == []


def test_after_the_terminal_was_given_back_the_title_is_set_again() -> None:
    heard = Heard()
    same = seen([API])
    heard.voice.look(same)
    heard.voice.forget_title()
    heard.voice.look(same)
    assert len(heard.titles) == 2
    assert heard.written.count(BELL) == 1


@pytest.mark.parametrize(
    ("wish", "environment", "expected"),
    [
        ("never", {"TERM_PROGRAM": "iTerm.app"}, ""),
        ("auto", {"TERM_PROGRAM": "iTerm.app"}, "9"),
        ("auto", {"TERM_PROGRAM": "WezTerm"}, "777"),
        ("auto", {"TERM": "xterm-kitty"}, "99"),
        ("auto", {"TERM": "foot"}, "777"),
        ("auto", {"TERM": "rxvt-unicode-256color"}, "777"),
        ("auto", XTERM, ""),
        ("777", XTERM, "777"),
        ("777", {"TERM": "screen", "STY": "1.pts"}, ""),
        ("99", {"TMUX": "x", "TERM": "tmux-256color"}, ""),
    ],
)
def test_which_sequence_is_used(wish: str, environment: dict[str, str], expected: str) -> None:
    assert osc_of(wish, environment, passthrough=False) == expected


def test_tmux_hands_on_what_it_is_allowed_to() -> None:
    inside = {"TMUX": "x", "TERM": "tmux-256color", "LC_TERMINAL": "iTerm2"}
    assert osc_of("auto", inside, passthrough=True) == "9"
    heard = Heard(LOUD, inside)
    heard.voice.passthrough = True
    heard.look(API)
    assert heard.written[0] == (
        "\x1bPtmux;\x1b\x1b]9;Quarterdeck: LMA: API production 503\x07\x1b\\"
    )
    assert through_tmux("\x1b]x\x1b\\") == "\x1bPtmux;\x1b\x1b]x\x1b\x1b\\\x1b\\"


@given(st.text(), st.sampled_from(["9", "777", "99"]))
def test_no_text_ends_its_sequence_or_begins_another(text: str, kind: str) -> None:
    hostile = alert(subject=f"{text}\x1b]0;x\x07\x9c\x9d{text}", fact=text)
    for line in (
        title_of({text: [hostile]}, offline=False),
        one_line(text, 200),
    ):
        assert line.isprintable()
        assert len(line) <= 200
        inner = notice(kind, line).removeprefix("\x1b]").removesuffix("\x07").removesuffix("\x1b\\")
        assert inner.isprintable()
        assert notice("777", line).count(";") == 3
