"""What a channel is, and what is told over it. Values and one protocol."""

import enum
from typing import Final, Protocol

from msgspec import Struct

from monitor.alert_view import AlertView
from monitor.verdicts import Level
from providers.text import EMPTY, Foreign


class TellKind(enum.Enum):
    """Why something is told of an alert."""

    FIRED = "fired"
    FLAPPING = "flapping"
    """It changes between good and bad; told once, and instead of each change."""

    WORSE = "worse"
    """A warning became critical."""

    REMINDER = "reminder"
    """It still fires, and nobody has said anything of it."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody is at it; for channels that keep a state of their own."""

    CLEARED = "cleared"


class ChannelKind(enum.Enum):
    """What kinds of channel there are."""

    SLACK = "slack"
    PAGERDUTY = "pagerduty"
    WEBHOOK = "webhook"


class ChannelSpec(Struct, frozen=True, kw_only=True):
    """One channel of one workspace, as configured."""

    name: str
    kind: ChannelKind
    workspace: str
    workspace_title: str
    target: str
    """Where it leads, in words that hold no credential: `C0123`, `hooks.example.com`."""

    least: Level = Level.CRITICAL
    """What is milder is not told."""

    environments: frozenset[str] = frozenset()
    """Empty: all; an alert that belongs to none is told everywhere."""

    except_kpis: frozenset[str] = frozenset()
    """KPIs whose alerts are not told, by their names in the configuration."""

    remind_s: float | None = None
    """None: never."""

    cleared: bool = True
    """Whether it is told that an alert is over."""

    @property
    def keeps_state(self) -> bool:
        """Whether the other side keeps one thing for each alert, which is opened and closed.

        Then each alert is a message of its own, one may be sent again without harm, and reminding
        is the other side's part.
        """
        return self.kind is ChannelKind.PAGERDUTY


class Telling(Struct, frozen=True, kw_only=True):
    """One thing to be told of one alert over one channel."""

    kind: TellKind
    key: str
    """Of the alert."""

    episode: str
    """Of the trouble, as it was named when it was first told."""

    level: Level
    subject: str
    """The alert in a few words, for when it is gone."""

    alert: AlertView | None = None
    """As it is; None once it is over."""

    followers: int = 0
    """How many more follow from it."""

    number: int = 0
    """Which reminder."""

    lasted_s: float = 0.0
    """Since it was first told."""

    silent: bool = False
    """Only noted, so that it counts as told: nobody wants to hear of it."""

    @property
    def label(self) -> str:
        """What is told once in an episode: `fired`, `reminder-3`."""
        return f"{self.kind.value}-{self.number}" if self.number else self.kind.value


class Message(Struct, frozen=True, kw_only=True):
    """What goes out in one go."""

    workspace: str
    workspace_title: str
    tellings: tuple[Telling, ...] = ()
    id: str = ""
    """Unique; the receiver may tell by it that it has it already."""

    host: str = ""
    """Which machine sends it."""

    test: Foreign = EMPTY
    """Who tests; not empty: a test, and nothing is wrong."""


class Sender(Protocol):
    """Sends a message over one channel."""

    async def send(self, message: Message) -> None:
        """Send it once.

        Raises:
            ProviderError: It did not arrive, or nobody knows whether it did (`after_sending`).
        """
        ...


MOST_LINES: Final = 10
"""Alerts that one message names; of the rest only the number is told."""
