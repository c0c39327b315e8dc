"""Each of the 16 rules of runbook A fires at its boundary and not one sample before, and clears.

The rules, the sources' pace and the severities are those of `config.example.yaml`, loaded and wired
as the program does; nothing of them is typed here but what the runbook says.
"""

from datetime import timedelta

import pytest
from msgspec import Struct

from monitor.alert_view import AlertView
from monitor.verdicts import Level, Phase
from monitor.words import duration_words, span_words
from providers.readings import SourceId
from tests.fakes import ManualClock
from tests.sixteen_rules import Course, Number, kpi_spec

MINUTE = 60.0
HOUR = 3_600.0
HEALTH = SourceId("localloop/production/site/health")
DATABASE = SourceId("localloop/production/db/main")
ONE, OTHER = "203.0.113.7", "198.51.100.4"


class Timed(Struct, frozen=True, kw_only=True):
    """A level that must stand for a time."""

    id: str
    kpi: str
    at_limit: float
    """Exactly the limit, which all these rules leave inside."""

    past: float
    good: float
    for_s: float
    level: Level
    response: str
    """How soon somebody must be there, and the severity that says so."""

    fact: str


def timed(
    name: str,
    kpi: str,
    numbers: tuple[float, float, float],
    for_s: float,
    level: Level,
    response: str,
    fact: str,
) -> Timed:
    at_limit, past, good = numbers
    return Timed(
        id=name,
        kpi=kpi,
        at_limit=at_limit,
        past=past,
        good=good,
        for_s=for_s,
        level=level,
        response=response,
        fact=fact,
    )


C, W = Level.CRITICAL, Level.WARNING
TIMED = (
    timed("A061", "error-rate", (5, 5.1, 0.2), 5 * MINUTE, C, "P0 15m", "5.1 % > 5 %"),
    timed("A062", "response-time", (10, 10.1, 1), 5 * MINUTE, C, "P0 15m", "10.1 > 10 s"),
    timed("A070", "response-time", (5, 5.1, 1), 15 * MINUTE, W, " 4h", "5.1 > 5 s"),
    timed("A071", "error-rate", (2, 2.1, 0.2), 15 * MINUTE, W, " 4h", "2.1 % > 2 %"),
    timed("A072", "database-queries", (200, 201, 40), 15 * MINUTE, W, " 4h", "201 > 200 ms"),
    timed("A073", "connections", (80, 81, 40), 30 * MINUTE, W, " 4h", "81 % > 80 %"),
    timed("A074", "memory", (90, 91, 60), 30 * MINUTE, W, " 4h", "91 % > 90 %"),
    timed("A076", "email-delivery", (95, 94.9, 99.5), HOUR, W, " 4h", "94.9 % < 95 %"),
    timed("A077", "payment-failures", (5, 5.1, 1), HOUR, W, "P1 1h", "5.1 % > 5 %"),
)


def key_of(kpi: str, group: str = "") -> str:
    return f"kpi/localloop/{kpi}" + (f"/{group}" if group else "")


def fired(alert: AlertView | None, level: Level, response: str) -> AlertView:
    """The alert, which fires with this level, severity and time to respond."""
    assert alert is not None
    assert (alert.phase, alert.level) == (Phase.FIRING, level)
    assert alert.clock is not None
    assert f"{alert.severity} {alert.clock.words}" == response
    assert alert.fired is not None
    assert alert.clock.since == alert.fired.at
    # By the wall: it is Saturday afternoon, and not one of them waits for Monday.
    hours = {"15m": 0.25, "1h": 1, "4h": 4}[alert.clock.words]
    assert alert.clock.due - alert.clock.since == timedelta(hours=hours)
    return alert


def cadence_s(course: Course, kpi: str) -> float:
    return course.every_s(kpi_spec(kpi).series[0].source)


@pytest.mark.parametrize("rule", TIMED, ids=lambda rule: rule.id)
def test_exactly_at_its_limit_it_never_fires(rule: Timed) -> None:
    course = Course()
    every_s = cadence_s(course, rule.kpi)
    for _ in range(int(1.5 * rule.for_s / every_s)):
        found = course.number(rule.kpi, rule.at_limit)
        assert found.value == pytest.approx(rule.at_limit, abs=1e-9)
        alert = course.alert(key_of(rule.kpi))
        # 5 s and 2 % are past nothing; 10 s and 5 % are past the milder rule of the same number.
        assert alert is None or alert.level < rule.level
        course.clock.advance(every_s)


@pytest.mark.parametrize("rule", TIMED, ids=lambda rule: rule.id)
def test_it_waits_fires_with_the_sample_that_completes_its_time_and_clears(rule: Timed) -> None:
    course, key = Course(), key_of(rule.kpi)
    every_s = cadence_s(course, rule.kpi)
    begun = course.now
    passed_s = 0.0
    while passed_s < rule.for_s:
        course.number(rule.kpi, rule.past)
        waiting(course.alert(key), rule, passed_s)
        step_s = min(every_s, rule.for_s - 1 - passed_s) or 1.0
        course.clock.advance(step_s)
        passed_s += step_s
    # The time is up, and the last sample is a second old: only a sample makes a rule fire.
    alert = course.alert(key)
    assert alert is not None
    assert alert.phase is Phase.PENDING
    course.number(rule.kpi, rule.past)
    alert = fired(course.alert(key), rule.level, rule.response)
    assert (alert.onset, alert.fired) == (begun, course.now)
    assert alert.fact == rule.fact
    clears_with_the_second_good_sample(course, rule)


def waiting(alert: AlertView | None, rule: Timed, passed_s: float) -> None:
    assert alert is not None
    assert (alert.phase, alert.level) == (Phase.PENDING, Level.WARNING)
    assert (alert.elapsed_s, alert.required_s) == (passed_s, rule.for_s)
    assert alert.why.endswith(f", {duration_words(passed_s)} of {span_words(rule.for_s)}")
    assert alert.clock is None


def clears_with_the_second_good_sample(course: Course, rule: Timed) -> None:
    key, every_s = key_of(rule.kpi), cadence_s(course, rule.kpi)
    spec = kpi_spec(rule.kpi)
    phases = []
    while course.alert(key) is not None:
        course.clock.advance(every_s)
        found = course.number(rule.kpi, rule.good)
        alert = course.alert(key)
        phases.append(Phase.OK if alert is None else alert.phase)
        assert len(phases) <= spec.window_s / every_s + 3, found.value
    # While a window still holds bad readings its number is bad.
    assert phases[-2:] == [Phase.RECOVERING, Phase.OK]
    assert set(phases[:-2]) <= {Phase.FIRING}


def test_a060_fires_with_the_third_failed_health_check_in_a_row() -> None:
    course, key = Course(), f"check/{HEALTH}"
    every_s = course.every_s(HEALTH)

    def after(status: int) -> AlertView | None:
        course.clock.advance(every_s)
        course.answer(HEALTH, status)
        return course.alert(key)

    for status in (200, 503, 503, 200, 503, 503):
        alert = after(status)
        # Two, twice, are not more than two in a row.
        assert (alert is None) == (status == 200)
        if alert is not None:
            assert (alert.phase, alert.level) == (Phase.PENDING, Level.WARNING)
    assert alert is not None
    assert (alert.failures, alert.needed) == (2, 3)
    assert alert.why == "answers 503, 2 of 3 in a row"
    assert alert.detection == "3 in a row, detected within 50s"
    begun = alert.onset
    alert = fired(after(503), Level.CRITICAL, "P0 15m")
    assert (alert.onset, alert.fired, alert.failures) == (begun, course.now, 3)
    alert = after(200)
    assert alert is not None
    assert (alert.phase, alert.level) == (Phase.RECOVERING, Level.CRITICAL)
    assert after(200) is None


@pytest.mark.parametrize(
    ("moments", "fires"),
    [
        ((0, 80, 160), False),
        ((0, 80, 160, 240), True),
        ((0, 80, 160, 299), True),
        # The first is five minutes old, and has left the window with this very sample.
        ((0, 80, 160, 300), False),
        ((0, 80, 160, 300, 379), True),
        ((0, 80, 160, 300, 380), False),
    ],
)
def test_a063_fires_with_the_fourth_failed_connection_within_five_minutes(
    moments: tuple[float, ...], fires: bool
) -> None:
    """In between the database answers: it is not down, and its alert explains nothing away."""
    course, key = Course(), key_of("connection-failures")
    for number, moment in enumerate(moments):
        until(course, moment)
        course.refuse(DATABASE)
        alert = course.alert(key)
        assert (alert is not None) == (fires and number == len(moments) - 1)
    if alert is None:
        return
    assert (alert.phase, alert.fired, alert.fact) == (Phase.FIRING, course.now, "4 > 3")
    course.clock.advance(0.5)
    course.number("connection-failures", 0)
    fired(course.alert(key), Level.CRITICAL, "P0 15m")


def until(course: Course, moment_s: float) -> None:
    """The database answers every few seconds, until so long after the beginning."""
    begun_s = ManualClock().now().tick_s
    while (left_s := begun_s + moment_s - course.now.tick_s) > 0:
        course.clock.advance(min(5.0, left_s))
        if left_s > 5:
            course.number("connection-failures", 0)


def test_a063_clears_as_the_failures_leave_the_window() -> None:
    course, key = Course(), key_of("connection-failures")
    for _ in range(4):
        course.refuse(DATABASE)
        course.clock.advance(5)
    told: dict[Phase | None, float] = {}
    for _ in range(60):
        course.number("connection-failures", 0)
        alert = course.alert(key)
        told.setdefault(None if alert is None else alert.phase, course.now.tick_s - 1_000)
        course.clock.advance(5)
    # Three are left 300 s after the first; the second good sample is the one after.
    assert told == {Phase.FIRING: 20, Phase.RECOVERING: 300, None: 305}


AT_ONCE: tuple[tuple[str, str, Number, Number, str, str], ...] = (
    # The row, the KPI, what does not fire, what does, which alert, how soon.
    ("A064", "query-timeouts", 10, 11, "", "P0 15m"),
    ("A065", "disk-space", 90.0, 90.1, "", "P0 15m"),
    ("A066", "failed-logins", {ONE: 100}, {ONE: 101}, ONE, "P0 15m"),
    ("A066 of two", "failed-logins", {ONE: 51, OTHER: 50}, {ONE: 101, OTHER: 50}, ONE, "P0 15m"),
    ("A067", "suspicious-usage", {ONE: 1000}, {ONE: 1001}, ONE, "P0 15m"),
    ("A067 of two", "suspicious-usage", {ONE: 501, OTHER: 500}, {ONE: 501, OTHER: 1001}, OTHER,
     "P0 15m"),
)  # fmt: skip


@pytest.mark.parametrize("row", AT_ONCE, ids=lambda row: row[0])
def test_it_fires_with_the_first_sample_past_its_limit(
    row: tuple[str, str, Number, Number, str, str],
) -> None:
    _, kpi, at_limit, past, group, response = row
    course, key = Course(), key_of(kpi, group)
    every_s = cadence_s(course, kpi)
    for _ in range(40):
        course.number(kpi, at_limit)
        assert [one for one in course.view.alerts if one.level is Level.CRITICAL] == []
        course.clock.advance(every_s)
    course.number(kpi, past)
    alert = fired(course.alert(key), Level.CRITICAL, response)
    assert alert.group == group
    critical = [one for one in course.view.alerts if one.level is Level.CRITICAL]
    assert critical == [alert]


@pytest.mark.parametrize(
    ("kpi", "past", "good"),
    [
        ("query-timeouts", 11, 10),
        ("failed-logins", {ONE: 101, OTHER: 3}, {ONE: 100, OTHER: 3}),
        # Nobody speaks of it any more: it has none.
        ("failed-logins", {ONE: 101, OTHER: 3}, {OTHER: 3}),
        ("suspicious-usage", {ONE: 1001, OTHER: 30}, {ONE: 1000, OTHER: 30}),
        ("suspicious-usage", {ONE: 1001, OTHER: 30}, {OTHER: 30}),
    ],
)
def test_what_fired_at_once_clears_with_the_second_sample_at_its_limit(
    kpi: str, past: Number, good: Number
) -> None:
    course = Course()
    every_s = cadence_s(course, kpi)
    course.number(kpi, past)
    (alert,) = course.view.alerts
    assert alert.phase is Phase.FIRING
    for phase in (Phase.RECOVERING, None):
        course.clock.advance(every_s)
        course.number(kpi, good)
        assert [one.phase for one in course.view.alerts] == ([phase] if phase else [])


def test_each_address_past_the_limit_is_an_alert_of_its_own() -> None:
    course = Course()
    course.number("failed-logins", {ONE: 101, OTHER: 150, "192.0.2.1": 100})
    keys = {one.key for one in course.view.alerts}
    assert keys == {key_of("failed-logins", ONE), key_of("failed-logins", OTHER)}


def test_a075_and_a065_tell_a_disk_that_fills_and_clear_one_point_lower() -> None:
    course, key = Course(), key_of("disk-space")
    every_s = cadence_s(course, "disk-space")
    told = []
    for percent in (85.0, 85.1, 90.0, 90.1, 89.5, 89.0, 88.0, 84.5, 84.0, 83.9):
        course.clock.advance(every_s)
        course.number("disk-space", percent)
        alert = course.alert(key)
        told.append(
            None if alert is None else (alert.level.name, alert.phase.value, alert.severity)
        )
        if percent == 85.1:
            fired(alert, Level.WARNING, " 4h")
        if percent == 90.1:
            fired(alert, Level.CRITICAL, "P0 15m")
    assert told == [
        None,
        ("WARNING", "firing", ""),
        ("WARNING", "firing", ""),
        ("CRITICAL", "firing", "P0"),
        ("CRITICAL", "firing", "P0"),
        ("CRITICAL", "recovering", "P0"),
        ("WARNING", "firing", ""),
        ("WARNING", "firing", ""),
        ("WARNING", "recovering", ""),
        None,
    ]


def test_too_few_attempts_are_no_ratio_whatever_it_would_be() -> None:
    """A071 and A077: nine mistyped cards at night are not 100 % of payments."""
    course = Course()
    for attempts in (9, 9, 10, 10):
        found = course.attempts("payment-failures", attempts, attempts)
        assert course.view.alerts == () or attempts == 10
        course.clock.advance(cadence_s(course, "payment-failures"))
    assert found.value == 100
    assert course.alert(key_of("payment-failures")) is not None


def test_payments_that_all_fail_are_p0_after_five_minutes_and_one_that_works_is_not() -> None:
    """A:514, beside A077, which is still waiting then."""
    key = key_of("payment-failures")
    for percent, phase in ((99.9, Phase.PENDING), (100, Phase.FIRING)):
        course = Course()
        for _ in range(6):
            course.number("payment-failures", percent)
            course.clock.advance(MINUTE)
        alert = course.alert(key)
        assert alert is not None
        assert alert.phase is phase
    fired(alert, Level.CRITICAL, "P0 15m")
