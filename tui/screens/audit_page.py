"""One entry of the audit, whole, with the plan that was shown. Pure."""

import json
from collections.abc import Iterator
from datetime import tzinfo

from actions.audit_entries import AuditEntry
from actions.undo import plan_in
from monitor.words import date_words
from tui.dialogs.guard_dry import dry_run
from tui.screens.parts import heading, labelled
from tui.screens.wrapping import wrapped
from widgets.cells import Cell, Line, Tone

_LABEL = 13


def entry_lines(entry: AuditEntry, zone: tzinfo, width: int) -> tuple[Line, ...]:
    """Every field that says something, and what was planned."""
    lines = [*_fields(entry, zone), *_plan(entry, width)]
    return tuple(piece for line in lines for piece in wrapped(line, width, _LABEL))


def _fields(entry: AuditEntry, zone: tzinfo) -> Iterator[Line]:
    said = (
        ("when", f"{date_words(entry.at, zone)}   #{entry.seq}"),
        ("who", f"{entry.operator} ({entry.login}) on {entry.host}"),
        ("from", entry.origin),
        ("what", f"{entry.kind.value}  {entry.title or entry.action}"),
        ("where", entry.place.strip("/")),
        ("target", f"{entry.target_name}  {entry.target}".strip()),
        ("reason", entry.reason),
        ("incident", entry.incident),
        ("outcome", entry.outcome),
        ("", entry.words),
        ("answer", entry.answer),
        ("request", entry.request),
        ("plan", entry.fingerprint),
        ("hash", entry.hash),
        ("before it", entry.prev),
    )
    for label, words in said:
        if words:
            yield labelled(label, Cell(words))


def _plan(entry: AuditEntry, width: int) -> Iterator[Line]:
    if entry.plan is None:
        return
    plan = plan_in(entry)
    yield ()
    if plan is None:
        yield heading("The plan, which this version can not read")
        for row in json.dumps(entry.plan, indent=2, ensure_ascii=False).splitlines():
            yield (Cell(row),)
        return
    for change in plan.changes:
        words = f"{change.before.line(120)} → {change.after.line(120)}"
        yield labelled("changes", Cell(f"{change.field}  ", Tone.MUTED), Cell(words))
    for words in plan.side_effects:
        yield labelled("besides", Cell(words))
    yield labelled("undo", Cell(plan.undo.words if plan.undo else plan.no_undo or "none"))
    yield ()
    yield from dry_run(plan, width)
