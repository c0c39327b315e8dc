"""Folders of backups as a product's own scripts would have left them."""

import functools
import gzip
import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

_AGES: Final = (timedelta(hours=9), timedelta(hours=33), timedelta(hours=57))
_LINES: Final = 20_000
_FEWER: Final = 400
"""So many lines less a night before: what is backed up grows."""


def seed(folder: Path, now: datetime) -> Path:
    """Make a folder with a backup of each of the last nights.

    Args:
        folder: Is made; ours alone.
        now: When it is.
    """
    folder.mkdir(mode=0o700)
    for place, age in enumerate(_AGES):
        at = now - age
        path = folder / f"master_{at:%Y%m%d_%H%M%S}.sql.gz"
        content, total = _backup(_LINES - _FEWER * place)
        path.write_bytes(content)
        (folder / f"{path.name}.sha256").write_text(f"{total}  {path.name}\n", encoding="ascii")
        os.utime(path, (at.timestamp(), at.timestamp()))
    return folder


@functools.cache
def _backup(count: int) -> tuple[bytes, str]:
    """A backup of so many lines, and its SHA-256 in hex."""
    lines = "".join([f"night.backup\t{number}\n" for number in range(count)])
    rows = f"COPY public.audit_logs (action, details) FROM stdin;\n{lines}\\.\n"
    content = gzip.compress(rows.encode(), 1, mtime=0)
    return content, hashlib.sha256(content).hexdigest()
