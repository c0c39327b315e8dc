"""The newest backup files in a folder: which, how old, how large."""

import itertools
import os
import stat
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from msgspec import Struct

from providers.errors import NotFound, Unauthorized
from providers.text import Foreign

SYSTEM: Final = "Backups"
OPERATION: Final = "look for files"
MOST_ENTRIES: Final = 20_000
"""Entries of a folder that are looked at; a backup folder has hundreds."""


class BackupFile(Struct, frozen=True, kw_only=True):
    """One file that matches."""

    name: str
    at: datetime
    """When it was last written."""

    size_bytes: int


def newest_files(folder: str, pattern: str, most: int = 10) -> tuple[BackupFile, ...]:
    """The files of a folder whose names match, the newest first. Blocks: call it in a thread.

    Symbolic links and files in folders below are not looked at.

    Args:
        folder: Where; `~/` at the start is the home folder.
        pattern: `*` and `?` stand for anything, as in `backup_*.sql.gz`.
        most: How many are returned.

    Raises:
        NotFound: There is no such folder.
        Unauthorized: We may not look into it.
    """
    path = Path(folder).expanduser()
    try:
        with os.scandir(path) as entries:
            named = (each for each in entries if fnmatchcase(each.name, pattern))
            found = [
                file for each in itertools.islice(named, MOST_ENTRIES) if (file := _file(each))
            ]
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(
            SYSTEM, OPERATION, f"no folder {Foreign(str(path)).line(120)}", advice=_ADVICE
        ) from None
    except OSError as error:
        words = os.strerror(error.errno or 0).lower()
        where = Foreign(str(path)).line(120)
        raise Unauthorized(SYSTEM, OPERATION, f"{where}: {words}", advice=_ADVICE) from None
    return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:most])


_ADVICE: Final = "check the folder in the configuration, and that this user may read it"


def _file(entry: "os.DirEntry[str]") -> BackupFile | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    at = datetime.fromtimestamp(status.st_mtime, UTC)
    return BackupFile(name=entry.name, at=at, size_bytes=status.st_size)
