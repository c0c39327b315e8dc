"""What was really told at the time, held against a replay."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from monitor.episodes import episodes_of
from monitor.events import Event, EventKind
from monitor.history_store import EventRow, Store
from monitor.replay_episodes import Episode, Replayed, paired, united
from monitor.verdicts import Level


class Recorded(Struct, frozen=True, kw_only=True):
    """One alert: what was told, and what the replay makes of the same time."""

    alert: str
    title: str
    workspace: str
    told: tuple[Episode, ...]
    """`fired` is when its trouble began: the timeline tells no other time."""

    only_told: tuple[Episode, ...]
    only_replayed: tuple[Episode, ...]


def recorded(
    store: Store, rules: Iterable[Replayed], since: datetime, end: datetime
) -> tuple[Recorded, ...]:
    """Of each alert that was told in the time, or would have been."""
    parts: dict[str, list[Replayed]] = {}
    for one in rules:
        parts.setdefault(one.rule.alert, []).append(one)
    found = (_recorded(store, alert, of, since, end) for alert, of in parts.items())
    return tuple(one for one in found if one.told or one.only_replayed)


def _recorded(
    store: Store, alert: str, parts: Sequence[Replayed], since: datetime, end: datetime
) -> Recorded:
    rows = store.events_named(f"alert/{alert}@", int(since.timestamp() * 1000))
    told = tuple(
        Episode(fired=one.began, onset=one.began, until=one.ended, worst=None)
        for one in episodes_of(map(_event, rows))
        if one.began <= end
    )
    replayed = united(parts, end)
    more, fewer, _ = paired(told, replayed, end)
    return Recorded(
        alert=alert,
        title=parts[0].rule.title,
        workspace=parts[0].rule.workspace,
        told=told,
        only_told=fewer,
        only_replayed=more,
    )


def _event(row: EventRow) -> Event:
    """As much of it as episodes are made of."""
    key, at_ms, _, kind, *_ = row
    return Event(
        at=datetime.fromtimestamp(int(at_ms or 0) / 1000, UTC),
        kind=EventKind.CLEARED if kind == EventKind.CLEARED.value else EventKind.ALERT,
        level=Level.UNKNOWN,
        text="",
        key=str(key),
    )
