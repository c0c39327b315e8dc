"""The tables of the history file, how they come to be, and how they are changed together."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from monitor.workspace import SeriesRef

VERSION: Final = 1

_MIGRATIONS: Final[Mapping[int, str]] = {
    0: """
    CREATE TABLE series (
        id INTEGER PRIMARY KEY, source TEXT NOT NULL, metric TEXT NOT NULL, unit TEXT NOT NULL,
        UNIQUE (source, metric));
    CREATE TABLE recent (
        series INTEGER NOT NULL, at_ms INTEGER NOT NULL, value REAL,
        PRIMARY KEY (series, at_ms)) WITHOUT ROWID;
    CREATE TABLE block (
        tier INTEGER NOT NULL, series INTEGER NOT NULL, start_ms INTEGER NOT NULL,
        data BLOB NOT NULL, PRIMARY KEY (tier, series, start_ms));
    CREATE TABLE event (
        key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, workspace TEXT NOT NULL, kind TEXT NOT NULL,
        level INTEGER NOT NULL, text TEXT NOT NULL, environment TEXT NOT NULL, source TEXT);
    CREATE INDEX event_at ON event (at_ms);
    CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL, at_ms INTEGER NOT NULL);
    """,
}
"""By the version they start from."""


class NewerVersion(Exception):
    """The file was written by a later version of this program."""


def prepare(db: sqlite3.Connection, *, read_only: bool, in_memory: bool) -> None:
    """Bring a file to our version and set it up.

    Raises:
        NewerVersion: It is of a later one.
        sqlite3.Error: It is no history, or can not be written.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise NewerVersion(f"version {version}, this program knows {VERSION}")
    if read_only:
        db.execute("SELECT count(*) FROM series").fetchone()
        return
    if not in_memory:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA journal_size_limit = 16777216")
        # Little: the system keeps the file's pages as well, and once for all. The readings of an
        # hour lie in some 200 of them, and a cache with room for all grows for as long.
        db.execute("PRAGMA cache_size = -128")
    for step in range(version, VERSION):
        db.executescript(f"BEGIN; {_MIGRATIONS[step]} PRAGMA user_version = {step + 1}; COMMIT;")


class Transaction:
    """All or nothing; a failed one forgets the series numbers it may have given out."""

    def __init__(self, db: sqlite3.Connection, ids: dict[SeriesRef, int]) -> None:
        self._db = db
        self._ids = ids

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._db.execute("COMMIT")
        finally:
            # Also after a COMMIT that found the disk full.
            if self._db.in_transaction:
                self._ids.clear()
                self._db.execute("ROLLBACK")
