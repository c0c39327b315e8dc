"""Durations and sizes: a number never stands without its unit."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.durations import (
    LONGEST_S,
    Unreadable,
    format_duration,
    format_size,
    parse_duration,
    parse_size,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0.0),
        ("500ms", 0.5),
        ("15s", 15.0),
        ("1.5s", 1.5),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("2d", 172_800.0),
        ("1d2h3m4s5ms", 93_784.005),
    ],
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "s", "5 m", " 5m", "5m ", "-5m", "+5m", "5M", "5min", "1m1h", "1m1m", "1h30", "5m;", "٥m"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_duration(text)


def test_a_number_without_unit_is_answered_with_both_readings() -> None:
    with pytest.raises(Unreadable, match='needs a unit: "15s" or "15m"'):
        parse_duration("15")


def test_ten_years_are_the_end() -> None:
    assert parse_duration("3650d") == LONGEST_S
    with pytest.raises(Unreadable, match="longer than 3650d"):
        parse_duration("3651d")


@given(st.integers(min_value=0, max_value=int(LONGEST_S * 1000)))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, abs=1e-9)


@given(st.text(max_size=20))
def test_reading_raises_nothing_else(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert 0 <= parse_duration(text) <= LONGEST_S


@pytest.mark.parametrize(("text", "size"), [("512B", 512), ("64KiB", 65_536), ("5MiB", 5 << 20)])
def test_a_size_is_bytes_and_is_written_back(text: str, size: int) -> None:
    assert parse_size(text) == size
    assert format_size(size) == text


@pytest.mark.parametrize("text", ["", "64", "64KB", "64kib", "-1B", "1.5MiB"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not a size"):
        parse_size(text)
