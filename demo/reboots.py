"""A database is away while its project is: paused, or in the first seconds of a restart."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final, Protocol

from demo.agenda import Agenda
from demo.postgres_binaries import NoPostgres
from demo.postgres_crowd import TROUBLE
from demo.vendors.supabase_state import Project, Status
from providers.clock import Clock

LOOK_EVERY_S: Final = 0.5
AWAY_S: Final = 3.0
"""How long nobody can connect in a restart, besides what the server takes to come up."""

_ASLEEP: Final = frozenset({Status.PAUSING, Status.INACTIVE, Status.RESTORING})

_log = logging.getLogger(__name__)


class Restartable(Protocol):
    """A database that can be taken down and brought up."""

    async def kill(self) -> None:
        """Break every connection, and take no other."""
        ...

    async def restart(self) -> None:
        """Take connections again."""
        ...


class Reboots:
    """Keeps the database as its project is.

    Args:
        project: What the vendor's API changes.
        agenda: When its state goes on.
        database: What stands behind it.
        clock: Whose time passes.
    """

    def __init__(
        self, project: Project, agenda: Agenda, database: Restartable, clock: Clock
    ) -> None:
        self._project = project
        self._agenda = agenda
        self._database = database
        self._clock = clock
        self._seen, self._since = project.status, clock.now()
        self._is_down = False

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once, and do what follows."""
        self._agenda.settle()
        status, now = self._project.status, self._clock.now()
        if status is not self._seen:
            self._seen, self._since = status, now
        begins = status is Status.RESTARTING and self._since.age_s(now) < AWAY_S
        down = begins or status in _ASLEEP
        if down == self._is_down:
            return
        try:
            await _whole(self._database.kill() if down else self._database.restart())
        except (*TROUBLE, NoPostgres) as error:
            # It is tried again at the next look.
            _log.warning("the database did not follow its project: %s", error)
            return
        self._is_down = down


async def _whole(deed: Coroutine[Any, Any, None]) -> None:
    """Finish what was begun: a server half way up could be stopped by nobody."""
    task = asyncio.create_task(deed)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
