"""How a channel that people are told over is doing. Values only."""

from datetime import datetime

from msgspec import Struct

from monitor.verdicts import Level


class ChannelView(Struct, frozen=True, kw_only=True):
    """One channel of a workspace."""

    name: str
    kind: str
    """`slack`, `pagerduty` or `webhook`."""

    target: str
    """Where it leads; holds no credential."""

    least: Level
    """What is milder is not told."""

    last_at: datetime | None = None
    """When a message last arrived, of whichever operator of this host; None: none is known."""

    last_words: str = ""
    """What that one was about."""

    last_operator: str = ""
    waiting: int = 0
    """Alerts that are to be told and have not left."""

    problem: str = ""
    """Why the last message did not arrive; empty when it did."""
