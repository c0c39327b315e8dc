"""The sources of Sentry, PagerDuty and Slack for the shared suites."""

from providers.base import SourceKind
from providers.http import Api
from providers.pagerduty import PagerDutyOptions, PagerDutySource
from providers.sentry import SentryOptions, SentrySource
from providers.slack import SlackOptions, SlackSource
from tests import vendor_data_pagerduty as pager
from tests import vendor_data_sentry as errors
from tests import vendor_data_slack as chat
from tests.vendor_rig import rig_of, spec_of


def sentry(api: Api, **changes: object) -> SentrySource:
    options = SentryOptions(**({"organization": "lma"} | changes))  # type: ignore[arg-type]  # named by the test
    return SentrySource(spec_of("Sentry", SourceKind.SYSTEM), options, api)


def pagerduty(
    api: Api, *services: str, escalation_policies: tuple[str, ...] = ()
) -> PagerDutySource:
    options = PagerDutyOptions(services=services, escalation_policies=escalation_policies)
    return PagerDutySource(spec_of("PagerDuty", SourceKind.SYSTEM), options, api)


def slack(api: Api, channel: str = "C012AB3CD", messages: int = 15) -> SlackSource:
    options = SlackOptions(channel=channel, messages=messages)
    return SlackSource(spec_of("Slack", SourceKind.SYSTEM), options, api)


SENTRY = (
    ("/events-timeseries/", errors.timeseries(*([7.0] * 60))),
    ("/releases/", [errors.release()]),
    ("/stats_v2/", errors.outcomes(accepted=[5.0] * 24)),
    ("/events/", errors.table(orders=40, carts=2)),
    ("/issues/", [errors.issue(), errors.issue("12")]),
)
PAGERDUTY = (
    ("/maintenance_windows", pager.page("maintenance_windows", pager.window())),
    ("/incidents", pager.page("incidents", pager.incident(), pager.acknowledged())),
    ("/services", pager.page("services", pager.service())),
    ("/escalation_policies", pager.page("escalation_policies", pager.policy())),
    ("/oncalls", pager.page("oncalls", pager.on_call(), pager.on_call(2, pager.IVAN, None))),
)
SLACK = (
    ("/conversations.history", chat.history(chat.message())),
    ("/conversations.info", chat.info()),
    ("/users.info", chat.user()),
    ("/auth.test", chat.auth()),
)

ALERTING_RIGS = (
    rig_of("Sentry", sentry, *SENTRY),
    rig_of("PagerDuty", pagerduty, *PAGERDUTY),
    rig_of("Slack", slack, *SLACK, base_path="/api"),
)
