"""An alert as everybody sees it, and what people have said about it. Values only."""

import enum
from datetime import datetime

from msgspec import Struct

from monitor.verdicts import Level, Phase
from providers.clock import Moment
from providers.readings import SourceId


class CareKind(enum.Enum):
    """What somebody said about an alert; the two are not alike."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody is at it; it stays where it is, and the response clock stops."""

    SNOOZED = "snoozed"
    """Nobody is to hear of it until a time; nobody is at it."""


class Care(Struct, frozen=True, kw_only=True):
    """Who said what about an alert, and until when it holds."""

    kind: CareKind
    operator: str
    """Already safe to draw."""

    host: str
    at: datetime
    until: datetime
    """Both end by themselves: nothing is silent for ever."""

    note: str = ""
    id: str = ""
    """Of the entry in the journal."""

    shared: bool = True
    """Whether other operators see it; False while it could not be written."""


class ResponseClock(Struct, frozen=True, kw_only=True):
    """How soon somebody must be at it, by its severity."""

    due: datetime
    """When the time is up, business hours and days taken in."""

    words: str
    """The rule, such as `15m` or `4h business` or `next business day`."""

    met_at: datetime | None = None
    """When it was acknowledged; None while it runs."""

    since: datetime
    """When it began to run: when the alert fired."""


class AlertView(Struct, frozen=True, kw_only=True):
    """A verdict that fires, or is about to."""

    key: str
    """The same alert has the same key for as long as its rule exists."""

    title: str
    level: Level
    phase: Phase
    severity: str
    environment: str
    since: Moment
    why: str
    elapsed_s: float
    required_s: float
    failures: int
    runbook: str
    source: SourceId | None
    """What to open on enter."""

    kpi: str = ""
    subject: str = ""
    """What it is about, for one line: `API /health`, `Error rate`."""

    fact: str = ""
    """The number or word that decided, for the same line: `503`, `2.4 % > 2 %`."""

    needed: int = 0
    """Bad answers in a row that the rule asks for; 0 where it does not count them."""

    onset: Moment | None = None
    """When the trouble began; stays the same for as long as the alert does, also over a restart."""

    fired: Moment | None = None
    """When its rule was first met; None while it only waits, or flaps without ever being met."""

    changes: int = 0
    """While it flaps: changes between good and bad in its last `checks`."""

    checks: int = 0
    detection: str = ""
    """How soon its rule notices, in words: `3 in a row, detected within 50s`."""

    service: str = ""
    """The service or database it speaks of, by its name in the configuration; empty: none."""

    group: str = ""
    """The one of many that it is about, such as an address; already safe to draw."""

    cause: str = ""
    """Key of the alert that it follows from; empty when it stands for itself."""

    followers: tuple[str, ...] = ()
    """Keys of the alerts that follow from it; the worst first."""

    maintenance: str = ""
    """The window it falls into: judged and shown, and nobody is told."""

    care: Care | None = None
    clock: ResponseClock | None = None

    @property
    def episode(self) -> str:
        """Names this one trouble: the key and its onset, which are the same after a restart."""
        begun = (self.onset or self.since).at.replace(microsecond=0)
        return f"{self.key}@{begun.isoformat()}"

    @property
    def began(self) -> datetime:
        """When its trouble began, as far as its rule knows."""
        return (self.onset or self.since).at

    @property
    def brief(self) -> str:
        """Subject and fact: the alert in a few words."""
        return f"{self.subject} {self.fact}".strip() or self.title
