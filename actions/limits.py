"""How long is waited for what, and who is told meanwhile."""

from collections.abc import Callable

from msgspec import Struct

from actions.running import Phase
from actions.verbs import RECONCILED_S, TOLD_S

News = Callable[[Phase, str], None]
"""Told how far it has come, in words."""


class Limits(Struct, frozen=True, kw_only=True):
    """How long is waited for what."""

    pin_s: float = 20.0
    told_s: float = TOLD_S
    reconciled_s: float = RECONCILED_S
    poll_s: float = 2.0
    """Between two looks at how far it has come."""

    look_s: float = 10.0
    """One look."""

    watch_s: float = 1.0
    """Between two looks at what should recover; snapshots come once a second."""

    audit_s: float = 3.0
    """Between two looks whether somebody else wrote to the audit."""
