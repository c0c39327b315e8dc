"""The history file: tables, packing and retention. Blocking; used by one thread alone.

Readings arrive in `recent`. An hour that is over is packed into one block of readings, one of
minutes and one of its hour; each kind of block is kept for its own time.
"""

import enum
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from monitor.history_blocks import (
    Bucket,
    begin_of,
    merged,
    pack_readings,
    pack_sums,
    regroup,
    single,
    unpack_readings,
    unpack_sums,
)
from monitor.history_schema import NewerVersion, Transaction, prepare
from monitor.workspace import SeriesRef

EventRow = tuple[str | int | None, ...]
"""Key, time in ms, workspace, kind, level, text, environment, source."""

HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000
DAY_MS: Final = 86_400_000

LATE_MS: Final = 300_000
"""An hour is packed this long after its end."""


class Tier(enum.IntEnum):
    """The kinds of block."""

    READINGS = 0
    MINUTES = 1
    HOURS = 2


_SPAN_MS: Final = {Tier.READINGS: HOUR_MS, Tier.MINUTES: HOUR_MS, Tier.HOURS: DAY_MS}
_WIDTH_MS: Final = {Tier.READINGS: 0, Tier.MINUTES: MINUTE_MS, Tier.HOURS: HOUR_MS}


class Keep(Struct, frozen=True, kw_only=True):
    """How long each kind of block is kept, in seconds."""

    readings_s: float = 2 * 86_400.0
    minutes_s: float = 14 * 86_400.0
    hours_s: float = 400 * 86_400.0
    events_s: float = 400 * 86_400.0

    def of(self, tier: Tier) -> int:
        """In milliseconds."""
        by_tier = {
            Tier.READINGS: self.readings_s,
            Tier.MINUTES: self.minutes_s,
            Tier.HOURS: self.hours_s,
        }
        return int(by_tier[tier] * 1000)


class Store:
    """One open history.

    Args:
        path: None for one in memory.
        keep: Retention.
        read_only: For a second instance beside the one that writes.

    Raises:
        sqlite3.Error: The file can not be opened, or is none of ours.
        NewerVersion: It is of a later version.
    """

    def __init__(self, path: Path | None, keep: Keep, *, read_only: bool = False) -> None:
        self._keep = keep
        self.read_only = read_only
        if path is None:
            self._db = sqlite3.connect(":memory:", isolation_level=None)
        else:
            mode = "ro" if read_only else "rwc"
            uri = f"{path.resolve().as_uri()}?mode={mode}"
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2.0)
        self._ids: dict[SeriesRef, int] = {}
        self._to_pack: list[tuple[int, int]] = []
        try:
            prepare(self._db, read_only=read_only, in_memory=path is None)
        except (sqlite3.Error, NewerVersion):
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._db.close()

    def add(self, rows: Iterable[tuple[SeriesRef, str, int, float | None]]) -> None:
        """Add readings (series, unit, time in ms, number) in one transaction.

        Raises:
            sqlite3.Error: Nothing was added.
        """
        with Transaction(self._db, self._ids):
            self._db.executemany(
                "INSERT OR REPLACE INTO recent VALUES (?, ?, ?)",
                [(self._id(ref, unit), at_ms, value) for ref, unit, at_ms, value in rows],
            )

    def add_events(self, rows: Sequence[EventRow]) -> None:
        """Add events (in the order of the table); one whose key is known is left out."""
        with Transaction(self._db, self._ids):
            self._db.executemany("INSERT OR IGNORE INTO event VALUES (?,?,?,?,?,?,?,?)", rows)

    def save_states(self, states: Mapping[str, str], at_ms: int) -> None:
        """Remember texts by key."""
        rows = [(key, value, at_ms) for key, value in states.items()]
        with Transaction(self._db, self._ids):
            self._db.executemany("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", rows)

    def states(self) -> dict[str, str]:
        """All remembered texts."""
        return dict(self._db.execute("SELECT key, value FROM state").fetchall())

    def events(self, since_ms: int, most: int) -> list[EventRow]:
        """Events since a time, newest first."""
        return self._db.execute(
            "SELECT * FROM event WHERE at_ms >= ? ORDER BY at_ms DESC, key LIMIT ?",
            (since_ms, most),
        ).fetchall()

    def events_named(self, begins: str, since_ms: int, most: int = 400) -> list[EventRow]:
        """Events whose key begins so, since a time, newest first."""
        return self._db.execute(
            "SELECT * FROM event WHERE key >= ? AND key < ? AND at_ms >= ?"
            " ORDER BY at_ms DESC, key LIMIT ?",
            (begins, f"{begins}\U0010ffff", since_ms, most),
        ).fetchall()

    def extent(self) -> tuple[int, int] | None:
        """When the oldest reading was made and up to when there are some, in ms; None: never."""
        old, new = self._db.execute("SELECT min(at_ms), max(at_ms) FROM recent").fetchone()
        rows = self._db.execute(
            "SELECT tier, min(start_ms), max(start_ms) FROM block GROUP BY tier ORDER BY tier DESC"
        ).fetchall()
        firsts = [(self._first_ms(Tier(tier), first), _WIDTH_MS[tier]) for tier, first, _ in rows]
        begin_ms = begin_of([*firsts, *([] if old is None else [(old, 0)])])
        ends = [last + HOUR_MS for tier, _, last in rows if tier < Tier.HOURS]
        ends += [] if new is None else [new]
        return (begin_ms, max(ends)) if begin_ms is not None and ends else None

    def _first_ms(self, tier: Tier, start_ms: int) -> int:
        """When the first bucket begins of the blocks that begin at `start_ms`."""
        rows = self._db.execute(
            "SELECT data FROM block WHERE tier = ? AND start_ms = ?", (int(tier), start_ms)
        )
        every = (one.at_ms for (data,) in rows for one in _unpack(tier, start_ms, data))
        return min(every, default=start_ms)

    def buckets(self, ref: SeriesRef, start_ms: int, now_ms: int, tier: Tier) -> list[Bucket]:
        """What is known of a series since `start_ms`, in the grain of `tier` or coarser.

        Older parts come from a coarser tier where the finer one is no longer kept; readings not
        yet packed come as they are.
        """
        series = self._known_id(ref)
        if series is None:
            return []
        found: list[Bucket] = []
        end_ms = now_ms + DAY_MS
        for one in (kind for kind in Tier if kind >= tier):
            oldest_ms = (now_ms - self._keep.of(one)) // DAY_MS * DAY_MS + DAY_MS
            begin_ms = start_ms if one is Tier.HOURS else max(start_ms, oldest_ms)
            if begin_ms < end_ms:
                found = self._blocks(series, one, begin_ms, end_ms) + found
                end_ms = begin_ms
        rows = self._db.execute(
            "SELECT at_ms, value FROM recent WHERE series = ? AND at_ms >= ? ORDER BY at_ms",
            (series, start_ms),
        )
        unpacked = [single(at_ms, value) for at_ms, value in rows]
        return found + unpacked

    def tidy(self, now_ms: int, most: int) -> bool:
        """Pack hours that are over and forget what is too old, a little at a time.

        Returns:
            Whether more is left to do.
        """
        if not self._to_pack:
            self._to_pack = self._find_old_hours(now_ms)
            if not self._to_pack:
                return False
        now, self._to_pack = self._to_pack[:most], self._to_pack[most:]
        with Transaction(self._db, self._ids):
            for series, hour_ms in now:
                self._pack(series, hour_ms)
                self._forget(series, now_ms)
            self._db.execute(
                "DELETE FROM event WHERE at_ms < ?", (now_ms - int(self._keep.events_s * 1000),)
            )
        return bool(self._to_pack)

    def _known_id(self, ref: SeriesRef) -> int | None:
        if ref not in self._ids:
            row = self._db.execute(
                "SELECT id FROM series WHERE source = ? AND metric = ?", (ref.source, ref.metric)
            ).fetchone()
            if row is None:
                return None
            self._ids[ref] = row[0]
        return self._ids[ref]

    def _id(self, ref: SeriesRef, unit: str) -> int:
        known = self._known_id(ref)
        if known is not None:
            return known
        cursor = self._db.execute(
            "INSERT INTO series (source, metric, unit) VALUES (?, ?, ?)",
            (ref.source, ref.metric, unit),
        )
        made = int(cursor.lastrowid or 0)
        self._ids[ref] = made
        return made

    def _blocks(self, series: int, tier: Tier, begin_ms: int, end_ms: int) -> list[Bucket]:
        span_ms = _SPAN_MS[tier]
        rows = self._db.execute(
            "SELECT start_ms, data FROM block"
            " WHERE tier = ? AND series = ? AND start_ms > ? AND start_ms < ? ORDER BY start_ms",
            (int(tier), series, begin_ms - span_ms, end_ms),
        )
        return [
            one
            for start_ms, data in rows
            for one in _unpack(tier, start_ms, data)
            if begin_ms <= one.at_ms < end_ms
        ]

    def _find_old_hours(self, now_ms: int) -> list[tuple[int, int]]:
        """Hours with readings that are over, as (series, start)."""
        edge_ms = (now_ms - LATE_MS) // HOUR_MS * HOUR_MS
        rows = self._db.execute(
            "SELECT DISTINCT series, at_ms / ? FROM recent WHERE at_ms < ?", (HOUR_MS, edge_ms)
        )
        return [(series, hour * HOUR_MS) for series, hour in rows]

    def _pack(self, series: int, hour_ms: int) -> None:
        span = (series, hour_ms, hour_ms + HOUR_MS)
        where = "FROM recent WHERE series = ? AND at_ms >= ? AND at_ms < ?"
        rows = self._db.execute(f"SELECT at_ms, value {where} ORDER BY at_ms", span)
        readings = [single(at_ms, value) for at_ms, value in rows]
        if not readings:
            return
        minutes = regroup(readings, MINUTE_MS)
        self._merge(Tier.READINGS, series, hour_ms, readings)
        self._merge(Tier.MINUTES, series, hour_ms, minutes)
        self._merge(Tier.HOURS, series, hour_ms // DAY_MS * DAY_MS, regroup(minutes, HOUR_MS))
        self._db.execute(f"DELETE {where}", span)

    def _merge(self, tier: Tier, series: int, start_ms: int, buckets: list[Bucket]) -> None:
        """Put buckets into their block, together with what it holds already."""
        row = self._db.execute(
            "SELECT data FROM block WHERE tier = ? AND series = ? AND start_ms = ?",
            (int(tier), series, start_ms),
        ).fetchone()
        if row is not None:
            buckets = merged(_unpack(tier, start_ms, row[0]), buckets)
        data = (
            pack_readings(start_ms, buckets)
            if tier is Tier.READINGS
            else pack_sums(start_ms, _WIDTH_MS[tier], buckets)
        )
        self._db.execute(
            "INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?)", (int(tier), series, start_ms, data)
        )

    def _forget(self, series: int, now_ms: int) -> None:
        for tier in Tier:
            self._db.execute(
                "DELETE FROM block WHERE tier = ? AND series = ? AND start_ms < ?",
                (int(tier), series, now_ms - self._keep.of(tier) - _SPAN_MS[tier]),
            )


def _unpack(tier: Tier, start_ms: int, data: bytes) -> list[Bucket]:
    """The buckets of a block; a damaged one is empty, the rest of the history stays."""
    try:
        if tier is Tier.READINGS:
            return unpack_readings(start_ms, data)
        return unpack_sums(start_ms, _WIDTH_MS[tier], data)
    except ValueError:
        return []
