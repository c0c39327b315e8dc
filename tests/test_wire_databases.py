"""Databases and auth security from the configuration: which sources, whose numbers, what past."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.history import History
from monitor.workspace import SeriesRef
from providers.base import Area, SourceKind
from providers.business import BusinessSource
from providers.clock import Moment
from providers.postgres.auth_security import auth_units
from providers.postgres.depth import depth_units
from providers.readings import Reading, SourceId
from tests.config_texts import SMALL, problems
from tests.fakes import ManualClock
from tui.config.load import parse
from tui.config.model import Config
from tui.late_source import LateSource
from tui.wire_auth_security import METRICS
from tui.wire_clients import clients
from tui.wire_names import DEPTH_METRICS
from tui.wire_past import HistoryPast
from tui.wire_specs import workspace_specs
from tui.wiring import asked

DATABASE = "          production: {host: db.example.com, user: me, password: db}\n"
SECURITY = """\
    systems:
      auth_security:
        main: {database: main, environment: production}
"""


def written(*changes: tuple[str, str]) -> str:
    """The small configuration with some texts in the place of others."""
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def config_of(text: str) -> Config:
    return parse(text.encode(), "config.yaml").config


def specs(text: str) -> dict[str, Area]:
    sources = asked(config_of(text), ManualClock())
    return {
        str(each.spec.id): each.spec.area
        for each in sources
        if each.spec.kind in {SourceKind.SYSTEM, SourceKind.DATABASE}
    }


def test_a_database_is_looked_at_in_depth_unless_it_is_switched_off() -> None:
    assert specs(written()) == {
        "shop/production/db/main": Area.NONE,
        "shop/production/db/main.depth": Area.DATABASE,
    }
    off = written((DATABASE, DATABASE + "        depth: {enabled: false}\n"))
    assert specs(off) == {"shop/production/db/main": Area.NONE}


def test_the_thorough_look_is_seldom_and_more_seldom_unseen() -> None:
    sources = asked(config_of(written()), ManualClock())
    (depth,) = [each.spec for each in sources if each.spec.id.endswith(".depth")]
    assert (depth.interval_s, depth.unseen_interval_s, depth.timeout_s) == (300.0, 1800.0, 30.0)
    assert depth.title == "Database in depth"


def test_auth_security_reads_one_of_the_databases_at_its_own_pace() -> None:
    text = written(("    kpis:\n", SECURITY + "    kpis:\n"))
    assert specs(text)["shop/production/auth_security/main"] is Area.SECURITY
    sources = asked(config_of(text), ManualClock())
    (spec,) = [each.spec for each in sources if "auth_security" in each.spec.id]
    assert (spec.interval_s, spec.unseen_interval_s) == (60.0, 0.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("database: main, env", "database: mian, env")], "no such database"),
        ([(", environment: production}\n    kpis", ", environment: staging}\n    kpis")],
         "this database is not in staging"),
        ([("main, environment", "main, schema: 'a\"b', environment")], "1 to 63 characters"),
        ([("main, environment", "main, elevated: {table: audit_logs}, environment")],
         "written with its schema"),
        ([("main, environment", "main, per_hour: 0, environment")], "must be at least 1"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_refused_with_its_line(
    changes: list[tuple[str, str]], said: str
) -> None:
    text = written(("    kpis:\n", SECURITY + "    kpis:\n"), *changes)
    assert any(said in problem for problem in problems(text))


def test_a_kpi_takes_its_number_from_the_look_that_has_it() -> None:
    text = written(
        (
            "        from: [{check: api/health, metric: errors}]\n",
            "        from: [{database: main, metric: dead_tuples}, "
            "{database: main, metric: blocked}]\n",
        )
    )
    (spec,) = workspace_specs(config_of(text))
    assert [one.source for one in spec.kpis[0].series] == [
        "shop/production/db/main.depth",
        "shop/production/db/main",
    ]
    off = text.replace(DATABASE, DATABASE + "        depth: {enabled: false}\n")
    assert any("no such metric there" in problem for problem in problems(off))


def test_the_names_of_numbers_are_those_that_are_measured() -> None:
    assert set(DEPTH_METRICS) == set(depth_units())
    assert set(METRICS[""]) == set(auth_units())


def test_looks_at_one_database_take_turns_and_at_two_do_not() -> None:
    shared = clients(config_of(written()), ManualClock())
    assert shared.turn("shop/production/db/main") is shared.turn("shop/production/db/main")
    assert shared.turn("shop/production/db/main") is not shared.turn("shop/staging/db/main")


async def test_the_past_is_the_oldest_number_history_keeps_of_the_reach(tmp_path: Path) -> None:
    clock = ManualClock()
    history = History.open(tmp_path / "history.sqlite3", clock)
    ref = SeriesRef(source=SourceId("shop/production/db/main.depth"), metric="table_bytes:a.b")
    now = clock.now()
    for days, value in ((9, 1.0), (6, 2.0), (3, 3.0)):
        at = Moment(at=now.at - timedelta(days=days), tick_s=0.0)
        history.record(
            [Reading(source=ref.source, metric=ref.metric, value=value, unit="bytes", at=at)]
        )
    await history.flush()
    past = HistoryPast(history, clock)

    found = await past.earlier(ref.source, ref.metric, 7 * 86_400.0)
    none = await past.earlier(ref.source, "table_bytes:c.d", 7 * 86_400.0)
    await history.aclose()

    assert found is not None
    assert found.value == 2.0
    assert abs((now.at - timedelta(days=6) - found.at).total_seconds()) < 3_600
    assert none is None


async def test_a_number_of_a_moment_ago_is_no_past(tmp_path: Path) -> None:
    clock = ManualClock()
    history = History.open(None, clock)
    source, now = SourceId("x/y/db/z.depth"), clock.now()
    history.record([Reading(source=source, metric="m", value=5.0, unit="bytes", at=now)])
    await history.flush()

    found = await HistoryPast(history, clock).earlier(source, "m", 86_400.0)
    await history.aclose()

    assert found is None


def test_whoever_opens_another_connection_to_a_database_waits_for_the_same_turn() -> None:
    business = """\
      business:
        main:
          database: main
          environment: production
          numbers: {events: {title: Events, sql: SELECT 1}}
"""
    text = written(("    kpis:\n", SECURITY + business + "    kpis:\n"))
    shared = clients(config_of(text), ManualClock())
    sources = asked(config_of(text), ManualClock(), shared=shared)
    (late,) = [each for each in sources if str(each.spec.id) == "shop/production/business/main"]
    assert isinstance(late, LateSource)
    source = late.made()

    assert isinstance(source, BusinessSource)
    assert source._options.turn is shared.turn("shop/production/db/main")
    assert source._options.database is not None
