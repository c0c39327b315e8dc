"""The services of Sentry, PagerDuty and Slack, ready to be put on a port."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from demo.aftermath import Aftermath
from demo.alerting import Alerting
from demo.credentials import Credentials
from demo.misbehave import ErrorBody
from demo.pulse import Pulse
from demo.vendors import hook, pagerduty, pagerduty_events, sentry, slack
from demo.vendors.pagerduty_request import Key

if TYPE_CHECKING:
    from starlette.types import ASGIApp

ERROR_BODIES: Final[Mapping[str, ErrorBody]] = {
    "sentry": sentry.error_body,
    "pagerduty": pagerduty.error_body,
    "pagerduty-events": pagerduty_events.error_body,
    "slack": slack.error_body,
    "hook": hook.error_body,
}


def alerting_apps(alerting: Alerting, words: Credentials, pulse: Pulse) -> dict[str, "ASGIApp"]:
    """Each by its name.

    Args:
        alerting: Their memory.
        words: What opens them.
        pulse: How the API in production does.
    """
    before = Aftermath(alerting, pulse)
    keys = {
        words.pagerduty_lma: Key(account=alerting.pagerduty_lma),
        words.pagerduty_localloop: Key(account=alerting.pagerduty_localloop, read_only=True),
        words.pagerduty_localloop_actions: Key(account=alerting.pagerduty_localloop),
    }
    accounts = (alerting.pagerduty_lma, alerting.pagerduty_localloop)
    tokens = {words.slack: slack.SCOPES}
    return {
        "sentry": sentry.SentryApi(
            alerting.sentry,
            frozenset({words.sentry}),
            before,
            frozenset({words.sentry_actions}),
        ).app(),
        "pagerduty": pagerduty.PagerDutyApi(keys, before).app(),
        "pagerduty-events": pagerduty_events.PagerDutyEventsApi(accounts, before).app(),
        "slack": slack.SlackApi(alerting.slack, tokens, before).app(),
        "hook": hook.HookReceiver(words.hook).app(),
    }
