"""What the doctor found, as values."""

import enum
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct


class Mark(enum.Enum):
    """How a finding stands."""

    OK = "ok"
    WARNING = "warn"
    FAILED = "FAIL"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    area: str
    """Where it belongs: `terminal`, `secrets`, `endpoints`, …"""

    subject: str
    mark: Mark
    words: str
    fix: str = ""
    """What to do about it; empty when there is nothing to do."""


_SUBJECT_WIDTH: Final = 46
"""What most subjects fit into; a longer one is whole, for its end tells it from others."""


def report_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """The findings as text, under a heading an area, each with its fix below it."""
    by_area: dict[str, list[Finding]] = {}
    for finding in findings:
        by_area.setdefault(finding.area, []).append(finding)
    for area, found in by_area.items():
        yield area
        for finding in found:
            yield f"  {finding.mark.value:4}  {finding.subject:{_SUBJECT_WIDTH}}  {finding.words}"
            if finding.fix:
                yield f"        {'':{_SUBJECT_WIDTH}}  → {finding.fix}"


def summary(findings: Iterable[Finding]) -> str:
    """How many findings stand how, in one line."""
    marks = [finding.mark for finding in findings]
    return (
        f"{marks.count(Mark.OK)} ok, {marks.count(Mark.WARNING)} to look at, "
        f"{marks.count(Mark.FAILED)} wrong"
    )
