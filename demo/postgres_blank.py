"""An empty PostgreSQL cluster, made once and laid down for every server that begins from it.

`initdb` takes half a second of processor time; a copy of what it made takes a twentieth.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Final

from demo.postgres_binaries import Account, NoPostgres
from demo.postgres_leftovers import PREFIX, mark

SUPERUSER: Final = "postgres"
_BLOCK: Final = 1 << 20
_FLAGS: Final = (
    *("-U", SUPERUSER, "-E", "UTF8", "--locale=C", "-A", "scram-sha-256"),
    *("--no-sync", "--no-instructions", "--wal-segsize=1"),
    # The password is random and good for a demo: to log in need not take milliseconds.
    *("-c", "scram_iterations=64"),
)


class Blank:
    """What servers of this process begin from; all of them get the same superuser password.

    For any thread. Its folder is there from the first `lay` to `remove`, and is swept away by the
    next server when the process was killed.

    Args:
        times: For how many servers; the last one takes it away. None: for any number.
        base: Where to make its folder; None: the system's place for temporary files.
    """

    def __init__(self, times: int | None = None, base: Path | None = None) -> None:
        self.password: Final = secrets.token_urlsafe(18)
        """Of `SUPERUSER`."""

        self._times = times
        self._base = base
        self._turn = threading.Lock()
        self._folder: Path | None = None

    def lay(self, data: Path, programs: Path, account: Account) -> None:
        """Make a data folder; it must not be there.

        Args:
            data: Where.
            programs: The folder with `initdb`.
            account: Whose server it is for; always the same one.

        Raises:
            NoPostgres: `initdb` failed; the text has its words.
        """
        with self._turn:
            if self._folder is None:
                self._folder = self._made(programs, account)
            made = self._folder / data.name
            self._times = None if self._times is None else self._times - 1
            if self._times == 0:
                made.rename(data)
                self._leave()
            else:
                _copy(str(made), str(data), account)

    def remove(self) -> None:
        """Remove what it keeps; may be called twice, and `lay` begins anew."""
        with self._turn:
            self._leave()

    def _leave(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _made(self, programs: Path, account: Account) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._base)).resolve()
        mark(folder)
        folder.chmod(0o711)
        with contextlib.ExitStack() as undo:
            undo.callback(shutil.rmtree, folder, ignore_errors=True)
            initialise(folder / "data", self.password, programs, account)
            undo.pop_all()
        return folder


def initialise(data: Path, password: str, programs: Path, account: Account) -> None:
    """Have `initdb` make a data folder, in one that only we may write.

    Raises:
        NoPostgres: It failed; the text has its words.
    """
    data.mkdir(mode=0o700)
    secret = data.with_name("first-password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    for path in (data, secret):
        _give(path, account)
    try:
        made = subprocess.run(  # noqa: S603 - our own program, no shell, no outside text
            [str(programs / "initdb"), "-D", str(data), f"--pwfile={secret}", *_FLAGS],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=data.parent,
            env=environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=[] if account.switches else None,
        )
    finally:
        secret.unlink()
    if made.returncode != 0:
        said = made.stderr.decode(errors="replace").strip()
        raise NoPostgres(f"initdb failed: {said or made.returncode}")


def environment() -> dict[str, str]:
    """What a child of ours gets to see: nothing of our own environment, which may hold secrets."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _copy(made: str, data: str, account: Account) -> None:
    """Folders and plain files, for nobody else to read: there is nothing else in it.

    They are a thousand, which takes paths of pathlib and a copy by name twice as long.
    """
    Path(data).mkdir(mode=0o700)
    _give(data, account)
    with os.scandir(made) as entries:
        for entry in entries:
            place = f"{data}/{entry.name}"
            if entry.is_dir():
                _copy(entry.path, place, account)
                continue
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb", 0) as copy, Path(entry.path).open("rb", 0) as whole:
                shutil.copyfileobj(whole, copy, _BLOCK)
            _give(place, account)


def _give(path: Path | str, account: Account) -> None:
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)
