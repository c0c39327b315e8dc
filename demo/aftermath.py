"""What follows when the API fails: somebody is paged, people talk, and it is over again.

Nobody plays this from a script. It follows from how the API does, so a roll back ends it, and
whoever acknowledges or resolves the incident meets the consequences.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from demo.alerting import Alerting
from demo.commits import POOL_RAISE
from demo.pulse import UNHEALTHY, Pulse
from demo.vendors.slack_state import INCIDENTS, PAGER_BOT_ID, user_id

KEY: Final = "lma-api-production/health"
"""The integration's key of the incident: a second event of it joins the first."""

WELL: Final = 0.1
"""How little strain it takes until the integration resolves the incident."""

AGAIN: Final = timedelta(minutes=2)
"""When an incident that was resolved too early is triggered anew."""

_TITLE: Final = "lma-api-production: /health fails, connection pool exhausted"
_TALK: Final = (
    (25.0, "maria", f"on it. That came right after my deploy of {POOL_RAISE}, looking at Sentry"),
    (
        70.0,
        "dana",
        f"<@{user_id('maria')}> Sentry: `timed out after 2000 ms waiting for a connection`, new "
        f"since {POOL_RAISE}, /v1/orders &amp; /v1/carts",
    ),
    (150.0, "ivan", "<!here> error rate &gt; 5 % for two minutes: SEV1. Roll back to 51b9a02?"),
)


class Aftermath:
    """Watches the API and lets the others know.

    Args:
        alerting: Who is told.
        pulse: How the API does.
    """

    def __init__(self, alerting: Alerting, pulse: Pulse) -> None:
        self._alerting = alerting
        self._pulse = pulse
        alerting.sentry.strain = pulse.strain_at

    def __call__(self) -> None:
        """Take in what happened since the last look."""
        alerting = self._alerting
        now = alerting.agenda.settle()
        strain = self._pulse.strain()
        alerting.sentry.settle()
        alerting.pagerduty_lma.settle()
        if self._alerting.down_since is not None and strain <= WELL:
            self._over()
        elif self._alerting.down_since is None and strain >= UNHEALTHY:
            self._begin(now)
        elif self._alerting.down_since is not None:
            self._still(now)

    def _begin(self, now: datetime) -> None:
        self._alerting.down_since = now
        self._page("Triggered")
        for after_s, login, text in _TALK:
            self._alerting.agenda.after(after_s, partial(self._say, now, login, text))

    def _say(self, down_since: datetime, login: str, text: str) -> None:
        if self._alerting.down_since == down_since:
            self._alerting.slack.say(INCIDENTS, text, login=login)

    def _still(self, now: datetime) -> None:
        account = self._alerting.pagerduty_lma
        mine = [one for one in account.incidents if one.key == KEY]
        closed = bool(mine) and mine[-1].status == "resolved"
        if closed and now - mine[-1].changed_at >= AGAIN:
            self._page("Triggered again")

    def _page(self, word: str) -> None:
        account, service = self._alerting.pagerduty_lma, self._alerting.production
        details = "readiness and health have failed; liveness answers"
        incident = account.trigger(service, _TITLE, key=KEY, details=details)
        link = f"<https://lma-commerce.pagerduty.com/incidents/{incident.id}|#{incident.number}>"
        self._bot(f"*{word}* {link} on {service.name}: {_TITLE}")

    def _over(self) -> None:
        self._alerting.down_since = None
        account = self._alerting.pagerduty_lma
        account.resolve_by_key(self._alerting.production, KEY)
        self._bot(f"*Resolved*: {_TITLE}")

    def _bot(self, text: str) -> None:
        self._alerting.slack.say(INCIDENTS, text, bot=(PAGER_BOT_ID, "PagerDuty"))
