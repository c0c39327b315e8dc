"""Supabase's slow parts: setup, backups, advisors, counts, refused sign-ins, metrics."""

import base64
from typing import Any

import pytest

from providers.base import Source
from providers.errors import BadAnswer, Unauthorized
from providers.harvest import Harvest
from providers.http import Api
from providers.secrets import Secret
from providers.supabase_metrics import PATH, Ticks, basic_secret, cpu_percent
from providers.supabase_sign_ins import LIMIT, SQL
from providers.system_readings import Condition, Section, SystemReading
from tests import vendor_data_supabase as data
from tests.fakes import ManualClock
from tests.vendor_data import T0_MS
from tests.vendor_rigs import client, numbers_of, shifted_clock
from tests.vendor_rigs_supabase import (
    advisors,
    backups,
    counts,
    metrics,
    metrics_reply,
    setup,
    sign_ins,
)
from tests.vendor_server import Answering, Asked, Reply, json_reply, vendor_server

AN_HOUR_AND_23_MINUTES_S = 5_000.0
"""From the vendor's T0 to the clock of these tests."""


async def harvest_of(make: Any, answer: Answering, clock: ManualClock | None = None) -> Harvest:
    async with (
        vendor_server(answer) as server,
        client(server.url, system="Supabase", clock=clock or shifted_clock()) as api,
    ):
        source: Source = make(api)
        return await source.read()


def payload_of(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def section(harvest: Harvest, key: str) -> Section:
    return next(each for each in payload_of(harvest).sections if each.key == key)


def reason(harvest: Harvest, metric: str) -> str:
    return next(one.reason for one in harvest.numbers if one.metric == metric)


SETUP = {
    "pooler": [
        data.pooler(database_type="READ_REPLICA", default_pool_size=5, pool_mode="session"),
        data.pooler(),
    ],
    "addons": data.addons(),
    "disk": data.disk(),
    "postgres": {"max_connections": 90, "statement_timeout": "120s"},
}


def of_setup(**changes: Any) -> Answering:
    def answer(asked: Asked) -> Reply:
        found = {**SETUP, **changes}[asked.path.rpartition("/")[2]]
        return found if isinstance(found, Reply) else json_reply(found)

    return answer


async def test_setup() -> None:
    harvest = await harvest_of(setup, of_setup())

    assert payload_of(harvest).summary.text == (
        "pooler in transaction mode, compute Small, disk 8.0 GiB"
    )
    assert numbers_of(harvest) == {
        "pool_size": 15.0,
        "pooler_clients_max": 200.0,
        "disk_provisioned_bytes": 8.0 * 1024**3,
        "connections_max": 90.0,
    }
    assert "PASSWORD" not in repr(harvest)


async def test_setup_with_a_part_that_may_not_be_read() -> None:
    harvest = await harvest_of(setup, of_setup(addons=json_reply({"message": "no"}, 403)))

    assert "infra_add_ons_read" in section(harvest, "compute").blind
    assert numbers_of(harvest)["pool_size"] == 15.0


async def test_setup_without_what_was_not_overridden() -> None:
    nothing = data.pooler(default_pool_size=None, max_client_conn=None)
    harvest = await harvest_of(setup, of_setup(pooler=[nothing], postgres={}))

    numbers = numbers_of(harvest)
    assert numbers["pool_size"] is None
    assert numbers["connections_max"] is None
    assert reason(harvest, "connections_max").startswith("not overridden")


async def test_setup_that_may_not_be_read_at_all() -> None:
    with pytest.raises(Unauthorized):
        await harvest_of(setup, lambda _asked: json_reply({"message": "no"}, 403))


@pytest.mark.parametrize(
    ("answer", "age_s", "condition"),
    [
        (data.backups(data.backup()), AN_HOUR_AND_23_MINUTES_S, Condition.FINE),
        (
            data.backups(
                data.backup(2, "FAILED", "2026-11-18T12:00:00Z"),
                data.backup(1, "COMPLETED"),
            ),
            AN_HOUR_AND_23_MINUTES_S,
            Condition.DEGRADED,
        ),
        (
            data.backups(data.backup(2, "PENDING", "2026-11-18T12:00:00Z"), data.backup()),
            AN_HOUR_AND_23_MINUTES_S,
            Condition.NOTABLE,
        ),
        (
            data.backups(data.backup(2, "ODD", "2026-11-18T12:00:00Z"), data.backup()),
            AN_HOUR_AND_23_MINUTES_S,
            Condition.UNKNOWN,
        ),
        (data.backups(), None, Condition.DEGRADED),
        (data.backups(data.backup(status="REMOVED")), None, Condition.DEGRADED),
        (
            data.backups(pitr=True, latest_s=T0_MS // 1_000 + 4_940),
            60.0,
            Condition.FINE,
        ),
        (data.backups(latest_s=T0_MS // 1_000), None, Condition.DEGRADED),
    ],
)
async def test_age_of_the_last_good_backup(
    answer: Any, age_s: float | None, condition: Condition
) -> None:
    harvest = await harvest_of(backups, lambda _asked: json_reply(answer))

    assert numbers_of(harvest)["backup_age_s"] == age_s
    assert payload_of(harvest).condition is condition
    if age_s is None:
        assert reason(harvest, "backup_age_s") == "there is no completed backup"


async def test_backups_newest_first_and_cut() -> None:
    listed = [data.backup(n, "COMPLETED", f"2026-11-{n:02}T02:00:00Z") for n in range(1, 18)]
    older = [data.backup(n, "ARCHIVED", f"2026-10-{n:02}T02:00:00Z") for n in range(1, 31)]
    answer = data.backups(*older, *listed)
    harvest = await harvest_of(backups, lambda _asked: json_reply(answer))

    shown = section(harvest, "backups")
    assert shown.records[0].id == "17"
    assert (len(shown.records), shown.more) == (30, 17)
    assert numbers_of(harvest)["backups_completed"] == 17.0


async def test_advisors() -> None:
    found = {
        "security": data.lints(data.lint("WARN"), data.lint("ERROR"), data.lint("AWFUL")),
        "performance": data.lints(),
    }
    harvest = await harvest_of(
        advisors, lambda asked: json_reply(found[asked.path.rpartition("/")[2]])
    )

    assert payload_of(harvest).condition is Condition.DEGRADED
    assert [one.state.text for one in section(harvest, "security").records] == [
        "ERROR",
        "WARN",
        "AWFUL",
    ]
    assert section(harvest, "security").records[2].condition is Condition.UNKNOWN
    assert section(harvest, "performance").empty == "it found nothing"
    assert numbers_of(harvest) == {
        "security_errors": 1.0,
        "security_warnings": 1.0,
        "performance_errors": 0.0,
        "performance_warnings": 0.0,
    }


async def test_advisors_of_which_one_fails() -> None:
    def answer(asked: Asked) -> Reply:
        failed = asked.path.endswith("performance")
        return json_reply({}, 500) if failed else json_reply(data.lints())

    harvest = await harvest_of(advisors, answer)

    assert section(harvest, "performance").blind
    assert payload_of(harvest).condition is Condition.UNKNOWN
    assert numbers_of(harvest)["performance_errors"] is None


async def test_counts() -> None:
    rows = data.counts(data.bucket(), data.bucket("2026-11-18T11:07:40Z", auth=4, rest=10))
    harvest = await harvest_of(counts, lambda _asked: json_reply(rows))

    assert numbers_of(harvest) == {
        "api_requests": 43.0,
        "auth_requests": 7.0,
        "rest_requests": 30.0,
        "realtime_requests": 2.0,
        "storage_requests": 4.0,
    }
    assert section(harvest, "requests").records[0].state.text == "17"


async def test_nothing_counted_is_no_number() -> None:
    harvest = await harvest_of(counts, lambda _asked: json_reply(data.counts()))

    assert set(numbers_of(harvest).values()) == {None}
    assert payload_of(harvest).condition is Condition.UNKNOWN


@pytest.mark.parametrize(
    "error", ["Backend error! Retry your query.", {"code": 400, "message": "bad [/red] query"}]
)
@pytest.mark.parametrize("make", [counts, sign_ins])
async def test_an_error_inside_a_good_answer_is_an_error(make: Any, error: Any) -> None:
    with pytest.raises(BadAnswer, match=r"\$\.error: the question was not answered") as caught:
        await harvest_of(make, lambda _asked: json_reply({"error": error}))

    assert caught.value.detail is not None
    assert "query" in caught.value.detail.text


async def test_refused_sign_ins() -> None:
    asked: list[Asked] = []

    def answer(one: Asked) -> Reply:
        asked.append(one)
        rows = [
            {"ip": "192.0.2.7", "attempts": 4},
            {"ip": None, "attempts": 30},
            {"ip": "198.51.100.9", "attempts": 120},
        ]
        return json_reply({"result": rows})

    clock = shifted_clock()
    harvest = await harvest_of(lambda api: sign_ins(api, clock), answer, clock)

    assert numbers_of(harvest) == {
        "failed_sign_ins": 154.0,
        "failed_sign_ins_worst_ip": 120.0,
        "failed_sign_ins_by_address": 120.0,
    }
    groups = [(one.group, one.value) for one in harvest.numbers if one.group]
    assert groups[0][1] == 120.0
    assert all(name for name, _ in groups)
    assert payload_of(harvest).summary.text == "154 refused in 5 minutes, 120 from 198.51.100.9"
    assert section(harvest, "addresses").records[1].title.text == "address unknown"
    assert payload_of(harvest).condition is Condition.DEGRADED
    assert [one.condition for one in section(harvest, "addresses").records] == [
        Condition.DEGRADED, Condition.FINE, Condition.FINE,
    ]  # fmt: skip
    assert asked[0].value("sql") == SQL
    assert asked[0].value("iso_timestamp_start") == "2026-11-18T12:25:00Z"
    assert asked[0].value("iso_timestamp_end") == "2026-11-18T12:30:00Z"


async def test_no_refused_sign_in_is_a_true_zero_and_an_absent_list_is_not() -> None:
    harvest = await harvest_of(sign_ins, lambda _asked: json_reply({"result": []}))

    assert numbers_of(harvest) == {
        "failed_sign_ins": 0.0,
        "failed_sign_ins_worst_ip": 0.0,
        "failed_sign_ins_by_address": 0.0,
    }
    with pytest.raises(BadAnswer, match=r"\$\.result: missing"):
        await harvest_of(sign_ins, lambda _asked: json_reply({}))


async def test_more_addresses_than_are_counted_is_said() -> None:
    rows = [{"ip": f"192.0.2.{n}", "attempts": 1} for n in range(LIMIT)]
    harvest = await harvest_of(sign_ins, lambda _asked: json_reply({"result": rows}))

    assert payload_of(harvest).notices == (f"only the {LIMIT} worst addresses are counted",)
    assert SQL.endswith(f"limit {LIMIT}")


async def two_reads(first: str, second: str) -> Harvest:
    texts = [first, second]
    async with (
        vendor_server(lambda _asked: metrics_reply(text=texts[0])) as server,
        client(server.url, system="Supabase") as api,
    ):
        source = metrics(api)
        await source.read()
        del texts[0]
        return await source.read()


async def test_metrics() -> None:
    harvest = await harvest_of(metrics, metrics_reply)

    assert numbers_of(harvest) == {
        "cpu_percent": None,
        "memory_percent": 75.0,
        "disk_percent": 60.0,
        "load_1m": 0.5,
        "connections": 15.0,
        "pooler_clients": 7.0,
        "pooler_waiting": None,
        "database_size_bytes": 512.0 * 2**20,
        "replication_lag_bytes": 128.0,
        "database_up": 1.0,
        "database_read_only": 0.0,
    }
    assert reason(harvest, "cpu_percent") == "told from the second read on"
    assert payload_of(harvest).condition is Condition.FINE


async def test_cpu_from_two_reads() -> None:
    later = data.METRICS.replace(" 800\n", " 815\n").replace(" 150\n", " 165\n")
    harvest = await two_reads(data.METRICS, later)

    assert numbers_of(harvest)["cpu_percent"] == pytest.approx(50.0)
    assert "CPU 50 %" in payload_of(harvest).summary.text


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (None, Ticks(idle_s=1, all_s=2)),
        (Ticks(idle_s=900, all_s=1000), Ticks(idle_s=1, all_s=2)),
        (Ticks(idle_s=1, all_s=2), Ticks(idle_s=1, all_s=2)),
        (Ticks(idle_s=1, all_s=2), Ticks(idle_s=9, all_s=4)),
        (Ticks(idle_s=1, all_s=2), Ticks(idle_s=float("nan"), all_s=4)),
        (Ticks(idle_s=1, all_s=2), Ticks(idle_s=2, all_s=float("nan"))),
    ],
)
def test_no_cpu_after_a_restart_or_out_of_nonsense(before: Ticks | None, now: Ticks) -> None:
    assert cpu_percent(before, now) is None


@pytest.mark.parametrize(
    ("old", "new", "condition"),
    [
        ("pg_up 1", "pg_up 0", Condition.BROKEN),
        ("pg_up 1", "pg_other 1", Condition.UNKNOWN),
        ("pg_up 1", "pg_up NaN", Condition.UNKNOWN),
        ("read_only 0", "read_only 1", Condition.BROKEN),
    ],
)
async def test_database_by_its_metrics(old: str, new: str, condition: Condition) -> None:
    text = data.METRICS.replace(old, new)
    harvest = await harvest_of(metrics, lambda _asked: metrics_reply(text=text))

    assert payload_of(harvest).condition is condition


async def test_disk_of_a_machine_without_a_data_disk() -> None:
    text = "\n".join(line for line in data.METRICS.splitlines() if "/data" not in line)
    harvest = await harvest_of(metrics, lambda _asked: metrics_reply(text=text))

    assert numbers_of(harvest)["disk_percent"] == pytest.approx(90.0)


async def test_metrics_of_something_else_are_refused() -> None:
    with pytest.raises(BadAnswer, match="none of the known names"):
        await harvest_of(metrics, lambda _asked: metrics_reply(text="http_requests_total 5\n"))


async def test_metrics_go_with_basic_authentication() -> None:
    async def key() -> Secret:
        return Secret("sb_secret_0123456789")

    clock = shifted_clock()
    async with vendor_server(metrics_reply) as server:
        api = Api(
            system="Supabase",
            base_url=server.url,
            clock=clock,
            secret=basic_secret(key),
            scheme="Basic",
        )
        source = metrics(api)
        await source.read()
        await source.aclose()

    pair = base64.b64encode(b"service_role:sb_secret_0123456789").decode()
    assert server.asked[0].path == PATH
    assert server.asked[0].headers["authorization"] == f"Basic {pair}"
