"""Verbs at Stripe, Google Calendar, PagerDuty, Sentry and Slack, as far as they are configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypedDict

from actions.vendors.calendar_event import CalendarSpot
from actions.vendors.chat import SlackSpot
from actions.vendors.families_alerting import Chat, Errors, OnCall
from actions.vendors.families_trade import Calendars, Payments
from actions.vendors.pager import PagerSpot
from actions.vendors.sentry import SentrySpot
from actions.vendors.spots import Spot, Spots
from tui.wire_care import author
from tui.wire_names import system_id

if TYPE_CHECKING:
    from actions.families import Family
    from providers.clock import Clock
    from providers.http import Api
    from providers.readings import SourceId
    from tui.config.model import Config, Workspace
    from tui.config.model_actions_pagerduty import PagerDutyActions
    from tui.config.model_system import SystemSetting
    from tui.wire_clients import Clients


class _Where(TypedDict):
    """What every spot has."""

    workspace: str
    environment: str
    production: bool
    name: str
    source: SourceId
    api: Api
    url: str
    clock: Clock


class _Ground:
    """The configuration with its clients.

    Args:
        config: What is watched.
        apis: By account, with the secrets that actions use.
        clock: The time.
    """

    def __init__(self, config: Config, apis: Mapping[str, Api], clock: Clock) -> None:
        self.config = config
        self._apis = apis
        self._clock = clock

    def where(self, name: str, kind: str, key: str, setting: SystemSetting, account: str) -> _Where:
        """Where one system stands."""
        workspace = self.config.workspaces[name]
        return {
            "workspace": name,
            "environment": setting.environment or "",
            "production": _production(workspace, setting.environment),
            "name": key,
            "source": system_id(name, setting.environment, kind, key),
            "api": self._apis[account],
            "url": self.config.accounts[account].url.rstrip("/"),
            "clock": self._clock,
        }


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """A family for each vendor that a workspace names a system of."""
    del shared
    ground = _Ground(config, apis, clock)
    payments = tuple(_payments(ground))
    calendars = tuple(_calendars(ground))
    pagers = tuple(_pagers(ground))
    errors = tuple(_errors(ground))
    chats = tuple(_chats(ground))
    made: list[Family] = []
    made += [Payments(Spots(payments, "Stripe"))] if payments else []
    made += [Calendars(Spots(calendars, "Google Calendar"))] if calendars else []
    made += [OnCall(Spots(pagers, "PagerDuty"))] if pagers else []
    made += [Errors(Spots(errors, "Sentry"))] if errors else []
    made += [Chat(Spots(chats, "Slack"))] if chats else []
    return made


def _production(workspace: Workspace, environment: str | None) -> bool:
    """Of what belongs to no single environment the strictest holds."""
    if environment is not None:
        return workspace.environments[environment].production
    return any(one.production for one in workspace.environments.values())


def acting(settings: PagerDutyActions, operator: str) -> str:
    """The address that an operator acts under; empty when none is known."""
    own = operator if "@" in operator and operator.isascii() else ""
    return settings.people.get(operator) or settings.sender or own


def _payments(ground: _Ground) -> Iterator[Spot]:
    for name, workspace in ground.config.workspaces.items():
        for key, one in workspace.systems.stripe.items():
            yield Spot(**ground.where(name, "stripe", key, one, one.account))


def _calendars(ground: _Ground) -> Iterator[CalendarSpot]:
    for name, workspace in ground.config.workspaces.items():
        for key, one in workspace.systems.google_calendar.items():
            where = ground.where(name, "google_calendar", key, one, one.account)
            yield CalendarSpot(**where, calendars=tuple(one.calendars))


def _pagers(ground: _Ground) -> Iterator[PagerSpot]:
    operator = author(ground.config).operator
    for name, workspace in ground.config.workspaces.items():
        sender = acting(workspace.actions.pagerduty, operator)
        for key, one in workspace.systems.pagerduty.items():
            where = ground.where(name, "pagerduty", key, one, one.account)
            yield PagerSpot(**where, sender=sender, services=tuple(one.services))


def _errors(ground: _Ground) -> Iterator[SentrySpot]:
    for name, workspace in ground.config.workspaces.items():
        for key, one in workspace.systems.sentry.items():
            where = ground.where(name, "sentry", key, one, one.account)
            yield SentrySpot(**where, organization=one.organization, projects=tuple(one.projects))


def _chats(ground: _Ground) -> Iterator[SlackSpot]:
    for name, workspace in ground.config.workspaces.items():
        for key, one in workspace.systems.slack.items():
            yield SlackSpot(
                **ground.where(name, "slack", key, one, one.account), channel=one.channel
            )
