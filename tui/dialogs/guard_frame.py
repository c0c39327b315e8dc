"""What stands on the frame of a dialog: what is done, and, loudly, to which product and where."""

from typing import Final

from rich.cells import cell_len

from actions.plan import Target
from widgets.cells import cut
from widgets.glyphs import Glyphs, to_ascii

_AROUND_TITLE: Final = 14
"""Columns of corners, signs and blanks beside what is done and where."""

_SHORTEST_TITLE: Final = 24
"""What is done has at least so many columns."""


def environment_words(target: Target) -> str:
    """Which product and where, in capitals: `LMA PRODUCTION`.

    What belongs to no single environment, such as a payment, is held to the strictest one.
    """
    said = f"{target.workspace} {target.environment}".strip().upper()
    return f"{said} (PRODUCTION)" if target.production and "PROD" not in said else said


def title_room(target: Target, columns: int) -> int:
    """How much of what is done stands on a frame of so many columns, beside where."""
    return max(_SHORTEST_TITLE, columns - _AROUND_TITLE - cell_len(environment_words(target)))


def framed(what: str, target: Target, glyphs: Glyphs, columns: int) -> str:
    """What is done and, loudly, where: what stands on a frame of so many columns."""
    # Neither colour nor a heavier frame is there everywhere: a sign is.
    sign = glyphs.critical if target.production else glyphs.warning
    shown = cut(what, title_room(target, columns))
    words = f" {sign} {shown}  {environment_words(target)} {sign} "
    return to_ascii(words) if glyphs.ascii else words
