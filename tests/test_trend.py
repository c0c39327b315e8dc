"""Days to full, and the words for it: only from days that are known."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.history import History
from monitor.history_blocks import Bucket, regroup, single
from monitor.trend import LOOK_BACK_DAYS, Trend, fitted, slope, trend_of, trend_words
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from providers.clock import Moment
from providers.readings import Reading, SourceId
from tests import snapshot_values as values
from tests.fakes import ManualClock
from tui.status_json import status_document
from tui.trends import with_trends

REF = SeriesRef(source=SourceId("lma/production/db/main"), metric="database_size_bytes")
DAY, HOUR = 86_400_000, 3_600_000
TODAY = 1_700_000_000_000 // DAY * DAY
NOW = TODAY + 9 * HOUR
MIB = 1024.0**2


def kpi(kind: Statistic = Statistic.LAST, full_at: float | None = None) -> KpiSpec:
    return KpiSpec(
        key="size", title="Size", environment="production", unit="bytes", series=(REF,),
        statistic=kind, window_s=300, bands=(), full_at=full_at,
    )  # fmt: skip


def hours(per_day: list[float], today: float | None = None) -> list[Bucket]:
    """A reading an hour: the last entry is yesterday's; then some of today's."""
    found = [
        single(TODAY - (len(per_day) - day) * DAY + hour * HOUR, value)
        for day, value in enumerate(per_day)
        for hour in range(24)
    ]
    if today is not None:
        found += [single(TODAY + hour * HOUR, today) for hour in range(9)]
    return regroup(found, HOUR)


def test_days_to_full_at_so_much_a_day() -> None:
    """120 MiB a day with 4,920 MiB left."""
    sizes = [1000 * MIB + 120 * MIB * day for day in range(30)]
    latest = 1000 * MIB + 120 * MIB * 30
    trend = trend_of(kpi(full_at=latest + 41 * 120 * MIB), {REF: hours(sizes, latest)}, NOW)
    assert trend.days_to_full == pytest.approx(41)
    words = trend_words(trend, "bytes")
    assert words[0].startswith("41 days to full at 120 MiB a day (4.5 GiB of 9.3 GiB used)")
    assert words[1] == "grows by 120 MiB a day over 30d"


@pytest.mark.parametrize("days", [0, 1, 2, 6])
def test_too_few_days_are_said_and_nothing_is_guessed(days: int) -> None:
    trend = trend_of(kpi(full_at=1e12), {REF: hours([1.0 * day for day in range(days)], 9)}, NOW)
    assert trend.days_to_full is None
    assert trend.per_day is None
    assert trend_words(trend, "bytes") == (f"needs 7 days, has {days}",)


def test_seven_days_are_enough() -> None:
    trend = trend_of(kpi(), {REF: hours([float(day) for day in range(7)])}, NOW)
    assert trend.reason == ""
    assert trend.per_day == pytest.approx(1)


def test_today_is_not_over_and_does_not_count() -> None:
    trend = trend_of(kpi(), {REF: hours([5.0] * 8, today=9000)}, NOW)
    assert trend.per_day == 0
    assert trend.latest == 9000
    assert trend_words(trend, "bytes")[0] == "unchanged over 8d"


def test_one_wild_day_does_not_bend_it() -> None:
    sizes = [100.0 + day for day in range(20)]
    sizes[11] = 1e9
    assert fitted(sizes).per_day == pytest.approx(1, abs=0.05)


def test_what_does_not_grow_is_never_full() -> None:
    falling = fitted([100.0 - day for day in range(10)], full_at=200, latest=90)
    assert falling.days_to_full is None
    assert "not growing" in trend_words(falling, "bytes")[0]
    assert trend_words(falling, "bytes")[1] == "falls by 1 B a day over 10d"


def test_what_is_years_off_is_not_told_to_the_day() -> None:
    slow = fitted([100.0 + day / 100 for day in range(10)], full_at=200, latest=100.1)
    assert slow.days_to_full == pytest.approx(9990)
    assert trend_words(slow, "count")[0].endswith("used, more than a year to full")


def test_what_is_full_says_so() -> None:
    full = fitted([100.0 + day for day in range(10)], full_at=105, latest=109)
    assert full.days_to_full == 0
    assert trend_words(full, "count")[0] == "full: 109 of 105"


def test_noise_has_no_direction() -> None:
    noise = fitted([5, 7, 4, 6, 5, 7, 4, 6, 5, 7, 4, 6], full_at=100, latest=6)
    assert noise.per_day is None
    assert noise.days_to_full is None
    assert trend_words(noise, "count")[1] == "no clear direction over 12d"


def test_this_week_against_the_last() -> None:
    trend = fitted([100.0] * 7 + [110.0] * 7)
    assert (trend.this_week, trend.last_week) == (110, 100)
    assert trend_words(trend, "count")[-1] == "this week 110, last week 100 (+10 %)"
    assert trend_words(trend, "%")[-1] == "this week 110 %, last week 100 %"


def test_what_is_added_up_needs_most_of_a_day() -> None:
    """A laptop that ran for three hours did not see a day's sales."""
    part = [one for one in hours([2.0] * 9) if one.at_ms // HOUR % 24 < 3]
    assert trend_of(kpi(Statistic.SUM), {REF: part}, NOW).days == 0
    assert trend_of(kpi(Statistic.LAST), {REF: part}, NOW).days == 9
    added = trend_of(kpi(Statistic.SUM), {REF: hours([2.0] * 9)}, NOW)
    assert added.this_week == 48


VALUES = st.floats(-1e9, 1e9)


@given(st.lists(VALUES, min_size=7, max_size=30), st.floats(0.1, 100), st.floats(-1000, 1000))
def test_a_straight_line_added_is_its_slope_added(
    values: list[float], factor: float, shift: float
) -> None:
    """Stretching the values stretches the slope; moving them does not change it."""
    numbers = [(float(day), value) for day, value in enumerate(values)]
    moved = [(day, value * factor + shift) for day, value in numbers]
    before, after = slope(numbers), slope(moved)
    if before is not None and after is not None:
        assert math.isclose(after, before * factor, rel_tol=1e-4, abs_tol=1e-2)


@given(
    st.lists(st.none() | st.floats(allow_nan=True), max_size=LOOK_BACK_DAYS),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.floats(allow_nan=False),
)
def test_it_never_raises_and_days_to_full_are_never_negative(
    daily: list[float | None], full_at: float | None, latest: float | None
) -> None:
    trend = fitted(daily, full_at=full_at, latest=latest)
    assert isinstance(trend, Trend)
    assert all(trend_words(trend, unit) for unit in ("bytes", "%", "count"))
    if trend.days_to_full is not None:
        assert trend.days_to_full >= 0


async def test_status_asks_the_history_for_each_kpi() -> None:
    now = datetime.fromtimestamp(NOW / 1000, UTC)
    history = History.open(None, ManualClock(now))
    try:
        view = values.incident()
        size = replace(view.kpis[0], spec=kpi(full_at=100.0))
        history.record(
            Reading(
                source=REF.source, metric=REF.metric, value=float(90 - day), unit="bytes",
                at=Moment(at=now - timedelta(days=day, hours=hour), tick_s=0.0),
            )
            for day in range(1, 10) for hour in range(9)
        )  # fmt: skip
        asked = await with_trends(values.snapshot(replace(view, kpis=(size,))), history)
        document = json.dumps(status_document(asked, "ok", 0))
        told = json.loads(document)["workspaces"]["lma"]["kpis"][0]["trend"]
        assert told["words"].startswith("11 days to full at 1 B a day (89 B of 100 B used)")
        assert (told["days"], told["per_day"], told["reason"]) == (9, 1.0, None)
    finally:
        await history.aclose()
