"""Builds what tells people of alerts, over the channels of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from actions.notices.channel import ChannelKind, ChannelSpec, Sender
from actions.notices.pagerduty_event import PagerDutySender
from actions.notices.slack import SlackSender
from actions.notices.teller import Channel, Teller
from actions.notices.webhook import WebhookSender
from monitor.verdicts import Level
from providers.clock import Clock
from providers.http import Api
from tui.wire_care import care_folder, journals
from tui.wire_clients import Clients

if TYPE_CHECKING:
    from tui.config.model import Config, NoticeChannel, Workspace

LEVELS: Final = {"critical": Level.CRITICAL, "warning": Level.WARNING}


def teller(config: Config, shared: Clients, clock: Clock, *, kept: bool) -> Teller:
    """Tells over all channels.

    Args:
        config: With the channels.
        shared: The clients of all accounts.
        clock: The time.
        kept: Whether what was told is written down; otherwise it is known for this run.
    """
    folder = care_folder(config) if kept else None
    return Teller(channels(config, shared, clock), journals(config, clock, folder), clock)


def channels(config: Config, shared: Clients, clock: Clock) -> tuple[Channel, ...]:
    """The channels of all workspaces; no connection is made and no secret looked up yet."""
    return tuple(_channels(config, shared, clock))


def _channels(config: Config, shared: Clients, clock: Clock) -> Iterator[Channel]:
    for name, workspace in config.workspaces.items():
        for key, setting in workspace.notices.channels.items():
            yield Channel(
                spec=channel_spec(name, workspace, key, setting),
                sender=_sender(setting, shared, clock),
            )


def channel_spec(name: str, workspace: Workspace, key: str, setting: NoticeChannel) -> ChannelSpec:
    """What a channel is to be told."""
    return ChannelSpec(
        name=key,
        kind=ChannelKind(setting.given[0]),
        workspace=name,
        workspace_title=workspace.title,
        target=_target(setting),
        least=LEVELS[setting.least],
        environments=frozenset(setting.environments),
        except_kpis=frozenset(setting.except_kpis),
        remind_s=setting.remind_every_s,
        cleared=setting.cleared,
    )


def _target(setting: NoticeChannel) -> str:
    """Where it leads; a webhook's path may be a secret of its own, so only its host is told."""
    if setting.slack is not None:
        return setting.slack.channel
    if setting.pagerduty is not None:
        return setting.pagerduty.base_url.partition("://")[2]
    return "" if setting.webhook is None else setting.webhook.origin.partition("://")[2]


def _sender(setting: NoticeChannel, shared: Clients, clock: Clock) -> Sender:
    if setting.slack is not None:
        return SlackSender(shared.apis[setting.slack.account], setting.slack.channel)
    if setting.pagerduty is not None:
        events = setting.pagerduty
        return PagerDutySender(
            Api(
                system="PagerDuty",
                base_url=events.base_url,
                clock=clock,
                deadline_s=events.timeout_s,
            ),
            shared.secrets[events.routing_key],
        )
    hook = setting.webhook
    if hook is None:
        raise ValueError("a channel needs slack, pagerduty or webhook")
    secret = None if hook.secret is None else shared.secrets[hook.secret]
    api = Api(system="Webhook", base_url=hook.origin, clock=clock, deadline_s=hook.timeout_s)
    return WebhookSender(api, hook.path, clock, secret, hook.headers)
