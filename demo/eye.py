"""How a product sees its database: one connection, one look every few seconds at most."""

import asyncio
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from providers.clock import Clock

if TYPE_CHECKING:
    import asyncpg

ACTION_USER: Final = "quarterdeck_action"
"""The login of actions, with the rights that SECURITY.md lists."""

_FRESH_S: Final = 2.0
_TIMEOUT_S: Final = 1.5


class Address(Struct, frozen=True, kw_only=True):
    """Where a database is and who asks."""

    host: str
    port: int
    database: str
    user: str
    password: str


class Look(Struct, frozen=True, kw_only=True):
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


class DatabaseEye:
    """Looks at a real database; before it is opened it sees a calm one.

    Args:
        clock: Whose time passes.
        application: `application_name` of its one connection.
    """

    def __init__(self, clock: Clock, application: str) -> None:
        self._address: Address | None = None
        self._clock = clock
        self._application = application
        self._connection: asyncpg.Connection | None = None
        self._seen = Look(used=14, ours=6)
        self._seen_s = float("-inf")
        self._turn = asyncio.Lock()

    def open(self, address: Address) -> None:
        """Begin to look at the database at `address`."""
        self._address = address

    async def look(self) -> Look:
        """The state of the database, some seconds old at most; never raises."""
        if self._address is None:
            return self._seen
        async with self._turn:
            if self._clock.now().tick_s - self._seen_s >= _FRESH_S:
                self._seen = await self._ask(self._address)
                self._seen_s = self._clock.now().tick_s
            return self._seen

    async def _ask(self, address: Address) -> Look:
        from asyncpg import InterfaceError, PostgresError

        begun_s = self._clock.now().tick_s
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                connection = await self._connected(address)
                row = await connection.fetchrow(_question())
        except TimeoutError:
            return await self._failed("timed out")
        except (OSError, InterfaceError, PostgresError) as error:
            return await self._failed(str(error) or type(error).__name__)
        took_ms = (self._clock.now().tick_s - begun_s) * 1000
        return Look(latency_ms=took_ms, **dict(row or {}))

    async def _connected(self, address: Address) -> "asyncpg.Connection":
        import asyncpg

        connection = self._connection
        if connection is None or connection.is_closed():
            # The limit on connecting is the one around the whole look.
            connection = await asyncpg.connect(
                host=address.host,
                port=address.port,
                database=address.database,
                user=address.user,
                password=address.password,
                ssl=False,
                command_timeout=_TIMEOUT_S,
                statement_cache_size=0,
                server_settings={"application_name": self._application},
            )
            self._connection = connection
        return connection

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
    return files("demo").joinpath("eye.sql").read_text(encoding="utf-8")
