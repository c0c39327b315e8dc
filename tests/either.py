"""A call that may refuse, for properties that say something of both."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=Exception)


def either(call: Callable[[], T], refusal: type[E]) -> T | E:
    """What a call gives, or how it refuses; whatever else it raises is a crash."""
    try:
        return call()
    except refusal as error:
        return error
