"""Where panes stand, from sizes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.screens.layout import Needs, PaneId, Place, Shape, plan_wall

LMA = Needs(checks=7, kpis=8, vendors=True)
A, D, E, K, Q, C, T, V = (
    PaneId.ALERTS,
    PaneId.DEPLOYS,
    PaneId.ENDPOINTS,
    PaneId.KPIS,
    PaneId.QUERIES,
    PaneId.CHART,
    PaneId.TIMELINE,
    PaneId.VENDORS,
)


@pytest.mark.parametrize(
    ("size", "shape", "heights"),
    [
        ((160, 48), Shape.WIDE, {A: 7, D: 7, E: 10, K: 6, Q: 8, C: 12, T: 12, V: 3}),
        ((120, 36), Shape.NORMAL, {A: 8, D: 8, E: 10, K: 6, Q: 9, V: 1}),
        ((80, 24), Shape.NARROW, {A: 5, E: 8, K: 4, Q: 4, V: 1}),
        ((80, 40), Shape.NARROW, {A: 8, D: 9, E: 8, K: 6, Q: 6, V: 1}),
        ((200, 60), Shape.WIDE, {A: 11, D: 11, E: 10, K: 6, Q: 12, C: 16, T: 16, V: 3}),
        ((200, 24), Shape.NORMAL, {A: 6, D: 6, E: 5, K: 3, Q: 5, V: 3}),
        ((72, 20), Shape.TINY, {A: 18}),
        ((80, 23), Shape.TINY, {A: 21}),
        ((79, 24), Shape.TINY, {A: 22}),
    ],
)
def test_each_size_has_its_wall(
    size: tuple[int, int], shape: Shape, heights: dict[PaneId, int]
) -> None:
    plan = plan_wall(*size, LMA)

    assert plan.shape is shape
    assert {pane: place.height for pane, place in plan.places.items()} == heights


def test_only_a_small_terminal_is_told_so() -> None:
    assert plan_wall(72, 20, LMA).too_small
    assert not plan_wall(80, 24, LMA).too_small


def test_a_maximised_pane_has_everything_but_header_and_footer() -> None:
    plan = plan_wall(120, 36, LMA, PaneId.TIMELINE)

    assert plan.places == {PaneId.TIMELINE: Place(x=0, y=1, width=120, height=34)}


def test_the_banner_takes_its_line_from_the_panes() -> None:
    plan = plan_wall(80, 24, LMA, top=2)

    assert min(place.y for place in plan.places.values()) == 2
    assert max(place.y + place.height for place in plan.places.values()) == 23


def test_without_vendors_there_is_no_strip() -> None:
    assert PaneId.VENDORS not in plan_wall(160, 48, Needs(checks=7, kpis=8)).places


@given(
    width=st.integers(1, 400),
    height=st.integers(1, 200),
    checks=st.integers(0, 300),
    kpis=st.integers(0, 100),
    vendors=st.booleans(),
    top=st.integers(1, 2),
)
def test_panes_never_overlap_nor_leave_the_terminal(
    width: int, height: int, checks: int, kpis: int, vendors: bool, top: int
) -> None:
    plan = plan_wall(width, height, Needs(checks=checks, kpis=kpis, vendors=vendors), top=top)

    assert PaneId.ALERTS in plan.places
    taken: set[tuple[int, int]] = set()
    for place in plan.places.values():
        edges = {(x, y) for x in (place.x, place.x + place.width - 1)
                 for y in range(place.y, place.y + place.height)}  # fmt: skip
        assert not taken & edges
        taken |= edges
        assert place.width >= 1
        assert place.height >= 1
        assert place.x >= 0
        assert place.x + place.width <= width
        if height > top + 1:
            assert place.y + place.height <= height - plan.footer


@given(width=st.integers(80, 300), height=st.integers(24, 120))
def test_a_wall_that_fits_has_no_empty_lines(width: int, height: int) -> None:
    places = plan_wall(width, height, LMA).places.values()

    covered = {y for place in places for y in range(place.y, place.y + place.height)}
    assert covered == set(range(1, height - 1))
