"""Who is told of alerts besides the wall: the terminal itself, and channels that lead elsewhere."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.values import BaseUrl, HeaderName, Name, SecretName, Url

PAGERDUTY_EVENTS: Final = "https://events.pagerduty.com"
KINDS: Final = ("slack", "pagerduty", "webhook")

From = Literal["critical", "warning"]


class TerminalNotices(Setting):
    """What the terminal does besides showing the wall; once for each alert."""

    bell: Literal["critical", "warning", "never"] = Field(
        default="never", description="From which level on it rings."
    )
    title: bool = Field(
        default=True, description="Whether the worst alert stands in the window's title."
    )
    osc: Literal["auto", "9", "777", "99", "never"] = Field(
        default="never",
        description="Desktop notices through the terminal, from critical on: by the sequence OSC "
        "9, 777 or 99, or by what the terminal is known to understand.",
    )


class SlackChannel(Setting):
    """A channel in Slack; the app has to be in it."""

    account: Name = Field(description="The account of kind slack; its token needs chat:write.")
    channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{6,20}$")] = Field(
        description="The channel's id (not its name): C0INCIDENTS."
    )


class PagerDutyEvents(Setting):
    """An integration of kind Events API v2: each alert opens an incident and closes it."""

    routing_key: SecretName = Field(description="The secret that holds the integration key.")
    base_url: BaseUrl = Field(
        default=PAGERDUTY_EVENTS, description="Where events go; in Europe another address."
    )
    timeout_s: Annotated[Duration, lasting("1s", "60s")] = Field(
        default=15.0, alias="timeout", description="One message may take no longer."
    )


class Webhook(Setting):
    """An address of one's own that takes JSON by POST."""

    url: Url = Field(description="Its address; https unless it is on this machine.")
    secret: SecretName | None = Field(
        default=None, description="Signs each message (HMAC-SHA256). Left out: none is signed."
    )
    headers: Mapping[HeaderName, str] = Field(
        default={}, max_length=16, description="Sent along; never a credential."
    )
    timeout_s: Annotated[Duration, lasting("1s", "60s")] = Field(
        default=15.0, alias="timeout", description="One message may take no longer."
    )

    @property
    def origin(self) -> str:
        """Its scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """The rest of it, with the query."""
        parts = urlsplit(self.url)
        return f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


class NoticeChannel(Setting):
    """One way to tell people; exactly one of slack, pagerduty and webhook."""

    slack: SlackChannel | None = Field(default=None, description="A channel in Slack.")
    pagerduty: PagerDutyEvents | None = Field(
        default=None, description="An integration of PagerDuty."
    )
    webhook: Webhook | None = Field(default=None, description="An address of one's own.")
    least: From = Field(default="critical", alias="from", description="What is milder is not told.")
    environments: tuple[Name, ...] = Field(
        default=(), max_length=16, description="Only what happens there. Empty: everywhere."
    )
    except_kpis: tuple[Name, ...] = Field(
        default=(),
        alias="except",
        max_length=64,
        description="KPIs whose alerts are not told here: those that watch this channel itself.",
    )
    remind_every_s: Annotated[Duration, lasting("5m", "7d")] | None = Field(
        default=None,
        alias="remind_every",
        description="Told again so often while nobody acknowledges it. Left out: never.",
    )
    cleared: bool = Field(default=True, description="Whether it is told that an alert is over.")

    @property
    def given(self) -> tuple[str, ...]:
        """Which of the kinds are there."""
        return tuple(kind for kind in KINDS if getattr(self, kind) is not None)


class Notices(Setting):
    """Who is told of alerts; nothing leaves this machine unless a channel is configured."""

    terminal: TerminalNotices = Field(
        default=TerminalNotices(), description="What the terminal does besides showing the wall."
    )
    channels: Mapping[Name, NoticeChannel] = Field(
        default={}, max_length=16, description="Where alerts are told of, by name."
    )
