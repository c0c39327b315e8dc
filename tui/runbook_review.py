"""How old the runbook is, by what the configuration says of its last review. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from tui.config.model import Workspace


class Review(Struct, frozen=True, kw_only=True):
    """The last review of a runbook, and when the next one is due."""

    reviewed: str
    """As it is written: a month or a day."""

    due: date | None
    """None: how often it should be is not said."""

    @property
    def words(self) -> str:
        """For a link: `reviewed 2025-01, due again 2025-03-02`."""
        return f"reviewed {self.reviewed}" + (f", due again {self.due}" if self.due else "")

    def overdue_days(self, today: date) -> int:
        """Days since it was due; 0 while it is not."""
        return max((today - self.due).days, 0) if self.due else 0


def review_of(workspace: Workspace) -> Review | None:
    """The review of a workspace's runbook; None where nothing is said of one."""
    runbook = workspace.runbook
    if runbook is None or runbook.reviewed is None:
        return None
    every_s = runbook.review_every_s
    due = None if every_s is None else _last_day(runbook.reviewed) + timedelta(seconds=every_s)
    return Review(reviewed=runbook.reviewed, due=due)


def _last_day(reviewed: str) -> date:
    """The day; the last one of a month where no day or none that exists is given."""
    year, month, *days = (int(part) for part in reviewed.split("-"))
    last = 31 if month == 12 else (date(year, month + 1, 1) - timedelta(days=1)).day
    return date(year, month, min([*days, last]))
