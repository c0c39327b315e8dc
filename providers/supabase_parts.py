"""What all sources of one Supabase project have in common."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.errors import ProviderError, Unauthorized
from providers.http import Answer, Api
from providers.numbers import Number
from providers.parts import answered, tried, worst
from providers.readings import Reading
from providers.system_readings import Condition, Record, Section
from providers.vendor import segment

SYSTEM: Final = "Supabase"

CONSOLE: Final = "https://supabase.com/dashboard/project"


class Piece(Struct, frozen=True, kw_only=True):
    """What one request gives of a system: the rows of a list, and numbers."""

    records: tuple[Record, ...]
    figures: tuple[Number, ...] = ()
    words: str = ""
    """For the summary."""

    notice: str = ""
    more: int = 0


class Question(Struct, frozen=True, kw_only=True):
    """One request of several, each of which may fail alone."""

    key: str
    title: str
    rest: str
    """The path below the project."""

    permission: str
    """What the token needs for it."""

    parse: Callable[[object, str, Moment], Piece]
    """From the answer's value, the operation's name and its time."""

    params: tuple[tuple[str, str], ...] = ()
    metrics: tuple[tuple[str, str], ...] = ()
    """Names and units of the numbers, which are "no data" when it fails."""

    empty: str = "none"
    vague: bool = False
    """Any object answers it, so an answer proves nothing."""


class Told(Struct, frozen=True, kw_only=True):
    """The answers to several questions."""

    sections: tuple[Section, ...]
    figures: tuple[Number, ...]
    pieces: tuple[Piece, ...]
    """Of those that were answered."""

    at: Moment

    @property
    def notices(self) -> tuple[str, ...]:
        """What was left out."""
        return tuple(piece.notice for piece in self.pieces if piece.notice)

    @property
    def words(self) -> str:
        """All that there is for a summary."""
        return ", ".join(piece.words for piece in self.pieces if piece.words)

    @property
    def condition(self) -> Condition:
        """The worst of all rows."""
        return worst([record.condition for each in self.sections for record in each.records])


class Part:
    """One source of a project, asked at the management API or at the project itself.

    Args:
        spec: Name and cadence.
        ref: The project's reference, twenty letters.
        api: The account's client; shared, and closed by whoever made it.

    Raises:
        ValueError: The reference cannot stand in a path.
    """

    def __init__(self, spec: SourceSpec, ref: str, api: Api) -> None:
        self._spec = spec
        self._api = api
        self._path = f"/v1/projects/{segment(ref)}"
        self._console = f"{CONSOLE}/{segment(ref)}"
        self._told_at = Moment(at=datetime.min.replace(tzinfo=UTC), tick_s=0.0)
        """When the newest answer came."""

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def _get(
        self, operation: str, rest: str, params: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        answer = await self._api.get(operation, f"{self._path}{rest}", params=params)
        self._told_at = answer.at
        return answer

    async def _put(self, questions: Sequence[Question]) -> Told:
        """Ask all at once.

        Raises:
            ProviderError: Not one was answered, or none but the vague ones.
        """
        found = await asyncio.gather(*(tried(self._piece(each)) for each in questions))
        pairs = list(zip(questions, found, strict=True))
        answered([piece for question, piece in pairs if not question.vague])
        figures = (figure for question, piece in pairs for figure in _figures(question, piece))
        return Told(
            sections=tuple(map(_section, questions, found)),
            figures=tuple(figures),
            pieces=tuple(each for each in found if isinstance(each, Piece)),
            at=self._told_at,
        )

    async def _piece(self, question: Question) -> Piece:
        operation = f"read {question.title.lower()}"
        answer = await self._get(operation, question.rest, question.params)
        return question.parse(answer.value, operation, answer.at)

    def _readings(self, figures: Iterable[Number], at: Moment) -> tuple[Reading, ...]:
        return tuple(figure.reading(self._spec.id, at) for figure in figures)


def _section(question: Question, piece: Piece | ProviderError) -> Section:
    if isinstance(piece, ProviderError):
        blind = blindness(piece, question.permission)
        return Section(key=question.key, title=question.title, blind=blind)
    return Section(
        key=question.key,
        title=question.title,
        records=piece.records,
        empty=question.empty,
        more=piece.more,
    )


def _figures(question: Question, piece: Piece | ProviderError) -> tuple[Number, ...]:
    if isinstance(piece, Piece):
        return piece.figures
    return tuple(
        Number(metric=metric, value=None, unit=unit, reason=piece.reason)
        for metric, unit in question.metrics
    )


def blindness(error: ProviderError, permission: str) -> str:
    """Why a list could not be read, with what to do.

    Args:
        error: What went wrong.
        permission: The fine-grained permission that the list needs.
    """
    advice = error.advice
    if isinstance(error, Unauthorized):
        advice = f"{advice}; it takes the permission {permission}".removeprefix("; ")
    return f"{error.reason}: {advice}" if advice else error.reason


def amount(size_bytes: float) -> str:
    """Bytes as people read them: `8.0 GiB`."""
    for unit, size in (("TiB", 2**40), ("GiB", 2**30)):
        if size_bytes >= size:
            return f"{size_bytes / size:.1f} {unit}"
    return f"{size_bytes / 2**20:.0f} MiB"
