"""Reads a history file for a replay, beside whoever writes it; blocking.

The file is opened read-only: nothing is locked, and a writer is never waited for.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from monitor.band_words import kind_words
from monitor.bands import alarms
from monitor.history_blocks import Bucket
from monitor.history_schema import NewerVersion
from monitor.history_store import HOUR_MS, Keep, Store, Tier
from monitor.replay import KpiReplay
from monitor.replay_checks import check_rule, replay_check
from monitor.replay_episodes import Replayed
from monitor.replay_looks import Awake, Period, awake
from monitor.replay_rules import replayable
from monitor.workspace import EndpointRowSpec, KpiSpec, SeriesRef, WorkspaceSpec
from providers.base import SourceSpec
from providers.readings import SourceId

UP: Final = "up"
REACH_MS: Final = 90_000
"""Nothing at all for longer than this: the program did not run, slept, or was offline."""

_LEAST_WARM_S: Final = 3_600.0
_MOST_WARM_S: Final = 3 * 86_400.0
_WITNESSES: Final = 4


class NoHistory(Exception):
    """There is no history to read; the message says why."""


@contextmanager
def opened(path: Path, keep: Keep) -> Iterator[Store]:
    """The history in a file, for reading alone.

    Raises:
        NoHistory: There is none, or it can not be read; also when that shows while it is read.
    """
    if not path.exists():
        raise NoHistory(f"no history yet: {path} is not there; the wall records while it is open")
    try:
        store = Store(path, keep, read_only=True)
    except NewerVersion as error:
        raise NoHistory(f"the history has {error}: {path}") from None
    except sqlite3.Error as error:
        raise NoHistory(f"the history can not be read: {path}: {error}") from None
    try:
        yield store
    except sqlite3.Error as error:
        raise NoHistory(f"the history can not be read: {path}: {error}") from None
    finally:
        store.close()


def extent_of(store: Store) -> tuple[int, int]:
    """From when and up to when anything was recorded, in ms.

    Raises:
        NoHistory: Nothing was.
    """
    found = store.extent()
    if found is None:
        raise NoHistory("nothing has been recorded yet; the wall records while it is open")
    return found


class Asked(Struct, frozen=True, kw_only=True):
    """Which past is asked for, and of what."""

    workspaces: tuple[WorkspaceSpec, ...]
    sources: Mapping[SourceId, SourceSpec]
    from_ms: int
    to_ms: int
    newest_ms: int
    """Up to when anything is kept: what counts as old is counted from there."""

    only: frozenset[str] = frozenset()
    """Keys of KPIs or checks, perhaps with `workspace:` before them; empty: all."""

    def wants(self, workspace: str, key: str) -> bool:
        """Whether a KPI or check is asked for."""
        return not self.only or not self.only.isdisjoint({key, f"{workspace}:{key}"})


class Told(Struct, frozen=True, kw_only=True):
    """What a replay found."""

    rules: tuple[Replayed, ...]
    left_out: tuple[tuple[str, str], ...]
    """KPIs that can not be replayed, each with the reason."""

    target_only: tuple[str, ...]


class Grain(Struct, frozen=True, kw_only=True):
    """What is kept of a time."""

    since: datetime | None
    """The oldest that is kept; None: nothing is."""

    readings_since: datetime | None
    minutes_since: datetime | None
    seen_s: float
    gaps: tuple[tuple[datetime, datetime], ...]


Known = dict[tuple[object, ...], tuple[Replayed, ...]]
"""What was replayed already, by all that it depends on."""


def replay(
    store: Store, asked: Asked, witnessed: Awake, told: Callable[[str], None], known: Known
) -> Told:
    """Every rule that is asked for, over the time that is asked for.

    Args:
        store: The history.
        asked: What is asked.
        witnessed: When anything was recorded.
        told: Called with the name of each rule before it is replayed.
        known: Filled, and used for what has not changed since.
    """
    found: list[Replayed] = []
    left_out: list[tuple[str, str]] = []
    target_only: list[str] = []
    for workspace in asked.workspaces:
        for row in workspace.rows:
            if asked.wants(workspace.name, row.key):
                told(row.title)
                found += _row(store, asked, workspace.name, row, known)
        for spec in workspace.kpis:
            if not asked.wants(workspace.name, spec.key):
                continue
            told(spec.title)
            if not (any(map(alarms, spec.bands)) or spec.burns or spec.no_data_s is not None):
                words = kind_words(spec.bands)
                target_only.append(f"{spec.title} ({words})")
            elif why := replayable(spec):
                left_out.append((spec.title, why))
            else:
                found += _kpi(store, asked, workspace.name, spec, witnessed, known)
    return Told(rules=tuple(found), left_out=tuple(left_out), target_only=tuple(target_only))


def witnesses(store: Store, asked: Asked) -> Awake:
    """When anything was recorded, by the sources that are read most often."""
    parts = [part for _, part in _witnesses(store, asked, asked.from_ms - int(_MOST_WARM_S) * 1000)]
    return awake((one for part in parts for one in part), REACH_MS)


def grain(store: Store, asked: Asked, witnessed: Awake) -> Grain:
    """How fine what is kept of the time is, and what is missing in it."""
    every = [one for _, part in _witnesses(store, asked, asked.from_ms) for one in part]
    inside = [one for one in every if asked.from_ms <= one.at_ms <= asked.to_ms]
    seen_ms = witnessed.seen_ms(asked.from_ms, asked.to_ms)
    oldest = store.extent()
    return Grain(
        since=None if oldest is None else _at(oldest[0]),
        readings_since=_oldest(one for one in inside if not one.width_ms),
        minutes_since=_oldest(one for one in inside if 0 < one.width_ms < HOUR_MS),
        seen_s=seen_ms / 1000,
        gaps=tuple(
            (_at(a), _at(b))
            for a, b in witnessed.gaps(asked.from_ms, asked.to_ms)
            if b - a >= REACH_MS
        ),
    )


def _witnesses(
    store: Store, asked: Asked, begin_ms: int
) -> Iterator[tuple[SeriesRef, Sequence[Bucket]]]:
    """A few series of different sources, those read most often first."""
    refs = dict.fromkeys(
        ref
        for workspace in asked.workspaces
        for ref in (
            *(
                SeriesRef(source=check.source, metric=UP)
                for row in workspace.rows
                for check in row.checks.values()
            ),
            *(ref for spec in workspace.kpis for ref in spec.series),
        )
        if ref.source in asked.sources
    )
    ordered = sorted(refs, key=lambda ref: asked.sources[ref.source].interval_s)
    seen: set[SourceId] = set()
    for ref in ordered:
        if ref.source not in seen and len(seen) < _WITNESSES:
            part = store.buckets(ref, begin_ms, asked.newest_ms, Tier.READINGS)
            if part:
                seen.add(ref.source)
                yield ref, part


def _row(
    store: Store, asked: Asked, workspace: str, row: EndpointRowSpec, known: Known
) -> Iterator[Replayed]:
    for environment, check in row.checks.items():
        source = asked.sources.get(check.source)
        if source is not None:
            key = (workspace, row.title, environment, check, source)
            if key not in known:
                rule = check_rule(workspace, row, environment, check)
                period = _period(asked, _LEAST_WARM_S)
                ref = SeriesRef(source=check.source, metric=UP)
                kept = store.buckets(ref, period.begin_ms, asked.newest_ms, Tier.READINGS)
                known[key] = replay_check(rule, check, source, period, kept)[:1]
            yield from known[key]


def _kpi(
    store: Store, asked: Asked, workspace: str, spec: KpiSpec, witnessed: Awake, known: Known
) -> tuple[Replayed, ...]:
    refs = tuple(dict.fromkeys((*spec.series, *spec.denominator)))
    key = (workspace, spec, *(asked.sources.get(ref.source) for ref in refs))
    if key not in known:
        period = _period(asked, warm_s(spec))
        kept = {
            ref: store.buckets(ref, period.begin_ms, asked.newest_ms, Tier.READINGS) for ref in refs
        }
        one = KpiReplay(workspace, spec, asked.sources, period, witnessed)
        one.remember(earlier(store, one, refs, period, asked.newest_ms))
        known[key] = one.run(kept)
    return known[key]


def earlier(
    store: Store, one: KpiReplay, refs: Iterable[SeriesRef], period: Period, newest_ms: int
) -> list[Bucket]:
    """The month before the replay, for an uptime; nothing for any other KPI."""
    if one.track.uptime is None:
        return []
    begin_ms = period.begin_ms - int(one.track.uptime.reaches_back_s * 1000)
    every = (store.buckets(ref, begin_ms, newest_ms, Tier.HOURS) for ref in refs)
    return [
        bucket
        for part in every
        for bucket in part
        if bucket.count and bucket.at_ms + bucket.width_ms <= period.begin_ms
    ]


def warm_s(spec: KpiSpec) -> float:
    """How long before the time asked for a replay begins, so that nothing is cut off."""
    waits_s = max(
        (band.for_s + band.clear_for_s + band.keep_firing_s for band in spec.bands), default=0.0
    )
    wanted_s = 2 * (0.0 if spec.calendar_month else spec.window_s) + 2 * waits_s
    return min(max(wanted_s, _LEAST_WARM_S), _MOST_WARM_S)


def _period(asked: Asked, warm: float) -> Period:
    begin_ms = asked.from_ms - int(warm * 1000)
    return Period(begin_ms=begin_ms // 1000 * 1000, from_ms=asked.from_ms, to_ms=asked.to_ms)


def _oldest(buckets: Iterable[Bucket]) -> datetime | None:
    first = min((one.at_ms for one in buckets), default=None)
    return None if first is None else _at(first)


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
