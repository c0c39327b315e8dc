"""Notices that the configuration file changed; a broken edit is told, not used."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from providers.clock import Clock
from tui.config.content import content
from tui.config.problems import ConfigError, Problem

if TYPE_CHECKING:
    from tui.config.load import Loaded

MISSING_LOOKS: Final = 5
"""Looks in a row that must find nothing before the file counts as gone: editors replace it."""


class Broken(Struct, frozen=True, kw_only=True):
    """An edit that cannot be used; what was loaded before stays in use."""

    problems: tuple[Problem, ...]
    """Never empty."""


class _Stamp(Struct, frozen=True, kw_only=True):
    """What tells one state of a file from the next without reading it."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


class ConfigWatch:
    """Looks at a file from time to time and tells what became of it.

    Polling sees every kind of edit: in place, by rename, through a link, on network disks. A
    change counts when two looks in a row find the same file, so that a half-written one is not
    read.

    Args:
        digest: Of what is in use now, as it was read from `path`.
        path: The file.
        clock: Measures the time between looks.
        every_s: Seconds between two looks at a file that rests; half of it at one that does not.
    """

    def __init__(self, digest: str, path: Path, clock: Clock, *, every_s: float = 2.0) -> None:
        self._path = path
        self._clock = clock
        self._every_s = every_s
        self._told = digest
        self._read: _Stamp | None = None
        self._seen: _Stamp | None = None
        self._missing = 0
        self._rests = False

    async def changes(self) -> AsyncIterator["Loaded | Broken"]:
        """What became of each edit, for as long as it is asked; never raises by itself.

        A file put back to what it was before a broken edit is told as well, as `Loaded`.
        """
        while True:
            await self._clock.sleep(self._every_s if self._rests else self._every_s / 2)
            change = await asyncio.to_thread(self._look)
            if change is not None:
                yield change

    def _look(self) -> "Loaded | Broken | None":
        stamp = _stamp(self._path)
        self._rests = stamp is not None and stamp == self._seen
        if stamp is None:
            return self._gone()
        self._missing = 0
        settled, self._seen = stamp == self._seen, stamp
        if not settled or stamp == self._read:
            return None
        self._read = stamp
        return self._changed()

    def _gone(self) -> "Loaded | Broken | None":
        self._missing += 1
        self._seen = self._read = None
        return self._changed() if self._missing == MISSING_LOOKS else None

    def _changed(self) -> "Loaded | Broken | None":
        try:
            found = content(self._path)
        except ConfigError as error:
            return self._tell(Broken(problems=error.problems), str(error))
        digest = found.digest
        if digest == self._told:
            return None
        # Only now: a file that nobody edits is never judged.
        from tui.config.load import judge

        try:
            return self._tell(judge(found, str(self._path)), digest)
        except ConfigError as error:
            return self._tell(Broken(problems=error.problems), digest)

    def _tell(self, change: "Loaded | Broken", what: str) -> "Loaded | Broken | None":
        if what == self._told:
            return None
        self._told = what
        return change


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return _Stamp(
        inode=found.st_ino,
        size=found.st_size,
        mtime_ns=found.st_mtime_ns,
        ctime_ns=found.st_ctime_ns,
    )
