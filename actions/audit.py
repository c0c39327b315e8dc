"""The record of what was done: append-only, chained, for all operators of a host.

One file for all workspaces, 0600 in a folder of one's own (0700), or the group's in the folder
that `settings.shared_folder` names (2770, the file 0660). Nothing is sent whose intent is not on
the disk (promise P7): every failure here is `AuditTrouble`, and whoever acts stops at it.

Everything blocks: call it in a thread.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from actions.audit_chain import ChainProblem, Head, Verified, verified
from actions.audit_entries import (
    LONGEST_LINE,
    AuditEntry,
    AuditKind,
    Author,
    BrokenEntry,
    Draft,
    decode,
    sealed,
)
from actions.audit_file import (
    TAIL_BYTES,
    Tail,
    add,
    is_another,
    read_head,
    read_lines,
    read_tail,
    write_head,
)
from actions.audit_names import head_file
from monitor.care_file import LOCK_S, locked
from providers.clock import Clock
from providers.processes import is_there

PAST_BYTES: Final = 16 * LONGEST_LINE
"""How much of the end is looked through for open intents at a start."""

SET_ASIDE: Final = "set aside"

Decide = Callable[[tuple[AuditEntry, ...]], Sequence[Draft]]
"""What is to be written, given the last entries; nobody writes in between."""


class AuditTrouble(Exception):
    """The audit can not be written or read; why, in words. Nothing may be sent."""


class Audit:
    """The file, and who writes to it.

    Args:
        path: The file; its folder is there.
        author: Who writes here.
        clock: The time.
        patience_s: How long to wait for the lock.
    """

    def __init__(
        self, path: Path, author: Author, clock: Clock, patience_s: float = LOCK_S
    ) -> None:
        self.path = path
        self.author = author
        self._clock = clock
        self._patience_s = patience_s
        self._guard = threading.Lock()
        self._last: Head | None = None
        """The last entry that was seen here."""

    def append(self, draft: Draft) -> AuditEntry:
        """Write one entry; it is on the disk when this returns.

        Raises:
            AuditTrouble: It could not be written.
        """
        return self.decide(lambda _: (draft,))[-1]

    def decide(self, upon: Decide) -> tuple[AuditEntry, ...]:
        """Write what follows from the last entries; nobody writes in between.

        Args:
            upon: Is handed the last entries, oldest first: a megabyte of them.

        Returns:
            What was written; a note about a torn line first, when there was one.

        Raises:
            AuditTrouble: It could not be written.
        """
        with self._guard:
            try:
                with locked(self.path, self._patience_s):
                    tail = self._recognised(read_tail(self.path))
                    drafts = upon(_entries(tail.lines))
                    return self._put(tail, drafts) if drafts else ()
            except BrokenEntry as error:
                raise AuditTrouble(
                    f"{self.path}: {error}; see `quarterdeck audit verify`, and begin a new one "
                    "with `quarterdeck audit set-aside`"
                ) from error
            except OSError as error:
                raise AuditTrouble(f"{self.path}: {error.strerror or error}") from error

    def entries(self, since: datetime | None = None) -> tuple[AuditEntry, ...]:
        """All entries that can be read, oldest first; what can not is found by `verify`.

        Raises:
            AuditTrouble: The file is there and can not be read.
        """
        found = self._read(None)
        return tuple(one for one in found if since is None or one.at >= since)

    def recent(self, most_bytes: int = TAIL_BYTES) -> tuple[AuditEntry, ...]:
        """The last entries, oldest first: as many as fit.

        Raises:
            AuditTrouble: The file is there and can not be read.
        """
        return self._read(most_bytes)

    def mark(self) -> tuple[int, ...]:
        """What differs once something was written; empty while there is no file."""
        try:
            found = self.path.stat()
        except OSError:
            return ()
        return (found.st_ino, found.st_size, found.st_mtime_ns)

    def trouble(self) -> str:
        """Why nothing can be added to it, in words; empty when something can. Writes nothing."""
        try:
            self.decide(lambda _: ())
        except AuditTrouble as error:
            return str(error)
        return ""

    def verify(self, anchor: Head | None = None) -> Verified:
        """Whether every entry that was written is there, unchanged and in order.

        Args:
            anchor: An entry's number and hash, kept where whoever writes here can not reach.

        Raises:
            AuditTrouble: The file can not be read.
        """
        try:
            with locked(self.path, self._patience_s):
                return self._verified(anchor)
        except PermissionError:
            # Who may only read may look all the same; at worst the last line is half written.
            return self._looked(anchor)
        except OSError as error:
            raise AuditTrouble(f"{self.path}: {error.strerror or error}") from error

    def damage(self) -> str:
        """What is wrong with the file, in words; empty when nothing is.

        Nobody is kept from writing meanwhile, unless it looks as if something were wrong.

        Raises:
            AuditTrouble: The file can not be read.
        """
        if self._looked(None).sound:
            return ""
        problems = self.verify().problems
        return problems[0].words if problems else ""

    def set_aside(self, reason: str) -> Path:
        """Give the file another name and begin a new one, whose first entry says so.

        The way on when the audit is damaged: nothing is added to it, and nothing of it is lost.

        Raises:
            AuditTrouble: It could not be done.
        """
        stamp = self._clock.now().at.strftime("%Y%m%dT%H%M%SZ")
        aside = self.path.with_name(f"{self.path.stem}-{stamp}{self.path.suffix}")
        try:
            with self._guard, locked(self.path, self._patience_s):
                found = self._verified(None)
                if aside.exists():
                    raise FileExistsError(f"{aside.name} is there already")
                self.path.rename(aside)
                if head_file(self.path).exists():
                    head_file(self.path).rename(head_file(aside))
                self._put(read_tail(self.path), (_began_anew(aside, found, reason),))
        except OSError as error:
            raise AuditTrouble(f"{self.path}: {error.strerror or error}") from error
        return aside

    def _looked(self, anchor: Head | None) -> Verified:
        try:
            return self._verified(anchor)
        except OSError as error:
            raise AuditTrouble(f"{self.path}: {error.strerror or error}") from error

    def _verified(self, anchor: Head | None) -> Verified:
        lines, rest = read_lines(self.path)
        head = read_head(self.path)
        if head is not None and not self.path.exists():
            words = f"the file is gone, and #{head.seq} had been written"
            gone = ChainProblem(line=0, seq=head.seq, what="cut", words=words)
            return Verified(entries=0, head=None, problems=(gone,))
        return verified(lines, head, anchor, unfinished=bool(rest))

    def _read(self, most_bytes: int | None) -> tuple[AuditEntry, ...]:
        try:
            lines, _ = read_lines(self.path, most_bytes=most_bytes)
        except OSError as error:
            raise AuditTrouble(f"{self.path}: {error.strerror or error}") from error
        return _entries(lines)

    def _recognised(self, tail: Tail) -> Tail:
        """The end of the file, which has to be that of the one that was seen before.

        Raises:
            BrokenEntry: It is another file, and nobody set the old one aside.
        """
        if is_another(tail, self._last) and not self._is_begun_anew():
            number = 0 if self._last is None else self._last.seq
            raise BrokenEntry(f"it is another file: it does not have the #{number} that was here")
        self._last = tail.last
        return tail

    def _is_begun_anew(self) -> bool:
        """Whether somebody set the old file aside, which the first entry of the new one says."""
        lines, _ = read_lines(self.path)
        first = _entries(lines[:1])
        return bool(first) and (first[0].kind, first[0].action) == (AuditKind.NOTE, SET_ASIDE)

    def _put(self, tail: Tail, drafts: Sequence[Draft]) -> tuple[AuditEntry, ...]:
        """Add to the chain, with the lock held."""
        at, last = self._clock.now().at, tail.last
        lines: list[bytes] = []
        entries: list[AuditEntry] = []
        for draft in (*_torn(tail), *drafts):
            line = sealed(draft, self.author, last.seq + 1, at, last.hash)
            if len(line) > LONGEST_LINE:
                raise OSError(f"the entry is longer than {LONGEST_LINE // 1024} KiB")
            entry = decode(line[:-1])
            last = Head(seq=entry.seq, hash=entry.hash)
            lines.append(line)
            entries.append(entry)
        add(self.path, lines, open_line=tail.open_line)
        self._last = last
        write_head(self.path, last)
        return tuple(entries)


def open_intents(entries: Sequence[AuditEntry]) -> tuple[AuditEntry, ...]:
    """Intents whose outcome nobody has written, oldest first."""
    over = {one.request for one in entries if one.kind is AuditKind.OUTCOME}
    intents = (one for one in entries if one.kind is AuditKind.INTENT)
    return tuple(one for one in intents if one.request not in over)


def is_alive(entry: AuditEntry, author: Author) -> bool | None:
    """Whether the process that wrote an entry still runs; None on another host."""
    if entry.host != author.host:
        return None
    if entry.session == author.session:
        return True
    return is_there(entry.pid, entry.started)


def _entries(lines: Sequence[bytes]) -> tuple[AuditEntry, ...]:
    found: list[AuditEntry] = []
    for line in lines:
        try:
            found.append(decode(line))
        except BrokenEntry:
            continue
    return tuple(found)


def _torn(tail: Tail) -> tuple[Draft, ...]:
    if not tail.torn:
        return ()
    count = "a line" if len(tail.torn) == 1 else f"{len(tail.torn)} lines"
    words = f"{count} before this was never finished: somebody was stopped while writing"
    return (Draft(kind=AuditKind.NOTE, action="torn", words=words, torn=tail.torn),)


def _began_anew(aside: Path, found: Verified, reason: str) -> Draft:
    wrong = "; ".join(one.words for one in found.problems[:5]) or "nothing was wrong with it"
    end = "none" if found.head is None else f"#{found.head.seq} {found.head.hash}"
    words = f"{aside.name} was set aside: {found.entries} entries, last {end}; {wrong}"
    return Draft(kind=AuditKind.NOTE, action=SET_ASIDE, reason=reason, words=words)
