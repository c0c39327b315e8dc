"""Temporary files in memory, where there is room for them.

The suite makes and removes a hundred thousand, most of them PostgreSQL's. On a disk that costs
processor time too: some file systems look for a new file's number among all that were removed in
the last minutes.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

import pytest

_PLACE: Final = Path("/dev/shm")
_ROOM_BYTES: Final = 2 << 30
"""Ten times of what a run needs, lest it take the memory that somebody else counts on."""

_CHOOSES: Final = ("TMPDIR", "TEMP", "TMP")


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Choose the place for this process and its children; whoever named one has that."""
    if not any(name in os.environ for name in _CHOOSES) and _has_room():
        os.environ["TMPDIR"] = str(_PLACE)
        tempfile.tempdir = None


def _has_room() -> bool:
    if not os.access(_PLACE, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(_PLACE)
    # Some tests run programs that they wrote there.
    runs = not found.f_flag & os.ST_NOEXEC
    return runs and found.f_bavail * found.f_frsize >= _ROOM_BYTES
