"""Statements on the page of a session: broken into clauses, folded, and readable to the end."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.snapshot import WorkspaceView
from providers.database_readings import MOST_QUERY_BYTES
from providers.text import Foreign
from tests import snapshot_values as values
from tests.screen_rig import NARROW, NORMAL, WIDE, screen
from tests.values_common import NOW
from tests.widget_host import resized
from tui.screens.layout import PaneId
from tui.screens.sql import sql_lines
from tui.screens.subjects import subjects
from tui.screens.wrapping import wrapped
from widgets.cells import Cell, Tone, line_width, plain

LONG_COMMENT = "-- " + " ".join(f"word{number}" for number in range(60))
LONG_LITERAL = "SELECT '" + "x" * 300 + "the end'"


def with_statement(statement: str, cut: int | None = None) -> WorkspaceView:
    """The incident, its second session with another statement."""
    view = values.incident()
    database, *others = view.databases
    first, second, *rest = database.rows
    session = replace(second.session, query=Foreign(statement), query_cut=cut)
    second = replace(second, session=session)
    database = replace(database, rows=(first, second, *rest))
    return replace(view, databases=(database, *others))


@given(st.text(st.sampled_from("ab 漢,'"), max_size=300), st.integers(8, 60))
def test_nothing_but_blanks_is_lost_and_nothing_too_wide(text: str, width: int) -> None:
    line = (Cell("  "), Cell(text[:50], Tone.TITLE, bold=True), Cell(text[50:], Tone.ACCENT))
    pieces = list(wrapped(line, width))
    assert all(line_width(piece) <= width for piece in pieces)
    told = plain(pieces[0]) + "".join(plain(piece[1:]) for piece in pieces[1:])
    assert told.replace(" ", "") == plain(line).replace(" ", "")
    assert not any(plain(piece[1:]).startswith(" ") for piece in pieces[1:])
    for tone in (Tone.TITLE, Tone.ACCENT):
        had = "".join(cell.text for cell in line if cell.tone is tone)
        has = "".join(cell.text for piece in pieces for cell in piece if cell.tone is tone)
        assert has.replace(" ", "") == had.replace(" ", "")


def test_a_line_breaks_after_words_and_hangs() -> None:
    pieces = [plain(piece) for piece in wrapped((Cell("  SET note = 'one two three'"),), 16)]
    assert pieces == ["  SET note = ", "      'one two ", "      three'"]


def test_a_word_longer_than_the_line_is_broken() -> None:
    pieces = [plain(piece) for piece in wrapped((Cell("a" * 20),), 10)]
    assert pieces == ["a" * 10, "    " + "a" * 6, "    " + "a" * 4]


@pytest.mark.parametrize("statement", ["SELECT '" + "x " * 6_000 + "'", "x\n" * 500, "y" * 9_000])
def test_the_lines_have_a_bound(statement: str) -> None:
    lines = sql_lines(statement, 20)
    assert len(lines) <= 201
    assert plain(lines[-1]) == "… cut here"


@pytest.mark.parametrize(
    ("statement", "end"), [(f"{LONG_COMMENT}\nSELECT 1", "word59"), (LONG_LITERAL, "the end'")]
)
async def test_a_long_line_can_be_read_to_its_end(statement: str, end: str) -> None:
    async with screen(with_statement(statement), size=NARROW) as rig:
        await rig.press("5", "j", "enter")
        assert end in rig.text()
        assert "…" not in "".join(rig.lines()[2:8])


async def test_a_page_of_another_width_folds_anew() -> None:
    async with screen(with_statement(LONG_COMMENT), size=NORMAL) as rig:
        await rig.press("5", "j", "enter")
        assert rig.pilot is not None
        await resized(rig.pilot, *NARROW)
        await rig.settle()
        assert "word59" in rig.text()


async def test_a_statement_that_was_cut_is_marked_in_the_list_on_its_page_and_in_the_copy() -> None:
    words = "cut after 1,023 bytes: the server's track_activity_query_size"
    async with screen(with_statement("SELECT 1", cut=1023), size=WIDE) as rig:
        assert "SELECT 1 …cut" in rig.text()
        await rig.press("5", "j", "enter")
        assert f"… {words}" in rig.text()
        view = rig.app.view
        assert view is not None
        assert view.pane is not None
        copies = [subject.copy for subject in subjects(view.pane, PaneId.QUERIES)]
        assert f"SELECT 1\n-- {words}" in copies
        assert sum(words in copy for copy in copies) == 1
    ours = with_statement("SELECT 1", cut=MOST_QUERY_BYTES)
    session = ours.databases[0].rows[1].session
    assert session.cut_words == "cut after 4,096 bytes: more is not read"


async def test_ages_of_sessions_are_counted_from_what_is_asked_for_and_the_title_says_it() -> None:
    view = with_statement("SELECT 1")
    database, *others = view.databases
    first, second, *rest = database.rows
    session = replace(second.session, query_age_s=31.0, transaction_age_s=420.0,
                      backend_start=NOW.at - timedelta(hours=3))  # fmt: skip
    rows = (first, replace(second, session=session), *rest)
    view = replace(view, databases=(replace(database, rows=rows), *others))
    seen = []
    async with screen(view, size=WIDE) as rig:
        await rig.press("i")
        assert "this is of the long-running queries (5)" in rig.app.notices[-1].text
        await rig.press("5")
        for key in ("j", "i", "i", "i"):
            await rig.press(key)
            (title,) = (line for line in rig.lines() if "Long-running queries" in line)
            (row,) = (line for line in rig.lines() if "SELECT 1" in line)
            age = next(one for one in ("31s", "7m00s", "3h00m", "2h59m") if one in row)
            seen.append(("age of" in title and title.split("age of ")[1].split()[0], age))
    assert seen == [(False, "31s"), ("transaction", "7m00s"), ("backend", "2h59m"), (False, "31s")]
