"""A simulated month of history of 60 sources: size on disk and time of a chart.

Budgets: 200 MB (aim 100) and 50 ms a chart (aim 20). Goes through the same store as the program,
hour by hour, with packing and retention: 67 million readings, ten minutes and more. Half of the
numbers are noise, which does not compress, the others hardly ever change, as with real sources.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.budgets import Row
from monitor.history_steps import points
from monitor.history_store import DAY_MS, HOUR_MS, Keep, Store, Tier
from monitor.past_reader import read_past, read_trend
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from providers.readings import SourceId
from tui.series import step_s

START_MS = 1_767_225_600_000 // DAY_MS * DAY_MS

Entry = tuple[SeriesRef, str, int, float | None]


def series(sources: int) -> list[tuple[SeriesRef, float, bool]]:
    """Each metric with its interval in seconds and whether it is noise."""
    found: list[tuple[SeriesRef, float, bool]] = []
    databases, deploys = max(1, sources // 15), max(1, sources // 10)
    for index in range(sources):
        source = SourceId(f"lma/production/source{index}")
        if index < databases:
            names, every_s = [f"number{n}" for n in range(16)], 5.0
        elif index < databases + deploys:
            names, every_s = ["running", "failed_recent", "api_budget_used_percent"], 30.0
        else:
            names, every_s = ["latency_ms", "up", "certificate_days", "memory"], 15.0
        for order, name in enumerate(names):
            found.append((SeriesRef(source=source, metric=name), every_s, order % 2 == 0))
    return found


def hour_of(
    some: list[tuple[SeriesRef, float, bool]], start_ms: int, rng: random.Random
) -> Iterator[Entry]:
    for ref, every_s, noise in some:
        at_ms = start_ms
        while at_ms < start_ms + HOUR_MS:
            yield ref, "ms", at_ms, rng.gauss(150, 40) if noise else 1.0
            at_ms += int(every_s * 1000 * rng.uniform(0.95, 1.05))


def size_mb(path: Path) -> float:
    return sum(one.stat().st_size for one in path.parent.iterdir()) / 1e6


def chart_ms(store: Store, ref: SeriesRef, now_ms: int, span_s: float) -> float:
    """The slower of a few tries, cold caches included."""
    step_ms = max(1000, int(span_s * 1000 / 150))
    tier = Tier.HOURS if step_ms >= HOUR_MS else Tier.MINUTES
    tier = Tier.READINGS if step_ms < 60_000 else tier
    worst = 0.0
    for _ in range(5):
        begun = time.process_time()
        start_ms = now_ms - int(span_s * 1000)
        buckets = store.buckets(ref, start_ms, now_ms, tier)
        points(buckets, start_ms, now_ms, step_ms)
        worst = max(worst, (time.process_time() - begun) * 1000)
    return worst


def past_ms(store: Store, spec: KpiSpec, now_ms: int, span_s: float) -> float:
    """A KPI as it is judged, as a chart of the details asks for it; the slowest of a few tries."""
    worst = 0.0
    for _ in range(5):
        begun = time.process_time()
        read_past(store, spec, now_ms, span_s, step_s(span_s))
        worst = max(worst, (time.process_time() - begun) * 1000)
    return worst


def trend_ms(store: Store, spec: KpiSpec, now_ms: int) -> float:
    """How a KPI went from day to day."""
    begun = time.process_time()
    read_trend(store, spec, now_ms)
    return (time.process_time() - begun) * 1000


def kpi_of(kind: Statistic, window_s: float, some: list[SeriesRef]) -> KpiSpec:
    """A KPI over the first series, the second one being what it is a share of."""
    return KpiSpec(
        key="k", title="K", environment="production", unit="%", series=(some[0],),
        denominator=(some[1],) if kind is Statistic.RATIO else (), statistic=kind,
        window_s=window_s, bands=(),
    )  # fmt: skip


SPANS = (
    ("15 m", 900.0),
    ("1 h", 3_600.0),
    ("6 h", 21_600.0),
    ("24 h", 86_400.0),
    ("7 d", 604_800.0),
    ("30 d", 2_592_000.0),
)


KPIS = (
    (Statistic.RATIO, 300.0),
    (Statistic.P95, 300.0),
    (Statistic.RATE, 300.0),
    (Statistic.UPTIME, 2_592_000.0),
)


def fill(store: Store, some: list[tuple[SeriesRef, float, bool]], days: int) -> int:
    """Hour by hour; gives the number of readings."""
    rng, readings = random.Random(1), 0
    for hour in range(days * 24):
        start_ms = START_MS + hour * HOUR_MS
        given = list(hour_of(some, start_ms, rng))
        readings += len(given)
        store.add(given)
        while store.tidy(start_ms + HOUR_MS + 600_000, 50):
            pass
        if hour % 24 == 23:
            print(f"  history: day {hour // 24 + 1} of {days} ...", file=sys.stderr, flush=True)
    return readings


def rows(days: int = 30, sources: int = 60) -> Iterator[Row]:
    """For the report; days fewer than 30 cost that much less on disk."""
    some = series(sources)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        store = Store(path, Keep())
        readings = fill(store, some, days)
        label = f"history of {sources} sources, {days} days"
        yield Row(f"{label}: MB", size_mb(path), 200.0, note=f"{readings:,} readings")
        now_ms = START_MS + days * DAY_MS
        for name, span_s in SPANS:
            took = chart_ms(store, some[0][0], now_ms, span_s)
            yield Row(f"chart of {name}, ms CPU", took, 50.0)
        refs = [ref for ref, _, _ in some[-2:]]
        for kind, window_s in KPIS:
            spec = kpi_of(kind, window_s, refs)
            for name, span_s in SPANS:
                label = f"{kind.value} of {window_s / 60:g} m over {name}, ms CPU"
                yield Row(label, past_ms(store, spec, now_ms, span_s), 50.0)
        spec = kpi_of(Statistic.RATIO, 300.0, refs)
        yield Row("trend of a month, ms CPU", trend_ms(store, spec, now_ms), 50.0)
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=60)
    parser.add_argument("--days", type=int, default=30)
    given = parser.parse_args()
    for row in rows(given.days, given.sources):
        print(row.text())


if __name__ == "__main__":
    main()
