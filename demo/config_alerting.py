"""Sentry, PagerDuty and Slack in the demo's configuration."""

from collections.abc import Mapping

from demo.alerting import LOCALLOOP, PRODUCTION
from demo.config_parts import Tree
from demo.credentials import Credentials
from demo.vendors.sentry_state import ORGANIZATION, PROJECTS
from demo.vendors.slack_state import INCIDENTS


def alerting_secrets(words: Credentials) -> dict[str, str]:
    """Their secrets by name."""
    return {
        "sentry": words.sentry,
        "sentry-actions": words.sentry_actions,
        "pagerduty-lma": words.pagerduty_lma,
        "pagerduty-localloop": words.pagerduty_localloop,
        "pagerduty-localloop-actions": words.pagerduty_localloop_actions,
        "slack": words.slack,
        "hook": words.hook,
    }


def alerting_accounts(urls: Mapping[str, str]) -> Tree:
    """Their accounts by name."""
    pager = {"kind": "pagerduty", "base_url": urls["pagerduty"]}
    return {
        "sentry": {
            "kind": "sentry",
            "base_url": urls["sentry"],
            "secret": "sentry",
            "action_secret": "sentry-actions",
        },
        "pagerduty-lma": {**pager, "secret": "pagerduty-lma"},
        "pagerduty-localloop": {
            **pager,
            "secret": "pagerduty-localloop",
            "action_secret": "pagerduty-localloop-actions",
        },
        "slack": {"kind": "slack", "base_url": f"{urls['slack']}/api", "secret": "slack"},
    }


def alerting_systems(product: str) -> Tree:
    """The systems of one product, asked more often than one would ask the real ones."""
    if product == "localloop":
        pager: Tree = {"account": "pagerduty-localloop", "services": [LOCALLOOP], "every": "10s"}
        return {"pagerduty": {"main": {**pager, "runbook": "A:17"}}}
    return {
        "sentry": {
            "main": {
                "account": "sentry",
                "organization": ORGANIZATION,
                "projects": list(PROJECTS),
                "sentry_environment": "production",
                "environment": "production",
                "runbook": "B:192",
                "every": "10s",
            }
        },
        "pagerduty": {
            "main": {
                "account": "pagerduty-lma",
                "services": [PRODUCTION],
                "environment": "production",
                "runbook": "B:295",
                "every": "5s",
            }
        },
        "slack": {
            "incidents": {
                "account": "slack",
                "title": "#incidents",
                "channel": INCIDENTS,
                "environment": "production",
                "runbook": "B:294",
                "every": "10s",
            }
        },
    }


def alerting_notices(urls: Mapping[str, str]) -> Tree:
    """Who is told of LMA's alerts: the incident channel, who is on call, and a receiver."""
    here = {"environments": ["production"]}
    return {
        "terminal": {"bell": "never", "title": True, "osc": "never"},
        "channels": {
            "incidents": {
                "slack": {"account": "slack", "channel": INCIDENTS},
                "remind_every": "5m",
                **here,
            },
            "on-call": {
                "pagerduty": {
                    "routing_key": "pagerduty-events",
                    "base_url": urls["pagerduty-events"],
                },
                # It counts the incidents that this channel opens.
                "except": ["unacknowledged"],
                **here,
            },
            "archive": {
                "webhook": {"url": f"{urls['hook']}/notices", "secret": "hook"},
                "from": "warning",
            },
        },
    }
