"""What the guard's dialog says of a proposal. Pure.

What has to be seen before anything can be confirmed comes first and apart: where and what it is
about, what is sent, why not, and every warning. The rest may be scrolled to.
"""

import enum
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from actions.guard_values import Because, Precondition, Standing
from actions.plan import (
    Change,
    Effect,
    HttpStep,
    Plan,
    ScriptStep,
    SqlStep,
    Step,
    Target,
    oddities,
)
from actions.running import Proposal
from monitor.words import age_words, number_words, span_words
from providers.clock import Moment
from tui.dialogs.guard_notes import fewer_lately
from tui.screens.wrapping import wrapped
from widgets.cells import Cell, Line, Tone, cut, cut_line, fit
from widgets.glyphs import Glyphs

_LABEL: Final = 10
_MOST_ODD: Final = 3
_OLD_S: Final = 10.0
"""What was looked at longer ago says so."""


class Room(enum.Enum):
    """How many lines there are for what has to be seen; what was cut stands whole below as well."""

    ROOMY = "roomy"
    SNUG = "steps in two lines"
    BRIEF = "steps in one line; `dry_run` has them whole"
    TIGHT = "what changes and who is hit in a line each, steps in two"
    CLOSE = "steps and notes in a line each, too"
    SCARCE = "what changes and who is hit stands below"


_LINE: Final = 60
"""In fewer columns than these a statement is cut within the name of its table."""

_STEP_LINES: Final = {Room.ROOMY: 6, Room.SNUG: 2, Room.TIGHT: 2}  # elsewhere one

_WHOLE: Final = frozenset({Room.ROOMY, Room.SNUG, Room.BRIEF})
"""Here what changes and who is hit stands in full."""


class Told(Struct, frozen=True, kw_only=True):
    """The lines of a proposal for one width."""

    must: tuple[Line, ...]
    """Without all of these in view nothing can be confirmed."""

    more: tuple[Line, ...] = ()
    again: tuple[Line, ...] = ()
    """What was cut above, whole."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them."""
        return (*self.must, *self.more, *self.again)


def told(
    proposal: Proposal, now: Moment, glyphs: Glyphs, width: int, room: Room = Room.ROOMY
) -> Told:
    """The lines of a proposal.

    Args:
        proposal: What was planned, and what the guard says.
        now: For ages.
        glyphs: What this terminal can draw.
        width: Columns there are.
        room: Lines there are, roughly.
    """
    plan, decision = proposal.plan, proposal.decision
    old = ((one.name, one.age_s(now)) for one in proposal.preconditions)
    ages = {name: age_words(age_s) for name, age_s in old if age_s >= _OLD_S}
    roomy, scarce = room in _WHOLE, room is Room.SCARCE
    short = scarce or room is Room.CLOSE
    refused = [*_because(decision.reasons, ages, glyphs.critical, Tone.CRITICAL)]
    noted = [*_because(decision.warnings, ages, glyphs.warning, Tone.WARNING)]
    fewer = _because(fewer_lately(decision.warnings), ages, glyphs.warning, Tone.WARNING)
    few = [cut_line(line, width) for line in fewer]
    whole = [*_changes(plan.changes, glyphs), *_effects(plan.effects, now.at)]
    happens = whole if roomy else [*_in_short(plan, glyphs, width, now.at)]
    must = [
        *_where(plan.target, glyphs),
        *(() if scarce else happens),
        *refused,
        *(few if short else noted),
        *_steps(plan.steps, width - _LABEL, _STEP_LINES.get(room, 1)),
    ]
    more = _besides(proposal, now, glyphs)
    again = [*(() if roomy or scarce else whole), *(noted if short else ())]
    return Told(
        must=folded(must, width),
        more=folded([*(whole if scarce else ()), *more], width),
        again=folded(again, width),
    )


def _besides(proposal: Proposal, now: Moment, glyphs: Glyphs) -> Iterator[Line]:
    """What may stand below what fits."""
    plan = proposal.plan
    yield from _undo(plan)
    yield from _afterwards(plan)
    yield from _labelled("besides", (Cell(words) for words in plan.side_effects))
    yield from _checked(proposal.preconditions, now, glyphs)


def _in_short(plan: Plan, glyphs: Glyphs, width: int, at: datetime) -> Iterator[Line]:
    """What changes and who is hit, in a line each."""
    for line in _changes(plan.changes, glyphs, width - _LABEL):
        yield cut_line(line, width)
    for line in _effects(plan.effects, at):
        yield cut_line(line, width)


def folded(lines: Iterable[Line], width: int) -> tuple[Line, ...]:
    """Wrapped at blanks, what follows under what it belongs to."""
    return tuple(piece for line in lines for piece in wrapped(line, width, _LABEL))


def labelled(label: str, *cells: Cell) -> Line:
    """One line with its label before it."""
    return (Cell(fit(label, _LABEL), Tone.MUTED), *cells)


def _labelled(label: str, cells: Iterable[Cell]) -> Iterator[Line]:
    for number, cell in enumerate(cells):
        yield labelled("" if number else label, cell)


def _where(target: Target, glyphs: Glyphs) -> Iterator[Line]:
    """Which one, by name and by identity; what is odd about the name."""
    name = Cell(target.name.line(200), Tone.TITLE, bold=True)
    yield labelled("target", name, Cell(f"  {target.kind} {target.identity}"))
    yield from _odd(target.name.text, "in its name", glyphs)


def _odd(text: str, where: str, glyphs: Glyphs) -> Iterator[Line]:
    # Signs such as the dots between words are nobody's name.
    found = [words for words in oddities(text) if words[0].isalpha()]
    for words in found[:_MOST_ODD]:
        yield labelled("", Cell(f"{glyphs.warning} {where}: {words}", Tone.WARNING))
    if len(found) > _MOST_ODD:
        more = f"{glyphs.warning} and {len(found) - _MOST_ODD} other odd characters"
        yield labelled("", Cell(more, Tone.WARNING))


def _changes(changes: Iterable[Change], glyphs: Glyphs, width: int | None = None) -> Iterator[Line]:
    """From what to what; in so many columns both of it is cut, so that both is seen."""
    for number, one in enumerate(changes):
        before, after = one.before.line(120), one.after.line(120)
        if width is not None:
            before, after = _both(before, after, width - len(one.field) - 5)
        yield labelled(
            "" if number else "changes",
            Cell(f"{one.field}  ", Tone.MUTED),
            Cell(before or "nothing"),
            Cell(" → ", Tone.ACCENT),
            Cell(after or "nothing", Tone.TITLE, bold=True),
        )
        yield from _odd(f"{one.before.text} {one.after.text}", "there", glyphs)


def _both(before: str, after: str, room: int) -> tuple[str, str]:
    """Two texts beside each other; what the shorter one leaves is the other's."""
    half = max(room // 2, 1)
    first = cut(before, max(half, room - cell_len(after)))
    return first, cut(after, max(half, room - cell_len(first)))


def step_words(step: Step) -> str:
    """What is sent, in one line."""
    if isinstance(step, HttpStep):
        return f"{step.method} {step.url}{' ' if step.body else ''}{step.body}"
    if isinstance(step, SqlStep):
        rows = "" if step.rows is None else f"  (exactly {rows_words(step.rows)}, else undone)"
        return f"SQL on {step.database}: {' '.join(step.statement.split())}{rows}"
    return shlex.join(step.argv)


def step_label(step: Step, number: int, many: int, *, sent: bool = False) -> str:
    """What stands before it: `sends`, of several `sends 2`; a program `runs`."""
    now, then = ("runs", "ran") if isinstance(step, ScriptStep) else ("sends", "sent")
    word = then if sent else now
    return f"{word} {number}" if many > 1 else word


def rows_words(count: int) -> str:
    """How many rows, in words."""
    return "1 row" if count == 1 else f"{count} rows"


def _shortened(words: str, width: int) -> str:
    """Without its middle, for what is acted upon often stands at the end."""
    if len(words) <= width:
        return words
    end = width * 2 // 5
    return f"{words[: width - end - 1]}…{words[-end:]}"


def _words_in(step: Step, room: int) -> str:
    """What is sent; of a statement without room to say which table, what it is for."""
    words = step_words(step)
    if len(words) <= room or room > _LINE or not isinstance(step, SqlStep):
        return words
    rows = "" if step.rows is None else f", exactly {rows_words(step.rows)}"
    return f"SQL {step.statement.split()[0]}: {step.title}{rows}"


def _steps(steps: tuple[Step, ...], width: int, most: int) -> Iterator[Line]:
    """Each in so many lines at most; addresses have no blanks to be folded at."""
    for number, step in enumerate(steps, 1):
        words = _shortened(_words_in(step, width * most), width * most)
        label = step_label(step, number, len(steps))
        if isinstance(step, HttpStep):
            pieces = [words[at : at + width] for at in range(0, len(words), width)]
            yield from _labelled(label, (Cell(piece) for piece in pieces))
        else:
            yield labelled(label, Cell(words))
    if not steps:
        yield labelled("sends", Cell("nothing"))


def _because(
    reasons: Iterable[Because], ages: Mapping[str, str], sign: str, tone: Tone
) -> Iterator[Line]:
    """Each with how long ago that was looked at, where it was."""
    label = "refused" if tone is Tone.CRITICAL else "note"
    for number, one in enumerate(reasons):
        shown = "?" if one.code.startswith("not-known:") else sign
        words = Cell(f"{shown} {one.words}", tone, bold=tone is Tone.CRITICAL)
        age = ages.get(one.code.partition(":")[2], "")
        old = (Cell(f"  {age}", Tone.MUTED),) if age else ()
        yield labelled("" if number else label, words, *old)


def _effects(effects: Sequence[Effect], at: datetime) -> Iterator[Line]:
    """Who is hit, measured when; what could not be measured says so."""
    cells: list[Cell] = []
    for one in effects:
        cells.append(Cell(" · " if cells else "", Tone.MUTED))
        if one.number is None:
            why = one.reason or "it could not be measured"
            cells.append(Cell(f"{one.words}: not known, {why}", Tone.WARNING))
        else:
            number = number_words(one.number, one.unit)
            cells += (Cell(f"{number} ", Tone.TITLE, bold=True), Cell(one.words))
    times = [one.measured_at for one in effects if one.measured_at is not None]
    if times:
        oldest = age_words(max(0.0, (at - min(times)).total_seconds()))
        cells.append(Cell(f"  {oldest}", Tone.MUTED))
    if cells:
        yield labelled("affects", *cells)


def _undo(plan: Plan) -> Iterator[Line]:
    takes = "" if plan.takes_s is None else f"   takes about {span_words(plan.takes_s)}"
    after = (Cell(takes, Tone.MUTED),) if takes else ()
    if plan.undo is not None:
        yield labelled("undo", Cell(plan.undo.words), *after)
    else:
        why = plan.no_undo or "it can not be taken back"
        yield labelled("no undo", Cell(why, Tone.WARNING), *after)


def _afterwards(plan: Plan) -> Iterator[Line]:
    """What stays, and what goes on for a while."""
    yield from _labelled("stays", (Cell(one.words, Tone.WARNING) for one in plan.remains))
    if plan.counts_down_s:
        words = f"{plan.counts_down} for up to {span_words(plan.counts_down_s)}"
        yield labelled("still", Cell(words, Tone.WARNING))


def _checked(checks: Sequence[Precondition], now: Moment, glyphs: Glyphs) -> Iterator[Line]:
    """How much holds; what does not stands above, among the reasons and the notes."""
    ages = [one.age_s(now) for one in checks if one.standing is Standing.MET]
    if ages:
        words = "1 check holds" if len(ages) == 1 else f"{len(ages)} checks hold"
        old = Cell(f"  {age_words(max(ages))} · ^d lists them", Tone.MUTED)
        yield labelled("checked", Cell(f"{glyphs.ok} ", Tone.OK), Cell(words), old)
