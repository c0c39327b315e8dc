"""The worst of everything, and the exit code that says so to scripts."""

from typing import Final

from monitor.snapshot import Snapshot
from monitor.verdicts import Level

_CODES: Final = {Level.OK: 0, Level.WARNING: 1, Level.CRITICAL: 2, Level.UNKNOWN: 3}


def worst_level(snapshot: Snapshot) -> Level:
    """The worst level of all workspaces; unknown when nothing is watched or we are offline."""
    levels = [view.level for view in snapshot.workspaces.values()]
    if not levels or snapshot.offline_since is not None:
        levels.append(Level.UNKNOWN)
    return max(levels)


def exit_code(level: Level) -> int:
    """What monitoring plug-ins leave with: 0 ok, 1 warning, 2 critical, 3 unknown."""
    return _CODES[level]
