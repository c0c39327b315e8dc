"""One writer for one history file: a lock that dies with its process."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class WriterLock:
    """An advisory lock beside the history file.

    Args:
        path: Of the history file; the lock stands beside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}.lock")
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether we are the writer."""
        return self._descriptor is not None

    def take(self) -> bool:
        """Become the writer, unless somebody else is.

        Raises:
            OSError: The lock file can not be made.
        """
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """Who writes, as `process 4711`; `another process` when it does not say."""
        with suppress(OSError, ValueError):
            return f"process {int(self._path.read_text(encoding='ascii'))}"
        return "another process"

    def give_back(self) -> None:
        """Let others write; may be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
