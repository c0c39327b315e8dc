"""The backup that a script is given, or that it left: by name, age, size and sum. Blocks."""

import os
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from msgspec import Struct

from actions.verbs import Unplannable
from providers.script_files import BackupFile, newest_files
from providers.script_mapping import BackupOptions, size_words
from providers.text import Foreign
from providers.vendor import clock_words

_SUM: Final = re.compile(r"[0-9a-f]{64}")
_MOST: Final = 200


class Chosen(Struct, frozen=True, kw_only=True):
    """One file."""

    file: BackupFile
    path: str
    total: str
    """SHA-256 as it was written down beside it; empty: nobody did."""

    @property
    def pin(self) -> str:
        """What has to stay the same until it is handed over."""
        return f"{self.file.name} {self.file.size_bytes} B {self.file.at.isoformat()}"

    @property
    def words(self) -> str:
        """`master_….sql.gz of 2026-11-22 03:00Z · 1.2 MiB · sha256 4be1…`; the same for ever."""
        total = f"sha256 {self.total[:12]}…" if self.total else "no sum written down"
        size = size_words(self.file.size_bytes)
        return f"{self.file.name} of {clock_words(self.file.at)} · {size} · {total}"


def chosen(backups: BackupOptions, name: str) -> Chosen:
    """The file of this name in the folder, or the newest when none is named.

    Raises:
        Unplannable: There is none such; a name with a slash never is one.
        ProviderError: The folder can not be looked into.
    """
    files = newest_files(backups.folder, backups.pattern, _MOST)
    if not files:
        raise Unplannable(f"no file {backups.pattern} in {Foreign(backups.folder).line(120)}")
    found = next((one for one in files if not name or one.name == name), None)
    if found is None or not fnmatchcase(found.name, backups.pattern):
        shown = Foreign(name).line(80)
        raise Unplannable(f"no backup {shown} in {Foreign(backups.folder).line(120)}")
    if Foreign(found.name).text != found.name or found.name.startswith("-"):
        raise Unplannable("the name of the newest backup holds characters that are not plain")
    path = Path(backups.folder).expanduser() / found.name
    return Chosen(file=found, path=str(path), total=_total(path))


def newest(backups: BackupOptions) -> BackupFile | None:
    """The newest file; None when there is none."""
    return next(iter(newest_files(backups.folder, backups.pattern, 1)), None)


def free_bytes(folder: str) -> int:
    """What is left on the disk of a folder.

    Raises:
        OSError: It is not there.
    """
    found = os.statvfs(Path(folder).expanduser())
    return found.f_bavail * found.f_frsize


def is_private(backups: BackupOptions, name: str) -> bool:
    """Whether nobody else may read a file."""
    path = Path(backups.folder).expanduser() / name
    return path.stat(follow_symlinks=False).st_mode & 0o077 == 0


def _total(path: Path) -> str:
    """The sum that was written down beside a file, as `sha256sum` writes it."""
    beside = path.with_name(f"{path.name}.sha256")
    try:
        with beside.open(encoding="ascii", errors="replace") as file:
            word = file.read(200).partition(" ")[0].strip().lower()
    except OSError:
        return ""
    return word if _SUM.fullmatch(word) else ""
