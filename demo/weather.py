"""How the API's strain comes down on the database: the world's one loop that runs by itself."""

import logging
from typing import Final, Protocol

from demo.postgres_crowd import TROUBLE, Level
from demo.pulse import Pulse
from providers.clock import Clock

LOOK_EVERY_S: Final = 1.0
_BUILDING_FROM: Final = 0.2
_INCIDENT_FROM: Final = 0.6
_CALM_BELOW: Final = 0.25

_log = logging.getLogger(__name__)


class Loaded(Protocol):
    """A database that can be put under load."""

    async def set_load(self, level: Level) -> None:
        """Make its sessions those of a calm day, of trouble building up, or of an incident."""
        ...


def load_of(strain: float, before: Level) -> Level:
    """The load that belongs to a strain; it does not flicker on the way down."""
    if strain >= _INCIDENT_FROM:
        return "incident"
    if before == "incident":
        return "incident" if strain >= _CALM_BELOW else "calm"
    return "building" if strain >= _BUILDING_FROM else "calm"


class Weather:
    """Keeps the database's load in step with the API.

    Args:
        pulse: Of the API in production.
        database: What it stands on.
        clock: Whose time passes.
    """

    def __init__(self, pulse: Pulse, database: Loaded, clock: Clock) -> None:
        self._pulse = pulse
        self._database = database
        self._clock = clock
        self.load: Level = "calm"

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once."""
        wanted = load_of(self._pulse.strain(), self.load)
        if wanted == self.load:
            return
        try:
            await self._database.set_load(wanted)
        except TROUBLE as error:
            # Somebody killed the database: it is told again at the next look.
            _log.warning("the load could not be set: %s", error)
            return
        self.load = wanted
