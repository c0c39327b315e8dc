"""What one endpoint check shows in each of its columns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from monitor.snapshot import EndpointCell, EndpointRow
from monitor.states import Drift, EndpointState
from monitor.words import NOTHING, duration_words, number_words, short_duration
from providers.clock import Moment
from providers.readings import Trouble
from widgets.cells import BLANK, Cell, Line, Tone
from widgets.glyphs import Glyphs
from widgets.looks import CHECKING, lately, reach_words, steady
from widgets.spark import spark
from widgets.tones import endpoint_tone, level_tone, text_tone

_OLD: Final = frozenset({EndpointState.STALE, EndpointState.UNKNOWN})
_GONE: Final = frozenset({EndpointState.DOWN, EndpointState.NOT_READY})
_STATES: Final[Mapping[str, EndpointState]] = {state.value: state for state in EndpointState}
_NO_ANSWER: Final[Mapping[Trouble, str]] = {
    Trouble.UNREACHABLE: "no conn",
    Trouble.TIMED_OUT: "timeout",
    Trouble.UNAUTHORIZED: "refused",
    Trouble.NOT_FOUND: "missing",
    Trouble.RATE_LIMITED: "limited",
    Trouble.SERVER_FAILED: "failing",
    Trouble.BAD_ANSWER: "garbled",
    Trouble.NOT_CONFIGURED: "not set",
    Trouble.BUG: "bug",
}
"""Each in the seven columns of a latency; the detail screen has the sentence."""


HOUR_S: Final = 3_600.0
WHOLE_DAY_S: Final = 82_800.0
"""From so long on a share over the day needs no remark."""


class Pen(Struct, frozen=True, kw_only=True):
    """What every cell of one drawing is made with."""

    now: Moment
    glyphs: Glyphs
    ceiling_ms: float
    """What ▇ stands for in every history of the pane, so that rows and environments compare."""


def name(row: EndpointRow) -> Cell:
    """The check; bold while it is down anywhere."""
    down = any(cell.state in _GONE for cell in row.cells.values())
    return Cell(row.spec.title, Tone.TITLE if down else Tone.NORMAL, bold=down)


def sign(cell: EndpointCell | None, pen: Pen) -> Cell:
    """The glyph of the state."""
    if cell is None:
        return BLANK
    if cell.state is EndpointState.FLAPPING:
        # As bad as its alert: it may have been down in between, or only failing.
        return Cell(pen.glyphs.verdict(cell.verdict.level, cell.verdict.phase), _state_tone(cell))
    return Cell(pen.glyphs.endpoint(cell.state), endpoint_tone(cell.state))


def status(cell: EndpointCell | None) -> Cell:
    """The status code; a dash while there is no answer to speak of."""
    if cell is None or cell.state is EndpointState.CHECKING:
        return BLANK
    if cell.state is EndpointState.UNKNOWN or cell.probe is None or cell.probe.status is None:
        return Cell(NOTHING, _tone(cell))
    return Cell(str(cell.probe.status), _tone(cell))


def latency(cell: EndpointCell | None) -> Cell:
    """How long the answer took, or in a word why there was none."""
    if cell is None:
        return BLANK
    if cell.probe is None or cell.state is EndpointState.UNKNOWN:
        return Cell(NOTHING, Tone.MUTED)
    if cell.probe.failure is not None and cell.probe.status is None:
        return Cell(_NO_ANSWER[cell.probe.failure.trouble], _tone(cell))
    return Cell(number_words(cell.probe.phases.total_ms, "ms"), _tone(cell))


def latency_ms(cell: EndpointCell | None) -> float | None:
    """What the latency is sorted by."""
    return None if cell is None or cell.probe is None else cell.probe.phases.total_ms


def history(cell: EndpointCell | None, width: int, pen: Pen) -> Cell:
    """The last latencies; the age instead when they are old."""
    if cell is None:
        return BLANK
    if cell.state is EndpointState.CHECKING:
        return Cell(CHECKING, Tone.MUTED)
    if cell.state in _OLD:
        return Cell(_old_words(cell, pen.now), Tone.UNKNOWN)
    tone = _state_tone(cell)
    drawn = spark(cell.history_ms, width, ceiling=pen.ceiling_ms)
    return Cell(drawn, Tone.MUTED if tone is Tone.OK else tone)


def row_ages(now: Moment, row: EndpointRow) -> tuple[str, ...]:
    """All that a row tells of how long ago something was."""
    cells = row.cells.values()
    changes = [_ago(cell.changed_at, now) for cell in cells if cell.changed_at is not None]
    return (*changes, *(_old_words(cell, now) for cell in cells if cell.state in _OLD))


def _ago(at: datetime, now: Moment) -> str:
    return lately(max((now.at - at).total_seconds(), 0.0))


def _old_words(cell: EndpointCell, now: Moment) -> str:
    age_s = None if cell.at is None else cell.at.age_s(now)
    if age_s is None:
        return "no data"
    if cell.state is EndpointState.STALE:
        return f"stale {duration_words(steady(age_s))}"
    return f"no data {short_duration(age_s).strip()}"


def version(cell: EndpointCell | None) -> Cell:
    """What runs there."""
    return BLANK if cell is None else Cell(cell.version, Tone.MUTED)


def drift(row: EndpointRow) -> Cell:
    """Whether both environments run the same."""
    different = row.drift is Drift.DIFFERENT
    return Cell(row.drift.value, Tone.ACCENT if different else Tone.MUTED)


def uptime(cell: EndpointCell | None) -> Cell:
    """The share of good checks in the last day; a full one, and one over minutes, is dim."""
    if cell is None or cell.uptime_24h_percent is None:
        return BLANK
    quiet = cell.uptime_24h_percent >= 100 or cell.watched_s < HOUR_S
    words = number_words(cell.uptime_24h_percent, "%")
    return Cell(words, Tone.MUTED if quiet else Tone.NORMAL)


def watched(cell: EndpointCell | None) -> Cell:
    """Over how long, while that is less than the day: so little says nothing of a day."""
    if cell is None or cell.uptime_24h_percent is None or cell.watched_s >= WHOLE_DAY_S:
        return BLANK
    return Cell(f"in {reach_words(cell.watched_s)}", Tone.MUTED)


def certificate(cell: EndpointCell | None) -> Cell:
    """Days that the certificate has left."""
    if cell is None or cell.certificate_days is None:
        return BLANK
    tone = text_tone(level_tone(cell.certificate_level))
    words = number_words(cell.certificate_days, "days")
    return Cell(words, Tone.MUTED if tone is Tone.NORMAL else tone)


def change(cell: EndpointCell | None, pen: Pen) -> Line:
    """When the state last changed, from which sign to which, and the new state in words."""
    if cell is None or cell.changed_at is None:
        return ()
    # As wide as the longest, `9m50s`, so that nothing behind it moves.
    ago = _ago(cell.changed_at, pen.now).rjust(5)
    before, arrow, after = cell.change.partition(" → ")
    was, became = _STATES.get(before), _STATES.get(after)
    if was is None or became is None:
        return (Cell(f"{ago} {before}{arrow}{after}", Tone.MUTED),)
    return (
        Cell(f"{ago} "),
        Cell(pen.glyphs.endpoint(was), endpoint_tone(was)),
        Cell(arrow, Tone.MUTED),
        Cell(pen.glyphs.endpoint(became), endpoint_tone(became)),
        Cell(f" {became.value}", text_tone(endpoint_tone(became))),
    )


def _tone(cell: EndpointCell) -> Tone:
    if cell.state in _OLD or cell.state is EndpointState.CHECKING:
        return Tone.MUTED
    return text_tone(_state_tone(cell))


def _state_tone(cell: EndpointCell) -> Tone:
    if cell.state is EndpointState.FLAPPING:
        return level_tone(cell.verdict.level)
    return endpoint_tone(cell.state)
