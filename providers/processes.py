"""Which process it was that wrote its number down, and whether it is there still."""

import os
from pathlib import Path


def process_start(pid: int) -> str:
    """When a process began, in ticks since boot; empty where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The second field is the name, which may hold blanks and brackets itself.
    return text.rpartition(")")[2].split()[19]


def is_there(pid: int, started: str) -> bool:
    """Whether a process of this machine is there, and began then.

    Where the system does not say when a process began, its number alone has to do.
    """
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass
    except (ProcessLookupError, OverflowError):
        return False
    return process_start(pid) in {"", started}
