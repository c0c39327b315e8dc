"""A source that looks at a database seldom and thoroughly, and keeps no connection in between.

With the connection that `DatabaseSource` holds there are never more than two (promise P30): all
thorough looks at one database take turns.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock, Moment
from providers.errors import ProviderError
from providers.group_numbers import grouped_readings
from providers.harvest import Harvest
from providers.postgres.amounts import seconds
from providers.postgres.connection import Connection
from providers.postgres.counters import Figure
from providers.postgres.failures import DRIVER_ERRORS, translated
from providers.postgres.options import DatabaseOptions
from providers.postgres.parts import Ask, Found, Part, failed, malformed, worst
from providers.postgres.rows import MALFORMED
from providers.postgres.target import Target, resolve_target
from providers.readings import Reading
from providers.system_readings import Condition, Section, SystemReading
from providers.text import Foreign

REST: Final = 50
"""A part rests this many times as long as it took: the server gives us 2 % of one process."""

_SHORT_S: Final = 0.05
"""What takes no longer than this is asked with each read."""


class _Kept(Struct):
    """The last that came of a part, and how long it took."""

    found: Found
    at: Moment
    took_s: float

    def rests(self, now: Moment) -> bool:
        return self.took_s > _SHORT_S and self.at.age_s(now) < REST * self.took_s


class ThoroughSource:
    """Reads its parts one after the other.

    Args:
        spec: Name and cadence; `timeout_s` bounds a whole read, waiting for its turn included.
        options: How to get there.
        clock: For the time of readings.
        parts: What to look at.
        turn: Shared by all that look thoroughly at this database.
        blind: What a part that can not be read means for the whole.
    """

    def __init__(
        self,
        spec: SourceSpec,
        options: DatabaseOptions,
        clock: Clock,
        parts: Sequence[Part],
        turn: asyncio.Lock,
        blind: Condition = Condition.NOTABLE,
    ) -> None:
        self._spec = spec
        self._options = options
        self._clock = clock
        self._parts = tuple(parts)
        self._turn = turn
        self._blind = blind
        self._kept: dict[Part, _Kept] = {}
        self._target: Target | None = None
        self._visited: Moment | None = None
        self._statement_timeout_s = min(options.statement_timeout_s, 0.4 * spec.timeout_s)

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: no connection outlives its read."""

    async def read(self) -> Harvest:
        """Look once.

        Raises:
            ProviderError: No part of it could be read.
        """
        try:
            async with asyncio.timeout(self._spec.timeout_s) as limit, self._turn:
                await self._visit(limit.when() or 0.0)
        except DRIVER_ERRORS as error:
            raise translated(
                error, operation="connect", target=self._target, limit_s=self._spec.timeout_s
            ) from None  # the driver's texts may quote what nobody may see
        return self._harvest()

    async def _visit(self, deadline_s: float) -> None:
        self._target = await resolve_target(self._options)
        connection = Connection(self._target)
        try:
            await connection.open()
            ask = Ask(connection, self._statement_timeout_s, deadline_s, self._clock.now())
            self._visited = ask.at
            await self._read_parts(ask)
        except BaseException:
            connection.drop()
            raise
        await connection.close()

    async def _read_parts(self, ask: Ask) -> None:
        errors: list[ProviderError] = []
        for part in self._parts:
            kept = self._kept.get(part)
            if kept is not None and kept.rests(ask.at):
                continue
            error = await self._read_part(part, ask)
            errors.extend(() if error is None else (error,))
        if len(errors) == len(self._parts):
            raise errors[0]

    async def _read_part(self, part: Part, ask: Ask) -> ProviderError | None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        error: ProviderError | None = None
        try:
            found = await part.read(ask)
        except ProviderError as caught:
            error = caught
            found = failed(part, error, self._blind)
        except MALFORMED as caught:
            error = malformed(caught)
            found = failed(part, error, self._blind)
        self._kept[part] = _Kept(found=found, at=ask.at, took_s=loop.time() - began_s)
        return error

    def _harvest(self) -> Harvest:
        now = self._clock.now()
        founds = [self._kept[part].found for part in self._parts]
        said = [found.words for found in founds if found.words]
        sections = tuple(section for found in founds for section in found.sections)
        return Harvest(
            payload=SystemReading(
                system=self._spec.system,
                condition=self._condition(founds, sections),
                summary=Foreign(", ".join(said) or "nothing stands out"),
                sections=sections,
                notices=tuple(self._notices()),
            ),
            numbers=tuple(self._numbers()),
            at=now,
        )

    @staticmethod
    def _condition(founds: Sequence[Found], sections: Sequence[Section]) -> Condition:
        if all(section.blind for section in sections):
            return Condition.UNKNOWN
        return worst([found.condition for found in founds])

    def _notices(self) -> Iterator[str]:
        for part in self._parts:
            kept = self._kept[part]
            yield from kept.found.notices
            if kept.at != self._visited:
                titles = ", ".join(part.SECTIONS.values())
                yield (
                    f"{titles}: as of {kept.at.at:%H:%MZ}; takes {seconds(kept.took_s)} "
                    f"and is asked every {seconds(REST * kept.took_s)} at most"
                )

    def _numbers(self) -> Iterator[Reading]:
        for part in self._parts:
            kept = self._kept[part]
            for name, figure in kept.found.numbers.items():
                yield self._reading(name, figure, part.UNITS.get(name, "bytes"), kept.at)
            for name, groups in kept.found.groups.items():
                unit = part.UNITS.get(name, "count")
                yield from grouped_readings(self._spec.id, name, unit, kept.at, groups)

    def _reading(self, name: str, figure: Figure, unit: str, at: Moment) -> Reading:
        value, reason = figure
        return Reading(
            source=self._spec.id, metric=name, value=value, unit=unit, at=at, reason=reason
        )
