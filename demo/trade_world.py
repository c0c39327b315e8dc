"""What the products trade through: two accounts of Stripe, a team of Resend, a Google project."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from demo.agenda import Agenda
from demo.credentials import Credentials
from demo.vendors import google, google_shapes, resend, stripe
from demo.vendors.google_state import READING, WRITING, Client, GoogleCalendars
from demo.vendors.resend_state import Resend
from demo.vendors.stripe_state import Stripe

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from demo.misbehave import ErrorBody
    from demo.pulse import Pulse

CLIENT_ID: Final = "1034-demo.apps.googleusercontent.com"

TRADE_BODIES: Final[Mapping[str, "ErrorBody"]] = {
    "stripe": stripe.error_body,
    "resend": resend.error_body,
    "google": google_shapes.error_body,
}


@dataclass(slots=True)
class Trade:
    """Their memory.

    Args:
        agenda: When things happen.
    """

    agenda: Agenda
    stripe: dict[str, Stripe] = field(init=False)
    """By product."""

    resend: Resend = field(init=False)
    google: GoogleCalendars = field(init=False)

    def __post_init__(self) -> None:
        self.stripe = {
            "lma": Stripe(
                agenda=self.agenda,
                name="lma",
                webhook="https://api.lma.com/webhooks/stripe",
                per_minute=0.9,
            ),
            "localloop": Stripe(
                agenda=self.agenda,
                name="localloop",
                webhook="https://localloop.com/api/webhooks/stripe",
                per_minute=0.62,
            ),
        }
        self.resend = Resend(agenda=self.agenda)
        self.google = GoogleCalendars(agenda=self.agenda)
        self.google.seed()


def google_secret(words: Credentials, refresh_token: str) -> str:
    """The JSON that Google's tools write for a person's consent."""
    return json.dumps(
        {
            "type": "authorized_user",
            "client_id": CLIENT_ID,
            "client_secret": words.google_client,
            "refresh_token": refresh_token,
        }
    )


def trade_apps(trade: Trade, words: Credentials, pulse: "Pulse") -> "Iterator[tuple[str, ASGIApp]]":
    """The three APIs by name.

    Args:
        trade: What they remember.
        words: What opens them.
        pulse: How the API of LMA does in production: its payments suffer with it.
    """
    trade.stripe["lma"].strain = pulse.strain_at
    keys = {
        words.stripe_lma: stripe.Key(state=trade.stripe["lma"]),
        words.stripe_lma_refunds: stripe.Key(state=trade.stripe["lma"], refunds=True),
        words.stripe_localloop: stripe.Key(state=trade.stripe["localloop"]),
        words.stripe_refunds: stripe.Key(state=trade.stripe["localloop"], refunds=True),
    }
    yield "stripe", stripe.StripeApi(keys).app()
    full = {words.resend: True, words.resend_sending: False}
    yield "resend", resend.ResendApi(trade.resend, full).app()
    consents = {words.google_refresh: READING, words.google_refresh_actions: READING | WRITING}
    for refresh_token, scopes in consents.items():
        trade.google.clients[refresh_token] = Client(
            id=CLIENT_ID, secret=words.google_client, refresh_token=refresh_token, scopes=scopes
        )
    yield "google", google.GoogleApi(trade.google).app()
