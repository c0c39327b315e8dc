"""A thorough look at a database, in parts of which each may fail alone."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Protocol

from msgspec import Struct, field

from providers.clock import Moment
from providers.errors import BadAnswer, ProviderError, TimedOut, Unauthorized
from providers.postgres.connection import Connection
from providers.postgres.counters import Figure
from providers.postgres.failures import DRIVER_ERRORS, translated
from providers.postgres.rows import Row
from providers.postgres.target import SYSTEM
from providers.system_readings import Condition, Section

_LEAST_TIME_S: Final = 0.2
_PATIENCE_S: Final = 0.5
"""How much longer than its own limit a server may take to say that a statement hit it."""


class Found(Struct, frozen=True, kw_only=True):
    """What one part brought."""

    sections: tuple[Section, ...]
    numbers: Mapping[str, Figure] = field(default_factory=dict)
    """By name; those of the part's `UNITS`, and others in bytes."""

    groups: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    """Numbers told apart, by the name of the metric: names with numbers, those of a part's `UNITS`
    as well. A metric that is here must not be among the `numbers`."""

    words: str = ""
    """For the summary, such as `2 wait for a lock`; empty when there is nothing to say."""

    condition: Condition = Condition.FINE
    notices: tuple[str, ...] = ()


class Ask:
    """How a part asks, bounded and read only.

    Args:
        connection: An open one, outside a transaction.
        statement_timeout_s: For each statement.
        deadline_s: The loop's time at which the whole read must have ended.
        at: When the read takes place.
    """

    def __init__(
        self, connection: Connection, statement_timeout_s: float, deadline_s: float, at: Moment
    ) -> None:
        self.at = at
        self._connection = connection
        self._statement_timeout_s = statement_timeout_s
        self._deadline_s = deadline_s

    @property
    def version_major(self) -> int:
        """The server's major version."""
        return self._connection.version_major

    async def rows(self, sql: str) -> Sequence[Row]:
        """All rows of one statement, in a transaction of its own.

        Raises:
            ProviderError: They could not be had.
        """
        left_s = self._deadline_s - asyncio.get_running_loop().time()
        if left_s < _LEAST_TIME_S:
            raise TimedOut(SYSTEM, "look closely", "no time was left to ask")
        limit_s = min(self._statement_timeout_s, left_s / 2)
        try:
            async with (
                asyncio.timeout(limit_s + _PATIENCE_S),
                self._connection.transaction(limit_s) as look,
            ):
                return await look.fetch(sql)
        except DRIVER_ERRORS as error:
            raise translated(
                error, operation="look closely", target=self._connection.target, limit_s=limit_s
            ) from None  # the driver's texts may quote what nobody may see


class Part(Protocol):
    """One part of a thorough look; keeps what it needs to make differences."""

    SECTIONS: ClassVar[Mapping[str, str]]
    """Title of each section it gives, by key."""

    UNITS: ClassVar[Mapping[str, str]]
    """Unit of each number it gives, by name."""

    async def read(self, ask: Ask) -> Found:
        """Look.

        Raises:
            ProviderError: Nothing of it could be had.
            TypeError: or another of `rows.MALFORMED`: a row is not as asked.
        """
        ...


def failed(part: Part, error: ProviderError, condition: Condition) -> Found:
    """What stands for a part that failed: nothing, and why."""
    return Found(
        sections=tuple(
            Section(key=key, title=title, blind=why(error)) for key, title in part.SECTIONS.items()
        ),
        numbers=dict.fromkeys(part.UNITS, (None, error.reason)),
        condition=condition,
    )


def malformed(error: Exception) -> BadAnswer:
    """The error for a row that is not as asked; names the column, never its value."""
    said = str(error) if isinstance(error, TypeError) else type(error).__name__
    return BadAnswer(
        SYSTEM,
        "look closely",
        f"a row came back that we did not ask for: {said}",
        advice="check that host and port are those of a PostgreSQL server",
    )


def why(error: ProviderError) -> str:
    """Why a list is not there, and what to do."""
    said = f" ({error.detail.line(120)})" if error.detail else ""
    return f"{error.reason}{said}{'; ' if error.advice else ''}{error.advice}"


def refused(error: ProviderError, advice: str) -> str:
    """The same, with better advice where it is a matter of rights."""
    return f"{error.reason}; {advice}" if isinstance(error, Unauthorized) else why(error)


_ORDER: Final = (
    Condition.FINE,
    Condition.NOTABLE,
    Condition.UNKNOWN,
    Condition.PAUSED,
    Condition.DEGRADED,
    Condition.BROKEN,
)


def worst(conditions: Sequence[Condition]) -> Condition:
    """The worst of these; fine without any."""
    return max(conditions, key=_ORDER.index, default=Condition.FINE)
