"""Numbers and spans in words, of a width that is known."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.words import (
    DURATION_WIDTH,
    SHORT_WIDTH,
    age_words,
    clock_words,
    date_words,
    duration_words,
    minute_words,
    number_words,
    short_duration,
    span_words,
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0s"),
        (59.9, "59s"),
        (280, "4m40s"),
        (724, "12m04s"),
        (10_260, "2h51m"),
        (86_400 * 9 + 3_600 * 4, "9d04h"),
        (86_400 * 120, "120d"),
        (-5, "0s"),
        (None, "—"),
        (float("nan"), "—"),
    ],
)
def test_durations(seconds: float | None, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (142.4, "ms", "142 ms"),
        (8.25, "ms", "8.25 ms"),
        (999.6, "ms", "1.00 s"),
        (2_140, "ms", "2.14 s"),
        (12_345, "ms", "12.3 s"),
        (75_000, "ms", "1m15s"),
        (2.14, "s", "2.14 s"),
        (10, "s", "10 s"),
        (10.5, "s", "10.5 s"),
        (480, "s", "8m00s"),
        (97.2, "%", "97 %"),
        (2.4, "%", "2.4 %"),
        (99.97, "%", "99.97 %"),
        (99.996, "%", "99.99 %"),
        (100, "%", "100 %"),
        (0, "%", "0 %"),
        (0.004, "%", "<0.01 %"),
        (0.4, "%", "0.4 %"),
        (240.2, "%", "240 %"),
        (512, "bytes", "512 B"),
        (1.2 * 1024**3, "bytes", "1.2 GiB"),
        (1023.9, "bytes", "1.0 KiB"),
        (9.7, "days", "9 d"),
        (12, "per_s", "12/s"),
        (1_234, "count", "1234"),
        (2_500_000, "", "2.5M"),
        (None, "%", "—"),
        (float("inf"), "ms", "—"),
        (410, "req/min", "410 req/min"),
    ],
)
def test_numbers(value: float | None, unit: str, words: str) -> None:
    assert number_words(value, unit) == words


def test_spans_of_the_configuration() -> None:
    spans = (30, 300, 3_600, 5_400, 2_592_000, 0.5)
    assert [span_words(one) for one in spans] == ["30s", "5m", "1h", "1h30m", "30d", "0.5s"]


def test_clocks() -> None:
    at = datetime(2026, 1, 31, 16, 32, 49, tzinfo=UTC)
    east = timezone(timedelta(hours=2))
    assert (clock_words(at), clock_words(at, east)) == ("16:32:49Z", "18:32:49")
    assert (minute_words(at), date_words(at)) == ("16:32", "2026-01-31 16:32Z")
    assert (age_words(3), age_words(250), age_words(None)) == ("3s ago", "4m ago", "never")


@given(st.floats(0, 1e9))
def test_short_durations_are_all_of_one_width(seconds: float) -> None:
    assert len(short_duration(seconds)) == SHORT_WIDTH


@given(st.floats(0, 86_400 * 9_999))
def test_durations_stay_within_their_width(seconds: float) -> None:
    assert len(duration_words(seconds)) <= DURATION_WIDTH


@given(st.floats(0, 100))
def test_a_percentage_is_never_rounded_to_all_or_nothing(value: float) -> None:
    words = number_words(value, "%")
    assert (words == "100 %") == (value == 100)
    assert (words == "0 %") == (value == 0)


@given(
    st.floats(-1e15, 1e15),
    st.sampled_from(["ms", "s", "%", "bytes", "per_s", "count", "days", "", "x"]),
)
def test_any_number_has_short_words(value: float, unit: str) -> None:
    assert 0 < len(number_words(value, unit)) <= 24
