"""Maintenance windows: when they are, also when the clocks change; what they mean for alerts."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.alert_passes import Context, finished
from monitor.alert_view import AlertView, CareKind
from monitor.business import ResponseRule
from monitor.care import said_of
from monitor.care_entries import CareEntry, EntryKind, decode, encode
from monitor.counts import NOT_QUIET, Things, count, level_of, quiet_of
from monitor.maintenance import (
    Covered,
    Once,
    Recurring,
    Span,
    Window,
    coming,
    covering,
    local,
    running,
    spans,
)
from monitor.maintenance_calendar import Calendar
from monitor.maintenance_orders import (
    MaintenanceOrder,
    about_of,
    about_words,
    entry_of,
    key_of,
    windows_of,
)
from monitor.uptime_slots import UptimeSlots
from monitor.verdicts import Level, Phase
from providers.clock import Moment
from tests import snapshot_values as values
from tests.fakes import START
from tests.test_dependencies import SPEC, gone, kpi, moment, number, of, queries, view
from tests.values_common import NOW

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY, TUESDAY = 6, 1


def weekly(at: str, hours: float = 2, day: int = SUNDAY) -> Window:
    hour, minute = map(int, at.split(":"))
    when = Recurring(
        at=time(hour, minute), lasts=timedelta(hours=hours), days=frozenset({day}), zone=BERLIN
    )
    return Window(key="w", title="DB upgrade", when=when)


def monthly(day: int, at: str = "02:00") -> Window:
    hour, minute = map(int, at.split(":"))
    when = Recurring(at=time(hour, minute), lasts=timedelta(hours=1), day_of_month=day, zone=BERLIN)
    return Window(key="m", title="Month", when=when)


def once(begins: str, ends: str) -> Window:
    when = Once(
        begins=local(datetime.fromisoformat(begins), BERLIN),
        ends=local(datetime.fromisoformat(ends), BERLIN, end=True),
    )
    return Window(key="o", title="Move", when=when)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DST = [
    # 2026: Berlin's clocks go forward on 29 March at 01:00 UTC, back on 25 October at 01:00 UTC
    ("a winter Sunday", weekly("02:30"), "2026-03-22", "2026-03-22 01:30", "2026-03-22 03:30"),
    ("02:30 is left out", weekly("02:30"), "2026-03-29", "2026-03-29 01:30", "2026-03-29 03:30"),
    ("02:00 is left out", weekly("02:00"), "2026-03-29", "2026-03-29 01:00", "2026-03-29 03:00"),
    ("over the gap", weekly("01:30"), "2026-03-29", "2026-03-29 00:30", "2026-03-29 02:30"),
    ("a summer Sunday", weekly("02:30"), "2026-04-05", "2026-04-05 00:30", "2026-04-05 02:30"),
    ("02:30 is there twice", weekly("02:30"), "2026-10-25", "2026-10-25 00:30", "2026-10-25 02:30"),
    ("within the first of the two", weekly("02:30", 0.5), "2026-10-25", "2026-10-25 00:30",
     "2026-10-25 01:00"),
    ("03:00 comes once", weekly("03:00"), "2026-10-25", "2026-10-25 02:00", "2026-10-25 04:00"),
    ("over midnight", weekly("23:30"), "2026-10-25", "2026-10-25 22:30", "2026-10-26 00:30"),
    ("the day of the zone", weekly("00:30", day=TUESDAY), "2026-06-01", "2026-06-01 22:30",
     "2026-06-02 00:30"),
    ("from, left out", once("2026-03-29 02:30", "2026-03-29 05:00"), "2026-03-29",
     "2026-03-29 01:30", "2026-03-29 03:00"),
    ("to, left out", once("2026-03-29 01:00", "2026-03-29 02:30"), "2026-03-29",
     "2026-03-29 00:00", "2026-03-29 01:30"),
    ("from, twice: the first", once("2026-10-25 02:30", "2026-10-25 04:00"), "2026-10-25",
     "2026-10-25 00:30", "2026-10-25 03:00"),
    ("to, twice: the second", once("2026-10-25 01:00", "2026-10-25 02:30"), "2026-10-25",
     "2026-10-24 23:00", "2026-10-25 01:30"),
    ("the last of a month", monthly(-1), "2026-02-28", "2026-02-28 01:00", "2026-02-28 02:00"),
    ("a day of a month", monthly(31), "2026-01-31", "2026-01-31 01:00", "2026-01-31 02:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("window", "day", "begins", "ends"), [row[1:] for row in DST], ids=[row[0] for row in DST]
)
def test_when_it_is(window: Window, day: str, begins: str, ends: str) -> None:
    since = utc(f"{day} 00:00") - timedelta(hours=4)
    found = spans([window], since, since + timedelta(hours=30))
    assert [(one.begins, one.ends) for one in found] == [(utc(begins), utc(ends))]
    assert not running(found, utc(begins) - timedelta(seconds=1))
    assert running(found, utc(begins))
    assert running(found, utc(ends) - timedelta(seconds=1))
    assert not running(found, utc(ends))


def test_a_month_without_a_31st_has_none() -> None:
    assert not spans([monthly(31)], utc("2026-04-01"), utc("2026-05-01"))
    assert len(spans([monthly(-1)], utc("2026-01-01"), utc("2027-01-01"))) == 12


@given(
    st.integers(0, 730 * 1_440),
    st.times(),
    st.floats(0.1, 168),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_every_window_lasts_as_long_as_it_says_and_none_is_missed(
    minute: int, begins: time, hours: float, days: set[int]
) -> None:
    now = utc("2025-01-01") + timedelta(minutes=minute)
    lasts = timedelta(hours=hours)
    when = Recurring(at=begins, lasts=lasts, days=frozenset(days), zone=BERLIN)
    window = Window(key="w", title="w", when=when)
    found = spans([window], now, now + timedelta(days=14))
    assert all(one.ends - one.begins == lasts for one in found)
    assert len({one.begins.astimezone(BERLIN).date() for one in found}) == len(found)
    inside = [one for one in found if now <= one.begins < now + timedelta(days=13)]
    assert len(inside) in range(len(days) * 13 // 7 - 1, len(days) * 2 + 1)
    # The calendar, which looks ahead only so far, says the same.
    calendar = Calendar([window])
    for step in range(0, 14 * 24, 5):
        later = now + timedelta(hours=step)
        assert calendar.now(later) == running(found, later)
        if step:
            assert set(coming(found, later)) <= set(calendar.soon(later)) | set(found)


def test_announced_a_quarter_of_an_hour_before() -> None:
    calendar = Calendar([weekly("02:30")])
    begins = utc("2026-03-22 01:30")
    assert not calendar.soon(begins - timedelta(minutes=15, seconds=1))
    assert calendar.soon(begins - timedelta(minutes=15))
    assert not calendar.soon(begins)
    assert calendar.now(begins)


SCOPES = [
    # what it is about, and of environment, service, check, KPI whether it is covered
    (Covered(), ("production", "api", "api/health", ""), True),
    (Covered(), ("production", "", "", "logins"), True),
    (Covered(names=frozenset({"api"})), ("production", "api", "api/health", ""), True),
    (Covered(names=frozenset({"api"})), ("production", "api", "", "errors"), True),
    (Covered(names=frozenset({"api"})), ("production", "web", "web/home", ""), False),
    (Covered(names=frozenset({"api"})), ("production", "", "", "logins"), False),
    (Covered(checks=frozenset({"api/health"})), ("production", "api", "api/health", ""), True),
    (Covered(checks=frozenset({"api/health"})), ("production", "api", "api/live", ""), False),
    (Covered(checks=frozenset({"api/health"})), ("production", "api", "", "errors"), False),
    (Covered(kpis=frozenset({"errors"})), ("production", "api", "", "errors"), True),
    (Covered(kpis=frozenset({"errors"})), ("production", "api", "api/health", ""), False),
    (Covered(kpis=frozenset({"errors"}), names=frozenset({"web"})), ("production", "web", "",
     ""), True),
    (Covered(environments=frozenset({"staging"})), ("production", "api", "api/health", ""), False),
    (Covered(environments=frozenset({"staging"})), ("staging", "api", "api/health", ""), True),
    (Covered(names=frozenset({"api"}), environments=frozenset({"staging"})), ("staging", "web",
     "", ""), False),
]  # fmt: skip


@pytest.mark.parametrize(("about", "thing", "covered"), SCOPES)
def test_what_it_covers(about: Covered, thing: tuple[str, str, str, str], covered: bool) -> None:
    assert about.covers(*thing) is covered


AT = moment(10)


def now_in(about: Covered = Covered(), title: str = "DB upgrade", hours: float = 1) -> Span:  # noqa: B008 - a value
    window = Window(key=title, title=title, when=Once(begins=START, ends=START), about=about)
    return Span(window=window, begins=START, ends=START + timedelta(hours=hours))


ROWS = {check.source: row.key for row in SPEC.rows for check in row.checks.values()}
KINDS = {
    "endpoint": of("api", "health", 1),
    "KPI": number("errors", "api", 1),
    "group": replace(number("by-path/x", "api", 1), group="x"),
    "rest of the groups": number("by-path/+more", "api", 1),
    "burning budget": number("uptime/burn-1h", "api", 1),
    "certificate": view("certificate/production/x", "api", 1, Level.WARNING, Phase.FIRING),
    "no data": number("errors/no-data", "api", 1),
    "database": replace(gone(1), service="api"),
    "query": replace(queries(1), service="api"),
    "pending": of("api", "health", 1, Level.WARNING, Phase.PENDING),
    "flapping": of("api", "health", 1, Level.WARNING, Phase.FLAPPING),
    "recovering": of("api", "health", 1, phase=Phase.RECOVERING),
    "not seen": of("api", "health", 1, phase=Phase.UNKNOWN),
}
FOLLOWING = set(KINDS) - {"group", "rest of the groups", "certificate"}
LOUD = replace(SPEC, response_by_level=dict.fromkeys(Level, ResponseRule(within_s=900)))


def said(kind: EntryKind, key: str) -> CareEntry:
    return CareEntry(
        id=f"{kind.value}-{key}"[:60], at=AT.at, kind=kind, operator="ana", login="ana", host="b",
        workspace="lma", key=key, until=AT.at + timedelta(hours=1), level=Level.CRITICAL,
    )  # fmt: skip


def passed(
    alert: AlertView,
    *others: AlertView,
    windows: tuple[Span, ...] = (),
    care: EntryKind | None = None,
) -> dict[str, AlertView]:
    entries = () if care is None else (said(care, alert.key),)
    every = (alert, *others)
    context = Context(
        said=said_of(entries),
        fired={one.key: START for one in every},
        windows=windows,
        rows=ROWS,
    )
    return {one.key: one for one in finished(LOUD, every, context, AT)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_alert_in_every_state(kind: str) -> None:
    alert = KINDS[kind]
    root = replace(gone(), key="unreachable/lma/production/db/main")
    plain = passed(alert)[alert.key]
    assert (plain.maintenance, plain.cause, plain.care) == ("", "", None)
    assert plain.clock is not None

    for about in (Covered(), Covered(names=frozenset({"api"}))):
        found = passed(alert, windows=(now_in(about),))[alert.key]
        until = START + timedelta(hours=1)
        assert found.maintenance == f"maintenance: DB upgrade until {until:%H:%M}Z"
        assert found.clock is None
        assert (found.level, found.phase) == (alert.level, alert.phase)
    elsewhere = Covered(environments=frozenset({"staging"}))
    assert not passed(alert, windows=(now_in(elsewhere),))[alert.key].maintenance

    for entry, care in (
        (EntryKind.SNOOZED, CareKind.SNOOZED),
        (EntryKind.ACKNOWLEDGED, CareKind.ACKNOWLEDGED),
    ):
        cared = passed(alert, care=entry)[alert.key]
        assert cared.care is not None
        assert cared.care.kind is care
        both = passed(alert, care=entry, windows=(now_in(),))[alert.key]
        assert both.care == cared.care
        assert both.maintenance

    if kind == "database":
        return
    under = passed(alert, root)[alert.key]
    assert bool(under.cause) is (kind in FOLLOWING)
    assert (under.clock is None) is (kind in FOLLOWING)
    database = Covered(names=frozenset({"main"}))
    inherited = passed(alert, root, windows=(now_in(database),))[alert.key]
    assert bool(inherited.maintenance) is (kind in FOLLOWING)


def test_of_several_windows_the_one_that_ends_last_is_told() -> None:
    short, long = now_in(title="short"), now_in(title="long", hours=3)
    assert covering((long, short), "production", "api") is long
    assert covering((short, long), "production", "api") is long


def test_what_is_in_a_window_comes_last_and_is_the_worst_of_nothing() -> None:
    api, lone = of("api", "health", 1), of("lone", "home", 2, Level.WARNING)
    found = tuple(passed(api, lone, windows=(now_in(Covered(names=frozenset({"api"}))),)).values())
    assert [one.key for one in found] == [lone.key, api.key]
    counted = count(Things(workspace="lma", rows=(), kpis=(), databases=(), deploys=()), found, NOW)
    assert level_of(counted, found) is Level.WARNING


def test_counts_tell_what_is_in_maintenance_apart() -> None:
    incident = values.incident()
    things = Things(
        workspace="lma", rows=incident.endpoints, kpis=incident.kpis, databases=(), deploys=()
    )
    plain = count(things, incident.alerts, NOW)
    assert plain.critical
    windows = (now_in(),)
    muted = tuple(replace(one, maintenance="x") for one in incident.alerts)
    quiet = count(things, muted, NOW, quiet_of(windows, muted))
    assert (quiet.critical, quiet.warning) == (0, 0)
    assert quiet.ok == plain.ok
    assert quiet.maintenance == plain.critical + plain.warning + plain.unknown
    assert level_of(quiet, muted) is Level.OK
    assert quiet_of((), muted) is NOT_QUIET


def entry(minutes: float = 0, **changes: object) -> CareEntry:
    blank = CareEntry(
        id=f"id{minutes:g}", at=START + timedelta(minutes=minutes), kind=EntryKind.MAINTENANCE,
        operator="ana", login="ana", host="b", workspace="lma", key="-",
    )  # fmt: skip
    about = Covered(names=frozenset({"api", "main"}), environments=frozenset({"production"}))
    order = MaintenanceOrder(workspace="lma", lasts_s=3_600, about=about, note="DB upgrade")
    return entry_of(blank, replace(order, **changes))


def test_by_hand_it_is_an_entry_of_the_journal_and_a_window() -> None:
    made = entry()
    assert decode(encode(made)) == made
    (window,) = windows_of([made])
    assert window.title == "DB upgrade"
    assert window.operator == "ana"
    assert window.when == Once(begins=START, ends=START + timedelta(hours=1))
    assert window.about.covers("production", "main")
    assert not window.about.covers("staging", "main")


def test_it_always_has_an_end() -> None:
    (window,) = windows_of([entry(lasts_s=1e9)])
    assert isinstance(window.when, Once)
    assert window.when.ends == START + timedelta(days=3)


def test_somebody_ends_it_before_its_time() -> None:
    began = entry()
    over = entry(10, ends=began.id)
    for entries in ((began, over), (over, began)):
        (window,) = windows_of(entries)
        assert isinstance(window.when, Once)
        assert window.when.ends == START + timedelta(minutes=10)


TEXTS = st.frozensets(st.text("abc/-_ &=%", min_size=1, max_size=8), max_size=4)


@given(
    st.builds(
        Covered,
        names=TEXTS,
        checks=TEXTS,
        kpis=TEXTS,
        environments=TEXTS,
    )
)
def test_what_it_is_about_survives_the_journal(about: Covered) -> None:
    assert about_of(key_of(about)) == about
    assert about_words(about)


@pytest.mark.parametrize("key", ["", "names=a%1b[2J", "names=%E2%80%AE", "rooms=a", "names", "a&b"])
def test_nothing_that_could_harm_a_terminal_gets_in(key: str) -> None:
    assert about_of(key) is None
    assert windows_of([replace(entry(), key=key)]) == ()


@given(st.text(max_size=40))
def test_a_key_that_says_nothing_mutes_nothing(text: str) -> None:
    found = about_of(text)
    if found == Covered():
        assert text == "all"


def test_uptime_leaves_out_what_does_not_count() -> None:
    window = replace(weekly("02:30"), counts_for_uptime=False)
    spec = kpi("uptime")
    inside, outside = utc("2026-03-22 02:00"), utc("2026-03-22 04:00")
    excused = Calendar([window]).left_out(spec)
    assert excused is not None
    assert excused(inside.timestamp())
    assert not excused(outside.timestamp())
    assert Calendar([weekly("02:30")]).left_out(spec) is None
    other = replace(window, about=Covered(environments=frozenset({"staging"})))
    assert Calendar([other]).left_out(spec) is None
    assert isinstance(AT, Moment)


def test_time_that_is_left_out_is_as_if_nobody_had_looked() -> None:
    slots = UptimeSlots(60, 1)
    slots.left_out = lambda at_s: 3_600 <= at_s < 7_200
    for minute in range(240):
        slots.put(minute * 60, 1.0, float(not 60 <= minute < 120))
    tally = slots.tally(0, 4 * 3_600)
    assert tally.down_s == 0
    assert tally.seen_s == pytest.approx(3 * 3_600, rel=0.02)
