"""Everything that would be sent, whole, and all that was checked. Pure."""

from collections.abc import Iterator, Sequence

from actions.guard_values import Precondition, Standing
from actions.plan import HttpStep, Plan, SqlStep, Step
from monitor.words import age_words
from providers.clock import Moment
from tui.dialogs.guard_lines import folded, labelled, rows_words
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs


def dry_run(plan: Plan, width: int, checked: Sequence[Line] = ()) -> tuple[Line, ...]:
    """The lines of a plan that stand behind its dialog.

    Args:
        plan: What was planned.
        width: Columns there are.
        checked: What was looked at, from `check_lines`.
    """
    lines: list[Line] = [(Cell(f"Sent in this order, and nothing else ({len(plan.steps)}):"),)]
    for number, step in enumerate(plan.steps, 1):
        lines += [(), (Cell(f"{number}  {step.title}", Tone.TITLE, bold=True),)]
        lines += (labelled("", Cell(text)) for text in _whole(step))
    lines += _listed("Checked:", checked)
    lines += _behind(plan)
    lines += [(), labelled("plan", Cell(plan.fingerprint, Tone.MUTED))]
    return folded(lines, width)


def _behind(plan: Plan) -> Iterator[Line]:
    pins = [(Cell(f"{name}: {value}"),) for name, value in plan.pins]
    yield from _listed("Only if this is still so:", pins)
    yield from _listed("The credential needs:", [(Cell(right),) for right in plan.needs])


def _listed(heading: str, lines: Sequence[Line]) -> Iterator[Line]:
    if lines:
        yield ()
        yield (Cell(heading, Tone.TITLE, bold=True),)
        yield from (labelled("", *line) for line in lines)


def check_lines(checks: Sequence[Precondition], now: Moment, glyphs: Glyphs) -> list[Line]:
    """Each with its sign and how long ago it was looked at."""
    signs = {
        Standing.MET: (glyphs.ok, Tone.OK),
        Standing.WARN: (glyphs.warning, Tone.WARNING),
        Standing.BLOCK: (glyphs.critical, Tone.CRITICAL),
    }
    lines: list[Line] = []
    for one in checks:
        sign, tone = signs.get(one.standing, ("?", Tone.WARNING))
        old = Cell(f"  {age_words(one.age_s(now))}", Tone.MUTED)
        lines.append((Cell(f"{sign} ", tone), Cell(one.words), old))
    return lines


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
            yield f"exactly {rows_words(step.rows)}, or all of it is undone"
    else:
        yield from (f"argument {place}: {each}" for place, each in enumerate(step.argv))
