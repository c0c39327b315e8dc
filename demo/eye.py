"""How a product sees its database: one connection, one look every few seconds at most."""

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from providers.clock import Clock

if TYPE_CHECKING:
    import asyncpg

_FRESH_S: Final = 2.0
_TIMEOUT_S: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a database is and who asks."""

    host: str
    port: int
    database: str
    user: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at the database showed."""

    why: str = ""
    """Why it could not be reached; empty when it could."""

    latency_ms: float = 1.0
    used: int = 0
    """Connections of everybody."""

    ours: int = 0
    """Connections of the API."""

    waiting: int = 0
    """Sessions that wait for a lock."""

    available: int = 57

    @property
    def reachable(self) -> bool:
        """Whether the database answered."""
        return not self.why

    @property
    def crowding(self) -> float:
        """Share of the connections that are taken, from 0 to 1."""
        return min(1.0, self.used / self.available) if self.available else 1.0


class Eye(Protocol):
    """Whoever can look at the database."""

    async def look(self) -> Look:
        """The state of the database, some seconds old at most; never raises."""
        ...


class BlindEye:
    """Sees a calm database without one being there; for worlds that have none."""

    async def look(self) -> Look:
        """Always the same."""
        return Look(used=14, ours=6)


class DatabaseEye:
    """Looks at a real database.

    Args:
        address: Where it is.
        clock: Whose time passes.
        application: `application_name` of its one connection.
    """

    def __init__(self, address: Address, clock: Clock, application: str) -> None:
        self._address = address
        self._clock = clock
        self._application = application
        self._connection: asyncpg.Connection | None = None
        self._seen = Look()
        self._seen_s = float("-inf")
        self._turn = asyncio.Lock()

    async def look(self) -> Look:
        """The state of the database, some seconds old at most; never raises."""
        async with self._turn:
            if self._clock.now().tick_s - self._seen_s >= _FRESH_S:
                self._seen = await self._ask()
                self._seen_s = self._clock.now().tick_s
            return self._seen

    async def _ask(self) -> Look:
        from asyncpg import InterfaceError, PostgresError

        begun_s = self._clock.now().tick_s
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                row = await (await self._connected()).fetchrow(_question())
        except TimeoutError:
            return await self._failed("timed out")
        except (OSError, InterfaceError, PostgresError) as error:
            return await self._failed(str(error) or type(error).__name__)
        took_ms = (self._clock.now().tick_s - begun_s) * 1000
        return Look(latency_ms=took_ms, **dict(row or {}))

    async def _connected(self) -> "asyncpg.Connection":
        import asyncpg

        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(
                host=self._address.host,
                port=self._address.port,
                database=self._address.database,
                user=self._address.user,
                password=self._address.password,
                ssl=False,
                timeout=_TIMEOUT_S,
                command_timeout=_TIMEOUT_S,
                statement_cache_size=0,
                server_settings={"application_name": self._application},
            )
        return self._connection

    async def _failed(self, why: str) -> Look:
        await self.aclose()
        return Look(why=why.partition("\n")[0][:200])

    async def aclose(self) -> None:
        """Give the connection back, without waiting for a server that is gone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


@cache
def _question() -> str:
    return Path(__file__).with_name("eye.sql").read_text(encoding="utf-8")
