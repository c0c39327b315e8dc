"""Several questions to one system at once, so that one failing does not blind the others."""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

from providers.errors import ProviderError, RateLimited
from providers.system_readings import Condition

Value = TypeVar("Value")

_WORST_LAST = (
    Condition.FINE,
    Condition.NOTABLE,
    Condition.UNKNOWN,
    Condition.PAUSED,
    Condition.DEGRADED,
    Condition.BROKEN,
)


async def tried(asking: Awaitable[Value]) -> Value | ProviderError:
    """What was asked for, or the error of the tree in its place.

    Meant for `asyncio.gather`: the questions of one read go out side by side, so that a slow one
    takes no time from the others.
    """
    try:
        return await asking
    except ProviderError as error:
        return error


def answered(outcomes: Sequence[object]) -> None:
    """See that at least one question was answered.

    Args:
        outcomes: What `tried` gave, the most important question first.

    Raises:
        ProviderError: None was; it is the error of the first, or where we are to wait, the one
            that asks for the longest.
    """
    errors = [each for each in outcomes if isinstance(each, ProviderError)]
    if not errors or len(errors) < len(outcomes):
        return
    limited = [each for each in errors if isinstance(each, RateLimited)]
    raise max(limited, key=lambda each: each.retry_after_s, default=errors[0])


def blindness(outcome: object) -> str:
    """Why a section has nothing to show, with what to do; empty when it was read."""
    if not isinstance(outcome, ProviderError):
        return ""
    said = f" ({outcome.detail.line(160)})" if outcome.detail else ""
    advice = f": {outcome.advice}" if outcome.advice else ""
    return f"{outcome.reason}{said}{advice}"


def worst(conditions: Sequence[Condition]) -> Condition:
    """The worst of several; fine when there are none."""
    return max(conditions, key=_WORST_LAST.index, default=Condition.FINE)
