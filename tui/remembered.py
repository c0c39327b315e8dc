"""What the last start knew, so that the next one can paint before it has read the configuration.

Reading and checking the configuration takes longer than the first picture may. If the file is the
very one that was sound the last time, its look is taken from here and the file itself is read
while the picture is already there. Losing this file costs a tenth of a second.
"""

import json
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict, fields

from tui.config.paths import write_private
from tui.settings import ScreenSettings

NAME: Final = "last-screen.json"
# Decided at each start anew, or not to be believed from a file.
_NOT_KEPT: Final = frozenset({"ascii", "demo", "mode", "over_ssh", "state_dir", "themes_dir"})
_FORMAT: Final = 1


class Stamp(Struct, frozen=True, kw_only=True):
    """Tells one state of a file from another without reading it."""

    path: str
    changed_ns: int
    size_bytes: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "Stamp":
        """The stamp of a file.

        Raises:
            OSError: It cannot be looked at.
        """
        status = path.stat()
        return cls(
            path=str(path.resolve()),
            changed_ns=status.st_mtime_ns,
            size_bytes=status.st_size,
            inode=status.st_ino,
        )


def remember(folder: Path, stamp: Stamp, settings: ScreenSettings) -> None:
    """Keep the look that belongs to a sound configuration.

    Raises:
        OSError: The folder can not be written.
    """
    look = {key: value for key, value in asdict(settings).items() if key not in _NOT_KEPT}
    kept = {"format": _FORMAT, "stamp": asdict(stamp), "look": look}
    write_private(folder / NAME, json.dumps(kept))


def recall(folder: Path, stamp: Stamp) -> ScreenSettings | None:
    """The look kept for exactly this state of the file; None when there is none to believe."""
    try:
        kept = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or kept.get("format") != _FORMAT:
        return None
    if kept.get("stamp") != asdict(stamp):
        return None
    return _settings(kept.get("look"))


def _settings(look: Any) -> ScreenSettings | None:
    expected = {field.name for field in fields(ScreenSettings)} - _NOT_KEPT
    if not isinstance(look, dict) or set(look) != expected:
        return None
    default = ScreenSettings()
    if any(type(value) is not type(getattr(default, key)) for key, value in look.items()):
        return None
    pairs = [*look["keys"].items(), *look["notices"].items()]
    if not all(isinstance(part, str) for pair in pairs for part in pair):
        return None
    return ScreenSettings(**look)
