"""One action of the configuration: what it is, on what rows, and by what means."""

import enum
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from actions.custom.values import Values, Wanted
from actions.plan import Danger, Effect, Plan, Step
from actions.verbs import Sent, Settled


class On(enum.Enum):
    """On what rows it is offered."""

    SERVICE = "service"
    DATABASE = "database"
    USER = "user"
    NONE = "none"


class Means(Protocol):
    """How it is carried out, in one environment."""

    settle_s: float
    is_verdict: bool
    """Its own word says that it was done, not only that it was accepted."""

    async def steps(self, values: Values, plan: Plan | None) -> tuple[Step, ...]:
        """What is sent; the same values give the same steps.

        Raises:
            Unplannable: The values fit no place.
            ProviderError: What has to be known first could not be read.
        """
        ...

    async def pins(self, values: Values) -> tuple[tuple[str, str], ...]:
        """What has to stay as it is."""
        ...

    def effects(self) -> Sequence[Effect]:
        """Who or what is hit."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """Rights of the credential."""
        ...

    async def send(self, plan: Plan, values: Values, key: str) -> Sent:
        """Carry it out, once.

        Raises:
            ProviderError: It was not taken; `after_sending` where it may have been all the same.
        """
        ...

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """How far it has come, by its own word alone.

        Raises:
            ProviderError: It could not be read.
        """
        ...


class ReadBack(Protocol):
    """A look at whether what was wanted is so."""

    async def holds(self, values: Values) -> tuple[bool, str]:
        """Whether it is, and what was found.

        Raises:
            ProviderError: It could not be read.
        """
        ...


class Where(Struct, frozen=True, kw_only=True):
    """One environment in which it can be done."""

    environment: str
    production: bool
    means: Means
    verify: ReadBack | None = None
    rows: Mapping[str, str] = {}
    """Titles of the services or databases it can be done to, by name; empty: none, or any user."""

    source: str = ""


class Definition(Struct, frozen=True, kw_only=True):
    """One action."""

    name: str
    """`custom.flush-cache`."""

    workspace: str
    title: str
    on: On
    danger: Danger
    cool_down_s: float
    parameters: tuple[Wanted, ...]
    confirm: str = ""
    """What is typed to confirm; empty: the name of the row, or of the action."""

    undo: str = ""
    """Name of the action that takes it back."""

    undo_title: str = ""
    undo_takes: frozenset[str] = frozenset()
    """Parameters that the other one has too."""

    no_undo: str = ""
    side_effects: tuple[str, ...] = ()
    where: Mapping[str, Where]
    """By environment."""
