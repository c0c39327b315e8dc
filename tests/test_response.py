"""How soon somebody must be at an alert: business hours over time zones, and the clock."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.alert_passes import Context, finished
from monitor.business import BusinessHours, ResponseRule, due
from monitor.care import said_of
from monitor.response import most_overdue_s, overdue_s, response_words
from monitor.verdicts import Level, Phase
from monitor.workspace import SeveritySpec
from providers.clock import Moment
from tests.test_care_rules import ACK, BACK, KEY, SNOOZE, alert, at, said
from tests.test_monitor_engine import LMA
from tui.config.load import check, load
from tui.config.starter import starter_text
from tui.wire_specs import workspace_specs

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessHours(
    zone=BERLIN, holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1), date(2026, 5, 1)})
)
NIGHTS = BusinessHours(zone=BERLIN, begins=time(22), ends=time(6))
ROUND_THE_CLOCK = BusinessHours(zone=BERLIN, days=frozenset(range(7)), begins=time(0), ends=time(0))
WALL = ResponseRule(within_s=4 * 3_600)
OFFICE_4H = ResponseRule(within_s=4 * 3_600, business_hours=True)
OFFICE_1H = ResponseRule(within_s=3_600, business_hours=True)
NEXT_DAY = ResponseRule(within_s=None)


def local(text: str) -> datetime:
    """A time in Berlin, as a person there reads it."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


TABLE = [
    # 21 November 2026 is a Saturday
    ("wall time runs on", WALL, OFFICE, "2026-11-20 22:00", "2026-11-21 02:00"),
    ("wall time over the clocks' change", WALL, OFFICE, "2026-10-25 00:00", "2026-10-25 03:00"),
    ("within a day", OFFICE_4H, OFFICE, "2026-11-18 09:30", "2026-11-18 13:30"),
    ("to the very end of a day", OFFICE_4H, OFFICE, "2026-11-18 13:00", "2026-11-18 17:00"),
    ("over a night", OFFICE_4H, OFFICE, "2026-11-18 15:00", "2026-11-19 11:00"),
    ("before the office opens", OFFICE_4H, OFFICE, "2026-11-18 04:00", "2026-11-18 13:00"),
    ("after it has closed", OFFICE_4H, OFFICE, "2026-11-18 17:00", "2026-11-19 13:00"),
    ("on Friday evening", OFFICE_4H, OFFICE, "2026-11-20 16:30", "2026-11-23 12:30"),
    ("on a Sunday", OFFICE_4H, OFFICE, "2026-11-22 12:00", "2026-11-23 13:00"),
    ("before Christmas", OFFICE_4H, OFFICE, "2026-12-24 16:00", "2026-12-28 12:00"),
    ("on a holiday", OFFICE_4H, OFFICE, "2026-05-01 10:00", "2026-05-04 13:00"),
    ("over a spring night", OFFICE_4H, OFFICE, "2026-03-27 16:00", "2026-03-30 12:00"),
    ("over an autumn night", OFFICE_4H, OFFICE, "2026-10-23 16:00", "2026-10-26 12:00"),
    ("in a night shift", OFFICE_4H, NIGHTS, "2026-11-18 23:00", "2026-11-19 03:00"),
    ("after midnight of one", OFFICE_1H, NIGHTS, "2026-11-19 01:00", "2026-11-19 02:00"),
    ("from one to the next", OFFICE_4H, NIGHTS, "2026-11-19 04:00", "2026-11-20 00:00"),
    ("Friday's lasts into Saturday", OFFICE_1H, NIGHTS, "2026-11-21 01:00", "2026-11-21 02:00"),
    ("and then it is Monday's", OFFICE_1H, NIGHTS, "2026-11-21 05:30", "2026-11-23 22:30"),
    ("the short night of spring", OFFICE_4H, ROUND_THE_CLOCK, "2026-03-29 00:00",
     "2026-03-29 05:00"),
    ("the long night of autumn", OFFICE_4H, ROUND_THE_CLOCK, "2026-10-25 00:00",
     "2026-10-25 03:00"),
    ("next business day", NEXT_DAY, OFFICE, "2026-11-18 10:00", "2026-11-19 17:00"),
    ("next day from early morning", NEXT_DAY, OFFICE, "2026-11-18 03:00", "2026-11-19 17:00"),
    ("next day after Friday", NEXT_DAY, OFFICE, "2026-11-20 10:00", "2026-11-23 17:00"),
    ("next day from Saturday", NEXT_DAY, OFFICE, "2026-11-21 10:00", "2026-11-23 17:00"),
    ("next day before Christmas", NEXT_DAY, OFFICE, "2026-12-24 10:00", "2026-12-28 17:00"),
    ("the clocks change over it", NEXT_DAY, OFFICE, "2026-03-27 10:00", "2026-03-30 17:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "hours", "since", "until"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_when_the_time_is_up(
    rule: ResponseRule, hours: BusinessHours, since: str, until: str
) -> None:
    assert due(rule, local(since), hours).astimezone(BERLIN) == local(until).astimezone(BERLIN)


SINCE = st.integers(0, 2 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
HOURS = st.builds(
    BusinessHours,
    zone=st.sampled_from([UTC, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")]),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    begins=st.times(),
    ends=st.times(),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20),
)


def test_hours_too_short_for_any_year_are_not_due_before_the_time_itself() -> None:
    hours = BusinessHours(
        zone=UTC,
        days=frozenset({0}),
        begins=time(0, 0),
        ends=time(0, 0, 0, 1),
        holidays=frozenset(),
    )
    since = datetime(2026, 1, 1, tzinfo=UTC)
    rule = ResponseRule(within_s=60, business_hours=True)
    assert due(rule, since, hours) > since + timedelta(days=365)


@given(SINCE, HOURS, st.integers(60, 30 * 86_400), st.booleans())
def test_time_is_never_up_before_it_has_passed(
    since: datetime, hours: BusinessHours, within_s: int, business: bool
) -> None:
    rule = ResponseRule(within_s=within_s, business_hours=business)
    assert due(rule, since, hours) >= since + timedelta(seconds=within_s)
    assert due(NEXT_DAY, since, hours) > since - timedelta(hours=1)


@given(SINCE, st.integers(0, 86_400), HOURS, st.integers(60, 86_400))
def test_what_begins_later_is_not_due_earlier(
    since: datetime, later_s: int, hours: BusinessHours, within_s: int
) -> None:
    for rule in (ResponseRule(within_s=within_s, business_hours=True), NEXT_DAY):
        later = due(rule, since + timedelta(seconds=later_s), hours)
        assert due(rule, since, hours) <= later


SPEC = replace(
    LMA,
    severities=(
        SeveritySpec(label="SEV1", title="outage", response_s=900),
        SeveritySpec(label="P2", title="minor", response_s=14_400, business_hours=True),
        SeveritySpec(label="P3", title="low", response_s=None),
    ),
    business_hours=OFFICE,
    response_by_level={
        Level.CRITICAL: ResponseRule(within_s=900),
        Level.WARNING: ResponseRule(within_s=14_400),
    },
)


def clocks(*alerts: object, minutes: float = 5, **context: object) -> list[str]:
    now = Moment(at=at(minutes), tick_s=1_000 + minutes * 60)
    fired = {one.key: one.began for one in alerts if one.phase is not Phase.PENDING}  # type: ignore[attr-defined]
    shown = finished(SPEC, alerts, Context(fired=fired, **context), now)  # type: ignore[arg-type]
    return [
        "" if one.clock is None else f"{one.clock.words}: {response_words(one.clock, now.at)}"
        for one in shown
    ]


def test_each_severity_has_its_clock_and_a_level_without_one_its_own() -> None:
    assert clocks(alert()) == ["15m: respond in 10m"]
    assert clocks(replace(alert(), severity="P2")) == ["4h business: respond in 1d"]
    assert clocks(replace(alert(), severity="P3")) == ["next business day: respond in 1d"]
    bare = replace(alert(), severity="")
    assert clocks(bare) == ["15m: respond in 10m"]
    assert clocks(replace(bare, level=Level.WARNING)) == ["4h: respond in 3h"]
    assert clocks(replace(bare, level=Level.UNKNOWN)) == [""]


def test_of_what_is_equally_bad_the_soonest_answer_comes_first() -> None:
    low, minor = (
        replace(alert(key="low"), severity="P3"),
        replace(alert(1, key="p2"), severity="P2"),
    )
    alerts = [low, minor, replace(alert(2, key="bare"), severity=""), alert(3), alert(4, key="new")]
    mild = alert(0, Level.WARNING, key="mild")
    waits = alert(0, phase=Phase.PENDING, key="waits")
    shown = finished(SPEC, [mild, waits, *alerts], Context(), Moment(at=at(5), tick_s=1_300))
    assert [one.key for one in shown] == [KEY, "new", "bare", "p2", "low", "waits", "mild"]


def test_nobody_is_hurried_in_a_maintenance_window() -> None:
    assert clocks(replace(alert(), maintenance="until 18:00")) == [""]


def test_it_starts_when_the_alert_fires() -> None:
    waiting = alert(phase=Phase.PENDING)
    assert clocks(waiting) == [""]
    fired = {KEY: at(4)}
    now = Moment(at=at(5), tick_s=1_300)
    (shown,) = finished(SPEC, [alert()], Context(fired=fired), now)
    assert shown.clock is not None
    assert shown.clock.due == at(19)


def test_it_stops_when_somebody_is_at_it_and_tells_when_that_was_late() -> None:
    assert clocks(alert(), minutes=19) == ["15m: 4m over"]
    assert clocks(alert(), minutes=15.5) == ["15m: <1m over"]
    answered = said_of([said(ACK, 3, lasts=2)])
    assert clocks(alert(), minutes=30, said=answered) == ["15m: answered after 3m"]
    assert clocks(alert(), minutes=30, said=said_of([said(ACK, 20)])) == [
        "15m: answered after 20m, late"
    ]
    back = said_of([said(ACK, 3), said(BACK, 4)])
    assert clocks(alert(), minutes=30, said=back) == ["15m: 15m over"]


def test_a_snooze_stops_no_clock_and_is_not_the_worst() -> None:
    snoozed = said_of([said(SNOOZE, 3)])
    now = Moment(at=at(30), tick_s=2_800)
    context = Context(said=snoozed, fired={KEY: at(0), "other": at(10)})
    shown = finished(SPEC, [alert(), alert(10, key="other")], context, now)
    assert [one.key for one in shown] == ["other", KEY]
    assert overdue_s(shown[1], now.at) == 900
    assert most_overdue_s(shown, now.at) == 300


HOURS_TEXT = """
    business_hours:
      time_zone: {zone}
      days: {days}
      from: "{begins}"
      to: "{ends}"
      holidays: [{holiday}]
    response_by_level: {{critical: next business day, warning: 2h}}
"""


def written(tmp_path: Path, **values: str) -> Path:
    given = {
        "zone": "Europe/Berlin", "days": "[mon, sat]", "begins": "22:00", "ends": "24:00",
        "holiday": '"2026-12-25"',
    } | values  # fmt: skip
    lines = starter_text().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith("    environments:"))
    lines.insert(place, HOURS_TEXT.format(**given))
    path = tmp_path / "config.yaml"
    path.write_text("".join(lines))
    path.chmod(0o600)
    return path


def test_the_file_says_so(tmp_path: Path) -> None:
    (spec,) = workspace_specs(load(written(tmp_path)))
    assert spec.business_hours == BusinessHours(
        zone=BERLIN, days=frozenset({0, 5}), begins=time(22), ends=time(0),
        holidays=frozenset({date(2026, 12, 25)}),
    )  # fmt: skip
    assert spec.response_by_level[Level.CRITICAL].words == "next business day"
    assert spec.response_by_level[Level.WARNING].words == "2h"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("zone", "Europe/Berln", "did you mean Europe/Berlin"),
        ("zone", "../../etc/passwd", "no time zone of that name"),
        ("zone", "/etc/localtime", "no time zone of that name"),
        ("days", "[monday]", "mon"),
        ("days", "[]", "1"),
        ("begins", "9:00", "time of day"),
        ("ends", "24:30", "time of day"),
        ("holiday", '"25.12.2026"', "2026-12-25"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, key: str, value: str, words: str) -> None:
    path = written(tmp_path, **{key: value})
    problems = [str(one) for one in check(path.read_text(), path.name)]
    assert problems
    assert words in problems[-1]
