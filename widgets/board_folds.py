"""Which sections of a board are folded to one line, and which rows ask for a look. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from monitor.system_view import SystemView
from monitor.verdicts import Level
from providers.system_readings import Condition, Section

SECTION: Final = "§"
"""Stands in the key of a section's row, between the system's key and the section's."""

LONG: Final = 7
"""Records that a section may have before it is folded, unless one of them asks for a look."""


class Folds(Struct, frozen=True, kw_only=True):
    """What is open and what is closed."""

    chosen: Mapping[str, bool] = {}
    """By key of the section's row: whether somebody closed (True) or opened it."""

    whole: bool = False
    """Everything is open, as while somebody looks for a word."""

    def closed(self, key: str, section: Section) -> bool:
        """Whether only the section's own line is shown."""
        if self.whole or not section.records:
            return False
        return self.chosen.get(key, len(section.records) > LONG and all_fine(section))

    def turned(self, key: str, section: Section) -> "Folds":
        """The other way round for one section."""
        return Folds(chosen={**self.chosen, key: not self.closed(key, section)}, whole=self.whole)


def section_key(system: SystemView, section: Section) -> str:
    """Key of the row of a section."""
    return f"{system.spec.id}{SECTION}{section.key}"


def notice_key(system: SystemView, notice: str) -> str:
    """Key of the row of a notice."""
    return f"{system.spec.id}{SECTION}!{notice}"


def all_fine(section: Section) -> bool:
    """Whether nothing in it asks for a look; what nobody judges, such as a count, is fine too."""
    return all(record.condition is Condition.FINE for record in section.records)


def asking(systems: Iterable[SystemView], folds: Folds) -> frozenset[str]:
    """Keys of the rows that ask for a look: everything that is not fine, or can not be read."""
    return frozenset(key for system in systems for key in _asking(system, folds))


def _asking(system: SystemView, folds: Folds) -> Iterator[str]:
    if system.level > Level.OK or system.failure is not None:
        yield str(system.spec.id)
    reading = system.reading
    if reading is None:
        return
    yield from (notice_key(system, notice) for notice in reading.notices)
    for section in reading.sections:
        key = section_key(system, section)
        if section.blind or (folds.closed(key, section) and not all_fine(section)):
            yield key
        elif not folds.closed(key, section):
            yield from (
                f"{key}{SECTION}{record.id}"
                for record in section.records
                if record.condition is not Condition.FINE
            )
