"""How often an alert fired before, and how it stood over the last day; pure.

Made of what was recorded: the events of its beginnings and ends, and the numbers it is judged by.
Where neither is known, that is what is told.
"""

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from msgspec import Struct

from monitor.events import Event, EventKind
from monitor.words import clock_words, duration_words, span_words

BLOCKS: Final = 48
DAY_S: Final = 86_400.0
BLOCK_S: Final = DAY_S / BLOCKS

_CLEARED: Final = "/cleared"
_FLAPPING: Final = "/flapping"
_STEADY: Final = "/steady"
_WITHIN: Final = (_FLAPPING, _STEADY)
"""What is told of a trouble between its begin and its end."""

_FLAPS: Final = 2
"""Beginnings in one block from which on it flapped."""

_MOST_TOLD: Final = 4
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class State(enum.Enum):
    """How an alert stood during one block."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    FLAPPING = "flapping"
    UNKNOWN = "not known"


class Episode(Struct, frozen=True, kw_only=True):
    """One time that an alert fired."""

    began: datetime
    ended: datetime | None
    """None while it lasts, and when its end was not seen."""


def episodes_of(events: Iterable[Event]) -> tuple[Episode, ...]:
    """Beginnings and ends of one alert put together, oldest first.

    Args:
        events: Of this alert alone, in any order.
    """
    began: dict[str, datetime] = {}
    ended: dict[str, datetime] = {}
    for event in events:
        if event.key.endswith(_WITHIN):
            continue
        if event.kind is EventKind.ALERT:
            began[event.key] = event.at
        elif event.kind is EventKind.CLEARED:
            ended[event.key.removesuffix(_CLEARED)] = event.at
    found = [Episode(began=at, ended=ended.get(key)) for key, at in began.items()]
    return tuple(sorted(found, key=lambda one: one.began))


def flaps_of(events: Iterable[Event]) -> tuple[Episode, ...]:
    """When one alert was called flapping, and until when, oldest first."""
    began: dict[str, datetime] = {}
    ended: dict[str, datetime] = {}
    for event in events:
        if event.key.endswith(_FLAPPING):
            began[event.key.removesuffix(_FLAPPING)] = event.at
        elif event.kind is EventKind.CLEARED:
            ended[event.key.removesuffix(_STEADY).removesuffix(_CLEARED)] = event.at
    found = [Episode(began=at, ended=ended.get(key)) for key, at in began.items()]
    return tuple(sorted(found, key=lambda one: one.began))


def strip(
    now: datetime,
    episodes: Sequence[Episode],
    past_limit: Sequence[bool | None],
    current: State,
    flaps: Sequence[Episode] = (),
) -> tuple[State, ...]:
    """The last day in blocks, oldest first; the last one is the state now.

    Args:
        now: The right edge.
        episodes: Oldest first.
        past_limit: For each block: whether a number was past the limit; None where there was none.
        current: How it stands now.
        flaps: When it was called flapping.
    """
    start = now - timedelta(seconds=DAY_S)
    blocks = []
    for place in range(BLOCKS):
        begin = start + timedelta(seconds=place * BLOCK_S)
        known = past_limit[place] if place < len(past_limit) else None
        end = begin + timedelta(seconds=BLOCK_S)
        flapped = any(one.began < end and _lasts(one, begin, known) for one in flaps)
        blocks.append(State.FLAPPING if flapped else _block(begin, end, episodes, known))
    return (*blocks[:-1], current)


def _block(
    begin: datetime, end: datetime, episodes: Sequence[Episode], past_limit: bool | None
) -> State:
    starts = sum(begin <= one.began < end for one in episodes)
    if starts >= _FLAPS:
        return State.FLAPPING
    if starts or any(_covers(one, begin, past_limit) for one in episodes):
        return State.FIRING
    if past_limit is None:
        return State.UNKNOWN
    return State.PENDING if past_limit else State.OK


def _covers(one: Episode, begin: datetime, past_limit: bool | None) -> bool:
    """Whether it lasted into the block; with its end not seen, as long as nothing says it ended."""
    return one.began <= begin and _lasts(one, begin, past_limit)


def _lasts(one: Episode, begin: datetime, past_limit: bool | None) -> bool:
    return one.ended > begin if one.ended is not None else past_limit is True


def episode_words(episodes: Sequence[Episode], now: datetime, days: float, zone: tzinfo) -> str:
    """`fired 3 times in 7 days: Fri 16:28:09Z still, Thu 02:10:00Z for 12m04s`.

    Args:
        episodes: Oldest first.
        now: For "still".
        days: How far back they were looked for.
        zone: Of the times.
    """
    over = span_words(days * DAY_S).removesuffix("d")
    within = f"in {over} days"
    if not episodes:
        return f"no time {within} is known"
    times = "once" if len(episodes) == 1 else f"{len(episodes)} times"
    newest = list(reversed(episodes))
    told = ", ".join(
        _told(one, zone, newest=place == 0, now=now)
        for place, one in enumerate(newest[:_MOST_TOLD])
    )
    more = f" and {len(newest) - _MOST_TOLD} more" if len(newest) > _MOST_TOLD else ""
    return f"fired {times} {within}: {told}{more}"


def _told(one: Episode, zone: tzinfo, *, newest: bool, now: datetime) -> str:
    local = one.began.astimezone(zone)
    at = f"{_DAYS[local.weekday()]} {clock_words(one.began, zone)}"
    if one.ended is not None:
        return f"{at} for {duration_words((one.ended - one.began).total_seconds())}"
    return f"{at} and lasts" if newest and now >= one.began else f"{at}, its end not seen"
