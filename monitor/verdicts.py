"""The words of judgement: levels, phases, bands and verdicts. Values only."""

import enum

from msgspec import Struct

from providers.clock import Moment


class Level(enum.IntEnum):
    """How bad a thing is; a larger number is worse. Unknown is never better than ok."""

    OK = 0
    UNKNOWN = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """The level as headers and JSON name it."""
        return _WORDS[self]


_WORDS = {
    Level.OK: "ok",
    Level.UNKNOWN: "unknown",
    Level.WARNING: "warning",
    Level.CRITICAL: "critical",
}


class Phase(enum.Enum):
    """Where a rule stands."""

    OK = "ok"
    PENDING = "pending"
    """Past its limit, not yet for long enough."""
    FIRING = "firing"
    RECOVERING = "recovering"
    """Back inside its limit, not yet for long enough."""
    FLAPPING = "flapping"
    """Changes between good and bad too often to be called either."""
    UNKNOWN = "unknown"
    """Nothing to judge by: no data, stale, or offline ourselves."""


class Comparison(enum.Enum):
    """How a value must stand to a limit for the band to be entered."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


class BandName(enum.Enum):
    """The bands of a KPI, mildest first."""

    TARGET = "target"
    """Missing a target is worth seeing and nobody's alarm."""
    REVIEW = "review"
    WARNING = "warning"
    CRITICAL = "critical"


class Band(Struct, frozen=True, kw_only=True):
    """One limit of a KPI and what makes it count.

    `comparison` and `limit` say when the limit is *passed* (the bad side).
    """

    name: BandName
    comparison: Comparison
    limit: float
    for_s: float = 0.0
    """Seconds the value must stay past the limit before the band fires."""

    consecutive: int = 1
    """Samples in a row past the limit before the band fires."""

    clear_limit: float | None = None
    """The value must come back past this one to clear; None: past `limit`."""

    clear_for_s: float = 0.0
    clear_consecutive: int = 2
    """Good samples in a row before it clears (promise P24)."""

    keep_firing_s: float = 0.0
    """Seconds after the last bad sample before which it does not clear, however good it is."""

    flapping: bool = True
    """Whether it may be called flapping; see `monitor.flapping`."""

    severity: str = ""
    """Label of the workspace's severity scheme, such as `SEV1`."""

    runbook: str = ""
    """Where the runbook says so, such as `A:275`."""

    proposed: bool = False
    """Suggested by nobody's runbook: drawn, and never fires until somebody confirms it."""


class Verdict(Struct, frozen=True, kw_only=True):
    """A judged level with since-when and why."""

    level: Level
    phase: Phase
    why: str
    """In words with the numbers; never empty unless the level is ok."""

    since: Moment | None = None
    """When the phase began."""

    elapsed_s: float = 0.0
    """Time spent past the limit; for a recovering band, back inside it."""

    required_s: float = 0.0
    """Time needed past the limit; for a recovering band, back inside it."""

    failures: int = 0
    """Bad samples in a row."""

    band: Band | None = None
    """The band that decided."""

    onset: Moment | None = None
    """When the trouble began: the first bad sample of what is pending, firing or recovering."""

    fired: Moment | None = None
    """When its rule was first met in this trouble; None while it never was."""

    changes: int = 0
    """How often it changed between good and bad, while it flaps."""

    checks: int = 0
    """Over how many of the last samples those changes were counted."""
