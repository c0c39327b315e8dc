"""The notes of a proposal where there is little room for them. Pure."""

from collections.abc import Sequence
from typing import Final

from actions.guard_values import Because

LATELY: Final = "lately:"
"""What was done to the target a little ago; the guard names each by its request."""

_MOST: Final = 2


def fewer_lately(warnings: Sequence[Because]) -> tuple[Because, ...]:
    """Of what was done to the target lately the newest; the others are counted in one line.

    In an incident many things are done to one service: each in a line would leave no room for
    what is to be decided, and nothing could be confirmed any more in a small terminal.
    """
    lately = [one for one in warnings if one.code.startswith(LATELY)]
    if len(lately) <= _MOST + 1:
        return tuple(warnings)
    older = len(lately) - _MOST
    counted = Because(code=LATELY, words=f"{older} more were done to it before, see below")
    others = (one for one in warnings if not one.code.startswith(LATELY))
    return (*others, *lately[-_MOST:], counted)
