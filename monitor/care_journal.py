"""The journal of what operators said about alerts: one file a workspace, for everybody on a host.

Append-only JSON lines. Writers hold a lock (`flock`) on a file beside it, write a line in one go
and wait until it is on the disk; readers need no lock. It stays small: whoever writes removes what
is older than 30 days.

Everything here blocks: call it in a thread. Nothing in the file is believed beyond its format.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.care import said_of
from monitor.care_entries import (
    LONGEST_CLAIM,
    BrokenLine,
    CareEntry,
    EntryKind,
    NewerLine,
    decode,
    encode,
    new_id,
)
from monitor.care_file import (
    LOCK_S,
    REACHABLE,
    locked,
    open_for_writing,
    plain,
    rewrite,
    tail,
)
from providers.clock import Clock

KEEP: Final = timedelta(days=30)
"""Older entries are removed."""

COMPACT_FROM: Final = 65_536
"""Bytes from which it is worth while to remove what is old."""

MOST_BYTES: Final = 4_194_304
"""Read at most, from the end; a longer file is made shorter by the next who writes."""

CLAIMED: Final = timedelta(days=2)
"""How long a claim holds unless it says so."""


class JournalTrouble(Exception):
    """The journal can not be read or written; why, in words."""


class Author(Struct, frozen=True, kw_only=True):
    """Who writes."""

    operator: str
    login: str
    host: str


class CareJournal:
    """The file of one workspace.

    Args:
        path: The file; its folder is there. None keeps everything in memory, for this run.
        workspace: Its name.
        author: Who writes here.
        clock: The time.
        patience_s: How long to wait for the lock.
    """

    def __init__(
        self,
        path: Path | None,
        workspace: str,
        author: Author,
        clock: Clock,
        patience_s: float = LOCK_S,
    ) -> None:
        self.path = path
        self.workspace = workspace
        self.author = author
        self._clock = clock
        self._patience_s = patience_s
        self._guard = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._entries: tuple[CareEntry, ...] = ()
        self.skipped = 0
        """Lines that said nothing, when the file was last read."""

    def entry(self, kind: EntryKind, key: str) -> CareEntry:
        """A new entry of this author, at this moment; to be completed and appended."""
        return CareEntry(
            id=new_id(),
            at=self._clock.now().at,
            kind=kind,
            operator=self.author.operator,
            login=self.author.login,
            host=self.author.host,
            workspace=self.workspace,
            key=key,
        )

    def read(self) -> tuple[CareEntry, ...]:
        """All entries, oldest first; the file is read only when it has changed.

        Raises:
            JournalTrouble: It is there and can not be read.
        """
        with self._guard:
            return self._read()

    def append(self, entries: Iterable[CareEntry]) -> None:
        """Write entries for everybody to see; they are on the disk when this returns.

        Raises:
            JournalTrouble: They could not be written.
        """
        self._write(lambda: tuple(entries))

    def claim(self, key: str, lasts: timedelta = CLAIMED) -> bool:
        """Claim a thing that one program alone is to do, such as to tell a channel of an alert.

        Of all programs that share this journal the first one gets True; all others, and the same
        one asked again, get False for as long as the claim lasts. The key says what is done and
        for which time, for example `slack/check/lma/production/api/health/2026-11-22T03:10Z`.
        It blocks for a moment (a lock and the disk): call it in a thread.

        A claim that is not carried out is not given back: tell first what would be told twice,
        claim first what must not be.

        Args:
            key: Names the thing; the same in all programs, at most 1,000 characters.
            lasts: Afterwards it can be claimed anew; at most 30 days.

        Raises:
            JournalTrouble: The journal can not be written; whether others do it is not known.
        """
        return bool(self._write(lambda: self._claimed(key, min(lasts, LONGEST_CLAIM))))

    def decide(
        self, upon: Callable[[tuple[CareEntry, ...]], tuple[CareEntry, ...]]
    ) -> tuple[CareEntry, ...]:
        """Write what follows from the entries that are there; nobody writes in between.

        Returns:
            What was written.

        Raises:
            JournalTrouble: It could not be written.
        """
        return self._write(lambda: upon(self._read()))

    def end(self, over: Mapping[str, EntryKind]) -> None:
        """Note that alerts have cleared, or got worse; of several programs the first one does.

        Raises:
            JournalTrouble: It could not be written.
        """
        self._write(lambda: tuple(self._ended(over)))

    def _claimed(self, key: str, lasts: timedelta) -> tuple[CareEntry, ...]:
        now = self._clock.now().at
        for one in self._read():
            if one.kind is EntryKind.CLAIM and one.key == key and one.until and now < one.until:
                return ()
        return (replace(self.entry(EntryKind.CLAIM, key), until=now + lasts),)

    def _ended(self, over: Mapping[str, EntryKind]) -> Iterator[CareEntry]:
        said = said_of(self._read())
        for key, kind in over.items():
            last = said[key][-1].kind if key in said else None
            if last in {EntryKind.ACKNOWLEDGED, EntryKind.SNOOZED}:
                yield self.entry(kind, key)

    def _write(self, made: Callable[[], tuple[CareEntry, ...]]) -> tuple[CareEntry, ...]:
        """Write what is made of the entries that are there, with nobody else in between."""
        with self._guard:
            if self.path is None:
                entries = made()
                self._entries += entries
                return entries
            try:
                with locked(self.path, self._patience_s):
                    entries = made()
                    if entries:
                        self._put(self.path, entries)
                    return entries
            except OSError as error:
                raise JournalTrouble(f"{self.path}: {error.strerror or error}") from error

    def _read(self) -> tuple[CareEntry, ...]:
        if self.path is None:
            return self._entries
        try:
            descriptor = os.open(self.path, os.O_RDONLY | REACHABLE)
        except FileNotFoundError:
            self._seen, self._entries, self.skipped = None, (), 0
            return ()
        except OSError as error:
            raise JournalTrouble(f"{self.path}: {error.strerror}") from error
        try:
            found = plain(descriptor)
            seen = (found.st_ino, found.st_size, found.st_mtime_ns)
            if seen != self._seen:
                self._take(tail(descriptor, found.st_size, MOST_BYTES))
                self._seen = seen
        except OSError as error:
            raise JournalTrouble(f"{self.path}: {error.strerror or error}") from error
        finally:
            os.close(descriptor)
        return self._entries

    def _take(self, content: bytes) -> None:
        entries: dict[str, CareEntry] = {}
        skipped = 0
        for line in content.splitlines():
            try:
                entry = decode(line)
            except BrokenLine:
                skipped += bool(line.strip())
            else:
                # Who repeats an id does not change what was said under it.
                if entry.workspace in {"", self.workspace}:
                    entries.setdefault(entry.id, entry)
        self._entries, self.skipped = tuple(entries.values()), skipped

    def _put(self, path: Path, entries: tuple[CareEntry, ...]) -> None:
        """Append, with the lock held."""
        new = b"".join(map(encode, entries))
        descriptor = open_for_writing(path, os.O_RDWR | os.O_APPEND)
        try:
            size = plain(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                # Somebody was stopped in the middle of a line.
                new = b"\n" + new
            if os.write(descriptor, new) != len(new):
                raise OSError("the disk is full")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if size > COMPACT_FROM:
            self._compact(path)

    def _compact(self, path: Path) -> None:
        """Write the file anew without what is old, if there is any; with the lock held."""
        descriptor = os.open(path, os.O_RDONLY | REACHABLE)
        try:
            size = os.fstat(descriptor).st_size
            content = tail(descriptor, size, MOST_BYTES)
        finally:
            os.close(descriptor)
        lines = content.splitlines()
        kept = _bounded(line for line in lines if _worth_keeping(line, self._clock.now().at))
        if sum(map(len, kept)) + len(kept) > size * 3 // 4:
            return
        rewrite(path, b"".join(line + b"\n" for line in kept))


def _worth_keeping(line: bytes, now: datetime) -> bool:
    try:
        entry = decode(line)
    except NewerLine:
        return True
    except BrokenLine:
        return False
    if entry.kind is EntryKind.CLAIM:
        return entry.until is not None and now < entry.until
    return now - entry.at < KEEP


def _bounded(lines: Iterable[bytes]) -> list[bytes]:
    """The newest lines that fit into half of what is read at most."""
    kept: list[bytes] = []
    size = 0
    for line in reversed(list(lines)):
        size += len(line) + 1
        if size > MOST_BYTES // 2:
            break
        kept.append(line)
    return kept[::-1]
