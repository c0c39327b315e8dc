"""A private folder for one world, and the removal of those whose world was killed."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Final

PREFIX: Final = "quarterdeck-demo-"
_LOCK: Final = "world.lock"
_UNLOCKED: Final = ".quarterdeck-demo-"


class WorldFolder:
    """A folder that only we may enter, gone when the world ends.

    The lock in it lives as long as the process: whoever can take it knows that the owner is dead.

    Args:
        base: Where to make it; None: the system's place for temporary files.
    """

    def __init__(self, base: Path | None = None) -> None:
        self.base = Path(base or tempfile.gettempdir())
        sweep(self.base)
        made = Path(tempfile.mkdtemp(prefix=_UNLOCKED, dir=self.base))
        self._lock: IO[bytes] = (made / _LOCK).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        # Under its real name only once it is locked, or a sweep might take it for abandoned.
        self.path = made.rename(self.base / (PREFIX + made.name.removeprefix(_UNLOCKED))).resolve()

    def secret(self, name: str, value: str) -> Path:
        """Write a secret to a file that only we may read."""
        return self.write(f"{name}.secret", value + "\n")

    def write(self, name: str, text: str) -> Path:
        """Write a file that only we may read."""
        path = self.path / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def remove(self) -> None:
        """Remove it with all that is in it; may be called twice."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep(base: Path) -> int:
    """Remove the folders of worlds that were killed; says how many there were."""
    return sum(1 for path in base.glob(f"{PREFIX}*") if is_abandoned(path) and _removed(path))


def is_abandoned(path: Path) -> bool:
    """Whether a world's folder is ours and its world is dead."""
    # Others may work in the same place: only our own folders are looked into, and no links.
    with contextlib.suppress(OSError):
        if path.is_symlink() or path.stat().st_uid != os.getuid():
            return False
        with (path / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def _removed(path: Path) -> bool:
    shutil.rmtree(path, ignore_errors=True)
    return not path.exists()
