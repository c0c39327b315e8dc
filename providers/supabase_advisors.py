"""Supabase: what its advisors say of a project's security and performance.

Two requests an hour: the advisors are experimental and cached on the vendor's side.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.fields import Fields
from providers.harvest import Harvest
from providers.numbers import Number
from providers.parts import worst
from providers.supabase_parts import SYSTEM, Part, Piece, Question
from providers.system_readings import Condition, Record, SystemReading
from providers.text import EMPTY, Foreign
from providers.vendor import entries, https_url, sort_out

METRICS: Final = (
    "security_errors",
    "security_warnings",
    "performance_errors",
    "performance_warnings",
)
MOST_SHOWN: Final = 100

CONDITIONS: Final = {
    "ERROR": Condition.DEGRADED,
    "WARN": Condition.NOTABLE,
    "INFO": Condition.FINE,
}
_LEVELS: Final = tuple(CONDITIONS)


class Lint(Struct, frozen=True, kw_only=True):
    """One thing an advisor found."""

    id: str
    level: Foreign
    title: Foreign
    detail: Foreign
    remediation: str
    """A page of the vendor's; empty when it is none that can be opened."""

    @property
    def condition(self) -> Condition:
        """An error is a hole or a brake, not an outage."""
        return CONDITIONS.get(self.level.text, Condition.UNKNOWN)


def lint_of(fields: Fields) -> Lint:
    """A lint.

    Raises:
        BadAnswer: It lacks its name, its level or its title.
    """
    key = fields.optional_word("cache_key") or fields.word("name")
    return Lint(
        id=key,
        level=fields.text("level"),
        title=fields.text("title"),
        detail=fields.text("detail", EMPTY) or fields.text("description", EMPTY),
        remediation=https_url(fields.text("remediation", EMPTY).text),
    )


def lints_of(value: object, operation: str, _at: Moment, *, about: str) -> Piece:
    """What one advisor found, the worst first.

    Raises:
        BadAnswer: It is no list of lints.
    """
    found = sort_out(entries(value, "lints", SYSTEM, operation), lint_of, "lint")
    lints = sorted(found.readable(), key=_urgency)
    errors, warnings = (_counted(lints, level) for level in ("ERROR", "WARN"))
    return Piece(
        records=tuple(map(_record, lints[:MOST_SHOWN])),
        more=max(0, len(lints) - MOST_SHOWN),
        figures=(
            Number(metric=f"{about}_errors", value=errors, unit="count"),
            Number(metric=f"{about}_warnings", value=warnings, unit="count"),
        ),
        words=f"{about}: {errors} errors, {warnings} warnings",
        notice=found.notice,
    )


def _urgency(lint: Lint) -> int:
    level = lint.level.text
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)


def _counted(lints: Sequence[Lint], level: str) -> int:
    return sum(lint.level.text == level for lint in lints)


def _record(lint: Lint) -> Record:
    return Record(
        id=lint.id,
        title=lint.title,
        condition=lint.condition,
        state=lint.level,
        details=(("detail", lint.detail),),
        url=lint.remediation,
    )


def _question(about: str) -> Question:
    return Question(
        key=about,
        title=f"{about.capitalize()} advisor",
        rest=f"/advisors/{about}",
        permission="advisors_read",
        parse=partial(lints_of, about=about),
        metrics=((f"{about}_errors", "count"), (f"{about}_warnings", "count")),
        empty="it found nothing",
    )


QUESTIONS: Final = (_question("security"), _question("performance"))


class SupabaseAdvisors(Part):
    """What both advisors say of one project."""

    async def read(self) -> Harvest:
        """Ask both.

        Raises:
            ProviderError: Neither answered.
        """
        told = await self._put(QUESTIONS)
        blind = any(section.blind for section in told.sections)
        found = worst((told.condition, Condition.UNKNOWN if blind else Condition.FINE))
        payload = SystemReading(
            system=SYSTEM,
            condition=found,
            summary=Foreign(told.words),
            sections=told.sections,
            notices=told.notices,
        )
        return Harvest(payload=payload, numbers=self._readings(told.figures, told.at), at=told.at)
