"""What Sentry remembers of one organisation: issues, and how often each came."""

import math
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo.agenda import Agenda
from demo.vendors.sentry_issues import SentryIssue, issues_of_the_bad_deploy, usual_issues

ORGANIZATION: Final = "lma-commerce"
PROJECTS: Final = ("lma-api", "lma-web")
ENVIRONMENTS: Final = ("production", "staging")
KEPT_PER_MINUTE: Final = 100.0
"""What the project's key lets in; the rest is dropped as rate limited."""

WORST_PER_MINUTE: Final = 170.0
"""More errors in a minute, at the worst of the bad deploy."""

NOTICED: Final = 0.2
"""How much strain makes requests fail for want of a connection."""

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)


class Shipped(Struct, frozen=True, kw_only=True):
    """A version that went live."""

    version: str
    created_at: datetime
    live_at: datetime
    commits: int = 1


class Sentry(Struct):
    """One organisation.

    Args:
        agenda: When things happen.
        shipped: What went live in production, the newest first.
        strain: How hard it was on the API at a time, from 0 to 1.
    """

    agenda: Agenda
    shipped: Callable[[], Sequence[Shipped]]
    strain: Callable[[datetime], float] = lambda _: 0.0
    issues: dict[str, SentryIssue] = field(default_factory=dict)
    began_at: datetime | None = None
    """When the errors of the bad deploy were first seen; None while there are none."""

    def __post_init__(self) -> None:
        for issue in usual_issues(self.agenda.now):
            self.issues[issue.id] = issue

    def settle(self) -> datetime:
        """Group what came in meanwhile, and say what time it is."""
        now = self.agenda.settle()
        if self.strain(now) >= NOTICED:
            self._see(now)
        return now

    def _see(self, now: datetime) -> None:
        shipped = self.shipped()
        release = shipped[0].version if shipped else ""
        # The same words of another version are the same group to Sentry.
        for issue in issues_of_the_bad_deploy(now, release):
            known = self.issues.get(issue.id)
            if known is None:
                self.issues[issue.id] = issue
                self.began_at = now
            elif self._comes_back(known, release) and known.changed_at != now:
                self.issues[issue.id] = replace(
                    known, status="unresolved", substatus="regressed", changed_at=now
                )
            elif known.substatus == "new" and now - known.first_seen > 5 * MINUTE:
                self.issues[issue.id] = replace(known, substatus="escalating")

    def _comes_back(self, issue: SentryIssue, release: str) -> bool:
        """Whether an event of this release opens an issue again."""
        later = issue.in_next_release and release == issue.first_release
        return issue.status == "resolved" and not later

    def set_status(self, id_: str, status: str, *, in_next_release: bool = False) -> SentryIssue:
        """Resolve, ignore or reopen one.

        Raises:
            KeyError: There is none.
        """
        substatus = {"ignored": "archived_until_escalating", "unresolved": "ongoing"}.get(status)
        new = replace(
            self.issues[id_],
            status=status,
            substatus=substatus,
            in_next_release=in_next_release,
            changed_at=self.agenda.now,
        )
        self.issues[id_] = new
        return new

    def on_top(self, at: datetime) -> float:
        """Errors a minute that the bad deploy brings at a time."""
        strain = self.strain(at)
        return WORST_PER_MINUTE * strain * math.sqrt(strain) if strain > 0.02 else 0.0

    def sent(self, minute: datetime, projects: Sequence[str] = PROJECTS) -> float:
        """Errors that came in in the minute that begins then."""
        return sum(
            self.came(issue, minute) for issue in self.issues.values() if issue.project in projects
        )

    def came(self, issue: SentryIssue, minute: datetime) -> float:
        """How many of one issue."""
        usual = issue.per_minute * _wave(issue.id, minute)
        if not issue.share or minute + MINUTE < issue.first_seen:
            return round(usual)
        middle = max(minute + MINUTE / 2, issue.first_seen)
        return round(usual + issue.share * self.on_top(middle))

    def kept(self, minute: datetime, projects: Sequence[str] = PROJECTS) -> float:
        """How many of them were let in."""
        return min(KEPT_PER_MINUTE, self.sent(minute, projects))

    def hours(self, issue: SentryIssue, now: datetime) -> list[tuple[int, int]]:
        """Events of one issue in each of the last 24 hours, the one under way last."""
        first = now.replace(minute=0, second=0, microsecond=0) - 23 * HOUR
        return [
            (int(start.timestamp()), self._hour(issue, start, now))
            for start in (first + number * HOUR for number in range(24))
        ]

    def _hour(self, issue: SentryIssue, start: datetime, now: datetime) -> int:
        end = min(start + HOUR, now)
        part = (end - max(start, issue.first_seen)).total_seconds() / 60
        if part <= 0:
            return 0
        usual = issue.per_minute * part * _wave(issue.id, start)
        if not issue.share:
            return round(usual)
        begin = max(start, issue.first_seen).replace(second=0, microsecond=0)
        minutes = math.ceil((end - begin) / MINUTE)
        return round(usual + sum(self.came(issue, begin + n * MINUTE) for n in range(minutes)))


def _wave(seed: str, at: datetime) -> float:
    """About 1, the same for the same time."""
    draw = zlib.crc32(f"{seed}/{int(at.timestamp() // 60)}".encode()) / 2**32
    return 0.6 + 0.8 * draw
