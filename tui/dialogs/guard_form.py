"""What a person gives in the guard's dialog, and what is still missing of it. Pure."""

import math
from collections.abc import Collection
from typing import Final

from msgspec import Struct

from actions.guard_values import Ask
from actions.names import says_something
from actions.plan import Target, oddities

USUAL_MINUTES: Final = 10
LONGEST_REASON: Final = 200
"""Of a lease; an action could have a longer one."""

LONGEST_NAME: Final = 14
"""A longer name to type stands in a line of its own."""


class Given(Struct, frozen=True, kw_only=True):
    """What stands in the fields."""

    reason: str = ""
    incident: str = ""
    minutes: str = ""
    name: str = ""


def minutes_of(text: str, most: float) -> float | None:
    """For how long to arm; None when that is no number from 1 to the most there may be."""
    try:
        minutes = float(text)
    except ValueError:
        return None
    return minutes if math.isfinite(minutes) and 1 <= minutes <= most else None


def missing(
    asks: Collection[Ask], given: Given, target: Target, most: float, fingerprint: str = ""
) -> str:
    """What is asked for next; empty when all of it is there.

    Args:
        asks: What the guard asks for.
        given: What stands in the fields.
        target: Whose name is typed.
        most: Minutes that the environment may be armed for.
        fingerprint: Of the plan that somebody else has to agree to.
    """
    if Ask.APPROVAL in asks:
        return f"somebody else has to agree: X, or quarterdeck action approve {fingerprint[:12]}"
    if Ask.REASON in asks and not says_something(given.reason):
        return "a reason is missing"
    if Ask.LEASE in asks and minutes_of(given.minutes, most) is None:
        return f"arm it for how long? 1 to {most:g} minutes"
    if Ask.NAME in asks and given.name != target.short_name:
        return _name_words(given.name, target.short_name)
    return ""


def _name_words(typed: str, name: str) -> str:
    if not typed or name.startswith(typed):
        return f"type {name}"
    odd = oddities(typed)
    return f"that is not {name}: {odd[0]}" if odd else f"that is not {name}, letter by letter"
