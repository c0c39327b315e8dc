"""How old a runbook is: told with its link, and by doctor when it is late."""

from datetime import UTC, date, datetime

import pytest

from tests.config_texts import config, small
from tests.fakes import ManualClock
from tui.doctor.findings import Mark
from tui.doctor.setup import config_findings
from tui.runbook_review import review_of
from tui.wire_people import links

ADDRESS = "https://example.com/runbook"


def reviewed(more: str) -> str:
    place = f"runbook: {{id: R, title: Runbook, url: {ADDRESS}"
    return small("runbook: {id: R, title: Runbook}", f"{place}, {more}}}")


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2025-01", date(2025, 3, 2)),
        ("2025-01-15", date(2025, 2, 14)),
        ("2024-02", date(2024, 3, 30)),
        ("2025-02-31", date(2025, 3, 30)),
    ],
)
def test_the_next_review_counts_from_the_last_day_it_may_have_been(day: str, due: date) -> None:
    review = review_of(config(reviewed(f'reviewed: "{day}", review_every: 30d')).workspaces["shop"])
    assert review is not None
    assert review.due == due
    assert review.overdue_days(due) == 0
    assert review.overdue_days(date(2026, 1, 1)) == (date(2026, 1, 1) - due).days


def test_the_link_and_doctor_tell_it() -> None:
    read = config(reviewed('reviewed: "2025-01", review_every: 30d'))
    (link, *_) = links(read.workspaces["shop"])
    assert link.title == "R: Runbook (reviewed 2025-01, due again 2025-03-02)"
    late = [one for one in config_findings(read, ManualClock(datetime(2025, 3, 12, tzinfo=UTC)))
            if one.subject == "workspaces.shop.runbook"]  # fmt: skip
    assert [(one.mark, one.words) for one in late] == [
        (Mark.WARNING, "reviewed 2025-01, due again 2025-03-02: 10 days late")
    ]
    (early,) = [one for one in config_findings(read, ManualClock(datetime(2025, 2, 1, tzinfo=UTC)))
                if one.subject == "workspaces.shop.runbook"]  # fmt: skip
    assert early.mark is Mark.OK


def test_without_a_review_nothing_is_told_of_one() -> None:
    read = config(small())
    assert review_of(read.workspaces["shop"]) is None
    assert not [one for one in config_findings(read, ManualClock()) if "runbook" in one.subject]
