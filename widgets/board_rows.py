"""Systems as one list: each with its sections and records under it. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from msgspec import Struct

from monitor.states import Freshness
from monitor.system_view import SystemView
from monitor.systems import LEVELS
from monitor.verdicts import Level
from monitor.words import clock_words, date_words, short_duration
from providers.clock import Moment
from providers.system_readings import Condition, Record, Section
from widgets.board_folds import SECTION, Folds, all_fine, notice_key, section_key
from widgets.cells import Cell, Line, Tone, said
from widgets.columns import Column
from widgets.glyphs import Glyphs
from widgets.listing import Row
from widgets.tiers import Tier
from widgets.tones import level_tone, text_tone

_STATE_WIDTHS = {Tier.NARROW: 16, Tier.NORMAL: 18, Tier.WIDE: 26, Tier.HUGE: 28}
"""Where there is room: `until 2026-11-26 03:53Z`, `verified, leads to Vercel`."""

_MOST_TITLE = {Tier.NARROW: 0, Tier.NORMAL: 38, Tier.WIDE: 50, Tier.HUGE: 64}
"""Leaves more than half of the room to what is told of a record; 0: there is no such column."""

_OPEN, _CLOSED = "▾ ", "▸ "
_STATES = 3
_NAMES = 5
"""Records named in the line of a closed section."""

_WHEN_WIDTH = 11
_MOST_DETAIL = 120


class Look(Struct, frozen=True, kw_only=True):
    """What rows are drawn with."""

    glyphs: Glyphs
    tier: Tier
    zone: tzinfo
    now: Moment


def board_columns(tier: Tier) -> tuple[Column, ...]:
    """The columns of every row; narrow terminals leave the details to the page of the record."""
    title = Column(key="title", width=28, title="WHAT", grows=True, most=_MOST_TITLE[tier])
    state = Column(key="state", width=_STATE_WIDTHS[tier], title="STATE")
    when = Column(key="when", width=_WHEN_WIDTH, title="WHEN", align="right")
    mark = Column(key="mark", width=1)
    if tier is Tier.NARROW:
        return (mark, title, state, when)
    return (mark, title, state, when, Column(key="more", width=30, title="DETAILS", grows=True))


def board_rows(
    systems: Iterable[SystemView], look: Look, folds: Folds | None = None
) -> tuple[Row, ...]:
    """A row a system, a section and a record, in the order of the systems."""
    known = folds or Folds()
    return tuple(row for system in systems for row in _system(system, look, known))


def _system(system: SystemView, look: Look, folds: Folds) -> Iterator[Row]:
    old = system.freshness in {Freshness.STALE, Freshness.UNKNOWN}
    yield _row(str(system.spec.id), _head(system, look), look, faded=False)
    reading = system.reading
    if reading is None:
        return
    for notice in reading.notices:
        yield _row(notice_key(system, notice), _notice(notice, look), look, faded=old)
    for section in reading.sections:
        key = section_key(system, section)
        closed = folds.closed(key, section)
        faded = old and not section.blind
        yield _row(key, _section(section, look, closed=closed), look, faded=faded)
        if not closed:
            for record in section.records:
                yield _row(f"{key}{SECTION}{record.id}", _record(record, look), look, faded=old)


def _notice(notice: str, look: Look) -> Sequence[Cell | Line]:
    """A sentence; it stands where the longest texts do."""
    words = Cell(notice, Tone.WARNING)
    if look.tier is Tier.NARROW:
        return (Cell(""), (Cell("  "), words))
    return (Cell(""), Cell("  note", Tone.MUTED), Cell(""), Cell(""), words)


def _head(system: SystemView, look: Look) -> Sequence[Cell | Line]:
    loading = system.freshness is Freshness.LOADING and system.failure is None
    tone = Tone.MUTED if loading else _tone(system.condition, level_tone(system.level))
    sign = look.glyphs.loading if loading else look.glyphs.level(system.level)
    where = f"  {system.spec.environment}" if system.spec.environment else ""
    title = (Cell(system.spec.title, Tone.TITLE, bold=True), Cell(where, Tone.MUTED))
    word = "checking…" if loading else _word(system)
    at = None if system.at is None else system.at.at
    if system.failure is not None:
        words: Cell = Cell(system.failure.sentence, Tone.WARNING)
    elif system.reading is not None:
        words = said(system.reading.summary)
    else:
        words = Cell("")
    return (Cell(sign, tone), title, Cell(word, text_tone(tone)), _when(at, look), words)


def _word(system: SystemView) -> str:
    """Its condition; what was well and is late is neither."""
    late = system.freshness is Freshness.STALE and system.level is Level.UNKNOWN
    return "stale" if late else system.condition.value


def _section(section: Section, look: Look, *, closed: bool) -> Sequence[Cell | Line]:
    """Its title with how many there are; one that can not be read says why."""
    count = len(section.records)
    more = f" of {count + section.more}" if section.more else ""
    words = f"{count}{more}" if count else ""
    empty = "" if count or section.blind else section.empty
    narrow = look.tier is Tier.NARROW  # there is no column for details
    sign = "  " if not count else _CLOSED if closed else _OPEN
    title = [Cell(f"{sign}{section.title}", Tone.ACCENT)]
    if section.blind:
        blind = Cell(section.blind, Tone.WARNING)
        title += [Cell("  "), blind] if narrow else []
        mark = Cell(look.glyphs.unknown, Tone.UNKNOWN)
        return (mark, tuple(title), Cell("not readable", Tone.UNKNOWN), Cell(""), blind)
    title.append(Cell(f"  {words or (empty if narrow else '')}", Tone.MUTED))
    if closed:
        return _closed(section, tuple(title), look)
    return (Cell(""), tuple(title), Cell(""), Cell(""), Cell(empty, Tone.MUTED))


def _closed(section: Section, title: Line, look: Look) -> Sequence[Cell | Line]:
    """The line that stands for all of a section: the worst of it, and whose names are in it."""
    names = ", ".join(record.title.line(40) for record in section.records[:_NAMES])
    hidden = (Cell(_states(section), Tone.NORMAL), Cell(names, Tone.MUTED))
    if all_fine(section):
        # No sign and no praise: much of what is fine was only counted, and judged by nobody.
        return (Cell(""), title, Cell("closed", Tone.MUTED), Cell(""), hidden)
    worst = max((record.condition for record in section.records), key=_severity)
    asking = sum(record.condition is not Condition.FINE for record in section.records)
    tone = _tone(worst, level_tone(LEVELS[worst]))
    words = Cell(f"{asking} to look at", text_tone(tone))
    return (Cell(look.glyphs.level(LEVELS[worst]), tone), title, words, Cell(""), hidden)


def _states(section: Section) -> str:
    """How many stand how, such as `18 delivered, 2 queued`, where few words say it."""
    counts = Counter(record.state.line(24) for record in section.records if record.state)
    few = 0 < len(counts) <= _STATES and counts.total() > len(counts)
    return ", ".join(f"{n} {state}" for state, n in counts.most_common()) + "   " if few else ""


def _severity(condition: Condition) -> tuple[int, bool]:
    return (LEVELS[condition], condition is Condition.NOTABLE)


def _record(record: Record, look: Look) -> Sequence[Cell | Line]:
    level = LEVELS[record.condition]
    plain = record.condition is Condition.FINE
    tone = _tone(record.condition, level_tone(level))
    sign = Cell(look.glyphs.level(level), tone)
    words = record.state.line(40) or ("" if plain else record.condition.value)
    title = (Cell("    "), said(record.title))
    state = Cell(words, text_tone(tone))
    cut = len(words) > _STATE_WIDTHS[look.tier]
    whole = (Cell(f"{record.state.line(_MOST_DETAIL)}  ", text_tone(tone)),) if cut else ()
    return (sign, title, state, _when(record.at, look), (*whole, *_details(record)))


def _tone(condition: Condition, tone: Tone) -> Tone:
    """What is worth a look is not bad, but it is not drawn as if nobody need look either."""
    return Tone.ACCENT if condition is Condition.NOTABLE else tone


def _details(record: Record) -> Line:
    cells: list[Cell] = []
    for name, text in record.details:
        value = text.line(_MOST_DETAIL)
        if value:
            cells += [Cell(f"{'  ' if cells else ''}{name} ", Tone.MUTED), Cell(value)]
    return tuple(cells)


def _when(at: datetime | None, look: Look) -> Cell:
    """How long ago, or when it is to be; a date where that says more."""
    if at is None:
        return Cell("")
    away_s = (look.now.at - at).total_seconds()
    if away_s < 0:
        same_day = at.astimezone(look.zone).date() == look.now.at.astimezone(look.zone).date()
        words = clock_words(at, look.zone) if same_day else date_words(at, look.zone)[5:16]
        return Cell(words, Tone.ACCENT)
    return Cell(short_duration(away_s).strip(), Tone.MUTED)


def _row(key: str, cells: Sequence[Cell | Line], look: Look, *, faded: bool = False) -> Row:
    """A row with as many cells as there are columns."""
    wanted = len(board_columns(look.tier))
    filled = (*cells, *(Cell("") for _ in range(wanted)))[:wanted]
    return Row(key=key, cells=filled, faded=faded)
