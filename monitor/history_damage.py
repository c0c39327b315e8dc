"""What is done with a history file that turns out to be damaged."""

import sqlite3
from datetime import datetime
from pathlib import Path


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is broken, and not only busy, full, or asked something wrong."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError | sqlite3.IntegrityError | sqlite3.ProgrammingError
    )


def set_aside(path: Path, at: datetime) -> Path:
    """Keep a damaged file under another name; never delete what may be somebody's evidence.

    Raises:
        OSError: It can not be renamed.
    """
    aside = path.with_name(f"{path.name}.damaged-{at:%Y%m%dT%H%M%S}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(f"{path.name}{ending}")
        if part.exists():
            part.rename(aside.with_name(f"{aside.name}{ending}"))
    return aside
