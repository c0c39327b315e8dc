"""Supabase's project: what its state means, what fails alone, and what is not believed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import (
    supabase,
    supabase_advisors,
    supabase_auth,
    supabase_backups,
    supabase_counts,
    supabase_logs,
    supabase_metrics,
    supabase_setup,
    supabase_sign_ins,
)
from providers.errors import Unauthorized
from providers.harvest import Harvest
from providers.supabase_mapping import (
    HEALTH,
    STATES,
    Disk,
    Insight,
    Project,
    ReadOnly,
    Service,
)
from providers.system_readings import Condition, Section, SystemReading
from providers.text import EMPTY, Foreign
from tests import vendor_data_supabase as data
from tests.vendor_data_supabase import REF
from tests.vendor_rigs import client, numbers_of
from tests.vendor_rigs_supabase import project
from tests.vendor_server import Asked, Reply, dead_port, json_reply, vendor_server
from tui import wire_supabase, wire_supabase_auth

HEALTHY = {
    REF: data.project(),
    "health": data.health(),
    "readonly": data.read_only(),
    "util": data.disk_use(),
}


def answering(**changes: Any) -> Any:
    """Answers by the last part of the path; a `Reply` stands for itself."""
    answers = {**HEALTHY, **changes}

    def answer(asked: Asked) -> Reply:
        found = answers[asked.path.rpartition("/")[2]]
        return found if isinstance(found, Reply) else json_reply(found)

    return answer


async def harvest_of(answer: Any, **options: Any) -> tuple[Harvest, list[str]]:
    async with vendor_server(answer) as server, client(server.url, system="Supabase") as api:
        harvest = await project(api, **options).read()
        return harvest, sorted(asked.path.rpartition("/")[2] for asked in server.asked)


async def reading_of(answer: Any, **options: Any) -> SystemReading:
    payload = (await harvest_of(answer, **options))[0].payload
    assert isinstance(payload, SystemReading)
    return payload


def section(reading: SystemReading, key: str) -> Section:
    return next(each for each in reading.sections if each.key == key)


def reason(harvest: Harvest, metric: str) -> str:
    return next(one.reason for one in harvest.numbers if one.metric == metric)


def insight(
    status: str = "ACTIVE_HEALTHY",
    *,
    db: str = "ACTIVE_HEALTHY",
    auth: str = "ACTIVE_HEALTHY",
    mode: ReadOnly | None = None,
    unreachable: str | None = None,
) -> Insight:
    def service(name: str, state: str) -> Service:
        return Service(name=Foreign(name), status=Foreign(state), error=EMPTY, version=EMPTY)

    return Insight(
        project=Project(
            ref=REF,
            name=Foreign("lma"),
            region=EMPTY,
            status=Foreign(status),
            database_version=EMPTY,
            created_at=None,
        ),
        services=(service("db", db), service("auth", auth)),
        read_only=mode,
        unreachable=unreachable,
    )


ON = ReadOnly(enabled=True, lifted=False, lifted_until=EMPTY)
LIFTED = ReadOnly(enabled=True, lifted=True, lifted_until=EMPTY)


@pytest.mark.parametrize(
    ("seen", "expected", "words"),
    [
        (insight(), Condition.FINE, "healthy; 2 of 2 services well"),
        (insight("INACTIVE"), Condition.PAUSED, "paused: its name and its pooler refuse"),
        (insight("PAUSING"), Condition.PAUSED, "being paused"),
        (insight("ACTIVE_UNHEALTHY"), Condition.DEGRADED, "active unhealthy"),
        (insight("RESTORING"), Condition.DEGRADED, "may fall back to paused"),
        (insight("RESTARTING"), Condition.DEGRADED, "restarting, database and pooler are away"),
        (insight("RESTORE_FAILED"), Condition.BROKEN, "its restore failed"),
        (insight("UNKNOWN"), Condition.UNKNOWN, "unknown"),
        (insight("DREAMING"), Condition.UNKNOWN, "in a state we do not know: DREAMING"),
        (insight(db="UNHEALTHY"), Condition.BROKEN, "called healthy, but db unhealthy"),
        (insight(auth="UNHEALTHY"), Condition.DEGRADED, "called healthy, but auth unhealthy"),
        (insight(auth="COMING_UP"), Condition.DEGRADED, "healthy; 1 of 2 services well"),
        (insight(db="SLEEPY"), Condition.UNKNOWN, "healthy; 1 of 2 services well"),
        (insight(mode=ON), Condition.BROKEN, "called healthy, but read-only: writes fail"),
        (insight(mode=LIFTED), Condition.DEGRADED, "read-only, lifted for a while"),
        (
            insight(unreachable="refused"),
            Condition.BROKEN,
            "called healthy, but not reachable from here: refused",
        ),
        (insight(unreachable=""), Condition.FINE, "healthy; 2 of 2 services well"),
        (insight("INACTIVE", db="UNHEALTHY"), Condition.PAUSED, "paused"),
    ],
)
def test_what_the_project_s_words_mean(seen: Insight, expected: Condition, words: str) -> None:
    assert seen.condition is expected
    assert words in seen.summary.text


@given(st.sampled_from([*STATES, "", "A new one"]), st.sampled_from([*HEALTH, "", "A new one"]))
def test_fine_takes_a_known_good_word_from_everybody(status: str, db: str) -> None:
    good = status == "ACTIVE_HEALTHY" and db == "ACTIVE_HEALTHY"

    assert (insight(status, db=db).condition is Condition.FINE) is good


def test_without_word_from_the_services_it_is_unknown() -> None:
    seen = Insight(project=insight().project)

    assert seen.condition is Condition.UNKNOWN


@given(
    st.floats(0, 1e15, allow_nan=False),
    st.floats(0, 1e15, allow_nan=False),
)
def test_share_of_the_disk_is_of_what_can_be_filled(used: float, left: float) -> None:
    percent = Disk(size_bytes=1e16, used_bytes=used, available_bytes=left).used_percent

    if used + left == 0:
        assert percent is None
    else:
        assert percent is not None
        assert 0 <= percent <= 100.000001


async def test_healthy_project() -> None:
    harvest, asked = await harvest_of(answering())

    assert asked == [REF, "health", "readonly", "util"]
    payload = harvest.payload
    assert isinstance(payload, SystemReading)
    assert payload.condition is Condition.FINE
    assert payload.summary.text == "healthy; 3 of 3 services well; disk 38 % of 7.5 GiB"
    assert [each.key for each in payload.sections] == ["project", "services", "writes", "disk"]
    assert not any(each.blind for each in payload.sections)
    assert numbers_of(harvest) == {
        "disk_used_percent": 37.5,
        "disk_used_bytes": 3e9,
        "disk_size_bytes": 8e9,
        "services_unhealthy": 0.0,
        "read_only": 0.0,
        "paused": 0.0,
        "reachable": None,
    }
    assert reason(harvest, "reachable") == "no address to try is configured"


async def test_paused_project_is_asked_nothing_more_and_has_no_numbers() -> None:
    harvest, asked = await harvest_of(answering(**{REF: data.project("INACTIVE")}))

    assert asked == [REF]
    payload = harvest.payload
    assert isinstance(payload, SystemReading)
    assert payload.condition is Condition.PAUSED
    assert section(payload, "services").blind == "the project is paused: not asked"
    numbers = numbers_of(harvest)
    assert numbers.pop("paused") == 1.0
    assert set(numbers.values()) == {None}
    assert reason(harvest, "disk_used_percent") == "the project is paused"


@pytest.mark.parametrize(
    ("failing", "key", "permission"),
    [
        ("health", "services", "project_admin_read"),
        ("readonly", "writes", "database_readonly_config_read"),
        ("util", "disk", "infra_disk_config_read"),
    ],
)
async def test_one_part_that_may_not_be_read_blinds_itself_alone(
    failing: str, key: str, permission: str
) -> None:
    refused = json_reply({"message": "Forbidden"}, 403)
    reading = await reading_of(answering(**{failing: refused}))

    assert permission in section(reading, key).blind
    assert section(reading, key).records == ()
    assert [each.key for each in reading.sections if each.blind] == [key]
    expected = Condition.UNKNOWN if failing == "health" else Condition.FINE
    assert reading.condition is expected


async def test_project_that_may_not_be_read_is_an_error() -> None:
    with pytest.raises(Unauthorized):
        await reading_of(answering(**{REF: json_reply({"message": "no"}, 403)}))


async def test_called_healthy_but_nobody_reaches_it() -> None:
    harvest, _ = await harvest_of(answering(), reach=(("127.0.0.1", dead_port()),))
    async with vendor_server(lambda _asked: json_reply({})) as there:
        port = int(there.url.rpartition(":")[2])
        reached = await reading_of(answering(), reach=(("127.0.0.1", port),))

    payload = harvest.payload
    assert isinstance(payload, SystemReading)
    assert payload.condition is Condition.BROKEN
    assert "called healthy, but not reachable from here" in payload.summary.text
    assert numbers_of(harvest)["reachable"] == 0.0
    assert reached.condition is Condition.FINE
    assert section(reached, "reach").records[0].state.text == "takes connections"


async def test_upgrade_under_way_is_asked_for_only_then() -> None:
    upgrading = answering(**{REF: data.project("UPGRADING"), "status": data.upgrade()})
    reading = await reading_of(upgrading)

    record = section(reading, "upgrade").records[0]
    assert record.title.text == "PostgreSQL 17"
    assert record.state.text == "5_initiated_data_upgrade"
    assert record.condition is Condition.DEGRADED


async def test_upgrade_that_failed() -> None:
    failed = data.upgrade(error="5_data_upgrade_completion_failed", status=1)
    reading = await reading_of(answering(**{REF: data.project("UPGRADING"), "status": failed}))

    assert section(reading, "upgrade").records[0].condition is Condition.BROKEN


async def test_service_that_can_not_be_read_is_said_and_hides_nothing() -> None:
    reading = await reading_of(answering(health=[*data.health(), {"name": "odd"}]))

    assert len(section(reading, "services").records) == 3
    assert "1 service could not be read" in reading.notices[0]


async def test_disk_without_room_is_no_number() -> None:
    harvest, _ = await harvest_of(answering(util=data.disk_use(0, 0)))

    assert numbers_of(harvest)["disk_used_percent"] is None


def test_numbers_are_those_the_wiring_names() -> None:
    assert {
        "": supabase.METRICS,
        "setup": supabase_setup.METRICS,
        "backups": supabase_backups.METRICS,
        "advisors": supabase_advisors.METRICS,
        "counts": supabase_counts.METRICS,
        "metrics": supabase_metrics.METRICS,
        "sign-ins": supabase_sign_ins.METRICS,
        **dict.fromkeys(supabase_logs.KINDS, supabase_logs.METRICS),
    } == wire_supabase.METRICS
    assert wire_supabase_auth.METRICS == {"": supabase_auth.METRICS}
