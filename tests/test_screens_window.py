"""Which window a chart begins with: the shortest with room for what is known."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from monitor.history_steps import Point
from monitor.workspace import Statistic
from tests.screen_rig import Rig, screen
from tests.snapshot_values import incident
from tests.values_common import NOW
from tui.screens.layout import Place
from tui.screens.wall_second_chart import parted, worst_kpi
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


def test_two_charts_share_one_place_where_both_have_room() -> None:
    place = Place(x=0, y=40, width=133, height=16)
    first, second = parted(place, 200)
    assert second is not None
    assert (first.width + second.width, second.x) == (133, first.width)
    assert parted(place, 199) == (place, None)
    assert parted(replace(place, width=80), 240)[1] is None


def test_the_second_chart_is_of_the_worst_kpi_that_can_be_charted() -> None:
    view = incident()
    worst = worst_kpi(view)
    assert worst is not None
    assert worst.verdict.level is max(kpi.verdict.level for kpi in view.kpis)
    ratios = tuple(
        replace(kpi, spec=replace(kpi.spec, statistic=Statistic.RATIO)) for kpi in view.kpis
    )
    charted = worst_kpi(replace(view, kpis=ratios))
    assert charted is not None
    assert charted.spec.statistic is Statistic.RATIO
    nothing = tuple(replace(kpi, spec=replace(kpi.spec, series=())) for kpi in view.kpis)
    assert worst_kpi(replace(view, kpis=nothing)) is None


def second_shown(rig: Rig) -> bool:
    return bool(rig.wall.second.pane.display)


async def test_a_very_wide_wall_shows_two_charts() -> None:
    async with screen(incident(), size=(200, 60)) as rig:
        assert second_shown(rig)
        assert rig.wall.second.pane.size.width + rig.wall.chart.pane.size.width == 132
        await rig.press("6", "6")
        assert not second_shown(rig)
    async with screen(incident(), size=(160, 48)) as rig:
        assert not second_shown(rig)
