"""Stripe, Resend and Google Calendar in the configuration: what is taken, and what comes of it."""

from typing import Any

import pytest

from providers.base import Area
from providers.google_token import Tokens
from tests.fakes import ManualClock
from tui.config.load import check
from tui.config.model import Config
from tui.config.validate import validate
from tui.wire_clients import clients
from tui.wiring import asked

PREFIX = """\
version: 1
secrets: {s: {env: SOME_SECRET}}
accounts:
  pay: {kind: stripe, secret: s}
  mail: {kind: resend, secret: s}
  cal: {kind: google, secret: s, base_url: "http://127.0.0.1:8123/calendar/v3"}
workspaces:
  w:
    title: W
    environments: {production: {label: PROD, production: true}}
    systems:
"""


def problems(systems: str) -> str:
    return "\n".join(str(problem) for problem in check(f"{PREFIX}{systems}", "config.yaml"))


@pytest.mark.parametrize(
    ("systems", "words"),
    [
        ("      stripe: {main: {account: pay, currency: EUR}}", "currency"),
        ("      stripe: {main: {account: mail}}", "an account of resend; needed is one of stripe"),
        ("      stripe: {main: {account: nobody}}", "no such account; known: pay"),
        ("      stripe: {main: {account: pay, every: 1s}}", "every"),
        ("      resend: {main: {account: mail, recent: 0}}", "recent"),
        ("      resend: {main: {account: mail, recent: 500}}", "recent"),
        ("      google_calendar: {main: {account: cal, calendars: []}}", "calendars"),
        ('      google_calendar: {main: {account: cal, calendars: [".."]}}', "not the id"),
        ('      google_calendar: {main: {account: cal, calendars: [" a"]}}', "not the id"),
        ("      google_calendar: {main: {account: cal, ahead: 10m}}", "ahead"),
        ("      google_calendar: {main: {account: cal, environment: nowhere}}", "no such"),
    ],
)
def test_what_is_refused(systems: str, words: str) -> None:
    assert words in problems(systems)


def test_a_kpi_names_a_number_that_is_read() -> None:
    kpi = """\
      stripe: {main: {account: pay}}
    kpis:
      k:
        title: K
        environment: production
        from: [{system: stripe/main.revenue, metric: METRIC}]
"""
    assert problems(kpi.replace("METRIC", "revenue_24h")) == ""
    assert "revenue_24h" in problems(kpi.replace("METRIC", "revenue"))


def built(systems: dict[str, Any]) -> Config:
    found = validate(
        {
            "version": 1,
            "secrets": {"s": {"env": "SOME_SECRET"}},
            "accounts": {
                "pay": {"kind": "stripe", "secret": "s"},
                "mail": {"kind": "resend", "secret": "s"},
                "cal": {
                    "kind": "google",
                    "secret": "s",
                    "base_url": "http://127.0.0.1:8123/calendar/v3",
                },
            },
            "workspaces": {
                "w": {
                    "title": "W",
                    "environments": {"production": {"label": "PROD"}},
                    "systems": systems,
                }
            },
        }
    )
    assert found.config is not None, found.findings
    return found.config


SYSTEMS = {
    "stripe": {"main": {"account": "pay", "environment": "production"}},
    "resend": {"main": {"account": "mail"}},
    "google_calendar": {"main": {"account": "cal", "calendars": ["a@x.test"], "ahead": "1d"}},
}


def test_what_is_asked_and_how_often() -> None:
    specs = {str(source.spec.id): source.spec for source in asked(built(SYSTEMS), ManualClock())}

    assert {name: (spec.area, spec.interval_s) for name, spec in specs.items()} == {
        "w/production/stripe/main": (Area.PAYMENTS, 60),
        "w/production/stripe/main.webhooks": (Area.PAYMENTS, 300),
        "w/production/stripe/main.returns": (Area.PAYMENTS, 600),
        "w/production/stripe/main.revenue": (Area.PAYMENTS, 300),
        "w/-/resend/main": (Area.MAIL, 60),
        "w/-/resend/main.sending": (Area.MAIL, 300),
        "w/-/google_calendar/main": (Area.CALENDAR, 60),
        "w/-/google_calendar/main.events": (Area.CALENDAR, 300),
    }
    assert specs["w/production/stripe/main"].unseen_interval_s == 0, "it feeds an alert"
    assert specs["w/production/stripe/main.revenue"].unseen_interval_s == 600


def test_google_s_client_buys_its_tokens_where_the_account_is() -> None:
    apis = clients(built(SYSTEMS), ManualClock()).apis

    credential = apis["cal"].credential
    assert isinstance(credential, Tokens)
    assert credential._url == "http://127.0.0.1:8123"
    assert not isinstance(apis["pay"].credential, Tokens)
