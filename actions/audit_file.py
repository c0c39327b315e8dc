"""The audit on the disk: bytes are only ever added at its end, so that `chattr +a` does no harm.

Writers hold the lock of the file beside it, add whole lines in one write and wait for the disk;
then they put down, in `.head`, which entry is the last. A line that somebody was stopped in the
middle of stays where it is: the next writer ends it and adds a note that names its digest.

Everything here blocks, and fails with `OSError`.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from actions.audit_chain import Head
from actions.audit_entries import GENESIS, LONGEST_LINE, BrokenEntry, parsed
from actions.audit_names import head_file
from monitor.care_file import REACHABLE, open_for_writing, plain

TAIL_BYTES: Final = 4 * LONGEST_LINE
"""How much of the end is read before something is added."""

_HEAD_BYTES: Final = 128
"""Written in place: what has its room already also fits on a full disk."""

_PIECE_BYTES: Final = 1 << 20


class Tail(Struct, frozen=True, kw_only=True):
    """The end of the file."""

    lines: tuple[bytes, ...]
    """The last complete lines that are entries, oldest first."""

    last: Head
    """The last entry; number 0 and `GENESIS` before the first."""

    torn: tuple[str, ...] = ()
    """Digests of what stands after it and is no entry."""

    open_line: bool = False
    """The file does not end with a newline."""


def read_head(path: Path) -> Head | None:
    """What was last written, as far as the head says; None when it is missing or damaged."""
    try:
        descriptor = os.open(head_file(path), os.O_RDONLY | REACHABLE)
    except FileNotFoundError:
        return None
    try:
        plain(descriptor)
        fields = json.loads(os.pread(descriptor, _HEAD_BYTES, 0))
        return Head(seq=int(fields["seq"]), hash=str(fields["hash"]))
    except (ValueError, KeyError, TypeError):
        return None
    finally:
        os.close(descriptor)


def write_head(path: Path, head: Head) -> None:
    """Put down which entry is the last; with the lock held."""
    text = json.dumps({"seq": head.seq, "hash": head.hash}).ljust(_HEAD_BYTES - 1) + "\n"
    descriptor = open_for_writing(head_file(path), os.O_WRONLY)
    try:
        if os.pwrite(descriptor, text.encode(), 0) != _HEAD_BYTES:
            raise OSError("the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_lines(path: Path, *, most_bytes: int | None = None) -> tuple[list[bytes], bytes]:
    """The complete lines without newlines, and what stands after the last of them.

    Args:
        path: The file; one that is not there has no lines.
        most_bytes: Only so much of the end, begun at a whole line.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | REACHABLE)
    except FileNotFoundError:
        return [], b""
    try:
        size = plain(descriptor).st_size
        start = 0 if most_bytes is None else max(0, size - most_bytes)
        content = b"".join(_pieces(descriptor, start, size))
    finally:
        os.close(descriptor)
    if start:
        content = content.partition(b"\n")[2]
    *lines, rest = content.split(b"\n")
    return lines, rest


def read_tail(path: Path) -> Tail:
    """The end of the file, as far as it can be built on; with the lock held.

    Raises:
        BrokenEntry: It is not the end that was written: nothing may be added.
    """
    lines, rest = read_lines(path, most_bytes=TAIL_BYTES)
    head = read_head(path)
    torn: list[bytes] = [rest] if rest else []
    while lines and (last := _head_of(lines[-1])) is None:
        torn.append(lines.pop())
    last = (_head_of(lines[-1]) if lines else None) or Head(seq=0, hash=GENESIS)
    _expect(lines, last, head)
    return Tail(
        lines=tuple(lines),
        last=last,
        torn=tuple(hashlib.sha256(each).hexdigest() for each in reversed(torn)),
        open_line=bool(rest),
    )


def is_another(tail: Tail, seen: Head | None) -> bool:
    """Whether the file does not have an entry that was seen in it; too long ago is no answer."""
    if seen is None:
        return False
    if tail.last.seq < seen.seq:
        return True
    heads = (_head_of(line) for line in reversed(tail.lines))
    there = next((one for one in heads if one is not None and one.seq <= seen.seq), seen)
    return there.seq == seen.seq and there.hash != seen.hash


def add(path: Path, lines: Sequence[bytes], *, open_line: bool) -> None:
    """Add whole lines in one write and wait for the disk; with the lock held."""
    new = (b"\n" if open_line else b"") + b"".join(lines)
    descriptor = open_for_writing(path, os.O_WRONLY | os.O_APPEND)
    try:
        fresh = plain(descriptor).st_size == 0
        if os.write(descriptor, new) != len(new):
            raise OSError("the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        _sync_folder(path.parent)


def _expect(lines: Sequence[bytes], last: Head, head: Head | None) -> None:
    """Refuse an end that is not what the head says."""
    if head is None:
        if last.seq > 1:
            raise BrokenEntry("the file that says where it ends (.head) is missing")
        return
    if last.seq < head.seq:
        raise BrokenEntry(f"it ends with #{last.seq}, and #{head.seq} had been written")
    for line in reversed(lines):
        found = _head_of(line)
        if found is not None and found.seq == head.seq:
            if found.hash != head.hash:
                raise BrokenEntry(f"#{head.seq} is not the entry that was written")
            return


def _head_of(line: bytes) -> Head | None:
    try:
        fields = parsed(line)
    except BrokenEntry:
        return None
    return Head(seq=int(str(fields["seq"])), hash=str(fields["hash"]))


def _pieces(descriptor: int, start: int, size: int) -> Iterator[bytes]:
    place = start
    while place < size and (piece := os.pread(descriptor, min(size - place, _PIECE_BYTES), place)):
        yield piece
        place += len(piece)


def _sync_folder(folder: Path) -> None:
    """Wait until the folder knows the new file."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
