"""What waits to be written to the history: bounded, filled by one thread and emptied by another."""

import threading
from collections import deque
from typing import Final

from msgspec import Struct

from monitor.history_store import EventRow
from monitor.workspace import SeriesRef

Row = tuple[SeriesRef, str, int, float | None]

MOST_WAITING: Final = 200_000
"""Readings that wait to be written; while the disk is full the oldest are given up."""

_MOST_EVENTS: Final = 10_000


class Batch(Struct):
    """What is written in one go; what has been written is taken out."""

    rows: list[Row]
    events: list[EventRow]
    states: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.rows or self.events or self.states)


class Waiting:
    """Readings, events and the states of rules on their way to the disk."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._rows: deque[Row] = deque(maxlen=MOST_WAITING)
        self._events: deque[EventRow] = deque(maxlen=_MOST_EVENTS)
        self._states: dict[str, str] = {}

    def add_rows(self, rows: list[Row]) -> None:
        """Readings."""
        with self._guard:
            self._rows.extend(rows)

    def add_event(self, row: EventRow) -> None:
        """An event."""
        with self._guard:
            self._events.append(row)

    def add_states(self, states: dict[str, str]) -> None:
        """States of rules; later ones replace earlier ones."""
        with self._guard:
            self._states.update(states)

    def take(self) -> Batch:
        """All of it."""
        with self._guard:
            batch = Batch(list(self._rows), list(self._events), self._states)
            self._rows.clear()
            self._events.clear()
            self._states = {}
        return batch

    def put_back(self, batch: Batch) -> None:
        """What could not be written; it stands before what came since."""
        with self._guard:
            room = MOST_WAITING - len(self._rows)
            self._rows.extendleft(reversed(batch.rows[-room:] if room else []))
            self._events.extendleft(reversed(batch.events))
            self._states = {**batch.states, **self._states}
