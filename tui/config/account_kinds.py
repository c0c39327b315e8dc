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
    """Stands before the credential, with a blank unless it ends in `=`; empty: it stands alone."""

    header: str = "Authorization"
    """The header that carries it."""

    plain_headers: tuple[str, ...] = ()
    """More headers that carry it, without the scheme."""

    headers: tuple[tuple[str, str], ...] = ()
    """Sent with every request."""

    most_a_second: int = 0
    """Requests begun in any second, where the vendor's few are shared with the product; 0: all."""

    tokens: str = ""
    """Module whose `tokens(secret, url, clock, ca_file) -> SecretGetter` makes what is sent out of
    the secret, where that is no credential yet but what buys one; empty: it is sent itself."""

    action_tokens: str = ""
    """The same for the secret that actions use; empty: the same module."""


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
    "stripe": AccountKind(
        system="Stripe",
        url="https://api.stripe.com",
        describer="providers.stripe_account",
        # The specification that answers are held to; without it Stripe takes the account's own.
        headers=(("Stripe-Version", "2023-08-16"),),
    ),
    "resend": AccountKind(
        system="Resend",
        url="https://api.resend.com",
        describer="providers.resend_account",
        # Of 5 requests a second for the whole team: two are the product's, whatever we ask.
        most_a_second=3,
    ),
    "google": AccountKind(
        system="Google",
        url="https://www.googleapis.com/calendar/v3",
        describer="providers.google_account",
        tokens="providers.google_token",
        action_tokens="providers.google_action_token",
    ),
    "sentry": AccountKind(
        system="Sentry", url="https://us.sentry.io", describer="providers.sentry_account"
    ),
    "pagerduty": AccountKind(
        system="PagerDuty",
        url="https://api.pagerduty.com",
        describer="providers.pagerduty_account",
        scheme="Token token=",
    ),
    "slack": AccountKind(
        system="Slack", url="https://slack.com/api", describer="providers.slack_account"
    ),
    "supabase": AccountKind(
        system="Supabase", url="https://api.supabase.com", describer="providers.supabase_account"
    ),
    "supabase-auth": AccountKind(
        system="Supabase Auth",
        # Each project has an auth server of its own.
        url="",
        describer="providers.supabase_auth_account",
        plain_headers=("apikey",),
    ),
    "google-key": AccountKind(
        system="Chrome UX Report",
        url="https://chromeuxreport.googleapis.com",
        describer="providers.google_key_account",
        scheme="",
        header="X-Goog-Api-Key",
    ),
}
"""By the word after `kind:`."""
