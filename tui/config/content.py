"""The bytes of a configuration file, with what its permissions say of it."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from msgspec import Struct

from tui.config.problems import START, ConfigError, Finding, Place, problem

LARGEST_BYTES: Final = 1_048_576
"""A longer file is no configuration."""

_PIECE_BYTES: Final = 65_536


class Content(Struct, frozen=True, kw_only=True):
    """A file as it was found."""

    raw: bytes
    writable_by_all: bool

    @property
    def digest(self) -> str:
        """SHA-256 of what stands in it, in hex."""
        return hashlib.sha256(self.raw).hexdigest()


def content(path: Path) -> Content:
    """What stands in a configuration file. Blocks.

    Raises:
        ConfigError: It is not there, no regular file, or larger than `LARGEST_BYTES`.
    """
    try:
        # A pipe without a writer would block for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise broken(str(path), START, "not a regular file")
            raw = _all_of(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        words = os.strerror(error.errno).lower() if error.errno else "cannot be read"
        raise broken(str(path), START, words) from None
    except ValueError:
        raise broken(str(path), START, "not the name of a file") from None
    if len(raw) > LARGEST_BYTES:
        raise broken(str(path), START, f"larger than {LARGEST_BYTES} bytes")
    return Content(raw=raw, writable_by_all=bool(mode & stat.S_IWOTH))


def _all_of(descriptor: int) -> bytes:
    raw = b""
    # Room for the largest at once, given back, would make the allocator keep as much from then on.
    while len(raw) <= LARGEST_BYTES and (piece := os.read(descriptor, _PIECE_BYTES)):
        raw += piece
    return raw


def broken(file: str, place: Place, reason: str) -> ConfigError:
    """The file as a whole can not be used."""
    return ConfigError((problem(file, place, Finding(path=(), reason=reason)),))
