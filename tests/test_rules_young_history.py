"""`quarterdeck rules test` on a history of minutes: it begins where it began."""

from datetime import timedelta
from pathlib import Path

from monitor.history_blocks import begin_of
from monitor.history_store import HOUR_MS, MINUTE_MS, Keep, Store
from monitor.workspace import SeriesRef
from providers.readings import SourceId
from tests.test_rules_commands import BEGIN, FILE, NAME, rules

YOUNG = BEGIN + timedelta(minutes=51)
YOUNG_MS = int(YOUNG.timestamp() * 1000)


def test_a_young_history_begins_where_it_began(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(FILE)
    store, ref = (
        Store(tmp_path / "history.sqlite3", Keep()),
        SeriesRef(source=SourceId(NAME), metric="up"),
    )
    store.add((ref, "", YOUNG_MS + 10_000 * place, 1.0) for place in range(54))
    fresh = store.extent()
    while store.tidy(YOUNG_MS + HOUR_MS, 100):
        pass
    packed = store.extent()
    store.close()
    assert fresh is not None
    assert packed is not None
    assert (fresh[0], packed[0]) == (YOUNG_MS, YOUNG_MS)
    said = rules(tmp_path, "test", "--from", "2026-11-14T00:00", "--to", "2026-11-20T04:00")
    assert "the history begins at 2026-11-20 03:51Z" in said
    assert "only averages" not in said


def test_what_only_hours_remember_is_older_than_the_first_reading() -> None:
    hours, minutes, readings = (0, HOUR_MS), (30 * HOUR_MS, MINUTE_MS), (40 * HOUR_MS, 0)
    assert begin_of([hours, minutes, readings]) == 0
    assert (
        begin_of([hours, (7 * MINUTE_MS, MINUTE_MS), (7 * MINUTE_MS + 9, 0)]) == 7 * MINUTE_MS + 9
    )
    assert begin_of([readings, (39 * HOUR_MS, 0)]) == 39 * HOUR_MS
    assert begin_of([]) is None
