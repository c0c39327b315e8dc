"""A Render service as a system: state, feed, measurements, and what is missing said as missing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import ServerFailed, Unauthorized
from providers.fields import Fields
from providers.render_events import EVENTS, event_of, live_by_rollback, newest_first
from providers.render_metrics import Series, Value, latency_ms, memory_bytes, percent, traffic
from providers.render_state import Measures, measure_records
from providers.render_system import SELDOM_S
from providers.system_readings import Condition
from tests import vendor_data as data
from tests import vendor_data_platform as more
from tests.platform_rig import records, section, staged
from tests.vendor_rigs import numbers_of, shifted_clock
from tests.vendor_rigs_platform import SERVICE, service
from tests.vendor_server import json_reply

NOW = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
"""Of `shifted_clock`."""

CALM: dict[str, Any] = {"/events": []}


def on_stage(changed: dict[str, Any] | None = None, **options: Any) -> Any:
    clock = options.pop("clock", None) or shifted_clock()
    return staged(service, SERVICE, clock=clock, base_path="/v1", changed=CALM | (changed or {}))


def ago(minutes: float) -> str:
    return (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def detailed(service_changes: dict[str, Any] | None = None, **details: Any) -> data.Json:
    plain = data.render_service(**(service_changes or {}))
    return plain | {"serviceDetails": plain["serviceDetails"] | details}


async def test_a_calm_service_in_numbers_and_words() -> None:
    async with on_stage() as stage:
        harvest = await stage.read()
    reading = harvest.payload

    assert reading.condition is Condition.FINE
    assert reading.summary.text == "standard · 1 of 1 instances · memory 60 % · CPU 25 %"
    assert numbers_of(harvest) == {
        "cpu_percent": 25.0,
        "memory_percent": pytest.approx(60.0),
        "memory_bytes": 600e6,
        "http_requests_per_min": 1000.0,
        "http_5xx_percent": 5.0,
        "http_p95_ms": 240.0,
        "instances": 1.0,
        "instances_wanted": 1.0,
        "suspended": 0.0,
        "auto_deploy": 1.0,
        "failures_24h": 0.0,
        "out_of_memory_24h": 0.0,
        "restarts_24h": 0.0,
        "domains_unverified": 0.0,
        "api_budget_used_percent": None,
    }
    shown = records(reading, "metrics")
    assert shown["requests"].state.text == "1,000"
    assert shown["p95"].state.text == "240 ms"
    assert harvest.again_s is None


@pytest.mark.parametrize(
    ("changed", "condition", "words"),
    [
        (
            {"suspended": "suspended", "suspenders": ["user"]},
            Condition.PAUSED,
            "suspended by user",
        ),
        (
            {"suspended": "suspended", "suspenders": ["stuck_crashlooping"]},
            Condition.BROKEN,
            "suspended by stuck_crashlooping",
        ),
    ],
)
async def test_suspended(changed: dict[str, Any], condition: Condition, words: str) -> None:
    async with on_stage({"/services/srv-1": data.render_service(**changed)}) as stage:
        harvest = await stage.read()

    assert harvest.payload.condition is condition
    assert records(harvest.payload, "service")["state"].state.text == words
    assert numbers_of(harvest)["suspended"] == 1.0


@pytest.mark.parametrize(
    ("body", "instances", "condition"),
    [
        (detailed(numInstances=2), [more.instance()], Condition.DEGRADED),
        (detailed(numInstances=2), [], Condition.BROKEN),
        (
            detailed(
                numInstances=3,
                autoscaling={"enabled": True, "min": 1, "max": 5, "criteria": {}},
            ),
            [more.instance()],
            Condition.FINE,
        ),
        (
            detailed(maintenanceMode={"enabled": True, "uri": ""}),
            [more.instance()],
            Condition.PAUSED,
        ),
        (detailed({"autoDeployTrigger": "off"}), [more.instance()], Condition.NOTABLE),
    ],
)
async def test_condition_by_what_runs(
    body: data.Json, instances: list[data.Json], condition: Condition
) -> None:
    async with on_stage({"/services/srv-1": body, "/instances": instances}) as stage:
        reading = await stage.system()

    assert reading.condition is condition


@pytest.mark.parametrize(
    ("feed", "condition"),
    [
        ([more.event("server_failed", ago(5))], Condition.DEGRADED),
        ([more.event("server_failed", ago(20))], Condition.FINE),
        (
            [more.event("server_failed", ago(5)), more.event("server_available", ago(2))],
            Condition.FINE,
        ),
        (
            [more.event("server_available", ago(7)), more.event("server_failed", ago(5))],
            Condition.DEGRADED,
        ),
        ([more.event("server_hardware_failure", ago(1))], Condition.DEGRADED),
    ],
)
async def test_condition_by_the_feed(feed: list[data.Json], condition: Condition) -> None:
    async with on_stage({"/events": feed}) as stage:
        reading = await stage.system()

    assert reading.condition is condition


async def test_out_of_memory_is_told_from_other_failures() -> None:
    killed = {"evicted": False, "oomKilled": {"memoryLimit": "512Mi"}}
    feed = [
        more.event("server_failed", ago(30), "e1", reason=killed),
        more.event("server_failed", ago(60), "e2", reason={"evicted": False, "nonZeroExit": 137}),
        more.event("server_restarted", ago(29), "e3", triggeredByUser="dana"),
    ]
    async with on_stage({"/events": feed}) as stage:
        harvest = await stage.read()
    shown = records(harvest.payload, "events")

    assert list(shown) == ["e3", "e1", "e2"], "the newest first"
    assert shown["e1"].title.text == "an instance failed"
    assert shown["e1"].state.text == "out of memory, limit 512Mi"
    assert shown["e2"].state.text == "exit code 137"
    assert shown["e3"].state.text == "by dana"
    assert all(record.change for record in shown.values())
    assert numbers_of(harvest)["failures_24h"] == 2.0
    assert numbers_of(harvest)["out_of_memory_24h"] == 1.0
    assert numbers_of(harvest)["restarts_24h"] == 1.0


@pytest.mark.parametrize(
    ("event", "title", "state", "condition"),
    [
        (
            more.event("deploy_ended", deployId="dep-1", deployStatus="succeeded", reason={}),
            "deploy succeeded",
            "",
            Condition.FINE,
        ),
        (
            more.event(
                "deploy_ended",
                deployId="dep-1",
                deployStatus="failed",
                reason={"failure": {"evicted": False, "timedOutSeconds": 900}},
            ),
            "deploy failed",
            "timed out after 900 s",
            Condition.DEGRADED,
        ),
        (
            more.event("instance_count_changed", fromInstances=1, toInstances=3),
            "instances",
            "1 to 3",
            Condition.NOTABLE,
        ),
        (
            more.event("plan_changed", **{"from": "starter", "to": "pro"}),
            "plan",
            "starter to pro",
            Condition.NOTABLE,
        ),
        (
            more.event("auto_deploy_disabled", reason="user"),
            "autodeploy off",
            "",
            Condition.NOTABLE,
        ),
        (more.event("moon_landed"), "moon landed", "", Condition.UNKNOWN),
    ],
)
async def test_events_in_words(
    event: data.Json, title: str, state: str, condition: Condition
) -> None:
    async with on_stage({"/events": [event]}) as stage:
        (shown,) = records(await stage.system(), "events").values()

    assert (shown.title.text, shown.state.text, shown.condition) == (title, state, condition)


async def test_autodeploy_after_a_rollback() -> None:
    feed = [
        more.event("deploy_ended", ago(4), "e2", deployId="d", deployStatus="succeeded", reason={}),
        more.event(
            "deploy_started", ago(5), "e1", deployId="d", trigger=more.trigger(rollback=True)
        ),
    ]
    async with on_stage({"/events": feed}) as stage:
        reading = await stage.system()

    assert reading.condition is Condition.NOTABLE
    assert "the next push brings the bad commit back" in (
        records(reading, "service")["autodeploy"].state.text
    )
    later = more.event("deploy_ended", ago(1), "e3", deployId="n", deployStatus="succeeded")
    events = [event_of(Fields(item["event"], "Render", "list events")) for item in [*feed, later]]
    assert not live_by_rollback(newest_first(events))


async def test_while_a_deploy_runs_it_is_asked_again_soon() -> None:
    started = more.event("deploy_started", ago(1), deployId="d", trigger=more.trigger())
    async with on_stage({"/events": [started]}) as stage:
        harvest = await stage.read()

    assert harvest.again_s == 5.0


async def test_measurements_that_are_not_there_say_why() -> None:
    refused = json_reply({"id": "req-1", "message": "no such range"}, 400)
    changed = {"/metrics/cpu": [], "/metrics/memory-limit": [], "/metrics/http-requests": refused}
    async with on_stage(changed) as stage:
        harvest = await stage.read()
    reasons = {reading.metric: reading.reason for reading in harvest.numbers}
    shown = records(harvest.payload, "metrics")

    assert harvest.payload.condition is Condition.FINE
    assert "it needs a paid instance" in reasons["cpu_percent"]
    assert reasons["memory_percent"] == "Render tells no limit"
    assert "HTTP 400" in reasons["http_requests_per_min"]
    assert shown["memory"].condition is Condition.UNKNOWN
    assert shown["memory"].state.text == "no data: Render tells no limit"
    assert numbers_of(harvest)["memory_bytes"] == 600e6


@pytest.mark.parametrize(
    ("failed", "expected"),
    [(0.5, Condition.FINE), (11.2, Condition.NOTABLE), (None, Condition.UNKNOWN)],
)
def test_many_answers_with_5xx_are_worth_a_look(failed: float | None, expected: Condition) -> None:
    none = Value(number=None, reason="not measured")
    measures = Measures(
        cpu_percent=none,
        memory_percent=none,
        memory_bytes=none,
        requests_per_minute=none,
        failed_percent=Value(number=failed),
        p95_ms=none,
    )
    found = {one.id: one.condition for one in measure_records(measures)}

    assert found["failed"] is expected


@pytest.mark.parametrize("kind", ["static_site", "cron_job"])
async def test_what_has_no_instances_is_not_asked_for_them(kind: str) -> None:
    async with on_stage({"/services/srv-1": data.render_service(type=kind)}) as stage:
        harvest = await stage.read()
        asked = {each.path.rpartition("/")[2] for each in stage.server.asked}

    assert asked == {"srv-1", "events", "custom-domains"}
    assert section(harvest.payload, "instances").empty == "a service of this kind has none"
    assert numbers_of(harvest)["instances"] is None
    assert harvest.payload.condition is Condition.FINE


async def test_limits_and_domains_are_asked_for_every_ten_minutes() -> None:
    clock = shifted_clock()
    async with on_stage(clock=clock) as stage:
        await stage.read()
        first = len(stage.server.asked)
        clock.advance(30)
        await stage.read()
        second = len(stage.server.asked) - first
        clock.advance(SELDOM_S)
        await stage.read()
        third = len(stage.server.asked) - first - second
        (asked, *_) = stage.asked("/metrics/cpu")

    assert (first, second, third) == (10, 7, 10)
    assert dict(asked.query) == {
        "resource": "srv-1",
        "startTime": "2026-11-18T12:20:00Z",
        "endTime": "2026-11-18T12:30:00Z",
        "resolutionSeconds": "60",
    }


async def test_a_part_that_fails_blinds_itself_alone() -> None:
    changed = {"/services/srv-1": json_reply({}, 500), "/instances": json_reply({}, 403)}
    async with on_stage(changed) as stage:
        harvest = await stage.read()
    reading = harvest.payload

    assert reading.condition is Condition.UNKNOWN
    assert "an error of its own" in section(reading, "service").blind
    assert "may not do this" in section(reading, "instances").blind
    assert numbers_of(harvest)["memory_percent"] == pytest.approx(60.0)
    assert numbers_of(harvest)["instances"] is None


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (503, ServerFailed)])
async def test_when_nothing_could_be_read_that_is_the_failure(
    status: int, kind: type[Exception]
) -> None:
    async with on_stage({end: json_reply({}, status) for end, _ in SERVICE}) as stage:
        with pytest.raises(kind):
            await stage.read()


async def test_a_full_feed_counts_only_so_far() -> None:
    feed = [more.event("server_failed", ago(n), f"e{n}") for n in range(100)]
    async with on_stage({"/events": feed}) as stage:
        reading = await stage.system()

    assert section(reading, "events").more == 70
    assert any("only the newest 100 events" in notice for notice in reading.notices)


def series(unit: str, value: float, minutes: float = 1.0, **labels: str) -> Series:
    at = NOW - timedelta(minutes=minutes)
    return Series(labels=labels, unit=unit, values=((at, value),))


@pytest.mark.parametrize(
    ("used", "limit", "expected"),
    [
        ((series("cpu", 0.5),), (series("cpu", 2.0),), 25.0),
        ((series("mb", 512.0), series("mb", 256.0)), (series("mb", 1024.0),), 50.0),
        ((series("gb", 0.5),), (series("mb", 1000.0),), 50.0),
        ((series("mib", 512.0),), (series("bytes", 2.0**30),), 50.0),
        ((series("cpu", 0.5),), (series("mb", 1.0),), None),
        ((series("cpu", 0.5),), (series("cpu", 0.0),), None),
        ((series("cpu", 0.5, minutes=7),), (series("cpu", 2.0),), None),
        ((), (series("cpu", 2.0),), None),
    ],
)
def test_shares_of_limits(
    used: tuple[Series, ...], limit: tuple[Series, ...], expected: float | None
) -> None:
    found = percent(used, limit, NOW)

    assert found.number == (None if expected is None else pytest.approx(expected))
    assert found.reason or expected is not None


def test_units_that_are_not_known_give_no_number() -> None:
    assert memory_bytes((series("parsec", 1.0),), NOW).number is None
    assert latency_ms((series("s", 0.25),), NOW) == Value(number=250.0)
    assert latency_ms((series("fortnights", 1.0),), NOW).number is None


def test_requests_are_those_of_the_newest_minute_that_is_over() -> None:
    counts = (
        Series(
            labels={"statusCode": "200"},
            unit="requests",
            values=(
                (NOW - timedelta(seconds=150), 70.0),
                (NOW - timedelta(seconds=90), 90.0),
                (NOW - timedelta(seconds=30), 5.0),
            ),
        ),
        series("requests", 10.0, minutes=1.5, statusCode="502"),
    )
    found = traffic(counts, NOW)

    assert found.per_minute.number == 100.0
    assert found.failed_percent.number == 10.0
    assert found.at == NOW - timedelta(seconds=90)


@pytest.mark.parametrize(
    ("measured", "per_minute", "share"),
    [
        ((series("requests", 10.0, minutes=2.0),), 10.0, None),
        ((series("requests", 0.0, minutes=2.0, statusCode="200"),), 0.0, None),
        ((series("requests", 10.0, minutes=9.0, statusCode="200"),), None, None),
        ((series("requests", 10.0, minutes=0.5, statusCode="200"),), None, None),
    ],
)
def test_requests_that_can_not_be_told(
    measured: tuple[Series, ...], per_minute: float | None, share: float | None
) -> None:
    found = traffic(measured, NOW)

    assert found.per_minute.number == per_minute
    assert found.failed_percent.number == share
    assert found.failed_percent.reason


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("", "200", "404", "503")),
            st.floats(0, 1e9),
            st.floats(-5, 30),
        ),
        max_size=12,
    )
)
def test_a_share_is_a_share(points: list[tuple[str, float, float]]) -> None:
    measured = tuple(
        series("requests", value, minutes=minutes, statusCode=status)
        for status, value, minutes in points
    )
    found = traffic(measured, NOW)

    share = found.failed_percent.number
    assert share is None or -1e-6 <= share <= 100 + 1e-6
    assert (share is not None) or found.failed_percent.reason


def test_each_event_has_words() -> None:
    assert all(words for words, _condition, _change in EVENTS.values())


async def test_what_is_remembered_does_not_hide_that_nobody_answers() -> None:
    async with on_stage() as stage:
        await stage.read()
        stage.bodies.update((end, json_reply({}, 503)) for end, _ in SERVICE)
        with pytest.raises(ServerFailed):
            await stage.read()
