"""Where Quarterdeck's files are: XDG folders, and never the current one.

A tool that can act must not pick up a stranger's configuration because somebody stands in a
stranger's folder.
"""

import os
import pwd
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from platformdirs import PlatformDirs

from tui.config.problems import START, ConfigError, Finding, problem

VARIABLE: Final = "QUARTERDECK_CONFIG"
"""Names the configuration file, after `--config` and before the XDG folder."""

_NAMES: Final = ("config.yaml", "config.yml")
_DIRS: Final = PlatformDirs("quarterdeck", appauthor=False)


def config_dir() -> Path:
    """Where the configuration file lies, such as `~/.config/quarterdeck`."""
    return _from_root(_DIRS.user_config_path, ".config")


def state_dir() -> Path:
    """Where history, audit and logs lie, such as `~/.local/state/quarterdeck`."""
    return _from_root(_DIRS.user_state_path, ".local/state")


def cache_dir() -> Path:
    """Where things lie that may be lost, such as `~/.cache/quarterdeck`."""
    return _from_root(_DIRS.user_cache_path, ".cache")


def runtime_dir() -> Path:
    """Where locks and sockets lie until the machine is switched off.

    Without `XDG_RUNTIME_DIR` a folder in the cache: what platformdirs would take instead is in
    `/tmp`, where anybody may be first.
    """
    named = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    return named / "quarterdeck" if named.is_absolute() else cache_dir() / "run"


def history_file() -> Path:
    """The database of past readings."""
    return state_dir() / "history.sqlite3"


def audit_file() -> Path:
    """The record of what was done."""
    return state_dir() / "audit.jsonl"


def log_file() -> Path:
    """The log of the program itself."""
    return state_dir() / "log.jsonl"


def secrets_dir() -> Path:
    """Where `quarterdeck secret set` puts files, a folder of mode 0700."""
    return config_dir() / "secrets"


def default_config_file() -> Path:
    """Where `quarterdeck init` puts a new configuration."""
    return config_dir() / _NAMES[0]


def config_file(given: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The configuration file in use; None when there is none.

    What `--config` or `QUARTERDECK_CONFIG` names is in use whether it exists or not, so that a
    slip is told and not replaced by another file.

    Args:
        given: What `--config` names.
        environment: Where `QUARTERDECK_CONFIG` is looked for.

    Raises:
        ConfigError: Both `config.yaml` and `config.yml` lie in the XDG folder.
    """
    named = str(given) if given is not None else environment.get(VARIABLE, "")
    if named:
        return Path(os.path.expanduser(named))  # noqa: PTH111 - it leaves alone what it cannot expand
    found = [config_dir() / name for name in _NAMES if (config_dir() / name).is_file()]
    if len(found) > 1:
        reason = f"{_NAMES[1]} lies beside it: remove one of them, or name one with --config"
        raise ConfigError((problem(str(found[0]), START, Finding(path=(), reason=reason)),))
    return found[0] if found else None


def _from_root(place: Path, inside_home: str) -> Path:
    """The folder, or the usual one where a variable names it relative to the current folder.

    The XDG specification has relative paths ignored.
    """
    if place.is_absolute():
        return place
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    return home / inside_home / "quarterdeck"


def private_dir(place: Path) -> Path:
    """The folder, made with mode 0700 where it is missing and closed where it is open to others.

    Raises:
        OSError: It cannot be made or closed, or it is not a folder of our own.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = place.stat(follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(f"{place} is not a folder")
    if found.st_uid != os.geteuid():
        raise PermissionError(f"{place} belongs to somebody else")
    if found.st_mode & 0o077:
        place.chmod(0o700)
    return place


def _folder_of(place: Path) -> None:
    ours = (config_dir(), state_dir(), cache_dir(), runtime_dir())
    if any(place.parent.is_relative_to(each) for each in ours):
        private_dir(place.parent)
    else:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def open_private(place: Path, *, append: bool = False) -> int:
    """A descriptor of a file with mode 0600 that follows no link; makes file and folder.

    A folder of Quarterdeck's own is closed to others; anybody else's is left as it is.

    Args:
        place: The file.
        append: Write only at the end; otherwise what stood there is gone.

    Raises:
        OSError: It is a link, not a regular file, not ours, or cannot be made.
    """
    _folder_of(place)
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(place, flags | (os.O_APPEND if append else 0), 0o600)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"{place} is not a file of our own")
        if found.st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
        if not append:
            os.ftruncate(descriptor, 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def read_own(place: Path) -> bytes:
    """What stands in a file that nobody else could have written.

    Raises:
        OSError: There is none.
    """
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        alone = found.st_uid == os.geteuid() and not found.st_mode & 0o022
        if not (alone and stat.S_ISREG(found.st_mode)):
            raise PermissionError(f"{place} is not a file of our own")
        return file.read()


def write_private(place: Path, text: str) -> None:
    """Put a text into a file of mode 0600, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    write_private_bytes(place, text.encode(errors="backslashreplace"))


def write_private_bytes(place: Path, content: bytes) -> None:
    """Put bytes into a file of mode 0600, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    _folder_of(place)
    descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
