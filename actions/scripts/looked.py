"""What one look at a script, its folder and its files gave, and what stands in the way. Blocks."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from actions.guard_values import Because, Precondition
from actions.preconditions import Checked
from actions.scripts.files import Chosen, free_bytes, newest
from actions.scripts.places import ScriptPlace
from providers.clock import Moment
from providers.script_files import BackupFile
from providers.script_mapping import size_words
from providers.script_process import at_home
from providers.text import Foreign


class Looked(Struct, frozen=True, kw_only=True):
    """What one look gave."""

    place: ScriptPlace
    number: int
    running: bool
    usual_s: float | None
    """How long its last good run took."""

    file: Chosen | None
    """The one that is handed over."""

    before: BackupFile | None
    """The newest that lies there."""

    free: int | None
    startable: str
    """Why it can not be started; empty: it can."""

    at: Moment


def newest_of(place: ScriptPlace) -> BackupFile | None:
    """The newest backup that lies there; None when there is none, or no folder for them."""
    return None if place.backups is None else newest(place.backups)


def free_of(folder: str) -> int | None:
    """What is left on its disk; None when the folder can not be looked at."""
    try:
        return free_bytes(folder)
    except OSError:
        return None


def startable(place: ScriptPlace) -> str:
    """Why it can not be started, as far as looking tells."""
    program, folder = Path(at_home(place.spec.argv[0])), Path(at_home(place.spec.folder))
    shown = Foreign(str(program)).line(120)
    try:
        if not program.is_file():
            return f"there is no program {shown}"
        if not program.stat().st_mode & 0o111:
            return f"{shown} may not be executed"
        if program.stat().st_mode & 0o002:
            return f"{shown} can be written by anybody"
        return "" if folder.is_dir() else f"there is no folder {Foreign(str(folder)).line(120)}"
    except OSError as error:
        return f"{shown}: {(error.strerror or 'not readable').lower()}"


def preconditions(looked: Looked) -> Iterator[Precondition]:
    """What has to hold before it is started."""
    checks = Checked(at=looked.at)
    yield checks.unless("program", looked.startable, "the script is there and may be executed")
    busy = "it runs already" if looked.running else ""
    yield checks.unless("idle", busy, "no run of it is under way")
    if looked.place.use.makes_file and looked.place.backups is not None:
        yield _space(looked)


def _space(looked: Looked) -> Precondition:
    """Twice the newest backup has to fit: it may have grown, and it is packed while it is made."""
    checks = Checked(at=looked.at)
    size = looked.before.size_bytes if looked.before is not None else 0
    if looked.free is None:
        return checks.unknown("space", "its folder can not be looked at")
    free, wanted = size_words(looked.free), size_words(2 * size)
    small = f"{free} free, twice the newest is {wanted}" if looked.free < 2 * size else ""
    return checks.unless("space", small, f"{free} free")


def warnings(looked: Looked) -> Iterator[Because]:
    """What a person should know first."""
    file = looked.file
    if file is not None and looked.before is not None and file.file.name != looked.before.name:
        words = f"not the newest, which is {Foreign(looked.before.name).line(80)}"
        yield Because(code="older", words=words)
