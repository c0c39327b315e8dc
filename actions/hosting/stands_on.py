"""How many database sessions a service has, by the names that its sessions give themselves."""

import re
from typing import Final, Protocol

from msgspec import Struct

from monitor.words import noun
from providers.base import Source
from providers.database_readings import ConnectionCounts, DatabaseReading
from providers.errors import ProviderError

_WORDS: Final = re.compile(r"[a-z0-9]+")
_MOST_NAMED: Final = 3


class Held(Struct, frozen=True, kw_only=True):
    """The sessions of one service."""

    words: str
    """Whose they are: `database sessions of lma-api`."""

    number: float | None
    reason: str = ""


class MakeSource(Protocol):
    """Makes what looks at the database; its connection is given back after one look."""

    def __call__(self) -> Source:
        """A source of its own."""
        ...


class StandsOn(Struct, frozen=True, kw_only=True):
    """The database that a service stands on."""

    title: str
    make: MakeSource

    async def held_by(self, service: str) -> Held:
        """Count the sessions; why there is no number where they can not be told."""
        source = self.make()
        try:
            payload = (await source.read()).payload
        except ProviderError as error:
            return Held(words="database sessions", number=None, reason=error.reason)
        finally:
            await source.aclose()
        counts = payload.connections if isinstance(payload, DatabaseReading) else None
        return held(counts, service, self.title)


NO_DATABASE: Final = Held(
    words="database sessions",
    number=None,
    reason="the configuration names no database that it stands on (depends_on)",
)


def held(counts: ConnectionCounts | None, service: str, title: str) -> Held:
    """The sessions whose application is named like the service: `lma-api` for `api`; pure."""
    if counts is None or not counts.exact:
        why = "the role may not see the sessions of others"
        return Held(words="database sessions", number=None, reason=why)
    named = [
        (name, count) for name, count in counts.by_application if _is_named(name.text, service)
    ]
    if not named:
        why = f"none of the {counts.used} sessions of {title} is named like it"
        return Held(words="database sessions", number=None, reason=why)
    names = ", ".join(name.line(30) for name, _ in named[:_MOST_NAMED])
    total = float(sum(count for _, count in named))
    what = noun(total, "database session", "database sessions")
    return Held(words=f"{what} of {names}", number=total)


def _is_named(application: str, service: str) -> bool:
    return service.lower() in _WORDS.findall(application.lower())
