"""What the guard's dialog is about, and how far it is: values."""

import enum
from typing import Final

from msgspec import Struct

from actions.plan import Danger, Target

SMALLEST: Final = (60, 16)
"""The smallest terminal in which something can be confirmed."""

LOOK_AGAIN_S: Final = 60.0
"""What is shown is read anew when it is older."""

AWAITED_S: Final = 10.0
"""The same while a second person's word is waited for."""

COUNT_S: Final = 3.0
"""After the heaviest confirmations there is so long to take them back."""

COUNTED: Final = frozenset({Danger.OUTAGE, Danger.FINAL})
"""Those verbs."""


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody asked for, with its target as it was at the key press."""

    verb: str
    title: str
    target: Target
    parameters: tuple[tuple[str, str], ...] = ()
    danger: Danger = Danger.CHANGE


class Stage(enum.Enum):
    """How far the dialog is."""

    LOOKING = "looking"
    FAILED = "failed"
    """It could not be planned, or not be begun: nothing was sent."""

    SHOWN = "shown"
    COUNTING = "counting"
    STARTING = "starting"
