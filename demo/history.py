"""The past of both products: what was deployed where in the days before the demo begins."""

from typing import Final

from msgspec import Struct

from demo.commits import ANA, DENIZ, IVAN, MARIA, TOM, Author

LMA_REPO: Final = "lma-commerce/lma"
LOCALLOOP_REPO: Final = "localloop/localloop"


class Past(Struct, frozen=True, kw_only=True):
    """One deploy that is over."""

    minutes_ago: float
    short: str
    author: Author
    message: str
    outcome: str = "served"
    """`served`, `failed` or `canceled`."""

    branch: str = "main"


def _past(
    minutes_ago: float, short: str, author: Author, message: str, outcome: str = "served"
) -> Past:
    return Past(
        minutes_ago=minutes_ago, short=short, author=author, message=message, outcome=outcome
    )


_HOUR: Final = 60.0
_DAY: Final = 24 * _HOUR

API_PRODUCTION: Final = (
    _past(3 * _HOUR, "51b9a02", IVAN, "refunds: retry the webhook with back-off"),
    _past(22 * _HOUR, "e8c1d47", MARIA, "orders: index merchant_id, created_at"),
    _past(27 * _HOUR, "b30f9ac", IVAN, "payments: log the decline code", "failed"),
    _past(2 * _DAY, "0a7f3e6", MARIA, "carts: expire after 30 days"),
    _past(4 * _DAY, "d91c55b", DENIZ, "api: gzip answers over 1 kB"),
    _past(6 * _DAY, "77e2b18", IVAN, "auth: rotate the signing key"),
    _past(9 * _DAY, "3c4d0f9", MARIA, "orders: keyset pagination"),
)
API_STAGING: Final = (
    _past(65, "c44e1f0", MARIA, "pool: raise max to 4"),
    _past(5 * _HOUR, "51b9a02", IVAN, "refunds: retry the webhook with back-off"),
    _past(23 * _HOUR, "e8c1d47", MARIA, "orders: index merchant_id, created_at"),
    _past(2 * _DAY + 90, "0a7f3e6", MARIA, "carts: expire after 30 days"),
    _past(4 * _DAY + 45, "d91c55b", DENIZ, "api: gzip answers over 1 kB"),
)
WEB_PRODUCTION: Final = (
    _past(31, "a1f3c9e", DENIZ, "checkout: shorter copy on the pay button"),
    _past(26 * _HOUR, "5d0be73", DENIZ, "search: highlight the match"),
    _past(30 * _HOUR, "c0ffee1", MARIA, "web: read prices from the new API", "failed"),
    _past(3 * _DAY, "8ab42d0", DENIZ, "cart: keep items after sign-in"),
    _past(5 * _DAY, "f17a6c2", DENIZ, "a11y: focus rings everywhere"),
    _past(8 * _DAY, "2e9d318", MARIA, "web: upgrade the framework"),
)
WEB_STAGING: Final = (
    _past(2 * _HOUR, "4b6e0d2", DENIZ, "checkout: one page instead of three"),
    _past(7 * _HOUR, "a1f3c9e", DENIZ, "checkout: shorter copy on the pay button"),
    _past(9 * _HOUR, "19d7f5a", DENIZ, "checkout: draft of one page", "canceled"),
    _past(27 * _HOUR, "5d0be73", DENIZ, "search: highlight the match"),
    _past(3 * _DAY + 60, "8ab42d0", DENIZ, "cart: keep items after sign-in"),
)
ADMIN_STAGING: Final = (
    _past(7 * _HOUR, "a1f3c9e", DENIZ, "checkout: shorter copy on the pay button"),
    _past(27 * _HOUR, "5d0be73", DENIZ, "search: highlight the match"),
    _past(3 * _DAY + 60, "8ab42d0", DENIZ, "cart: keep items after sign-in"),
)
LOCALLOOP_PRODUCTION: Final = (
    _past(6 * _HOUR, "be51a7c", ANA, "events: show the organiser's time zone"),
    _past(28 * _HOUR, "90d4e2b", TOM, "tickets: refund to the card that paid"),
    _past(29 * _HOUR, "6f3ab08", TOM, "tickets: refund, first try", "failed"),
    _past(3 * _DAY, "1c8e77d", ANA, "calendar: retry on quota errors"),
    _past(6 * _DAY, "ad20f39", ANA, "mail: plain text part for invitations"),
    _past(10 * _DAY, "58b6c4e", TOM, "analytics: count visits once"),
)
LOCALLOOP_STAGING: Final = (
    _past(80, "e7705fa", TOM, "events: recurring events"),
    _past(7 * _HOUR, "be51a7c", ANA, "events: show the organiser's time zone"),
    _past(29 * _HOUR, "90d4e2b", TOM, "tickets: refund to the card that paid"),
    _past(3 * _DAY + 30, "1c8e77d", ANA, "calendar: retry on quota errors"),
)
