"""Which window a chart begins with: the shortest with room for what is known."""

from datetime import timedelta

import pytest

from monitor.history_steps import Point
from tests.values_common import NOW
from tui.series import USUAL, WINDOWS, fitting_window, usual_gap_s


def _point(age_s: int, value: float | None) -> Point:
    at = NOW.at - timedelta(seconds=age_s)
    return Point(at=at, value=value, minimum=value, maximum=value)


def points(reach_s: int, every_s: int = 5) -> list[Point]:
    ages = range(reach_s, -1, -every_s)
    return [_point(age, 1.0) for age in ages]


@pytest.mark.parametrize(
    ("reach_s", "place", "window"),
    [
        (60, USUAL, "5m"),
        (600, USUAL, "15m"),
        (1_200, USUAL, "1h"),
        (3_600, USUAL, "1h"),
        (290, 0, "15m"),
        (100, 1, "15m"),
        (890, 1, "1h"),
        (100, 4, "24h"),
    ],
)
def test_a_chart_shows_what_there_is_without_being_nearly_empty(
    reach_s: int, place: int, window: str
) -> None:
    assert WINDOWS[fitting_window(points(reach_s), place, NOW)][1] == window


def test_without_points_the_window_stays() -> None:
    assert fitting_window((), USUAL, NOW) == USUAL
    nothing = [_point(0, None)]
    assert fitting_window(nothing, 1, NOW) == 1


def test_slow_checks_are_joined_on_a_short_window() -> None:
    assert usual_gap_s(points(300, 15), 5.0) == 15.0
    assert usual_gap_s(points(300, 5), 20.0) == 20.0
    assert usual_gap_s((), 5.0) == 5.0
