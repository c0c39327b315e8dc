"""The one thread that touches the history file.

Whoever records never waits: what comes is put into a bounded buffer. Readings are written every
few seconds, for each writing costs as much as the readings of several; what a restart must not
forget is written at once.
Trouble with the file (full disk, damage, another writer) becomes words and nothing else.
"""

import concurrent.futures
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from monitor.contained import Contained
from monitor.history_damage import is_damage, set_aside
from monitor.history_lock import WriterLock
from monitor.history_schema import NewerVersion
from monitor.history_store import EventRow, Keep, Store
from monitor.history_waiting import Row, Waiting
from providers.clock import Clock

T = TypeVar("T")

FLUSH_S: Final = 5.0
"""Readings are written this often; whoever asks for them has them written first."""

JOBS_BEFORE_ROUTINE: Final = 20
"""After so many questions without a quiet second the routine has its turn all the same."""

TIDY_MS: Final = 60_000
"""What is over is looked for this often: it takes a walk through all readings of the hour."""

PACK_AT_ONCE: Final = 20
"""Hours of a series packed in one go, so that a question never waits long behind it."""

_LOG = logging.getLogger(__name__)


class Writer:
    """Owns the store in a thread of its own.

    Args:
        path: Of the file; None keeps everything in memory.
        clock: For retention.
        keep: How long what is kept.
    """

    def __init__(self, path: Path | None, clock: Clock, keep: Keep) -> None:
        self._path = path
        self._clock = clock
        self._keep = keep
        self._lock = None if path is None else WriterLock(path)
        self._store: Store | None = None
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._waiting = Waiting()
        self._closed = self._hastened = False
        self._more_to_pack = False
        self._tidied_ms = 0
        self._standing = ""
        self._trouble = ""
        self.notice = ""
        self._thread = threading.Thread(target=self._main, name="history", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str:
        """What keeps the history from being written, in words; empty when nothing does."""
        return self._trouble or self._standing

    def put(self, rows: list[Row]) -> None:
        """Have readings written soon."""
        self._waiting.add_rows(rows)

    def put_event(self, row: EventRow) -> None:
        """Have an event written soon."""
        self._waiting.add_event(row)
        self._hasten()

    def put_states(self, states: dict[str, str]) -> None:
        """Have states written soon; later ones replace earlier ones."""
        self._waiting.add_states(states)
        self._hasten()

    def _hasten(self) -> None:
        """Have what waits written now; one wish of that kind at a time is enough."""
        if not self._hastened:
            self._hastened = True
            self._jobs.put(self._write_now)

    def _write_now(self) -> None:
        self._hastened = False
        self._attempt(self._catch_up)

    def ask(self, question: Callable[[Store], T], otherwise: T) -> "concurrent.futures.Future[T]":
        """Run a question in the thread, after everything put before is written."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            # A full disk keeps new readings out, and is no reason to hide the old ones.
            self._attempt(self._catch_up)
            answers: list[T] = []
            self._attempt(lambda: answers.extend(self._answer(question)))
            future.set_result(answers[0] if answers else otherwise)

        if self._closed:
            future.set_result(otherwise)
        else:
            self._jobs.put(job)
        return future

    def close(self) -> "concurrent.futures.Future[None]":
        """Write what waits and end the thread; may be called twice."""
        ended: concurrent.futures.Future[None] = concurrent.futures.Future()
        if self._closed:
            ended.set_result(None)
            return ended
        self._closed = True

        def last() -> None:
            self._shut()
            ended.set_result(None)

        self._jobs.put(last)
        self._jobs.put(None)
        return ended

    def _main(self) -> None:
        self._attempt(self._open)
        jobs = 0
        while True:
            job: Callable[[], None] | None = self._routine_job
            with suppress(queue.Empty):
                job = self._jobs.get(timeout=FLUSH_S)
            if job is None:
                return
            job()
            jobs += 1
            if jobs % JOBS_BEFORE_ROUTINE == 0:
                self._routine()

    def _routine_job(self) -> None:
        """The routine in quiet times, as often as there is something to pack."""
        while self._routine() and self._jobs.empty():
            continue

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do something with the file, and turn trouble with it, a bug included, into words."""
        with Contained() as contained:
            work()
        if isinstance(contained.error, sqlite3.Error):
            self._blame(contained.error)
        elif contained.error is not None:
            self._tell(f"bug in the history: {type(contained.error).__name__}")

    def _answer(self, question: Callable[[Store], T]) -> list[T]:
        return [] if self._store is None else [question(self._store)]

    def _catch_up(self) -> None:
        self._take_over()
        self._flush()

    def _routine(self) -> bool:
        """What happens every few seconds; says whether more packing is left."""
        self._attempt(self._catch_up)
        now_ms = self._now_ms()
        if self._more_to_pack or abs(now_ms - self._tidied_ms) >= TIDY_MS:
            self._more_to_pack, self._tidied_ms = False, now_ms
            self._attempt(self._tidy)
        return self._more_to_pack

    def _tidy(self) -> None:
        if self._store is not None and not self._store.read_only:
            self._more_to_pack = self._store.tidy(self._now_ms(), PACK_AT_ONCE)

    def _flush(self) -> None:
        """Write what waits; it goes on waiting when it can not be written.

        Raises:
            sqlite3.Error: It could not.
        """
        store, batch = self._store, self._waiting.take()
        if store is None or store.read_only or not batch:
            return
        try:
            if batch.rows:
                store.add(batch.rows)
                batch.rows = []
            if batch.events:
                store.add_events(batch.events)
                batch.events = []
            if batch.states:
                store.save_states(batch.states, self._now_ms())
                batch.states = {}
            self._trouble = ""
        finally:
            self._waiting.put_back(batch)

    def _open(self) -> None:
        """Open the file, or say why not and go on in memory."""
        path = self._path
        if path is None:
            self._store = Store(None, self._keep)
            return
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            writer = self._lock is not None and self._lock.take()
            self._store = self._opened(path) if writer else self._beside(path)
        except OSError as error:
            self._in_memory(f"history is kept in memory only: {error.strerror or error}")
        except NewerVersion as error:
            self._in_memory(f"history is kept in memory only: {path.name} has {error}")
        except sqlite3.Error as error:
            self._in_memory(f"history is kept in memory only: {path.name}: {error}")

    def _opened(self, path: Path) -> Store:
        path.touch(mode=0o600, exist_ok=True)
        path.chmod(0o600)
        try:
            return Store(path, self._keep)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            self._set_aside(path, error)
            path.touch(mode=0o600, exist_ok=True)
            return Store(path, self._keep)

    def _beside(self, path: Path) -> Store:
        """Read what another instance writes."""
        holder = "another process" if self._lock is None else self._lock.holder()
        self._standing = f"history is written by {holder}; this one only reads it"
        return Store(path, self._keep, read_only=True)

    def _take_over(self) -> None:
        """Become the writer when the other instance has gone."""
        store, lock = self._store, self._lock
        if store is None or lock is None or lock.held:
            return
        with suppress(OSError):
            if lock.take():
                store.close()
                self._standing = ""
                self._open()

    def _in_memory(self, problem: str) -> None:
        self._standing = problem
        _LOG.warning("%s", problem)
        self._store = Store(None, self._keep)

    def _set_aside(self, path: Path, error: sqlite3.Error) -> None:
        aside = set_aside(path, self._clock.now().at)
        self.notice = f"history was damaged ({error}); it was set aside as {aside.name}"
        _LOG.warning("%s", self.notice)

    def _blame(self, error: sqlite3.Error) -> None:
        """Say what is wrong; a file found damaged while in use is set aside and begun anew."""
        store = self._store
        if (
            is_damage(error)
            and store is not None
            and self._path is not None
            and not store.read_only
        ):
            store.close()
            with suppress(OSError):
                self._set_aside(self._path, error)
            self._open()
            return
        self._tell(f"history can not be written: {error}")

    def _tell(self, trouble: str) -> None:
        if self._trouble != trouble:
            _LOG.warning("%s", trouble)
        self._trouble = trouble

    def _shut(self) -> None:
        with suppress(sqlite3.Error):
            self._flush()
        store, self._store = self._store, None
        if store is not None:
            store.close()
        if self._lock is not None:
            self._lock.give_back()

    def _now_ms(self) -> int:
        return int(self._clock.now().at.timestamp() * 1000)
