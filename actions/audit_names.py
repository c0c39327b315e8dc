"""The files of the audit, and whether there are any: all of it that an idle wall loads. Blocks."""

import os
from contextlib import suppress
from pathlib import Path

from monitor.care_file import LOCK_S, locked


def head_file(path: Path) -> Path:
    """Where the end of the audit is written down."""
    return path.with_name(f"{path.name}.head")


def untouched(path: Path) -> bool:
    """Whether nothing was ever written to it; what can not be told counts as written."""
    return _is_missing(path) and _is_missing(head_file(path))


def can_begin(path: Path) -> bool:
    """Whether a first entry could be written, since its lock can be had; writes nothing."""
    with suppress(OSError), locked(path, LOCK_S):
        return True
    return False


def _is_missing(path: Path) -> bool:
    try:
        os.lstat(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False
