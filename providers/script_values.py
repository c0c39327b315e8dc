"""A script, and what came of running it. Values only."""

import enum
from typing import Final

from msgspec import Struct

from providers.text import Foreign

SYSTEM: Final = "Scripts"
ALWAYS_PASSED: Final = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER")
"""Variables that every script may see."""


class ScriptSpec(Struct, frozen=True, kw_only=True):
    """What is run and under which conditions."""

    name: str
    argv: tuple[str, ...]
    """Program and fixed arguments; `~/` at the start of the program is the home folder."""

    folder: str = "/"
    """Where it runs."""

    timeout_s: float = 600.0
    environment: tuple[str, ...] = ()
    """Names of variables it may see, besides `ALWAYS_PASSED`."""


class ScriptLine(Struct, frozen=True, kw_only=True):
    """One line that a script wrote."""

    text: Foreign
    """Cleaned, and with known secrets taken out."""

    error: bool
    """Whether it came on standard error."""

    after_s: float
    """Seconds since the script was started."""


class ScriptEnd(enum.Enum):
    """How a run ended."""

    EXITED = "exited"
    SIGNALLED = "killed by a signal"
    TIMED_OUT = "time was up"
    CANCELLED = "stopped"


class ScriptResult(Struct, frozen=True, kw_only=True):
    """A finished run."""

    name: str
    end: ScriptEnd
    exit_code: int | None
    """None when it was killed."""

    signal: int | None = None
    duration_s: float
    lines: tuple[ScriptLine, ...]
    """The last ones, in the order they came."""

    left_out: int = 0
    """Lines before those."""

    @property
    def good(self) -> bool:
        """Whether it did what it is there for."""
        return self.end is ScriptEnd.EXITED and self.exit_code == 0

    @property
    def words(self) -> str:
        """How it ended, for a person."""
        if self.end is ScriptEnd.EXITED:
            return f"exit {self.exit_code}"
        if self.end is ScriptEnd.SIGNALLED:
            return f"killed by signal {self.signal}"
        return f"{self.end.value} after {self.duration_s:.0f} s"
