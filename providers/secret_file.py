"""Secrets in files: read only when nobody else could have read or written them."""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from providers.errors import ProviderError, Unauthorized
from providers.text import Foreign

LARGEST_BYTES: Final = 65_536
"""A longer file is not a secret but a mistake."""

_ALONE: Final = 0o077
_NOT_EVERYBODY: Final = 0o007


def read_own(path: str) -> str:
    """The text of a file that is ours alone.

    Raises:
        Unauthorized: Missing, a link, not a regular file, somebody else's, open to others, too
            long, not UTF-8, or empty.
    """
    place = _absolute(path)
    return _read(place, owners={os.geteuid()}, closed=_ALONE, advice=f"chmod 600 {_shown(place)}")


def read_credential(name: str, folder: str | None) -> str:
    """The text of a systemd credential.

    systemd gives them mode 0400 or 0440 with an access list, owned by root or by the service.

    Args:
        name: The credential's name, a single path component.
        folder: What `$CREDENTIALS_DIRECTORY` says.

    Raises:
        Unauthorized: No such folder or file, or one that everybody can read.
    """
    advice = f"LoadCredential={name}:… in the unit; the folder exists only inside the service"
    if not folder or not Path(folder).is_absolute():
        raise _refused("$CREDENTIALS_DIRECTORY is not set", advice)
    owners = {0, os.geteuid()}
    return _read(
        Path(folder) / Path(name).name, owners=owners, closed=_NOT_EVERYBODY, advice=advice
    )


def write_own(path: str, value: str) -> None:
    """Put a secret into a file of mode 0600, whole or not at all; makes its folder 0700.

    Raises:
        ProviderError: It cannot be written, with the reason.
    """
    place = _absolute(path)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(beside, value)
        beside.replace(place)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise ProviderError("Secrets", f"write {_shown(place)}", _words(error)) from None


def forget_own(path: str) -> bool:
    """Remove the file; False when there was none.

    Raises:
        ProviderError: It cannot be removed, with the reason.
    """
    place = _absolute(path)
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ProviderError("Secrets", f"remove {_shown(place)}", _words(error)) from None
    return True


def _absolute(path: str) -> Path:
    try:
        place = Path(path).expanduser()
    except RuntimeError:
        raise _refused("the home folder is not known", "write the whole path") from None
    if not place.is_absolute() or "\0" in path:
        raise _refused("not an absolute path", "start it with / or ~/")
    return place


def _read(place: Path, *, owners: set[int], closed: int, advice: str) -> str:
    try:
        # A pipe without a writer would block for ever, and a link could lead anywhere.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        descriptor = os.open(place, flags)
    except OSError as error:
        raise _refused(f"{_shown(place)}: {_words(error)}", _put_there(place, advice)) from None
    try:
        _check(os.fstat(descriptor), place, owners=owners, closed=closed, advice=advice)
        raw = _all_of(descriptor)
    finally:
        os.close(descriptor)
    return _text(raw, place)


def _all_of(descriptor: int) -> bytes:
    raw = b""
    while len(raw) <= LARGEST_BYTES and (piece := os.read(descriptor, LARGEST_BYTES + 1)):
        raw += piece
    return raw


def _check(
    found: os.stat_result, place: Path, *, owners: set[int], closed: int, advice: str
) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _refused(f"{_shown(place)} is not a regular file", advice)
    if found.st_uid not in owners:
        raise _refused(f"{_shown(place)} belongs to user {found.st_uid}, not to us", advice)
    if found.st_mode & closed:
        mode = stat.S_IMODE(found.st_mode)
        raise _refused(f"{_shown(place)} is open to others (mode {mode:04o})", advice)
    if found.st_size > LARGEST_BYTES:
        raise _refused(f"{_shown(place)} is larger than {LARGEST_BYTES} bytes", advice)


def _text(raw: bytes, place: Path) -> str:
    try:
        text = raw.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        raise _refused(f"{_shown(place)} is not UTF-8 text", "write the secret anew") from None
    if len(raw) > LARGEST_BYTES or "\0" in text:
        raise _refused(f"{_shown(place)} does not hold a secret", "write the secret anew")
    if not text.strip():
        raise _refused(f"{_shown(place)} is empty", "write the secret into it")
    return text


def _write_new(place: Path, value: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(place, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(value.encode("utf-8", "surrogatepass"))
        file.flush()
        os.fsync(descriptor)


def _put_there(place: Path, advice: str) -> str:
    if os.path.lexists(place):
        return advice
    return f"write the secret into {_shown(place)}, then chmod 600 it"


def _shown(place: Path) -> str:
    return Foreign(str(place)).line(160)


def _words(error: OSError) -> str:
    if error.errno is None:
        return type(error).__name__
    if error.errno == errno.ELOOP:
        return "is a symbolic link"
    return os.strerror(error.errno).lower()


def _refused(reason: str, advice: str) -> Unauthorized:
    return Unauthorized("Secrets", "read a file", reason, advice=advice)
