"""What one action has done so far, as lines. Pure."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from actions.plan import Plan
from actions.running import Phase, Running
from actions.verbs import Outcome
from actions.watch import Watched, WatchVerdict
from monitor.words import clock_words, duration_words, span_words
from providers.clock import Moment
from tui.dialogs.guard_frame import environment_words
from tui.dialogs.guard_lines import step_label, step_words
from tui.screens.parts import labelled, muted
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs

_PHASES: Final = {
    Phase.CHECKING: "looked at again",
    Phase.SENDING: "being sent",
    Phase.FOLLOWING: "running",
    Phase.RECONCILING: "not known, read back",
    Phase.OVER: "over",
}

_OUTCOMES: Final = {
    Outcome.DONE: ("done", Tone.OK),
    Outcome.FAILED: ("failed", Tone.CRITICAL),
    Outcome.REFUSED: ("refused, nothing was sent", Tone.WARNING),
    Outcome.UNKNOWN: ("not known", Tone.WARNING),
}


def outcome_sign(outcome: Outcome | None, glyphs: Glyphs) -> str:
    """The sign of an outcome; of none that it runs."""
    if outcome is None:
        return glyphs.running
    return {
        Outcome.DONE: glyphs.ok,
        Outcome.FAILED: glyphs.critical,
        Outcome.REFUSED: glyphs.failed,
        Outcome.UNKNOWN: "?",
    }[outcome]


def state_cell(running: Running, now: Moment, glyphs: Glyphs) -> Cell:
    """How it stands: `◐ running 0:41 of about 1:30`, `● done`."""
    if running.over and running.watch is not None:
        return _watch_cell(running.watch, glyphs)
    sign = outcome_sign(running.outcome, glyphs)
    if running.outcome is not None and running.over:
        words, tone = _OUTCOMES[running.outcome]
        return Cell(f"{sign} {words}", tone, bold=True)
    lasts = duration_words(running.began.age_s(now))
    usual = running.plan.takes_s
    of = "" if usual is None else f" of about {span_words(usual)}"
    return Cell(f"{sign} {_PHASES[running.phase]}, {lasts}{of}", Tone.ACCENT, bold=True)


def _watch_cell(watch: Watched, glyphs: Glyphs) -> Cell:
    """How what should recover goes on: `● done, verified`, `▲ done, not yet healthy`."""
    if watch.verdict is None:
        return Cell(f"{glyphs.running} done, watched", Tone.ACCENT, bold=True)
    sign, tone = {
        WatchVerdict.VERIFIED: (glyphs.ok, Tone.OK),
        WatchVerdict.NOT_YET: (glyphs.warning, Tone.WARNING),
        WatchVerdict.WORSE: (glyphs.critical, Tone.CRITICAL),
        WatchVerdict.UNKNOWN: ("?", Tone.WARNING),
    }[watch.verdict]
    return Cell(f"{sign} done, {watch.verdict.value}", tone, bold=True)


def title_of(running: Running, now: Moment, glyphs: Glyphs) -> Line:
    """What is done where, and how it stands."""
    target = running.plan.target
    loud = Tone.CRITICAL if target.production else Tone.WARNING
    return (
        Cell(f"{running.plan.title}  ", Tone.TITLE, bold=True),
        Cell(environment_words(target), loud, bold=True),
        Cell("  "),
        state_cell(running, now, glyphs),
    )


def action_lines(
    running: Running, zone: tzinfo, glyphs: Glyphs, watched: Sequence[str]
) -> tuple[Line, ...]:
    """The whole page.

    Args:
        running: The action.
        zone: Of the times.
        glyphs: What this terminal can draw.
        watched: Titles of what should be well again.
    """
    plan, target = running.plan, running.plan.target
    return (
        labelled(
            "target",
            Cell(target.name.line(120), Tone.TITLE),
            Cell(f"  {target.kind} {target.identity}", Tone.MUTED),
        ),
        *_end(running),
        *_afterwards(plan, running, watched),
        (),
        *_log(running, zone, glyphs),
        (),
        *_steps(running),
        labelled("reason", Cell(running.reason or "—")),
        labelled("request", Cell(running.id, Tone.MUTED), Cell(_intent(running), Tone.MUTED)),
    )


def _steps(running: Running) -> Iterator[Line]:
    """What is sent, or was."""
    sent = running.over and running.outcome is not Outcome.REFUSED
    steps = running.plan.steps
    for number, step in enumerate(steps, 1):
        label = step_label(step, number, len(steps), sent=sent)
        yield labelled(label, Cell(step_words(step)))


def _intent(running: Running) -> str:
    return f"   audit #{running.intent}" if running.intent else "   not in the audit so far"


def _log(running: Running, zone: tzinfo, glyphs: Glyphs) -> Iterator[Line]:
    last = len(running.log) - 1
    for place, one in enumerate(running.log):
        at_it = place == last and not running.over
        sign = glyphs.running if at_it else glyphs.note
        if place == last and running.over:
            sign = outcome_sign(running.outcome, glyphs)
        # What became of it stands above: here only when.
        ended = running.outcome if running.over and one.words == running.words else None
        words = one.words if ended is None else _OUTCOMES[ended][0]
        yield (
            Cell(f"{sign} ", Tone.ACCENT if at_it else Tone.MUTED),
            Cell(f"{clock_words(one.at.at, zone)}  ", Tone.MUTED),
            Cell(words, Tone.TITLE if place == last else Tone.NORMAL),
        )


def _end(running: Running) -> Iterator[Line]:
    """How it can end, or how it did."""
    if not running.over or running.outcome is None:
        yield labelled("ends as", muted_words("done | failed | refused | ? sent, nobody knows"))
        yield muted("Leaving this screen does not stop it; X shows it again.")
        return
    words, tone = _OUTCOMES[running.outcome]
    yield labelled("outcome", Cell(words, tone, bold=True))
    # Where to look stands in a line of its own.
    yield labelled("", Cell(running.words.replace(f"; look at {running.plan.look_at}", "")))
    if running.watch is not None:
        yield labelled("watched", Cell(running.watch.words))
    for reason in running.because:
        if reason.words not in running.words:
            yield labelled("", Cell(reason.words, Tone.WARNING))
    if running.outcome is Outcome.UNKNOWN:
        yield labelled("look at", Cell(running.plan.look_at or "its own console", Tone.TITLE))
        yield labelled("", Cell("r reads it back now; in X enter settles it by what you found"))
    if not running.recorded:
        yield labelled("audit", Cell("the outcome could not be written", Tone.CRITICAL))


def muted_words(words: str) -> Cell:
    """Words that may be overlooked."""
    return Cell(words, Tone.MUTED)


def _afterwards(plan: Plan, running: Running, watched: Sequence[str]) -> Iterator[Line]:
    """What should be well again, what stays, what can be taken back."""
    if watched and not running.over:
        yield labelled("watch", muted_words(f"afterwards: {', '.join(watched)}"))
    if running.outcome is not Outcome.DONE:
        return
    for left in plan.remains:
        yield labelled("stays", Cell(left.words, Tone.WARNING))
    if plan.counts_down_s:
        words = f"{plan.counts_down} for up to {span_words(plan.counts_down_s)}; X counts down"
        yield labelled("still", Cell(words, Tone.WARNING))
    if running.undo is not None:
        yield labelled("undo", Cell(running.undo.words), Cell("   U looks at it…", Tone.ACCENT))
    else:
        yield labelled("no undo", muted_words(plan.no_undo or "there is none"))
