"""Lines of logs, in one shape for every source. Values only."""

import enum
from datetime import datetime

from msgspec import Struct

from providers.text import EMPTY, Foreign


class LogLevel(enum.Enum):
    """How bad a line says it is; what it does not say is UNKNOWN."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"


class LogLine(Struct, frozen=True, kw_only=True):
    """One line, or one request."""

    id: str
    """Unique within its source: the same line read twice is the same line."""

    at: datetime
    level: LogLevel
    text: Foreign
    origin: Foreign = EMPTY
    """What wrote it: an instance, a function, a process."""

    method: Foreign = EMPTY
    path: Foreign = EMPTY
    status: int | None = None
    """HTTP status of the request it tells of."""


class Printed(Struct, frozen=True, kw_only=True):
    """The end of what a build or a job printed."""

    lines: tuple[LogLine, ...]
    """Oldest first."""

    notice: str = ""
    """What is not there, if anything."""

    by: Foreign = EMPTY
    """What printed it: a job and its step; empty for a build."""


class LogsReading(Struct, frozen=True, kw_only=True):
    """The newest lines since the read before."""

    lines: tuple[LogLine, ...]
    """Oldest first."""

    gap: bool = False
    """Lines between the last read and this one were left out: there were too many."""

    notices: tuple[str, ...] = ()
