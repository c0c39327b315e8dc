"""The rows of the list of actions: what is under way, open, can be taken back; the audit. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Final

from msgspec import Struct

from actions.audit_entries import AuditEntry, AuditKind
from actions.door_state import DoorState, Wanted
from actions.plan import Undo
from actions.running import Running
from actions.verbs import Outcome
from monitor.words import clock_words, date_words, duration_words
from providers.clock import Moment
from tui.door_words import is_overdue
from tui.screens.action_page import outcome_sign, state_cell
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.glyphs import Glyphs
from widgets.listing import Row

COLUMNS: Final = (
    Column(key="sign", width=1),
    Column(key="when", width=9),
    Column(key="what", width=24, grows=True, most=60),
    Column(key="state", width=14),
    Column(key="words", width=20, grows=True),
)
NARROW_COLUMNS: Final = (
    Column(key="sign", width=1),
    Column(key="when", width=9),
    Column(key="what", width=24, grows=True),
    Column(key="state", width=12),
    Column(key="words", width=10, grows=True),
)

_OUTCOMES: Final = {one.value: one for one in Outcome}
_TONES: Final = {
    "done": Tone.OK,
    "verified": Tone.OK,
    "failed": Tone.CRITICAL,
    "worse": Tone.CRITICAL,
    "unknown": Tone.WARNING,
    "refused": Tone.WARNING,
}


class Item(Struct, frozen=True, kw_only=True):
    """A row and what enter does with it."""

    row: Row
    running: Running | None = None
    undo: Undo | None = None
    entry: AuditEntry | None = None
    lines: tuple[Line, ...] = ()
    """What to read, when it is nothing else."""

    settles: str = ""
    """The request whose outcome a person may settle."""

    wanted: Wanted | None = None
    """A plan that waits for a second person."""


NO_ITEM: Final = Item(row=Row(key="", cells=()))
"""Nothing is under the cursor."""


class Look(Struct, frozen=True, kw_only=True):
    """How the rows are made."""

    glyphs: Glyphs
    zone: tzinfo
    now: Moment

    def age(self, at: datetime) -> str:
        """How long ago."""
        return duration_words(max(0.0, (self.now.at - at).total_seconds()))


def items(state: DoorState, entries: Sequence[AuditEntry], look: Look) -> tuple[Item, ...]:
    """All rows, the most urgent first, the audit last with its newest entry first."""
    parts = (
        ("Outcome not known", tuple(_unsettled(state, look))),
        ("Left behind", tuple(_left(state, look))),
        ("Wait for a second person", tuple(_wanted(state, look))),
        ("Actions of this program", tuple(_running(state, look))),
        ("Still works for a while", tuple(_residuals(state, look))),
        ("Can be taken back", tuple(_undos(state, look))),
        ("Audit", tuple(_audit(entries, look))),
    )
    return tuple(
        one for title, found in parts if found for one in (_heading(title, len(found)), *found)
    )


def _heading(title: str, count: int) -> Item:
    cells = (
        Cell(""),
        Cell(""),
        (Cell(title, Tone.TITLE, bold=True), Cell(f"  {count}", Tone.MUTED)),
        Cell(""),
        Cell(""),
    )
    return Item(row=Row(key=f"heading/{title}", cells=cells, heading=True))


def _row(key: str, sign: Cell, when: str, what: Line, state: Cell, words: str) -> Row:
    return Row(key=key, cells=(sign, Cell(when, Tone.MUTED), what, state, Cell(words)))


def _unsettled(state: DoorState, look: Look) -> Iterator[Item]:
    for one in state.unsettled:
        what = (Cell(f"{one.title}  ", Tone.TITLE), Cell(one.target_name))
        seen = state.seen(one.request)
        sign = Cell(look.glyphs.running, Tone.ACCENT) if seen else Cell("?", Tone.WARNING)
        stands = Cell("followed", Tone.ACCENT) if seen else Cell("not known", Tone.WARNING)
        yield Item(
            row=_row(
                f"unsettled/{one.request}",
                sign,
                look.age(one.since),
                what,
                stands,
                f"{seen} · {one.who}"
                if seen
                else f"enter: settle… · r read back · {one.words} · {one.who}",
            ),
            lines=(
                (Cell(f"{one.title}, {one.workspace}/{one.environment}", Tone.TITLE),),
                (Cell(f"begun by {one.who} at {date_words(one.since, look.zone)}"),),
                (),
                (Cell("Nobody knows whether it was carried out. It is not sent again."),),
                (Cell(one.words),),
            ),
            settles=one.request,
        )


def _left(state: DoorState, look: Look) -> Iterator[Item]:
    for place, one in enumerate(state.left):
        late = is_overdue(one, look.now.at)
        yield Item(
            row=_row(
                f"left/{one.request}/{place}",
                Cell(look.glyphs.warning, Tone.CRITICAL if late else Tone.WARNING),
                look.age(one.since),
                (Cell(one.remaining.words, Tone.TITLE),),
                Cell("overdue", Tone.CRITICAL) if late else Cell(one.environment, Tone.MUTED),
                f"enter: {one.remaining.undo.words}… · {one.who}",
            ),
            undo=one.remaining.undo,
        )


def _wanted(state: DoorState, look: Look) -> Iterator[Item]:
    for one in state.wanted:
        target = one.plan.target
        own = one.login == state.login
        how = "somebody of another account agrees" if own else "enter: agree…"
        yield Item(
            row=_row(
                f"wanted/{one.fingerprint}",
                Cell(look.glyphs.running, Tone.ACCENT),
                look.age(one.at),
                (Cell(f"{one.plan.title}  ", Tone.TITLE), Cell(target.name.line(60))),
                Cell("to be agreed", Tone.ACCENT),
                f"{how} · {one.who}{f': {one.reason}' if one.reason else ''}",
            ),
            lines=(
                (Cell(f"{one.who} asks for {one.plan.title}, {target.place}", Tone.TITLE),),
                (Cell(f"because: {one.reason or 'no reason is given so far'}"),),
                (),
                (Cell("You asked for it: somebody of another account has to agree, in X or by"),),
                (Cell(f"  quarterdeck action approve {one.fingerprint}", Tone.ACCENT),),
            ),
            wanted=one,
        )


def _running(state: DoorState, look: Look) -> Iterator[Item]:
    for one in reversed(state.running):
        target = one.plan.target
        cell = state_cell(one, look.now, look.glyphs)
        sign = outcome_sign(one.outcome, look.glyphs)
        words = cell.text.removeprefix(sign).strip()
        yield Item(
            row=_row(
                f"run/{one.id}",
                Cell(sign, cell.tone, bold=True),
                look.age(one.began.at),
                (Cell(f"{one.plan.title}  ", Tone.TITLE), Cell(f"{target.name.line(60)}  "),
                 Cell(target.environment, Tone.MUTED)),
                Cell(words, cell.tone),
                one.words or one.reason,
            ),
            running=one,
            undo=one.undo,
            settles=one.id if one.over and one.outcome is Outcome.UNKNOWN else "",
        )  # fmt: skip


def _residuals(state: DoorState, look: Look) -> Iterator[Item]:
    for one in state.residuals:
        left_s = (one.until - look.now.at).total_seconds()
        if left_s > 0:
            yield Item(
                row=_row(
                    f"still/{one.request}",
                    Cell(look.glyphs.warning, Tone.WARNING),
                    duration_words(left_s),
                    (Cell(one.words, Tone.TITLE),),
                    Cell("counts down", Tone.WARNING),
                    f"until {clock_words(one.until, look.zone)}, after {one.title}",
                )
            )


def _undos(state: DoorState, look: Look) -> Iterator[Item]:
    for one in state.undos:
        yield Item(
            row=_row(
                f"undo/{one.request}",
                Cell(look.glyphs.note, Tone.MUTED),
                look.age(one.at),
                (Cell(one.title, Tone.TITLE),),
                Cell(one.environment, Tone.MUTED),
                f"enter: {one.undo.words}… · {one.who}",
            ),
            undo=one.undo,
        )


def _audit(entries: Sequence[AuditEntry], look: Look) -> Iterator[Item]:
    for one in reversed(entries):
        state = one.outcome or one.kind.value
        what = one.title or one.action or one.kind.value
        why = " · ".join(text for text in (one.incident, one.reason, one.words) if text)
        yield Item(
            row=_row(
                f"audit/{one.seq}",
                _entry_sign(one, look.glyphs),
                clock_words(one.at, look.zone),
                (Cell(f"#{one.seq} ", Tone.MUTED), Cell(f"{what}  ", Tone.TITLE),
                 Cell(f"{one.target_name}  "), Cell(one.environment, Tone.MUTED)),
                Cell(state, _TONES.get(state, Tone.NORMAL)),
                f"{one.who}  {why}",
            ),
            entry=one,
        )  # fmt: skip


def _entry_sign(entry: AuditEntry, glyphs: Glyphs) -> Cell:
    if entry.kind is AuditKind.OUTCOME:
        sign = outcome_sign(_OUTCOMES.get(entry.outcome, Outcome.UNKNOWN), glyphs)
        return Cell(sign, _TONES.get(entry.outcome, Tone.WARNING))
    if entry.kind in {AuditKind.REFUSED, AuditKind.CANCELLED}:
        return Cell(glyphs.failed, Tone.MUTED)
    return Cell(glyphs.note, _TONES.get(entry.outcome, Tone.MUTED))
