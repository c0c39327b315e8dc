"""The demo world's database: a real PostgreSQL with a Supabase-like schema and real sessions."""

import asyncio
import secrets
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import asyncpg

from demo.eye import ACTION_USER
from demo.postgres_blank import Blank
from demo.postgres_cluster import Cluster
from demo.postgres_crowd import Crowd, Level
from demo.postgres_staging import add_staging

DATABASE: Final = "lma"
USER: Final = "quarterdeck"
MAX_CONNECTIONS: Final = 65

_SETTINGS: Final = {
    "max_connections": str(MAX_CONNECTIONS),
    # Slots that only quarterdeck may take, so that it sees the day when all others are gone and can
    # do something about it: three that watch, twice, and one for the action.
    "reserved_connections": "7",
    "client_connection_check_interval": "500ms",
    # Passwords are random and the server lives for a demo: fifty logins need not take a second.
    "scram_iterations": "64",
}


class DemoDatabase:
    """A PostgreSQL server on loopback with people at work in it.

    Not for two tasks at once; all calls come from the loop that started it.

    Args:
        blank: What its server begins from; None: a data folder made for it alone.
    """

    def __init__(self, blank: Blank | None = None) -> None:
        self.database = DATABASE
        self.user = USER
        self.password_file = Path()
        """Holds the password of `user`, mode 0600."""

        self.action_password_file = Path()
        """Holds the password of `ACTION_USER`, mode 0600."""

        self._ops_file = Path()
        self._cluster = Cluster(_SETTINGS, blank)
        self._crowd: Crowd | None = None
        self._level: Level = "calm"

    @property
    def host(self) -> str:
        """Always 127.0.0.1; there is no Unix socket."""
        return self._cluster.host

    @property
    def port(self) -> int:
        """The same for as long as this object lives."""
        return self._cluster.port

    @property
    def running(self) -> bool:
        """Whether the server's process is there."""
        return self._cluster.pid is not None

    @property
    def load(self) -> Level:
        """How busy the database was last asked to be."""
        return self._level

    async def start(self, folder: Path) -> None:
        """Make the server, fill it, and let the everyday work begin.

        Args:
            folder: Where the file with the password goes; it exists.

        Raises:
            NoPostgres: It is not installed or did not come up.
        """
        await asyncio.to_thread(self._cluster.start)
        try:
            await self._fill(folder)
            await self.set_load("calm")
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End everything and leave nothing behind; may be called twice."""
        await self._leave()
        await asyncio.to_thread(self._cluster.stop)
        for file in (self.password_file, self.action_password_file, self._ops_file):
            if file.name:
                file.unlink(missing_ok=True)

    async def kill(self) -> None:
        """Take the server down as a crash would; `restart` brings it back."""
        await self._leave()
        await asyncio.to_thread(self._cluster.kill)

    async def restart(self) -> None:
        """Bring the server up again on its port, with the load it had.

        Raises:
            NoPostgres: It did not come up.
        """
        await self._leave()
        await asyncio.to_thread(self._cluster.restart)
        await self.set_load(self._level)

    async def freeze(self) -> None:
        """Let the server stand still: it takes connections and answers nothing."""
        await asyncio.to_thread(self._cluster.freeze)

    async def thaw(self) -> None:
        """Let it go on."""
        await asyncio.to_thread(self._cluster.thaw)

    async def set_load(self, level: Level) -> None:
        """Change how busy the database is; comes back when that many sessions are there.

        Args:
            level: `calm`, everyday work; `building`, slow reports and a growing pool; `incident`,
                a forgotten transaction blocks others and almost no connection is left.
        """
        self._level = level
        if self._crowd is not None:
            await self._crowd.become(level)

    async def write(self, rows: Sequence[tuple[str, tuple[object, ...]]]) -> None:
        """Carry out statements as the products and the auth server would; for any task.

        Raises:
            OSError: or another of `postgres_crowd.TROUBLE`: the server is not there.
        """
        admin = await self._admin()
        try:
            for statement, values in rows:
                await admin.execute(statement, *values)
        finally:
            admin.terminate()

    async def read(self, statement: str, *values: object) -> Sequence[asyncpg.Record]:
        """All rows of one statement, as the superuser; for any task.

        Raises:
            OSError: or another of `postgres_crowd.TROUBLE`: the server is not there.
        """
        admin = await self._admin()
        try:
            rows: Sequence[asyncpg.Record] = await admin.fetch(statement, *values)
        finally:
            admin.terminate()
        return rows

    async def _fill(self, folder: Path) -> None:
        password, watcher = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
        admin = await self._admin("postgres")
        await admin.execute(_sql("roles").format(password=password, watcher=watcher))
        await admin.execute(f"CREATE DATABASE {DATABASE} STRATEGY FILE_COPY")
        await admin.close()
        admin = await self._admin(DATABASE)
        for name in ("auth", "product", "watching", "rows"):
            await admin.execute(_sql(name))
        actor = secrets.token_urlsafe(18)
        await admin.execute(_sql("acting").format(actor=actor))
        await admin.execute(_sql("acting_password"))
        # So that a session can be ended on the day when no connection is left.
        await admin.execute(f"GRANT pg_use_reserved_connections TO {ACTION_USER}")
        await admin.close()
        cluster = self._cluster
        place = cluster.host, cluster.port
        self._ops_file = await add_staging(self._admin, DATABASE, *place, folder)
        self.password_file = _kept(folder / "database-password", watcher)
        self.action_password_file = _kept(folder / "database-actions-password", actor)
        self._crowd = Crowd(self.host, self.port, DATABASE, password, self._admin)

    async def _admin(self, database: str = DATABASE) -> asyncpg.Connection:
        cluster = self._cluster
        return await asyncpg.connect(
            host=cluster.host,
            port=cluster.port,
            user=cluster.user,
            password=cluster.password,
            database=database,
            ssl=False,
            server_settings={"application_name": "demo-world"},
        )

    async def _leave(self) -> None:
        if self._crowd is not None:
            await self._crowd.leave()


def _sql(name: str) -> str:
    return files("demo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _kept(path: Path, word: str) -> Path:
    """A file of one's own with a secret in it."""
    path.touch(mode=0o600)
    path.write_text(word)
    return path
