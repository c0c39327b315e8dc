"""Cells and lines: always the asked width, never more than one line."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from providers.text import Foreign
from widgets.cells import Cell, Tone, cut, cut_line, fit, fit_line, join, line_width, plain, said

TEXTS = st.text(max_size=60)
WIDTHS = st.integers(min_value=0, max_value=80)


def test_text_that_fits_is_padded_on_the_side_it_is_not_aligned_to() -> None:
    assert fit("API", 6) == "API   "
    assert fit("142 ms", 8, "right") == "  142 ms"
    assert fit("ok", 5, "centre") == " ok  "


def test_text_that_does_not_fit_ends_in_an_ellipsis() -> None:
    assert cut("pool: raise max to 40", 12) == "pool: raise…"
    assert cut("exact", 5) == "exact"
    assert cut("gone", 0) == ""


def test_half_a_wide_character_is_never_drawn() -> None:
    assert fit("東京支店", 6) == "東京… "
    assert cell_len(fit("東京支店", 6)) == 6


def test_tabs_newlines_and_escapes_take_no_second_line() -> None:
    assert Cell("a\tb\nc\x1b[31m").text == "a b c [31m"


def test_words_of_others_are_folded_onto_one_line() -> None:
    assert said(Foreign("UPDATE orders\n   SET note = $2\n")).text == "UPDATE orders SET note = $2"


def test_markup_of_others_is_plain_text() -> None:
    assert (
        said(Foreign("a[1], [/red] [@click=app.quit]b")).text == "a[1], [/red] [@click=app.quit]b"
    )


def test_a_line_is_cut_in_the_cell_that_has_no_room() -> None:
    line = (Cell("API ", Tone.TITLE), Cell("production", Tone.MUTED), Cell(" 503"))
    assert plain(cut_line(line, 9)) == "API prod…"
    assert [cell.tone for cell in cut_line(line, 9)] == [Tone.TITLE, Tone.MUTED]


def test_a_cell_that_would_just_fit_shows_that_more_follows() -> None:
    assert plain(cut_line((Cell("12345"), Cell("678")), 5)) == "1234…"


def test_empty_parts_get_no_separator() -> None:
    parts = [(Cell("5 over 5m"),), (), (Cell("pool 58/60"),)]
    assert plain(join(parts, Cell(" · "))) == "5 over 5m · pool 58/60"


@given(TEXTS, WIDTHS)
def test_fit_gives_exactly_the_asked_width(text: str, width: int) -> None:
    cleaned = Cell(Foreign(text).line()).text
    assert cell_len(fit(cleaned, width)) == width
    assert cell_len(fit(cleaned, width, "right")) == width
    assert cell_len(fit(cleaned, width, "centre")) == width


@given(st.lists(TEXTS, max_size=6), WIDTHS)
def test_a_fitted_line_has_exactly_the_asked_width(texts: list[str], width: int) -> None:
    line = tuple(Cell(Foreign(text).line()) for text in texts)
    assert line_width(fit_line(line, width)) == width


@given(TEXTS, WIDTHS)
def test_what_is_cut_is_a_beginning_of_the_text(text: str, width: int) -> None:
    cleaned = Cell(Foreign(text).line()).text
    shown = cut(cleaned, width)
    assert shown == cleaned or cleaned.startswith(shown.removesuffix("…").rstrip())
