"""What `quarterdeck rules explain` found, as text and as JSON. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from monitor.explain import Line
from monitor.verdicts import Phase
from tui.rules_ground import LIST_VERSION
from tui.rules_subjects import Subject
from tui.status_values import Json, time_text

_WIDTH: Final = 13


class Explained(Struct, frozen=True, kw_only=True):
    """One subject at one time."""

    subject: Subject
    at: datetime
    state: str
    """The phase in a word, with why."""

    phase: Phase
    value: float | None
    lines: tuple[Line, ...]


def explain_lines(every: Sequence[Explained]) -> Iterator[str]:
    """For people."""
    for one in every:
        about = one.subject
        when = f"{one.at:%Y-%m-%d %H:%M:%S}Z"
        yield f"{about.title}  {about.environment}  {about.key}  as of {when}"
        for name, words in (("state", one.state), *one.lines):
            yield f"  {name:<{_WIDTH}} {words}"


def explain_document(every: Sequence[Explained]) -> dict[str, Json]:
    """As JSON."""
    return {
        "version": LIST_VERSION,
        "explained": [
            {
                "alert": one.subject.key,
                "rule": one.subject.short,
                "title": one.subject.title,
                "environment": one.subject.environment,
                "workspace": one.subject.workspace.name,
                "at": time_text(one.at),
                "phase": one.phase.value,
                "state": one.state,
                "value": one.value,
                "lines": [{"about": name, "words": words} for name, words in one.lines],
            }
            for one in every
        ],
    }
