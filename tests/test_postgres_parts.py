"""What the parts of a thorough look make of rows: states nobody knows, rows nobody asked for."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.errors import BadAnswer, Unauthorized
from providers.postgres.amounts import (
    count,
    growth,
    milliseconds,
    minute,
    percent,
    seconds,
    several,
    size,
    when,
)
from providers.postgres.auth_accounts import Sessions, Suspended
from providers.postgres.auth_elevated import Elevated, NewAdministrators
from providers.postgres.auth_failed import FailedByAddress
from providers.postgres.auth_options import (
    Administrators,
    AuthOptions,
    ElevatedActions,
    FailedSignIns,
    Relation,
)
from providers.postgres.auth_patterns import AdminEntries, SignInPatterns
from providers.postgres.depth_growth import DatabaseGrowth
from providers.postgres.depth_indexes import ColumnStatistics, IndexUse, UnusedIndexes
from providers.postgres.depth_replication import Slots, Standbys, WriteAheadLog
from providers.postgres.depth_role import OwnRole
from providers.postgres.depth_sessions import Connections, LockWaits
from providers.postgres.depth_statements import SlowStatements
from providers.postgres.depth_tables import TableSizes
from providers.postgres.depth_upkeep import DeadTuples, Limits, TransactionAges
from providers.postgres.parts import Part, failed, malformed, why, worst
from providers.postgres.past import NoPast
from providers.postgres.rows import MALFORMED
from providers.postgres.statements import Constant, Identifier, statement
from providers.readings import SourceId
from providers.system_readings import Condition
from providers.text import Foreign
from tests.examples import examples
from tests.postgres_parts import detail, found_by, record, section

GIB = 1024**3


def standby(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "pid": 7, "application": b"replica", "client": "10.0.0.2", "state": "streaming",
        "sync_state": "async", "lag_bytes": 4096, "lag_s": 0.2,
    }  # fmt: skip
    return row | changes


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({}, Condition.FINE),
        ({"lag_bytes": 2 * GIB}, Condition.DEGRADED),
        ({"state": "catchup"}, Condition.NOTABLE),
        ({"state": "dancing"}, Condition.UNKNOWN),
        ({"lag_bytes": None, "lag_s": None}, Condition.FINE),
    ],
)
async def test_a_standby_is_judged_by_state_and_distance(
    changes: dict[str, object], condition: Condition
) -> None:
    found = await found_by(Standbys(), {"pg_stat_replication": [standby(**changes)]})

    assert found.condition is condition
    assert record(found, "replication", "replica").condition is condition


async def test_standbys_that_the_role_may_not_see_are_not_none() -> None:
    hidden = standby(state=None, application=None, client=None, sync_state=None, lag_bytes=None)

    found = await found_by(Standbys(), {"pg_stat_replication": [hidden]})

    assert "GRANT pg_monitor" in section(found, "replication").blind
    assert found.numbers["standbys"] == (1.0, "")
    assert found.numbers["standby_lag_bytes"] == (None, "needs pg_read_all_stats")


def slot(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "name": b"realtime", "plugin": b"pgoutput", "slot_type": "logical", "database": b"shop",
        "active": True, "temporary": False, "lag_bytes": 100, "wal_status": "reserved",
        "inactive_since_s": None,
    }  # fmt: skip
    return row | changes


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({}, Condition.FINE),
        ({"active": False}, Condition.NOTABLE),
        ({"active": False, "lag_bytes": 2 * GIB}, Condition.DEGRADED),
        ({"wal_status": "unreserved"}, Condition.DEGRADED),
        ({"wal_status": "lost", "lag_bytes": None}, Condition.BROKEN),
        ({"wal_status": "haunted"}, Condition.UNKNOWN),
        ({"wal_status": None}, Condition.FINE),
    ],
)
async def test_a_slot_is_judged_by_what_it_holds_back(
    changes: dict[str, object], condition: Condition
) -> None:
    found = await found_by(Slots(), {"pg_replication_slots": [slot(**changes)]})

    assert record(found, "slots", "realtime").condition is condition


@pytest.mark.parametrize(
    ("age", "condition"),
    [
        (1_000_000, Condition.FINE),
        (500_000_000, Condition.NOTABLE),
        (1_200_000_000, Condition.DEGRADED),
        (2_100_000_000, Condition.BROKEN),
    ],
)
async def test_transaction_numbers_run_out_in_steps(age: int, condition: Condition) -> None:
    row = {"name": b"shop", "transactions": age, "multixacts": 3, "freeze_at": 200_000_000}

    found = await found_by(TransactionAges(), {"datfrozenxid": [row]})

    assert found.condition is condition
    assert found.numbers["xid_age"] == (float(age), "")


@pytest.mark.parametrize(
    ("name", "used", "condition"),
    [
        ("max_connections", 79, Condition.FINE),
        ("max_connections", 80, Condition.DEGRADED),
        ("autovacuum_max_workers", 100, Condition.NOTABLE),
    ],
)
async def test_a_setting_is_near_its_limit_from_four_fifths(
    name: str, used: int, condition: Condition
) -> None:
    row = {"name": name, "used": used, "allowed": 100}
    forbidden = {"name": "max_prepared_transactions", "used": 0, "allowed": 0}

    found = await found_by(Limits(), {"max_wal_senders": [row, forbidden]})

    assert [each.condition for each in section(found, "limits").records] == [condition]
    assert found.numbers["limits_worst_percent"] == (float(used), "")


def log(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "at_s": 1000.0, "started_s": 1.0, "in_recovery": False, "position_bytes": 5e9,
        "level": "logical", "maximum_bytes": GIB, "archives": True, "archived_s": 900.0,
        "failed_s": None, "failures": 0,
    }  # fmt: skip
    return row | changes


async def test_a_log_that_is_no_longer_archived_is_trouble() -> None:
    files = {"pg_ls_waldir": [{"bytes": 5 * GIB, "files": 320}]}
    well = await found_by(WriteAheadLog(), {**files, "pg_stat_archiver": [log()]})
    ill = await found_by(WriteAheadLog(), {**files, "pg_stat_archiver": [log(failed_s=950.0)]})

    assert well.condition is Condition.FINE
    assert ill.condition is Condition.DEGRADED
    assert record(ill, "wal", "archiving").state.text == "failing"


async def test_a_restart_between_two_looks_gives_no_rate() -> None:
    part = WriteAheadLog()
    await found_by(part, {"pg_stat_archiver": [log()]})
    restarted = await found_by(part, {"pg_stat_archiver": [log(at_s=1010.0, started_s=1005.0)]})
    after = await found_by(
        part, {"pg_stat_archiver": [log(at_s=1020.0, started_s=1005.0, position_bytes=5e9 + 640)]}
    )

    assert restarted.numbers["wal_bytes_per_s"][0] is None
    assert "reset" in restarted.numbers["wal_bytes_per_s"][1]
    assert after.numbers["wal_bytes_per_s"] == (64.0, "")


PARTS: list[Callable[[], Part]] = [
    Standbys, Slots, WriteAheadLog, TransactionAges, Limits, DeadTuples, Connections, LockWaits,
    lambda: UnusedIndexes(["public"], 5), lambda: IndexUse(["public"], 5),
    lambda: ColumnStatistics(["public"]), lambda: SlowStatements(5),
    lambda: TableSizes(SourceId("x"), ["public"], 5, NoPast()),
    OwnRole,
    lambda: DatabaseGrowth(SourceId("x"), 1e9, NoPast()),
    lambda: Elevated(ElevatedActions()),
    lambda: NewAdministrators(Administrators()),
    lambda: AdminEntries(AuthOptions()),
    lambda: Sessions(AuthOptions()),
    lambda: Suspended(AuthOptions()),
    lambda: SignInPatterns(AuthOptions()),
    lambda: FailedByAddress(FailedSignIns(relation=Relation(schema="a", name="b")), 100),
]  # fmt: skip

COLUMNS = sorted({
    *standby(), *slot(), *log(), "bytes", "id", "schema", "table_name", "scans", "valid",
    "matching", "present", "index_bytes", "estimated_rows", "known", "by_mean", "by_total",
    "calls", "mean_ms", "total_ms", "query", "user_id", "query_id", "role", "all_ms", "sessions",
    "oldest_s", "sees_all", "blockers", "backend_start", "mode", "lock_type", "dead", "live",
    "all_dead", "all_live", "autovacuum", "threshold", "used", "allowed", "transactions",
    "multixacts", "freeze_at", "tables", "readable", "column_name", "n_distinct", "columns",
    "schema_present", "schema_usable", "readable_columns", "filtered", "policies", "own_role",
    "rows_behind", "newest_s", "actor", "logins", "refreshes", "addresses", "version", "files",
})  # fmt: skip
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.binary(max_size=9) | st.lists(st.integers() | st.none(), max_size=2)
    | st.just(datetime(2026, 1, 1, tzinfo=UTC))
)  # fmt: skip


class OddRow(Mapping[str, object]):
    """A row of anything; what nobody looks at need not be made up.

    Args:
        draw: Makes a value up.
        columns: What each may hold.
    """

    def __init__(self, draw: st.DataObject, columns: Mapping[str, st.SearchStrategy[Any]]) -> None:
        self._draw = draw
        self._columns = columns
        self._drawn: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        if name not in self._drawn:
            self._drawn[name] = self._draw.draw(self._columns[name], label=name)
        return self._drawn[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


ANYTHING = dict.fromkeys(COLUMNS, VALUES)


@pytest.mark.parametrize("make", PARTS)
@settings(max_examples=examples(25))
@given(count=st.integers(0, 2), draw=st.data())
async def test_rows_nobody_asked_for_are_a_bad_answer_and_no_crash(
    make: Callable[[], Part], count: int, draw: st.DataObject
) -> None:
    await either_found_or_malformed(make(), [OddRow(draw, ANYTHING) for _ in range(count)])


@pytest.mark.parametrize(
    ("make", "row"), [(Standbys, standby()), (Slots, slot()), (WriteAheadLog, log())]
)
@settings(max_examples=examples(60))
@given(column=st.integers(0, 20), value=VALUES)
async def test_one_column_of_another_kind_is_no_crash_either(
    make: Callable[[], Part], row: dict[str, object], column: int, value: object
) -> None:
    name = list(row)[column % len(row)]
    await either_found_or_malformed(make(), [row | {name: value}])


NEEDED = [
    *(b"payload", b"id", b"created_at", b"ip_address", b"user_id", b"refreshed_at", b"not_after"),
    *(b"banned_until", b"last_sign_in_at", b"action", b"details", b"updated_at", b"updated_by"),
    b"role",
]
RIGHTS: dict[str, object] = {
    "schema_present": True, "present": True, "schema_usable": True, "readable": True,
    "columns": b"\0".join(NEEDED), "readable_columns": b"\0".join(NEEDED),
    "filtered": False, "is_view": True, "policies": 0, "rows_behind": 5, "own_role": b"me",
}  # fmt: skip
AUTH: list[Callable[[], Part]] = [
    lambda: FailedByAddress(FailedSignIns(relation=Relation(schema="a", name="b")), 100),
    lambda: SignInPatterns(AuthOptions()),
    lambda: AdminEntries(AuthOptions()),
    lambda: Elevated(ElevatedActions()),
    lambda: NewAdministrators(Administrators()),
    lambda: Sessions(AuthOptions()),
    lambda: Suspended(AuthOptions()),
]
OF_AUTH: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("ever",), st.booleans() | st.none()),
    **dict.fromkeys(
        ("worst", "all_five_minutes", "all_hour", "matching", "five_minutes", "hour", "accounts",
         "logins", "refreshes", "addresses", "hour_logins", "admins", "sessions", "active",
         "begun", "used"),
        st.integers(0, 10**6) | VALUES,
    ),
    **dict.fromkeys(
        ("ip", "actor", "action", "account", "role", "granted_by", "details", "id", "about"),
        st.binary(max_size=9) | VALUES,
    ),
    **dict.fromkeys(
        ("last_s", "first_s", "newest_s", "at_s", "until_s"), st.floats(0, 4e9) | VALUES
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", AUTH)
@settings(max_examples=examples(60))
@given(count=st.integers(1, 2), draw=st.data())
async def test_odd_rows_of_readable_tables_are_no_crash(
    make: Callable[[], Part], count: int, draw: st.DataObject
) -> None:
    rows = [OddRow(draw, OF_AUTH) for _ in range(count)]
    await either_found_or_malformed(make(), rows, rights=[RIGHTS])


async def either_found_or_malformed(
    part: Part, rows: Sequence[Mapping[str, Any]], rights: list[dict[str, Any]] | None = None
) -> None:
    """A part makes something finite of rows, or says that they are not as asked."""
    answers = {"": rows} if rights is None else {"pg_policy": rights, "": rows}
    said = ""
    numbers: list[float | None] = []
    try:
        numbers = [value for value, _ in (await found_by(part, answers)).numbers.values()]
    except MALFORMED as error:
        said = malformed(error).reason
    assert said or numbers or not part.UNITS
    assert all(value is None or math.isfinite(value) for value in numbers)


def test_a_part_that_failed_says_why_in_every_list_and_number() -> None:
    error = Unauthorized(
        "PostgreSQL", "look closely", "this role may not", advice="GRANT it", detail=Foreign("no")
    )

    found = failed(LockWaits(), error, Condition.NOTABLE)

    assert section(found, "locks").blind == "this role may not (no); GRANT it"
    assert found.numbers["lock_waits"] == (None, "this role may not")
    assert why(BadAnswer("x", "y", "z")) == "z"


def test_the_worst_counts_and_unknown_is_worse_than_notable() -> None:
    assert worst([]) is Condition.FINE
    assert worst([Condition.NOTABLE, Condition.UNKNOWN]) is Condition.UNKNOWN
    assert worst([Condition.BROKEN, Condition.UNKNOWN]) is Condition.BROKEN


def test_a_constant_can_hold_anything_and_end_nothing() -> None:
    constant = Constant.text("'); DROP TABLE x; -- \\' {most} \u202e")

    assert set(constant) <= set("pg_catalog.convert_from(decode'0123456789abcdef,hxUTF8)")
    assert Constant.texts([]) == "ARRAY[]::text[]"
    with pytest.raises(ValueError, match="NUL"):
        Constant.text("a\0")
    with pytest.raises(TypeError, match="schemas"):
        statement("table_sizes", schemas="'public'", most=1)  # type: ignore[arg-type]  # on purpose
    assert Identifier.quoted('a"b') == '"a""b"'


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (size(None), "—"), (size(0), "0 B"), (size(1536), "1.5 KiB"), (size(3.4 * GIB), "3.4 GiB"),
        (growth(12 * 1024**2), "+12 MiB"), (growth(-3072), "-3 KiB"), (growth(0), "0 B"),
        (count(417), "417"), (count(12_400), "12.4k"), (count(5e9), "5G"),
        (milliseconds(0.42), "0.42 ms"), (milliseconds(812.4), "812 ms"),
        (milliseconds(2140), "2.1 s"), (seconds(45.9), "45 s"), (seconds(724), "12m04s"),
        (seconds(11_520), "3h12m"), (seconds(9 * 86_400 + 14_400), "9d04h"),
        (percent(1, 3), "33 %"), (percent(1, 10_000), "<0.1 %"), (percent(1, 0), "—"),
        (percent(0, 5), "0.0 %"), (minute(None), "never"),
        (minute(when(1_800_000_000.0)), "2027-01-15 08:00Z"),
    ],
)  # fmt: skip
def test_amounts_read_as_people_say_them(shown: Foreign, words: str) -> None:
    assert shown.text == words


@given(st.floats() | st.none())
def test_no_time_is_too_odd_to_be_none(epoch_s: float | None) -> None:
    assert when(epoch_s) is None or isinstance(when(epoch_s), datetime)


def test_one_is_not_several() -> None:
    assert several(1, "table") == "1 table"
    assert several(2, "index", "indexes") == "2 indexes"


async def test_reading_large_tables_whole_is_notable() -> None:
    row = {
        "id": 1, "schema": b"public", "name": b"orders", "whole_scans": 500, "index_scans": 3,
        "whole_rows": 40_000_000, "live_rows": 80_000, "stats_reset_s": 1_800_000_000.0,
        "matching": 9,
    }  # fmt: skip

    found = await found_by(IndexUse(["public"], 5), {"seq_tup_read": [row]})

    orders = record(found, "index_use", "orders")
    assert (orders.condition, orders.state.text) == (Condition.NOTABLE, "mostly read whole")
    assert detail(orders, "by index") == "0.6 %"
    assert section(found, "index_use").title.endswith("since 2027-01-15 08:00Z")
    assert section(found, "index_use").more == 8
