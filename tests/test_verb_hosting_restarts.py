"""Which restart of a service was ours, when the answer was lost."""

from datetime import timedelta

import pytest

from actions.hosting.render_restarts import newer, ours
from actions.nearness import is_near
from actions.plan import Request
from actions.verbs import Settled, State
from providers.render_events import Event
from providers.text import Foreign
from tests.fakes import START

OURS = "oncall@lma.com"
REQUEST = Request(id="r-1", at=START, operator="ana", reason="pool")


def restarted(after_s: float, by: str = "", name: str = "") -> Event:
    return Event(
        id=name or f"e{after_s:g}{by}",
        type="server_restarted",
        at=START + timedelta(seconds=after_s),
        outcome="",
        reason="",
        out_of_memory=False,
        deploy_id="",
        rollback=False,
        by=Foreign(by),
    )


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([restarted(20)], 0),
        ([restarted(20, OURS)], 0),
        ([restarted(20, OURS.upper())], 0),
        ([restarted(20, "usr-7f3")], 0),
        ([restarted(-5)], 0),
        ([restarted(40, "bo@lma.com"), restarted(20)], 1),
        ([restarted(40), restarted(20, OURS)], 1),
        ([restarted(900, OURS), restarted(20)], 1),
        ([], State.PENDING),
        ([restarted(20, "bo@lma.com")], State.PENDING),
        ([restarted(900)], State.PENDING),
        ([restarted(900, OURS)], State.PENDING),
        ([restarted(-900)], State.PENDING),
        ([restarted(40), restarted(20)], State.UNKNOWN),
        ([restarted(40, OURS), restarted(20, OURS)], State.UNKNOWN),
    ],
)
def test_only_one_that_can_be_no_other_is_ours(told: list[Event], found: int | State) -> None:
    it = ours(told, REQUEST, OURS)
    if isinstance(found, int):
        assert it == told[found]
    else:
        assert isinstance(it, Settled)
        assert it.state is found
        assert all(f"{one.at:%H:%M:%S}" in it.words for one in told)


@pytest.mark.parametrize(
    ("after_s", "near"),
    [(-61, False), (-60, True), (0, True), (180, True), (181, False), (None, True)],
)
def test_what_came_at_another_time_is_somebody_elses(after_s: float | None, near: bool) -> None:
    at = None if after_s is None else START + timedelta(seconds=after_s)
    assert is_near(at, REQUEST) is near
    assert is_near(at, None)


def test_without_knowing_whose_key_it_is_only_the_time_counts() -> None:
    one = restarted(20, "bo@lma.com")
    assert ours([one], REQUEST, "") == one
    two = ours([one, restarted(25, OURS)], REQUEST, "")
    assert isinstance(two, Settled)
    assert two.state is State.UNKNOWN
    assert "by bo@lma.com" in two.words


def test_what_was_there_when_it_was_planned_is_left_out() -> None:
    feed = [restarted(30, name="c"), restarted(20, name="b"), restarted(10, name="a")]
    assert newer(feed, "b") == feed[:1]
    assert newer(feed, "") == feed
    assert newer(feed, "forgotten by the feed") == feed
    assert newer(feed, "c") == []
