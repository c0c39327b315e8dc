"""One file that several programs of several users write to: its lock, its mode, its ends.

Blocks; every failure is an `OSError`.
"""

import fcntl
import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

REACHABLE: Final = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
"""Follows no link, and does not wait for the other end of a pipe."""

LOCK_S: Final = 2.0
"""Who holds the lock for longer is stuck."""


def rewrite(path: Path, content: bytes) -> None:
    """Put other content into the file, whole or not at all; the lock has to be held."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode_in(path.parent))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def tail(descriptor: int, size: int, most: int) -> bytes:
    """The file from its beginning, or the newest part of one that is too long."""
    start = max(0, size - most)
    parts: list[bytes] = []
    place = start
    while place < size and (part := os.pread(descriptor, min(size - place, 1 << 20), place)):
        parts.append(part)
        place += len(part)
    content = b"".join(parts)
    return content.partition(b"\n")[2] if start else content


def plain(descriptor: int) -> os.stat_result:
    """What is known of a file that is none but a file.

    Raises:
        OSError: It is a pipe, a device or a folder.
    """
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise OSError("is no regular file")
    return found


def mode_in(folder: Path) -> int:
    """Files in a folder that a group may write to are the group's; all others are one's own."""
    return 0o660 if folder.stat().st_mode & stat.S_IWGRP else 0o600


def open_for_writing(path: Path, flags: int) -> int:
    """A descriptor of the file, made if need be with the mode that its folder asks for."""
    descriptor = os.open(path, flags | os.O_CREAT | REACHABLE, 0o600)
    try:
        found, mode = plain(descriptor), mode_in(path.parent)
        if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != mode:
            os.fchmod(descriptor, mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def locked(path: Path, patience_s: float) -> Iterator[None]:
    """Hold the lock of a file.

    Raises:
        OSError: It can not be had; also when somebody holds it for so long.
    """
    descriptor = open_for_writing(path.with_name(f"{path.name}.lock"), os.O_RDWR)
    if not _flock(descriptor, patience_s):
        raise OSError("somebody else holds its lock")
    try:
        yield
    finally:
        os.close(descriptor)


def _flock(descriptor: int, patience_s: float) -> bool:
    """Wait for the lock; without it the descriptor is closed, now or when its turn has come."""
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    # The kernel serves those who wait in their order; who only asks again and again may starve.
    waiting = _Waiting(descriptor)
    threading.Thread(target=waiting.wait, name="care-lock", daemon=True).start()
    return waiting.had(patience_s)


class _Waiting:
    """Waits for a lock in a thread, for as long as somebody waits for that."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._guard = threading.Lock()
        self._got = threading.Event()
        self._given_up = False

    def wait(self) -> None:
        """Wait for the lock; gives it back when nobody wants it any more."""
        failed = False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        except OSError:
            failed = True
        with self._guard:
            if self._given_up or failed:
                os.close(self._descriptor)
            else:
                self._got.set()

    def had(self, patience_s: float) -> bool:
        """Whether it came in time."""
        self._got.wait(patience_s)
        with self._guard:
            self._given_up = not self._got.is_set()
            return not self._given_up
