"""Whose credential is in use and what it may do: what `doctor` asks each vendor for."""

from datetime import datetime

from msgspec import Struct

from providers.http import RateBudget
from providers.text import Foreign


class AccountView(Struct, frozen=True, kw_only=True):
    """A vendor's answer to "who am I?"."""

    system: str
    """`Vercel`, `Render` or `GitHub`."""

    name: Foreign
    """The account as the vendor names it."""

    scopes: tuple[str, ...]
    """What the credential may do, as far as the vendor tells; already safe to draw."""

    budget: RateBudget | None
    """Requests allowed and left; None when the vendor does not tell."""

    expires_at: datetime | None = None
    """When the credential ends; None when the vendor does not tell."""

    warnings: tuple[str, ...] = ()
    """What is wider than a dashboard needs, each with what to do."""
