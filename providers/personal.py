"""Addresses of people, made unfit to find the person by."""

import re
from typing import Final

from providers.text import Foreign

LONGEST: Final = 400
"""Characters that are looked at and kept."""

_ADDRESS: Final = re.compile(r"([^\s<>\"'(),;:@]{1,64})@([A-Za-z0-9.-]{1,253})")


def masked(said: Foreign) -> Foreign:
    """The text on one line, with each e-mail address in it as `d…@example.com`.

    The domain stays: whether all bounces are of one mail provider is what on-call wants to know.
    """
    short = said.line(LONGEST)
    return Foreign(_ADDRESS.sub(lambda found: f"{found[1][0]}…@{found[2]}", short))


def recipients(addresses: tuple[Foreign, ...]) -> Foreign:
    """Whom something goes to: the first masked, the others counted; names are left out."""
    if not addresses:
        return Foreign("")
    found = _ADDRESS.search(addresses[0].line(LONGEST))
    first = f"{found[1][0]}…@{found[2]}" if found else "…"
    others = len(addresses) - 1
    return Foreign(f"{first} and {others} more" if others else first)
