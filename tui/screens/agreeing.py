"""What a second person has to see of a plan before agreeing to it. Pure."""

from collections.abc import Iterator

from actions.door_state import Wanted
from actions.guard_values import Decision, Verdict
from actions.running import Proposal
from monitor.words import age_words
from providers.clock import Moment
from tui.dialogs.guard_dry import dry_run
from tui.dialogs.guard_frame import environment_words
from tui.dialogs.guard_lines import told
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs


def agreement_lines(wanted: Wanted, now: Moment, glyphs: Glyphs, width: int) -> tuple[Line, ...]:
    """Who asks and why, what would happen, and what would be sent, whole."""
    plan = wanted.plan
    shown = Proposal(id="", plan=plan, decision=Decision(verdict=Verdict.CHALLENGE), at=now)
    return (
        *_head(wanted, now),
        *told(shown, now, glyphs, width).lines,
        (),
        *dry_run(plan, width),
    )


def _head(wanted: Wanted, now: Moment) -> Iterator[Line]:
    target = wanted.plan.target
    loud = Tone.CRITICAL if target.production else Tone.WARNING
    yield (
        Cell(f"{wanted.plan.title}  ", Tone.TITLE, bold=True),
        Cell(environment_words(target), loud, bold=True),
    )
    asked = age_words((now.at - wanted.at).total_seconds())
    why = f": {wanted.reason}" if wanted.reason else ""
    yield (Cell(f"asked for by {wanted.who} {asked}{why}"),)
