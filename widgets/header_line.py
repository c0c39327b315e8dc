"""What the header says, fitted to its width: the least needed parts go first."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.on_call import on_call
from monitor.snapshot import Counts, Snapshot, WorkspaceView
from monitor.verdicts import Level
from monitor.words import clock_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone, cut, fit_line, join, line_width
from widgets.glyphs import Glyphs
from widgets.header_spans import Spans, answers_of, spans_of
from widgets.tiers import FULL_WALL
from widgets.tones import level_tone

_WORST: Final = 44
"""Columns for what is worst; the alerts pane has all of it."""

_ROOMY: Final = 140
"""Columns from which a header with trouble has room for everything."""

_BRIEFLY: Final = (_WORST, 24, 14)
"""The same where there is less and less room."""

_OTHERS: Final = 2
_OTHER: Final = 14
"""So many other products are named, in so many columns each."""

_BADGES: Final = {
    Level.OK: "ALL OK",
    Level.UNKNOWN: "UNKNOWN",
    Level.WARNING: "WARNING",
    Level.CRITICAL: "CRITICAL",
}


class Session(Struct, frozen=True, kw_only=True):
    """Who looks at the wall, and how."""

    operator: str
    mode: str = "READ-ONLY"
    """In words, as the header shows it."""

    armed: bool = False
    """Writes are allowed for a while: the mode is drawn filled."""

    demo: bool = False
    environment: str = ""
    """The one environment that is shown; empty shows all."""

    paused: bool = False
    zone: tzinfo = UTC
    """Of the clock."""

    link_ms: float | None = None
    """Round trip to the terminal, where it is worth telling."""


def badge(level: Level, glyphs: Glyphs) -> Line:
    """The worst state as sign and word, filled when it needs somebody."""
    loud = level >= Level.WARNING
    tone = level_tone(level)
    if not loud:
        return (
            Cell(f"  {glyphs.level(level)} ", tone),
            Cell(_BADGES[level], Tone.TITLE, bold=True),
        )
    return (
        Cell(" "),
        Cell(f" {glyphs.level(level)} {_BADGES[level]} ", tone, bold=True, reverse=True),
    )


def counts_line(counts: Counts, *, bad_only: bool = False) -> Line:
    """How many things stand where; what is bad in its tone."""
    if bad_only:
        counts = Counts(critical=counts.critical, warning=counts.warning)
    said = (
        (counts.critical, "crit", Tone.CRITICAL),
        (counts.warning, "warn", Tone.WARNING),
        (counts.ok, "ok", Tone.NORMAL),
        (counts.unknown, "unknown", Tone.UNKNOWN),
        (counts.stale, "stale", Tone.UNKNOWN),
        (counts.maintenance, "in maintenance", Tone.MUTED),
    )
    parts = ((Cell(f"{count} {word}", tone),) for count, word, tone in said if count)
    return join(parts, Cell(" · ", Tone.MUTED))


def header_line(
    snapshot: Snapshot,
    view: WorkspaceView,
    session: Session,
    now: Moment,
    *,
    glyphs: Glyphs,
    width: int,
) -> Line:
    """The header in exactly `width` columns."""
    spans = spans_of(snapshot, view, answers_of(snapshot, view, now), now)
    clock = clock_cell(now, session)
    return line_of(snapshot, view, session, spans, clock, glyphs=glyphs, width=width)


def clock_cell(now: Moment, session: Session) -> Cell:
    """The time of day."""
    return Cell(clock_words(now.at, session.zone), Tone.TITLE)


def line_of(
    snapshot: Snapshot,
    view: WorkspaceView,
    session: Session,
    spans: Spans,
    clock: Cell,
    *,
    glyphs: Glyphs,
    width: int,
) -> Line:
    """The header of words that are known, in exactly `width` columns; its clock whole or not."""
    left = (
        Part(rank=10, line=badge(view.level, glyphs)),
        Part(rank=7, line=_product(view, session)),
        Part(rank=5, line=_counts(view, width), brief=(counts_line(view.counts, bad_only=True),)),
        Part(rank=3, line=_worst(view, spans), brief=_worst_briefly(view, spans)),
        Part(rank=1, line=_maintenance(view, spans)),
        Part(rank=6, line=_elsewhere(snapshot, view, glyphs)),
    )
    right = (
        Part(rank=0, line=_link(session)),
        Part(rank=2, line=(Cell(session.operator, Tone.MUTED),)),
        Part(rank=4, line=_on_call(view)),
        Part(rank=8, line=_mode(session)),
        Part(rank=1, line=_freshness(snapshot, session, spans)),
        Part(rank=9, line=(clock,)),
    )
    return spread(left, right, width)


def _product(view: WorkspaceView, session: Session) -> Line:
    scope = f" {session.environment}" if session.environment else ""
    return (Cell(view.spec.title, Tone.TITLE, bold=True), Cell(scope, Tone.ACCENT))


def _counts(view: WorkspaceView, width: int) -> Line:
    """What is fine is not counted where the room is needed for what is worst."""
    crowded = bool(view.worst) and width < _ROOMY
    counts = replace(view.counts, ok=0) if crowded else view.counts
    return counts_line(counts, bad_only=width < FULL_WALL[0])


def _elsewhere(snapshot: Snapshot, view: WorkspaceView, glyphs: Glyphs) -> Line:
    """Which of the products that are not shown are not well, unknown ones too; the worst first."""
    bad = [
        one
        for one in snapshot.workspaces.values()
        if one.level > Level.OK and one.spec.name != view.spec.name
    ]
    bad.sort(key=lambda one: -one.level)
    named = (
        (Cell(f"{glyphs.level(one.level)} {cut(one.spec.title, _OTHER)}", level_tone(one.level)),)
        for one in bad[:_OTHERS]
    )
    more = len(bad) - _OTHERS
    return (*join(named, Cell(" ")), *((Cell(f" +{more}", Tone.MUTED),) if more > 0 else ()))


def _worst_briefly(view: WorkspaceView, spans: Spans) -> tuple[Line, ...]:
    """Without how long it lasts, then as much of the words as says which it is."""
    return tuple(_worst(view, spans, longest=one) for one in _BRIEFLY)


def _worst(view: WorkspaceView, spans: Spans, *, longest: int | None = None) -> Line:
    """With how long it lasts; else its words in so many columns."""
    if not view.worst:
        return ()
    # What nobody has answered in time is the worst of all, however long it lasts.
    over = (Cell(f" · {spans.over}", Tone.CRITICAL, bold=True),) if spans.over else ()
    if longest is not None:
        return (Cell("worst: ", Tone.MUTED), Cell(cut(view.worst, longest), Tone.TITLE), *over)
    lasting = f" {spans.lasting}" if spans.lasting and not over else ""
    worst = Cell(f"{cut(view.worst, _WORST)}{lasting}", Tone.TITLE)
    return (Cell("worst: ", Tone.MUTED), worst, *over)


def _maintenance(view: WorkspaceView, spans: Spans) -> Line:
    """The window that is, else the one that comes soon."""
    if view.maintenance:
        words = max(view.maintenance, key=lambda one: one.ends).words
    else:
        words = spans.coming
    return (Cell(cut(words, _WORST), Tone.ACCENT),) if words else ()


def _on_call(view: WorkspaceView) -> Line:
    """Who has it: the first level's name."""
    first = next(iter(on_call(view)), None)
    if first is None:
        return ()
    return (Cell("on call ", Tone.MUTED), Cell(first.person.line(20), Tone.TITLE))


def _link(session: Session) -> Line:
    return () if session.link_ms is None else (Cell(f"link {session.link_ms:.0f} ms", Tone.MUTED),)


def _mode(session: Session) -> Line:
    demo = (Cell(" DEMO ", Tone.ACCENT, reverse=True),) if session.demo else ()
    paused = (Cell(" PAUSED ", Tone.WARNING, reverse=True),) if session.paused else ()
    mode = Cell(
        f" {session.mode} " if session.armed else session.mode,
        Tone.WARNING if session.armed else Tone.NORMAL,
        bold=session.armed,
        reverse=session.armed,
    )
    return join((demo, paused, (mode,)), Cell(" "))


def _freshness(snapshot: Snapshot, session: Session, spans: Spans) -> Line:
    if session.paused:
        # Polling goes on; what stands here is of then. A silent engine has a banner of its own.
        return (Cell(f"as of {clock_words(snapshot.at.at, session.zone)}", Tone.MUTED),)
    if spans.silent:
        return (Cell(f"no data for {spans.silent}", Tone.CRITICAL, bold=True),)
    return (Cell(spans.fresh, Tone.MUTED),)


class Part(Struct, frozen=True, kw_only=True):
    """One thing a line says."""

    rank: int
    """The part with the lowest goes first when there is no room."""

    line: Line
    brief: tuple[Line, ...] = ()
    """What it says before it goes, ever shorter; empty: it goes at once."""


def spread(left: Sequence[Part], right: Sequence[Part], width: int) -> Line:
    """Parts on both ends of a line of exactly `width` columns, dropping what has no room."""
    starts = [part for part in left if line_width(part.line)]
    ends = [part for part in right if line_width(part.line)]
    while starts and ends:
        first = join((part.line for part in starts), Cell("  "))
        last = join((part.line for part in ends), Cell("  "))
        room = width - line_width(first) - line_width(last) - 1
        if room >= 2:
            return (*first, Cell(" " * room), *last, Cell(" "))
        weakest = min((*starts, *ends), key=lambda part: part.rank)
        starts, ends = _without(starts, weakest), _without(ends, weakest)
    kept = starts or ends
    return fit_line(join((part.line for part in kept), Cell("  ")), width)


def _without(parts: Sequence[Part], weakest: Part) -> list[Part]:
    """The same without one, or with its brief words where it has some."""
    return [
        Part(rank=part.rank, line=part.brief[0], brief=part.brief[1:]) if part is weakest else part
        for part in parts
        if part is not weakest or (part.brief and line_width(part.brief[0]))
    ]
