"""Parts of one read: one that fails leaves the others, and all that fail are an error."""

import asyncio
from typing import Any

import pytest

from providers.errors import BadAnswer, RateLimited, Unauthorized
from providers.parts import answered, blindness, tried, worst
from providers.system_readings import Condition
from providers.text import Foreign

REFUSED = Unauthorized("Sentry", "read", "may not", advice="check its scopes")


def limited(seconds: float) -> RateLimited:
    return RateLimited("Sentry", "read", "too often", retry_after_s=seconds)


async def _given(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


async def test_an_error_of_the_tree_takes_the_place_of_the_answer() -> None:
    good, bad = await asyncio.gather(tried(_given(7)), tried(_given(REFUSED)))

    assert good == 7
    assert bad is REFUSED


async def test_another_error_is_a_bug_and_goes_on() -> None:
    with pytest.raises(ZeroDivisionError):
        await tried(_given(ZeroDivisionError()))


@pytest.mark.parametrize("outcomes", [(), (1,), (1, REFUSED), (REFUSED, None)])
def test_one_answer_is_enough(outcomes: tuple[object, ...]) -> None:
    answered(outcomes)


def test_of_several_failures_the_first_is_told() -> None:
    with pytest.raises(Unauthorized):
        answered((REFUSED, BadAnswer("Sentry", "read", "cut")))


def test_the_longest_wait_is_the_one_that_counts() -> None:
    with pytest.raises(RateLimited) as caught:
        answered((REFUSED, limited(6.9), limited(7.0), limited(1.0)))

    assert caught.value.retry_after_s == 7.0


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (5, ""),
        (None, ""),
        (REFUSED, "may not: check its scopes"),
        (BadAnswer("S", "r", "cut", detail=Foreign("oh\nno")), "cut (oh no)"),
    ],
)
def test_blindness_says_why_and_what_to_do(outcome: object, words: str) -> None:
    assert blindness(outcome) == words


def test_the_worst_comes_last() -> None:
    assert worst(()) is Condition.FINE
    assert worst((Condition.NOTABLE, Condition.UNKNOWN)) is Condition.UNKNOWN
    assert worst((Condition.UNKNOWN, Condition.PAUSED)) is Condition.PAUSED
    assert worst((Condition.PAUSED, Condition.DEGRADED)) is Condition.DEGRADED
    assert worst(tuple(Condition)) is Condition.BROKEN
