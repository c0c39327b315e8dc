"""Kinds of account: where the vendor's API is and how a credential is shown to it.

Leaf module: the wiring and `doctor` read it as well as the model.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class AccountKind(Struct, frozen=True, kw_only=True):
    """What all accounts of one vendor have in common."""

    system: str
    """The vendor in its own spelling."""

    url: str
    """Where its API is; empty where each account has its own address."""

    describer: str
    """Module whose `async describe(api) -> AccountView` tells `doctor` whose credential it is."""

    scheme: str = "Bearer"
    """Stands before the credential, with a blank; empty: it stands alone."""

    header: str = "Authorization"
    """The header that carries it."""

    plain_headers: tuple[str, ...] = ()
    """More headers that carry it, without the scheme."""

    headers: tuple[tuple[str, str], ...] = ()
    """Sent with every request."""


ACCOUNT_KINDS: Final[Mapping[str, AccountKind]] = {
    "vercel": AccountKind(
        system="Vercel", url="https://api.vercel.com", describer="providers.vercel_account"
    ),
    "render": AccountKind(
        system="Render", url="https://api.render.com/v1", describer="providers.render_account"
    ),
    "github": AccountKind(
        system="GitHub", url="https://api.github.com", describer="providers.github_account"
    ),
}
"""By the word after `kind:`."""
