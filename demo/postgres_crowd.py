"""The people at work in the demo database: real sessions with real statements and locks."""

import asyncio
import contextlib
import itertools
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Literal

import asyncpg
from msgspec import Struct, field

Level = Literal["calm", "building", "incident"]
Admin = Callable[[], Awaitable[asyncpg.Connection]]

TROUBLE: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a session meets when the server is killed or somebody ends it: part of the play."""

_POOLS: Final[dict[Level, dict[tuple[str, str], int]]] = {
    # Sessions by (application, role); 55 are available to ordinary users.
    "calm": {
        ("lma-api", "lma_api"): 7,
        ("PostgREST 12.2.3", "authenticator"): 3,
        ("GoTrue", "supabase_auth_admin"): 2,
        ("billing-worker", "billing"): 2,
        ("metabase", "reports"): 1,
        ("report-cron", "reports"): 1,
    },
    "building": {
        ("lma-api", "lma_api"): 24,
        ("PostgREST 12.2.3", "authenticator"): 4,
        ("GoTrue", "supabase_auth_admin"): 3,
        ("billing-worker", "billing"): 3,
        ("metabase", "reports"): 2,
        ("report-cron", "reports"): 2,
    },
    "incident": {
        ("lma-api", "lma_api"): 36,
        ("PostgREST 12.2.3", "authenticator"): 4,
        ("GoTrue", "supabase_auth_admin"): 3,
        ("billing-worker", "billing"): 4,
        ("metabase", "reports"): 2,
        ("report-cron", "reports"): 2,
    },
}

_BLOCKER: Final = "UPDATE orders SET status = 'settled' WHERE id = $1"
_FIRST_WAITER: Final = "UPDATE orders SET total = $2 WHERE id = $1 RETURNING *"
_LATER_WAITER: Final = "UPDATE orders SET note = $2 WHERE id = $1"
_REPORT: Final = "SELECT merchant_id, items, total FROM merchant_totals ORDER BY total DESC"
_CHART: Final = (
    "SELECT date_trunc('day', created_at), sum(total) FROM payment_history GROUP BY 1 ORDER BY 1"
)
_QUEUE: Final = 5
"""How many sessions end up behind the forgotten transaction."""

_GOODBYE_S: Final = 2.0
_STILL_THERE: Final = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1::int[])"
_BUSY: Final = 3
"""How many of the API's sessions do everyday work; the others wait in its pool."""


class Session(Struct):
    """One session and what it is doing, if anything."""

    connection: asyncpg.Connection
    task: asyncio.Task[None] | None = None

    @property
    def free(self) -> bool:
        """Whether it can be given something to do."""
        return self.task is None and not self.connection.is_closed()


class Crowd(Struct):
    """Everybody who is connected for the play.

    Args:
        host: Of the server.
        port: Of the server.
        database: Where they all work.
        password: Of all their roles.
        admin: Connects as the superuser, who gets in when nobody else does.
    """

    host: str
    port: int
    database: str
    password: str
    admin: Admin
    _sessions: dict[tuple[str, str], list[Session]] = field(default_factory=dict)
    _level: Level | None = None

    async def become(self, level: Level) -> None:
        """Come to this level from any other."""
        if self._level is not None and not _grows(self._level, level):
            await self.leave()
        self._level = level
        for (application, role), wanted in _POOLS[level].items():
            await self._fill(application, role, wanted)
        self._everyday()
        if level != "calm":
            self._reports()
        if level == "incident":
            await self._forgotten_transaction()

    async def leave(self) -> None:
        """Everybody goes home; the server is told, since a sleeper would not notice."""
        sessions = list(itertools.chain.from_iterable(self._sessions.values()))
        self._sessions, self._level = {}, None
        tasks = [session.task for session in sessions if session.task is not None]
        for task in tasks:
            task.cancel()
        await self._end([session.connection for session in sessions])
        for session in sessions:
            session.connection.terminate()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end(self, connections: list[asyncpg.Connection]) -> None:
        pids = [
            connection.get_server_pid() for connection in connections if not connection.is_closed()
        ]
        with contextlib.suppress(*TROUBLE):
            async with asyncio.timeout(_GOODBYE_S):
                admin = await self.admin()
                try:
                    await admin.execute("SELECT pg_terminate_backend(unnest($1::int[]))", pids)
                    while await admin.fetchval(_STILL_THERE, pids):  # noqa: ASYNC110 - no event
                        await asyncio.sleep(0.02)
                finally:
                    admin.terminate()

    async def _fill(self, application: str, role: str, wanted: int) -> None:
        sessions = self._sessions.setdefault((application, role), [])
        sessions[:] = [session for session in sessions if not session.connection.is_closed()]
        while len(sessions) < wanted:
            connection = await self._connect(application, role)
            await connection.fetchval("SELECT count(*) FROM pg_catalog.pg_class WHERE false")
            sessions.append(Session(connection))

    async def _connect(self, application: str, role: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            host=self.host,
            port=self.port,
            user=role,
            password=self.password,
            database=self.database,
            ssl=False,
            server_settings={"application_name": application},
        )

    def _free(self, application: str) -> list[Session]:
        return [
            session
            for (name, _), sessions in self._sessions.items()
            if name == application
            for session in sessions
            if session.free
        ]

    def _busy(self, application: str) -> int:
        return sum(
            session.task is not None
            for (name, _), sessions in self._sessions.items()
            if name == application
            for session in sessions
        )

    def _everyday(self) -> None:
        for session in self._free("lma-api")[: max(0, _BUSY - self._busy("lma-api"))]:
            _give(session, _traffic(session.connection))

    def _reports(self) -> None:
        for application, query in (("report-cron", _REPORT), ("metabase", _CHART)):
            if not self._busy(application):
                session = self._free(application)[0]
                _give(session, _run(session.connection, query))

    async def _forgotten_transaction(self) -> None:
        """One session settles an order and forgets to commit; a queue forms behind it."""
        if self._busy("billing-worker"):
            return
        worker = self._free("billing-worker")[0]
        await worker.connection.execute("BEGIN")
        await worker.connection.execute(_BLOCKER, 1)
        _give(worker, _forget())
        first, *later = self._free("lma-api")[:_QUEUE]
        await first.connection.execute("BEGIN")
        await first.connection.execute("UPDATE orders SET note = 'total changes' WHERE id = 2")
        _give(first, _run(first.connection, _FIRST_WAITER, 1, 42))
        for number, session in enumerate(later):
            order = 2 if number % 3 == 0 else 1
            _give(session, _run(session.connection, _LATER_WAITER, order, "please hurry"))


def _grows(before: Level, after: Level) -> bool:
    order: list[Level] = ["calm", "building", "incident"]
    return order.index(after) >= order.index(before)


def _give(session: Session, work: Coroutine[Any, Any, None]) -> None:
    session.task = asyncio.create_task(work)


async def _run(connection: asyncpg.Connection, query: str, *arguments: object) -> None:
    with contextlib.suppress(*TROUBLE):
        await connection.fetch(query, *arguments)


async def _forget() -> None:
    # The transaction is open, and stays so until somebody ends the session.
    await asyncio.Event().wait()


async def _traffic(connection: asyncpg.Connection) -> None:
    """What an API does all day: small reads, and now and then a write."""
    with contextlib.suppress(*TROUBLE):
        while True:
            order = random.randint(100, 5000)
            await connection.fetch("SELECT * FROM items WHERE order_id = $1", order)
            if random.random() < 0.3:
                await connection.execute(
                    "UPDATE orders SET note = $2 WHERE id = $1", order, "seen by the API"
                )
            await asyncio.sleep(random.uniform(0.3, 0.9))
