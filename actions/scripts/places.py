"""Which script does what where: values that the wiring makes."""

import enum
from collections.abc import Awaitable, Callable

from msgspec import Struct

from providers.postgres.identity import Identity
from providers.script_mapping import BackupOptions
from providers.script_values import ScriptSpec

AskIdentity = Callable[[], Awaitable[Identity]]
"""Asks a database which it is."""


class Use(enum.Enum):
    """What a script is there for."""

    BACKUP = "backup"
    VERIFY = "verify-backup"
    DUMP = "dump"
    RESTORE = "restore-staging"

    @property
    def makes_file(self) -> bool:
        """Whether a new file lies in the folder afterwards."""
        return self in {Use.BACKUP, Use.DUMP}


class Production(Struct, frozen=True, kw_only=True):
    """A database that nothing is ever restored to."""

    title: str
    ask: AskIdentity
    essential: bool = True
    """Of the same product: unless it says which database it is, nothing is restored."""


class Onto(Struct, frozen=True, kw_only=True):
    """What is overwritten."""

    environment: str
    production: bool
    """Never; kept so that every place that looks finds it."""

    database: str
    """Its title."""

    ask: AskIdentity
    productions: tuple[Production, ...]
    source: str = ""


class ScriptPlace(Struct, frozen=True, kw_only=True):
    """One script of one workspace."""

    workspace: str
    environment: str
    """Whose audit and rules hold; of a restore the environment that is overwritten."""

    production: bool
    use: Use
    system: str
    """Name of the scripts system."""

    title: str
    spec: ScriptSpec
    backups: BackupOptions | None = None
    """Where its files lie."""

    with_file: bool = False
    """The file is handed over as an argument."""

    onto: Onto | None = None
    source: str = ""

    @property
    def identity(self) -> str:
        """Names the target."""
        return f"script:{self.workspace}/{self.system}/{self.spec.name}"

    @property
    def record(self) -> str:
        """Names its runs on the disk."""
        return f"{self.workspace}-{self.system}-{self.spec.name}"
