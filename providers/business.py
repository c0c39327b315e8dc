"""Numbers of the business itself, out of its own database or its own JSON, beside last week's."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.business_mapping import Figure, figure_record, list_section
from providers.clock import Clock, Moment
from providers.errors import BadAnswer, ProviderError, TimedOut
from providers.harvest import Harvest
from providers.http import Api
from providers.json_path import PathProblem, find, number
from providers.parts import blindness, tried
from providers.postgres.options import DatabaseOptions
from providers.readings import Reading
from providers.system_readings import Condition, Section, SystemReading
from providers.text import Foreign

if TYPE_CHECKING:
    from providers.postgres.question import Questions, Table

SYSTEM: Final = "Business"
WEEK: Final = timedelta(days=7)


class NumberOptions(Struct, frozen=True, kw_only=True):
    """One number: by SQL, or by a path into the answer of the endpoint."""

    name: str
    """Its metric is called so; with `_last_week` and `_change_percent` behind it the others."""

    title: str
    unit: str
    sql: str = ""
    path: str = ""
    last_week_path: str = ""
    """Where the answer tells the same number of a week ago; empty: it does not."""

    window_s: float = 86_400.0
    """How far `$1` lies before `$2`."""

    scale: float = 1.0


class ListOptions(Struct, frozen=True, kw_only=True):
    """A short list, such as the newest registrations."""

    key: str
    title: str
    sql: str


class BusinessOptions(Struct, frozen=True, kw_only=True):
    """What is asked, and where."""

    title: str
    numbers: tuple[NumberOptions, ...]
    lists: tuple[ListOptions, ...] = ()
    database: DatabaseOptions | None = None
    turn: asyncio.Lock | None = None
    """Shared by all that open a connection to the database besides the wall's own (P30)."""

    window_of_lists_s: float = 86_400.0


class BusinessSource:
    """The numbers of one product.

    Args:
        spec: Name and cadence; `timeout_s` bounds all statements together.
        options: What is asked.
        api: A client whose base address is the endpoint's own; None without one. Closed here.
        clock: Ends the windows.
    """

    def __init__(
        self, spec: SourceSpec, options: BusinessOptions, api: Api | None, clock: Clock
    ) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._clock = clock

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Give the client back."""
        if self._api is not None:
            await self._api.aclose()

    async def read(self) -> Harvest:
        """Ask for every number now and as it was a week ago.

        Emits each number by its name, with `_last_week` and `_change_percent`.

        Raises:
            ProviderError: None of them could be had; the error of the first.
        """
        now = self._clock.now()
        by_sql, by_path = await asyncio.gather(tried(self._by_sql(now)), tried(self._by_path()))
        sections: list[Section] = []
        figures: dict[str, Figure] = {}
        for outcome in (by_sql, by_path):
            if not isinstance(outcome, ProviderError):
                figures |= outcome[0]
                sections += outcome[1]
        failed = [each for each in (by_sql, by_path) if isinstance(each, ProviderError)]
        told = [self._figure(each, figures, by_sql, by_path) for each in self._options.numbers]
        if told and all(each.value is None and each.error is not None for each in told):
            raise failed[0] if failed else _first(told)
        return self._harvest(told, sections, failed)

    def _figure(
        self,
        given: NumberOptions,
        figures: dict[str, Figure],
        by_sql: object,
        by_path: object,
    ) -> Figure:
        """A number as it was told, or why its whole source told nothing."""
        if given.name in figures:
            return figures[given.name]
        outcome = by_sql if given.sql else by_path
        error = outcome if isinstance(outcome, ProviderError) else None
        return Figure(name=given.name, title=given.title, unit=given.unit, error=error)

    async def _by_sql(self, now: Moment) -> tuple[dict[str, Figure], list[Section]]:
        given = [each for each in self._options.numbers if each.sql]
        database = self._options.database
        if database is None or not (given or self._options.lists):
            return {}, []
        await asyncio.to_thread(__import__, "providers.postgres.question")
        from providers.postgres.question import asking

        turn = self._options.turn or contextlib.nullcontext()
        async with turn, asking(database, self._spec.timeout_s) as questions:
            figures = {each.name: await self._counted(questions, each, now) for each in given}
            lists = [await self._listed(questions, each, now) for each in self._options.lists]
        return figures, lists

    async def _counted(self, questions: "Questions", given: NumberOptions, now: Moment) -> Figure:
        present = await tried(self._table(questions, given.sql, given.title, given.window_s, now))
        if isinstance(present, ProviderError):
            return Figure(name=given.name, title=given.title, unit=given.unit, error=present)
        before: object = None
        if present.windowed:
            asked = self._table(questions, given.sql, given.title, given.window_s, now, ago=WEEK)
            earlier = await tried(asked)
            before = None if isinstance(earlier, ProviderError) else _only(earlier)
        return Figure.of(
            given.name, given.title, given.unit, _only(present), before, scale=given.scale
        )

    async def _table(
        self,
        questions: "Questions",
        sql: str,
        title: str,
        window_s: float,
        now: Moment,
        *,
        ago: timedelta = timedelta(),
    ) -> "Table":
        from providers.postgres.question import Window

        ends = now.at - ago
        window = Window(begins=ends - timedelta(seconds=window_s), ends=ends)
        return await questions.ask(f"ask for {title}", sql, window)

    async def _listed(self, questions: "Questions", given: ListOptions, now: Moment) -> Section:
        asked = self._table(questions, given.sql, given.title, self._options.window_of_lists_s, now)
        outcome = await tried(asked)
        if isinstance(outcome, ProviderError):
            return Section(key=given.key, title=given.title, blind=blindness(outcome))
        return list_section(given.key, given.title, outcome.columns, outcome.rows, outcome.left_out)

    async def _by_path(self) -> tuple[dict[str, Figure], list[Section]]:
        given = [each for each in self._options.numbers if each.path]
        if self._api is None or not given:
            return {}, []
        answer = await self._api.get("read business numbers", "")
        return {each.name: _pointed(each, answer.value) for each in given}, []

    def _harvest(
        self, told: Sequence[Figure], lists: Sequence[Section], failed: Sequence[ProviderError]
    ) -> Harvest:
        at = self._clock.now()
        records = tuple(map(figure_record, told))
        unknown = any(each.condition is Condition.UNKNOWN for each in records)
        payload = SystemReading(
            system=self._options.title,
            condition=Condition.UNKNOWN if unknown else Condition.FINE,
            summary=Foreign(", ".join(each.words for each in told[:4])),
            sections=(Section(key="numbers", title="Numbers", records=records), *lists),
            notices=tuple(each.sentence for each in failed),
        )
        return Harvest(payload=payload, numbers=tuple(self._numbers(told, at)), at=at)

    def _numbers(self, told: Sequence[Figure], at: Moment) -> Iterator[Reading]:
        for each in told:
            yield self._reading(each.name, each.value, each.unit, at, each.reason)
            yield self._reading(
                f"{each.name}_last_week", each.last_week, each.unit, at, each.no_comparison
            )
            yield self._reading(
                f"{each.name}_change_percent", each.change_percent, "%", at, each.no_change
            )

    def _reading(
        self, metric: str, value: float | None, unit: str, at: Moment, reason: str
    ) -> Reading:
        if value is None and reason:
            return Reading(
                source=self._spec.id, metric=metric, value=None, unit=unit, at=at, reason=reason
            )
        return Reading.of(self._spec.id, metric, value, unit, at)


def _only(table: "Table") -> object:
    """The first value of the first row; None without rows."""
    return table.rows[0][0] if table.rows and table.rows[0] else None


def _pointed(given: NumberOptions, document: object) -> Figure:
    try:
        present = number(find(given.path, document))
        before = number(find(given.last_week_path, document)) if given.last_week_path else None
    except PathProblem as problem:
        error = BadAnswer(SYSTEM, f"read {given.title}", str(problem), advice="mend the path")
        return Figure(name=given.name, title=given.title, unit=given.unit, error=error)
    return Figure.of(given.name, given.title, given.unit, present, before, scale=given.scale)


def _first(told: Sequence[Figure]) -> ProviderError:
    errors = [each.error for each in told if each.error is not None]
    return errors[0] if errors else TimedOut(SYSTEM, "ask", "nothing came")
