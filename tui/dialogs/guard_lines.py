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

from actions.guard_values import Because, Precondition, Standing
from actions.plan import Change, Effect, HttpStep, Plan, SqlStep, Step, Target, oddities
from actions.running import Proposal
from monitor.words import age_words, number_words, span_words
from providers.clock import Moment
from tui.screens.wrapping import wrapped
from widgets.cells import Cell, Line, Tone, cut, cut_line, fit
from widgets.glyphs import Glyphs

_LABEL: Final = 10
_MOST_ODD: Final = 3


class Room(enum.Enum):
    """How many lines there are for what has to be seen."""

    ROOMY = "roomy"
    TIGHT = "tight"
    """What changes stands below, and steps are cut to two lines; `dry_run` has them whole."""

    SCARCE = "scarce"
    """Steps and notes are cut to a line each; the notes stand whole below as well."""


_STEP_LINES: Final = {Room.ROOMY: 6, Room.TIGHT: 2, Room.SCARCE: 1}


class Told(Struct, frozen=True, kw_only=True):
    """The lines of a proposal for one width."""

    must: tuple[Line, ...]
    """Without all of these in view nothing can be confirmed."""

    more: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them."""
        return (*self.must, *self.more)


def environment_words(target: Target) -> str:
    """Where it happens, in capitals: `PRODUCTION`."""
    name = target.environment.upper() or "NO SINGLE ENVIRONMENT"
    return f"{name} (PRODUCTION)" if target.production and "PROD" not in name else name


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
    ages = {one.name: age_words(one.age_s(now)) for one in proposal.preconditions}
    roomy, scarce = room is Room.ROOMY, room is Room.SCARCE
    refused = [*_because(decision.reasons, ages, glyphs.critical, Tone.CRITICAL)]
    noted = [*_because(decision.warnings, ages, glyphs.warning, Tone.WARNING)]
    must = [
        *_where(plan.target, glyphs, roomy=roomy),
        *(_changes(plan.changes, glyphs) if roomy else ()),
        *_steps(plan.steps, width - _LABEL, _STEP_LINES[room]),
        *refused,
        *([cut_line(line, width) for line in noted] if scarce else noted),
    ]
    more = [
        *(() if roomy else _changes(plan.changes, glyphs)),
        *(noted if scarce else ()),
        *_effects(plan.effects, now.at),
        *_labelled("besides", (Cell(words) for words in plan.side_effects)),
        *_undo(plan),
        *_afterwards(plan),
        *_checked(proposal.preconditions, now, glyphs),
    ]
    return Told(must=_folded(must, width), more=_folded(more, width))


def _folded(lines: Iterable[Line], width: int) -> tuple[Line, ...]:
    return tuple(piece for line in lines for piece in wrapped(line, width, _LABEL))


def _line(label: str, *cells: Cell) -> Line:
    return (Cell(fit(label, _LABEL), Tone.MUTED), *cells)


def _labelled(label: str, cells: Iterable[Cell]) -> Iterator[Line]:
    for number, cell in enumerate(cells):
        yield _line("" if number else label, cell)


def _where(target: Target, glyphs: Glyphs, *, roomy: bool) -> Iterator[Line]:
    """Which one, by name and by identity; what is odd about the name."""
    name = Cell(target.name.line(200), Tone.TITLE, bold=True)
    workspace = f"  ·  {target.workspace}" if roomy else ""
    identity = Cell(f"  {target.kind} {target.identity}{workspace}")
    yield _line("target", name, identity)
    yield from _odd(target.name.text, "in its name", glyphs)


def _odd(text: str, where: str, glyphs: Glyphs) -> Iterator[Line]:
    # Signs such as the dots between words are nobody's name.
    found = [words for words in oddities(text) if words[0].isalpha()]
    for words in found[:_MOST_ODD]:
        yield _line("", Cell(f"{glyphs.warning} {where}: {words}", Tone.WARNING))
    if len(found) > _MOST_ODD:
        more = f"{glyphs.warning} and {len(found) - _MOST_ODD} other odd characters"
        yield _line("", Cell(more, Tone.WARNING))


def _changes(changes: Iterable[Change], glyphs: Glyphs) -> Iterator[Line]:
    for number, one in enumerate(changes):
        before, after = one.before.line(120), one.after.line(120)
        yield _line(
            "" if number else "changes",
            Cell(f"{one.field}  ", Tone.MUTED),
            Cell(before or "nothing"),
            Cell(" → ", Tone.ACCENT),
            Cell(after or "nothing", Tone.TITLE, bold=True),
        )
        yield from _odd(f"{one.before.text} {one.after.text}", "there", glyphs)


def step_words(step: Step) -> str:
    """What is sent, in one line."""
    if isinstance(step, HttpStep):
        return f"{step.method} {step.url}{' ' if step.body else ''}{step.body}"
    if isinstance(step, SqlStep):
        rows = "" if step.rows is None else f"  (exactly {_rows(step.rows)}, else undone)"
        return f"SQL on {step.database}: {' '.join(step.statement.split())}{rows}"
    return f"runs {shlex.join(step.argv)}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _shortened(words: str, width: int) -> str:
    """Without its middle, for what is acted upon often stands at the end."""
    if len(words) <= width:
        return words
    end = width * 2 // 5
    return f"{cut(words[: width - end], width - end - 1)}…{words[-end:]}"


def _steps(steps: tuple[Step, ...], width: int, most: int) -> Iterator[Line]:
    """Each in so many lines at most; addresses have no blanks to be folded at."""
    for number, step in enumerate(steps, 1):
        words = _shortened(step_words(step), width * most)
        label = f"sends {number}" if len(steps) > 1 else "sends"
        if isinstance(step, HttpStep):
            pieces = [words[at : at + width] for at in range(0, len(words), width)]
            yield from _labelled(label, (Cell(piece) for piece in pieces))
        else:
            yield _line(label, Cell(words))
    if not steps:
        yield _line("sends", Cell("nothing"))


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
        yield _line("" if number else label, words, *old)


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
        yield _line("affects", *cells)


def _undo(plan: Plan) -> Iterator[Line]:
    takes = "" if plan.takes_s is None else f"   takes about {span_words(plan.takes_s)}"
    after = (Cell(takes, Tone.MUTED),) if takes else ()
    if plan.undo is not None:
        yield _line("undo", Cell(plan.undo.words), *after)
    else:
        why = plan.no_undo or "it can not be taken back"
        yield _line("no undo", Cell(why, Tone.WARNING), *after)


def _afterwards(plan: Plan) -> Iterator[Line]:
    """What stays, and what goes on for a while."""
    yield from _labelled("stays", (Cell(one.words, Tone.WARNING) for one in plan.remains))
    if plan.counts_down_s:
        words = f"{plan.counts_down} for up to {span_words(plan.counts_down_s)}"
        yield _line("still", Cell(words, Tone.WARNING))


def _checked(checks: Sequence[Precondition], now: Moment, glyphs: Glyphs) -> Iterator[Line]:
    """What holds; what does not stands above, among the reasons and the notes."""
    holding = [one for one in checks if one.standing is Standing.MET]
    cells: list[Cell] = []
    for one in holding:
        cells += (Cell(f"{glyphs.ok} ", Tone.OK), Cell(f"{one.words}  "))
    if cells:
        oldest = age_words(max(one.age_s(now) for one in holding))
        yield _line("checked", *cells, Cell(oldest, Tone.MUTED))


def dry_run(plan: Plan, width: int) -> tuple[Line, ...]:
    """Everything that would be sent, whole."""
    lines: list[Line] = [(Cell(f"Sent in this order, and nothing else ({len(plan.steps)}):"),)]
    for number, step in enumerate(plan.steps, 1):
        lines += [(), (Cell(f"{number}  {step.title}", Tone.TITLE, bold=True),)]
        lines += (_line("", Cell(text)) for text in _whole(step))
    if plan.pins:
        lines += [(), (Cell("Only if this is still so:", Tone.TITLE, bold=True),)]
        lines += (_line("", Cell(f"{name}: {value}")) for name, value in plan.pins)
    if plan.needs:
        lines += [(), (Cell("The credential needs:", Tone.TITLE, bold=True),)]
        lines += (_line("", Cell(right)) for right in plan.needs)
    lines += [(), _line("plan", Cell(plan.fingerprint, Tone.MUTED))]
    return _folded(lines, width)


def _whole(step: Step) -> Iterator[str]:
    if isinstance(step, HttpStep):
        yield f"{step.method} {step.url}"
        yield from (f"{name}: {value}" for name, value in step.headers)
        yield from (row.expandtabs(4) for row in step.body.splitlines())
    elif isinstance(step, SqlStep):
        yield f"database {step.database}, one transaction with the others"
        yield from (row.expandtabs(4) for row in step.statement.splitlines())
        yield from (f"${place} = {value}" for place, value in enumerate(step.parameters, 1))
        if step.rows is not None:
            yield f"exactly {_rows(step.rows)}, or all of it is undone"
    else:
        yield from (f"argument {place}: {each}" for place, each in enumerate(step.argv))


def differences(old: Plan, new: Plan) -> tuple[str, ...]:
    """What a plan made anew says otherwise; at least one thing when the fingerprints differ."""
    if old.fingerprint == new.fingerprint:
        return ()
    before, after = _facts(old), _facts(new)
    found = [
        f"{key[1]}: {before.get(key, 'nothing')} → {after.get(key, 'nothing')}"
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]
    if old.steps != new.steps:
        found.append("what is sent is not the same")
    return tuple(found) or ("it is not the same plan any more",)


def _facts(plan: Plan) -> dict[tuple[str, str], str]:
    """By kind and name: a pin may be named as a field that changes."""
    words = ((one, f"{one.before.line(60)} to {one.after.line(60)}") for one in plan.changes)
    return {
        ("target", "target"): plan.target.identity,
        **{("pin", name): value for name, value in plan.pins},
        **{("change", one.field): said for one, said in words},
        **{("parameter", name): value for name, value in plan.parameters},
    }
