"""What history answers for the pages of alerts and KPIs, also of what is packed into hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.events import Event, EventKind
from monitor.history import History
from monitor.history_store import DAY_MS, HOUR_MS, Keep, Store
from monitor.past_reader import MOST_LOOKS, read_past, read_trend
from monitor.verdicts import Level
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from providers.readings import SourceId
from tests.fakes import START, ManualClock

pytestmark = pytest.mark.xdist_group("past-reader")

SOURCE = SourceId("lma/production/api/metrics")
ERRORS = SeriesRef(source=SOURCE, metric="errors")
REQUESTS = SeriesRef(source=SOURCE, metric="requests")
NOW_MS = int(START.timestamp() * 1000)


def kpi(kind: Statistic = Statistic.RATIO) -> KpiSpec:
    return KpiSpec(
        key="error-rate", title="Error rate", environment="production", unit="%",
        series=(ERRORS,), denominator=(REQUESTS,), statistic=kind, window_s=300, bands=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def month() -> Iterator[Store]:
    """30 days of a number a minute: 1 % of errors, and all of them for ten minutes 20 days ago."""
    store = Store(None, Keep())
    bad_ms = NOW_MS - 20 * DAY_MS
    for day in range(30, 0, -1):
        begin = NOW_MS - day * DAY_MS
        rows = []
        for minute in range(1_440):
            at_ms = begin + minute * 60_000
            wrong = 100.0 if 0 <= at_ms - bad_ms < 600_000 else 1.0
            rows += [(ERRORS, "", at_ms, wrong), (REQUESTS, "", at_ms, 100.0)]
        store.add(rows)
        while store.tidy(begin + DAY_MS + HOUR_MS, 200):
            pass
    yield store
    store.close()


@pytest.mark.parametrize("window_s", [900.0, 3_600.0, 86_400.0, 604_800.0, 2_592_000.0])
def test_a_ratio_is_the_same_in_every_grain(month: Store, window_s: float) -> None:
    found = read_past(month, kpi(), NOW_MS, window_s, window_s / 180)
    known = [one for one in found if one.value is not None]
    assert len(known) >= 170
    assert {round(one.value or 0, 6) for one in known[-5:]} == {1.0}
    worst = max(one.maximum or 0 for one in known)
    # Ten of sixty minutes, in the one hour that is left of them.
    assert worst == pytest.approx(17.5 if window_s > 604_800 else 1.0)


def test_the_trend_of_a_month_is_read_from_its_hours(month: Store) -> None:
    trend = read_trend(month, kpi(), NOW_MS)
    assert trend.days >= 28
    assert trend.this_week == pytest.approx(1.0)
    assert trend.per_day == pytest.approx(0.0)


def test_a_series_nobody_knows_has_neither_past_nor_trend() -> None:
    store = Store(None, Keep())
    try:
        assert all(one.value is None for one in read_past(store, kpi(), NOW_MS, 3_600, 20))
        assert read_trend(store, kpi(), NOW_MS).reason == "needs 7 days, has 0"
    finally:
        store.close()


def test_looks_are_bounded() -> None:
    assert MOST_LOOKS <= 5_000


def began(key: str, at: datetime, kind: EventKind = EventKind.ALERT) -> Event:
    return Event(at=at, kind=kind, level=Level.CRITICAL, text="x", key=key, workspace="lma")


async def test_the_episodes_of_one_alert_are_its_own(tmp_path: Path) -> None:
    """Not those of an alert whose key only begins like its own."""
    history = History.open(tmp_path / "history.db", ManualClock())
    own = "alert/check/lma/production/api/health"
    first = f"{own}@{START.isoformat()}"
    try:
        for event in (
            began(first, START),
            began(f"{first}/cleared", START + timedelta(minutes=5), EventKind.CLEARED),
            began(f"{own}/live@{START.isoformat()}", START),
            began(f"{own}@2020-01-01T00:00:00+00:00", START - timedelta(days=9)),
        ):
            history.record_event(event)
        since = START - timedelta(days=7)
        found = await history.episodes("check/lma/production/api/health", since)
        assert [one.key for one in found] == [f"{first}/cleared", first]
    finally:
        await history.aclose()
