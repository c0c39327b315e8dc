"""The states that are drawn: how far a source is trusted, how an endpoint is, what differs."""

import enum


class Freshness(enum.Enum):
    """How far a source's last good answer may be trusted."""

    LOADING = "loading"
    """Never answered, and still has time to."""
    LIVE = "live"
    STALE = "stale"
    """Older than two intervals and the time-out."""
    UNKNOWN = "unknown"
    """Older than five intervals, or never answered in that time."""


class EndpointState(enum.Enum):
    """The states of an endpoint; each has its own glyph and word."""

    CHECKING = "checking"
    OK = "ok"
    SLOW = "slow"
    NOT_READY = "not ready"
    """Alive, and says that it can not serve."""
    FAILING = "failing"
    """A bad answer, not yet often enough to call it down."""
    DOWN = "down"
    FLAPPING = "flapping"
    """Good and bad by turns, too often to be called either."""
    UNKNOWN = "unknown"
    STALE = "stale"


class Drift(enum.Enum):
    """Whether staging and production run the same version."""

    SAME = "="
    DIFFERENT = "≠"
    UNKNOWN = " "
