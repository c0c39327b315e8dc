"""Payments, e-mail and calendar in the demo's configuration, asked more often than real ones."""

from collections.abc import Mapping

from demo.config_parts import Tree
from demo.credentials import Credentials
from demo.trade_world import google_secret
from demo.vendors.google import BASE
from demo.vendors.google_state import EVENTS


def trade_secrets(words: Credentials) -> dict[str, str]:
    """The secrets by name."""
    return {
        "stripe-lma": words.stripe_lma,
        "stripe-localloop": words.stripe_localloop,
        "resend": words.resend,
        "google": google_secret(words, words.google_refresh),
        "stripe-lma-actions": words.stripe_lma_refunds,
        "stripe-localloop-actions": words.stripe_refunds,
        "google-actions": google_secret(words, words.google_refresh_actions),
    }


def trade_accounts(urls: Mapping[str, str]) -> Tree:
    """The accounts by name."""
    stripe = {"kind": "stripe", "base_url": urls["stripe"]}
    return {
        **{
            name: {**stripe, "secret": name, "action_secret": f"{name}-actions"}
            for name in ("stripe-lma", "stripe-localloop")
        },
        "resend": {"kind": "resend", "base_url": urls["resend"], "secret": "resend"},
        "google": {
            "kind": "google",
            "base_url": f"{urls['google']}{BASE}",
            "secret": "google",
            "action_secret": "google-actions",
        },
    }


def trade_systems(product: str) -> Tree:
    """The systems of one product; LMA's runbook names Stripe alone (B:199)."""
    stripe: Tree = {
        "account": f"stripe-{product}",
        "environment": "production",
        "currency": "usd",
        "runbook": "A:22" if product == "localloop" else "B:199",
        "every": "10s",
        "webhooks_every": "15s",
        "returns_every": "30s",
        "revenue_every": "2m",
    }
    found: Tree = {"stripe": {"main": stripe}}
    if product != "localloop":
        return found
    mail = {
        "account": "resend",
        "environment": "production",
        "runbook": "A:23",
        "every": "15s",
        "sending_every": "1m",
    }
    calendar = {
        "account": "google",
        "environment": "production",
        "runbook": "A:24",
        "calendars": [EVENTS],
        "every": "15s",
        "events_every": "30s",
    }
    return {**found, "resend": {"main": mail}, "google_calendar": {"main": calendar}}
