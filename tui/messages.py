"""The values that screens, dialogs and the app hand to each other."""

from datetime import datetime

from msgspec import Struct


class Notice(Struct, frozen=True, kw_only=True):
    """One notification, kept after it has left the screen."""

    at: datetime
    text: str
    severity: str
    """`information`, `warning` or `error`."""


class Choice(Struct, frozen=True, kw_only=True):
    """One line of a dialog that offers several."""

    key: str
    label: str
    note: str = ""
    """Shown dim behind it, such as the keys that do the same."""
