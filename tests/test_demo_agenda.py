"""What is due happens once, in order, at its own instant, when somebody looks."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from demo.agenda import Agenda
from tests.fakes import START, ManualClock

DELAYS = st.lists(st.integers(0, 1000), max_size=20)
STEPS = st.lists(st.integers(0, 400), min_size=1, max_size=10)


@given(delays=DELAYS, steps=STEPS)
def test_everything_due_happens_once_and_in_order(delays: list[int], steps: list[int]) -> None:
    clock = ManualClock()
    agenda = Agenda(clock)
    happened: list[int] = []
    for delay_s in delays:
        agenda.after(delay_s, partial(happened.append, delay_s))
    for step_s in steps:
        clock.advance(step_s)
        agenda.settle()

    passed_s = (clock.now().at - START).total_seconds()
    assert happened == sorted(each for each in delays if each <= passed_s)


def test_a_change_sees_the_instant_it_was_due_and_may_plan_more() -> None:
    clock = ManualClock()
    agenda = Agenda(clock)
    seen: list[float] = []

    def again() -> None:
        seen.append((agenda.now - START).total_seconds())
        agenda.after(10, again)

    agenda.after(10, again)
    clock.advance(35)
    agenda.settle()

    assert seen == [10, 20, 30]
    assert agenda.now == clock.now().at


def test_looking_while_a_change_is_made_does_not_begin_anew() -> None:
    clock = ManualClock()
    agenda = Agenda(clock)
    seen: list[str] = []

    def look() -> None:
        agenda.settle()
        seen.append("first")

    agenda.after(1, look)
    agenda.after(2, lambda: seen.append("second"))
    clock.advance(5)
    agenda.settle()

    assert seen == ["first", "second"]
