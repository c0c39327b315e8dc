"""Who is told when the demo's products fail: Sentry, PagerDuty for both products, Slack."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from demo.agenda import Agenda
from demo.commits import ANA, DENIZ, IVAN, MARIA, TOM, Author
from demo.vendors.pagerduty_models import PagerService, PagerUser, Policy, Schedule, Window
from demo.vendors.pagerduty_state import PagerDuty
from demo.vendors.render_models import DeployStatus
from demo.vendors.render_state import Render
from demo.vendors.sentry_state import Sentry, Shipped
from demo.vendors.slack_state import Slack

PRODUCTION: Final = "lma-production"
LOCALLOOP: Final = "localloop"
_LIVE: Final = frozenset({DeployStatus.LIVE, DeployStatus.DEACTIVATED})


def _user(author: Author) -> PagerUser:
    return PagerUser(name=author.name, email=author.email)


DANA: Final = PagerUser(name="Dana Reyes", email="dana@lma.com", role="admin")
PRIYA: Final = PagerUser(name="Priya Nair", email="priya@lma.com")


@dataclass(slots=True)
class Alerting:
    """The memory of all of them.

    Args:
        agenda: When things happen.
        render: Where the API's versions go live.
        service_id: The API in production.
    """

    agenda: Agenda
    render: Render
    service_id: str
    sentry: Sentry = field(init=False)
    pagerduty_lma: PagerDuty = field(init=False)
    pagerduty_localloop: PagerDuty = field(init=False)
    slack: Slack = field(init=False)
    down_since: datetime | None = None
    """When the API went down in production; None while it is up."""

    def __post_init__(self) -> None:
        self.sentry = Sentry(self.agenda, self._shipped)
        self.pagerduty_lma = _lma(self.agenda)
        self.pagerduty_localloop = _localloop(self.agenda)
        self.slack = Slack(self.agenda)

    @property
    def production(self) -> PagerService:
        """What is paged for when the API fails."""
        return next(one for one in self.pagerduty_lma.services if one.name == PRODUCTION)

    def _shipped(self) -> Sequence[Shipped]:
        """The API's versions, the newest first; one that went live again is as new as that."""
        found: dict[str, Shipped] = {}
        for deploy in self.render.of(self.service_id):
            if deploy.status not in _LIVE or deploy.finished_at is None:
                continue
            version = f"lma-api@{deploy.commit.sha}"
            known = found.get(version)
            live_at = max(deploy.finished_at, known.live_at if known else deploy.finished_at)
            found[version] = Shipped(version=version, created_at=deploy.created_at, live_at=live_at)
        return sorted(found.values(), key=lambda one: one.live_at, reverse=True)


def _lma(agenda: Agenda) -> PagerDuty:
    maria, deniz, ivan = _user(MARIA), _user(DENIZ), _user(IVAN)
    services = _lma_services(agenda.now, maria, deniz, ivan)
    made = PagerDuty(
        agenda=agenda,
        subdomain="lma-commerce",
        users=(DANA, maria, deniz, ivan, PRIYA),
        services=services,
        first_number=1_041,
    )
    made.windows.append(
        Window(
            description="Frankfurt: network maintenance",
            starts_at=agenda.now + timedelta(days=2),
            ends_at=agenda.now + timedelta(days=2, hours=2),
            services=(services[1],),
            created_by=DANA,
        )
    )
    return made


def _lma_services(
    now: datetime, maria: PagerUser, deniz: PagerUser, ivan: PagerUser
) -> tuple[PagerService, PagerService]:
    # The first has been on call for a while, and hands over in three hours and a bit.
    half_days = Schedule(
        name="API primary",
        users=(DANA, maria, ivan),
        turn=timedelta(hours=12),
        epoch=now - timedelta(hours=8, minutes=38),
    )
    weeks = Schedule(
        name="API secondary",
        users=(ivan, deniz),
        turn=timedelta(days=7),
        epoch=now - timedelta(days=4, hours=3),
    )

    def service(name: str, description: str) -> PagerService:
        policy = Policy(name="LMA on call", levels=(half_days, weeks, PRIYA))
        key = secrets.token_hex(16)
        return PagerService(name=name, description=description, policy=policy, routing_key=key)

    return (
        service(PRODUCTION, "What customers use"),
        service("lma-staging", "Nobody is woken for it"),
    )


def _localloop(agenda: Agenda) -> PagerDuty:
    now = agenda.now
    ana, tom = _user(ANA), _user(TOM)
    weeks = Schedule(
        name="LocalLoop rotation",
        users=(tom, ana),
        turn=timedelta(days=7),
        epoch=now - timedelta(days=5, hours=6),
    )
    service = PagerService(
        name=LOCALLOOP,
        description="localloop.com",
        policy=Policy(name="LocalLoop", levels=(weeks, ana), delay_minutes=15),
        routing_key=secrets.token_hex(16),
    )
    return PagerDuty(
        agenda=agenda, subdomain="localloop", users=(ana, tom), services=(service,), first_number=88
    )
