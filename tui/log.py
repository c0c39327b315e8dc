"""The program's own log: JSON lines in a private file, secrets taken out, nothing on the screen."""

import json
import logging
import os
from datetime import UTC, datetime
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import Final

from providers.secret_value import redact
from providers.text import Foreign
from tui.config.paths import open_private

LARGEST_BYTES: Final = 5 * 1024 * 1024
"""Of one file."""

_BACKUPS: Final = 2


class _JsonLines(logging.Formatter):
    """One JSON object a line; a line can not be forged, a secret does not get through."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": Foreign(redact(record.getMessage())).text,
        }
        if record.exc_info and record.exc_info[0] is not None:
            said["exception"] = Foreign(redact(self.formatException(record.exc_info))).text
        return json.dumps(said, ensure_ascii=True)


class _PrivateFile(logging.FileHandler):
    """A file that only its owner can read, and that is never reached through a link.

    Begins anew when it has grown large and keeps the last ones under numbers, as the standard
    library's does that takes sockets and pickles along.
    """

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(Path(self.baseFilename), append=True)
        return os.fdopen(descriptor, "a", encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, in a new file when this one is full."""
        try:
            if self.stream is not None and self.stream.tell() >= LARGEST_BYTES:
                self.stream.close()
                self._begin_anew()
        except OSError:
            self.handleError(record)
        super().emit(record)

    def _begin_anew(self) -> None:
        names = [self.baseFilename, *(f"{self.baseFilename}.{n + 1}" for n in range(_BACKUPS))]
        try:
            for newer, older in reversed(list(pairwise(names))):
                if Path(newer).exists():
                    Path(newer).replace(older)
        finally:
            self.stream = self._open()


def write_log(path: Path, level: str = "info") -> None:
    """Send everything that is logged to `path` and nowhere else.

    Raises:
        OSError: The file can not be written.
    """
    handler = _PrivateFile(path, encoding="utf-8")
    handler.setFormatter(_JsonLines())
    _replace_handlers(handler, level)


def write_no_log() -> None:
    """Drop what is logged; without this Python prints warnings over the screen."""
    _replace_handlers(logging.NullHandler(), "error")


def _replace_handlers(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    # A full disk must not print tracebacks over the wall.
    logging.raiseExceptions = False
