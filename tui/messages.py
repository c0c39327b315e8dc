"""The values that screens, dialogs and the app hand to each other."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notification, kept after it has left the screen."""

    at: datetime
    text: str
    severity: str
    """`information`, `warning` or `error`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a dialog that offers several."""

    key: str
    label: str
    note: str = ""
    """Shown dim behind it, such as the keys that do the same."""
