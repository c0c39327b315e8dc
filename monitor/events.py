"""What the timeline is made of."""

import enum
from datetime import datetime

from msgspec import Struct

from monitor.verdicts import Level
from providers.readings import SourceId


class EventKind(enum.Enum):
    """What the timeline tells of."""

    ALERT = "alert"
    CLEARED = "cleared"
    DEPLOY = "deploy"
    VENDOR = "vendor"
    SOURCE = "source"
    OPERATOR = "operator"
    CONFIG = "config"
    ACTION = "action"
    """Somebody changed something through the door; what became of it ends in `/outcome`."""

    NOTICE = "notice"
    """People were told of something, or could not be."""


class Event(Struct, frozen=True, kw_only=True):
    """One line of the timeline."""

    at: datetime
    kind: EventKind
    level: Level
    text: str
    """Short, and already safe to draw."""

    detail: str = ""
    """The same in full, where there is more to say."""

    environment: str = ""
    source: SourceId | None = None
    key: str = ""
    """Two events with one key are the same event seen twice."""

    workspace: str = ""
    """Empty for what concerns all of them."""


def is_aftermath(event: Event) -> bool:
    """Whether it tells what became of an action, which changed nothing by itself."""
    return event.kind is EventKind.ACTION and event.key.endswith(("/outcome", "/watch"))
