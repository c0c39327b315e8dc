"""What the header says of time besides its clock, in words that do not change every second."""

from typing import Final

from msgspec import Struct

from monitor.response import most_overdue_s, overdue_words
from monitor.snapshot import Snapshot, WorkspaceView
from monitor.words import duration_words, short_duration, span_words
from providers.clock import Moment
from widgets.looks import steady

SILENT_AFTER_S: Final = 5.0
"""The engine publishes every second or two; older than this it has stopped."""

JUST_NOW_S: Final = 10.0
"""What began so lately has no duration yet."""


class Answers(Struct, frozen=True, kw_only=True):
    """How often is looked, and which answer came last: the same for as long as a snapshot."""

    every: str = ""
    """In words; empty: nothing is looked at."""

    last: Moment | None = None


def answers_of(snapshot: Snapshot, view: WorkspaceView, now: Moment) -> Answers:
    """What the sources of a workspace have said so far."""
    name = view.spec.name
    mine = [source for source in snapshot.sources.values() if source.spec.workspace == name]
    if not mine:
        return Answers()
    came = [source.last_success for source in mine if source.last_success is not None]
    return Answers(
        every=span_words(min(source.spec.interval_s for source in mine)),
        last=min(came, key=lambda one: one.age_s(now), default=None),
    )


def freshness_words(answers: Answers, now: Moment) -> str:
    """How often is looked, and when an answer last came: `every 15s · last 5s ago`."""
    if not answers.every:
        return ""
    if answers.last is None:
        return f"every {answers.every} · none yet"
    age_s = steady(answers.last.age_s(now))
    told = f"last {duration_words(age_s)} ago" if age_s else "live"
    return f"every {answers.every} · {told}"


class Spans(Struct, frozen=True, kw_only=True):
    """All that the header says of time besides its clock, in words; empty: nothing."""

    lasting: str
    """How long what is worst has lasted."""

    over: str
    """By how much an answer is overdue."""

    coming: str
    """When the next maintenance window begins, and which it is."""

    silent: str
    """How long the engine has said nothing."""

    fresh: str
    """How often is looked, and when an answer last came."""


def spans_of(snapshot: Snapshot, view: WorkspaceView, answers: Answers, now: Moment) -> Spans:
    """The words at this instant."""
    since, coming = view.worst_since, ""
    over_s = most_overdue_s(view.alerts, now.at)
    silent_s = snapshot.at.age_s(now)
    if view.coming and not view.maintenance:
        left_s = (view.coming[0].begins - now.at).total_seconds()
        coming = f"maintenance in {short_duration(left_s).strip()}: {view.coming[0].window.title}"
    return Spans(
        lasting="" if since is None else _lasting(since.age_s(now)),
        over=overdue_words(over_s) if over_s else "",
        coming=coming,
        silent=duration_words(steady(silent_s)) if silent_s > SILENT_AFTER_S else "",
        fresh=freshness_words(answers, now),
    )


def _lasting(seconds: float) -> str:
    return "just now" if seconds < JUST_NOW_S else f"for {duration_words(steady(seconds))}"
