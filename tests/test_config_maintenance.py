"""Maintenance in the configuration: what is refused, with a hint; what it becomes."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.maintenance import Covered, Once, Recurring, Window
from tests.config_texts import config, problems, small
from tui.wire_specs import workspace_specs

WEEKLY = 'days: [tue], at: "02:00", for: 2h'
ONCE = 'from: "2026-12-01 02:00", to: "2026-12-01 04:00"'


def written(window: str) -> str:
    return small("    services:\n", f"    maintenance:\n      w: {{{window}}}\n    services:\n")


def windows(text: str) -> tuple[Window, ...]:
    (spec,) = workspace_specs(config(text))
    return spec.maintenance


REFUSED = [
    # what is written, and what is said of it
    ("title: T", "says one way when it is"),
    (f"title: T, {WEEKLY}, {ONCE}", "says one way when it is"),
    (f"title: T, {WEEKLY}, day_of_month: 3", "says one way when it is"),
    ('title: T, days: [tue], at: "02:00"', "days needs for as well"),
    ("title: T, day_of_month: last, for: 2h", "day_of_month needs at as well"),
    ('title: T, from: "2026-12-01 02:00"', "from needs to as well"),
    (f"title: T, {ONCE}, for: 2h", "for: does not go with from"),
    (f'title: T, {WEEKLY}, to: "2026-12-01 02:00"', "to: does not go with days"),
    ('title: T, from: "2026-12-01 02:00", to: "2026-12-01 02:00"', "is not after from"),
    ('title: T, from: "2026-12-01 02:00", to: "2027-01-02 02:00"', "nothing is silent for so long"),
    ('title: T, from: "2026-13-01 02:00", to: "2027-01-02 02:00"', "a day and a time of day"),
    ('title: T, from: "tomorrow", to: "2027-01-02 02:00"', "a day and a time of day"),
    ('title: T, days: [tue], at: "24:00", for: 1h', "a window begins at a time of its day"),
    ('title: T, days: [tues], at: "02:00", for: 1h', "did you mean tue"),
    ("title: T, day_of_month: 32, at: '02:00', for: 1h", "day_of_month"),
    ("title: T, days: [tue], at: '02:00', for: 8d", "for: "),
    (f"title: T, {WEEKLY}, time_zone: Europe/Berlln", "did you mean Europe/Berlin"),
    (f"title: T, {WEEKLY}, services: [apl]", "no such service; known: api — did you mean api?"),
    (f"title: T, {WEEKLY}, databases: [mian]", "did you mean main?"),
    (f"title: T, {WEEKLY}, checks: [api/helth]", "did you mean api/health?"),
    (f"title: T, {WEEKLY}, kpis: [error]", "did you mean errors?"),
    (f"title: T, {WEEKLY}, environments: [prod]", "did you mean production?"),
    (f"title: T, {WEEKLY}, service: [api]", "did you mean services?"),
]


@pytest.mark.parametrize(("window", "said"), REFUSED)
def test_what_is_refused(window: str, said: str) -> None:
    found = problems(written(window))
    assert found
    assert any(said in line and "maintenance.w" in line for line in found), found


def test_what_a_window_becomes() -> None:
    (window,) = windows(written(f"title: T, {ONCE}, time_zone: Europe/Berlin"))
    begins = datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert window.when == Once(begins=begins, ends=begins + timedelta(hours=2))
    assert window.about == Covered()
    assert window.counts_for_uptime
    about = "services: [api], databases: [main], checks: [api/health], kpis: [errors]"
    (window,) = windows(
        written(f"title: T, {WEEKLY}, {about}, environments: [staging], counts_for_uptime: false")
    )
    assert window.about == Covered(
        names=frozenset({"api", "main"}),
        checks=frozenset({"api/health"}),
        kpis=frozenset({"errors"}),
        environments=frozenset({"staging"}),
    )
    assert isinstance(window.when, Recurring)
    assert window.when.days == {1}
    assert not window.counts_for_uptime
    (window,) = windows(written("title: T, day_of_month: last, at: '02:00', for: 2h"))
    assert isinstance(window.when, Recurring)
    assert window.when.day_of_month == -1


def test_those_of_all_workspaces() -> None:
    def everywhere(more: str) -> str:
        given = f"settings:\n  maintenance:\n    w: {{title: T, {WEEKLY}{more}}}\n"
        return small("version: 1\n", f"version: 1\n{given}")

    (window,) = windows(everywhere(""))
    assert window.key == "settings/w"
    (window,) = windows(everywhere(", environments: [staging]"))
    assert window.about == Covered(environments=frozenset({"staging"}))
    (found,) = problems(everywhere(", environments: [stagin]"))
    assert "did you mean staging?" in found
    (found,) = problems(everywhere(", services: [api]"))
    assert "unknown setting" in found
