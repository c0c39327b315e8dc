"""The looks of a pane that is not live: loading, fine, not configured, stale, failed."""

from typing import Final

from msgspec.structs import replace

from monitor.snapshot import PaneState, PaneStatus
from monitor.words import duration_words, number_words, short_duration, span_words
from providers.clock import Moment
from widgets.blank import Blank, BlankKind
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs

CHECKING: Final = "checking…"

AWAITED: Final = "nothing so far; not everything has answered yet"
"""No rows while some sources are still read for the first time: that is not fine yet."""

PENDING: Final = "pending "
"""Before how far a waiting rule has come."""


def trouble_line(status: PaneStatus, glyphs: Glyphs) -> Line:
    """What a title adds for old, failed or partly missing data: sign, words and age."""
    age = "" if status.age_s is None else duration_words(steady(status.age_s))
    glyph = glyphs.pane(status.state)
    if status.state is PaneState.STALE:
        return (Cell(f"  {glyph} stale {age}".rstrip(), Tone.UNKNOWN),)
    if status.state is PaneState.FAILED:
        words = " · ".join(part for part in (status.message, age) if part)
        return (Cell(f"  {glyph} {words}", Tone.WARNING),)
    if status.state is PaneState.LIVE and status.message:
        # The rows of the others are there; that some are missing is seen nowhere else.
        return (Cell(f"  {glyphs.failed} {status.message}", Tone.WARNING),)
    return notice_line(status, glyphs)


def notice_line(status: PaneStatus, glyphs: Glyphs) -> Line:
    """How many things a person should know besides, and the first of them."""
    if not status.notices:
        return ()
    first, others = status.notices[0], len(status.notices) - 1
    count = f"{others + 1}: " if others else ""
    return (Cell(f"  {glyphs.warning} {count}{first}", Tone.WARNING),)


def steady(seconds: float) -> float:
    """A span that does not tick every second: in steps of 5 s, from a minute on of 10 s."""
    step = 5 if seconds < 60 else 10
    return seconds // step * step


def steadied(status: PaneStatus) -> PaneStatus:
    """The status as it is drawn: equal for as long as nothing else would be written."""
    if status.age_s is None:
        return status
    # The age of what is live is written nowhere.
    return replace(status, age_s=steady(status.age_s) if faded(status) else None)


def turn(now: Moment) -> int:
    """Which of the spans of 5 s it is: ages are drawn anew once in each."""
    return int(now.tick_s // 5)


def lately(seconds: float) -> str:
    """How long ago: exact while it is fresh, `4m40s`, then in one unit, `31m`, `3h`."""
    if seconds < 5:
        return "now"
    recent = seconds < 600
    return duration_words(steady(seconds)) if recent else short_duration(seconds).strip()


def reach_words(seconds: float) -> str:
    """How far back something reaches, in words that change once a minute at most: `2m`, `5h`."""
    return "<1m" if seconds < 60 else short_duration(seconds).strip()


def limit_words(value: float, unit: str) -> str:
    """A configured number without zeros that say nothing: `5 s`, `99.5 %`."""
    number, blank, sign = number_words(value, unit).partition(" ")
    short = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{short}{blank}{sign}"


def pending_words(elapsed_s: float, required_s: float) -> str:
    """How far a limit's waiting time has run: `pending 6m/15m`."""
    return f"{PENDING}{_so_far(elapsed_s, required_s)}" if required_s else PENDING.strip()


def recovering_words(elapsed_s: float, required_s: float) -> str:
    """How far an alert is from clear: `clearing 1m/5m`."""
    return f"clearing {_so_far(elapsed_s, required_s)}" if required_s else "clearing"


def flapping_words(changes: int, checks: int) -> str:
    """How often something came and went: `flapping 7 of 21`."""
    return f"flapping {changes} of {checks}"


def _so_far(elapsed_s: float, required_s: float) -> str:
    """Both in the unit of the longer one, so that the words keep their width."""
    whole = elapsed_s // 60 * 60 if required_s >= 60 and elapsed_s >= 60 else steady(elapsed_s)
    return f"{span_words(whole)}/{span_words(required_s)}"


def faded(status: PaneStatus) -> bool:
    """Whether what is shown is old and must not look alive."""
    return status.state in {PaneState.STALE, PaneState.FAILED}


def blank_of(status: PaneStatus) -> Blank:
    """What a pane without rows shows in this state."""
    advice = tuple(status.advice.splitlines())
    match status.state:
        case PaneState.LOADING:
            return Blank(kind=BlankKind.LOADING, lines=(CHECKING,))
        case PaneState.NOT_CONFIGURED:
            return Blank(kind=BlankKind.NOT_CONFIGURED, lines=(status.message, *advice))
        case PaneState.FAILED | PaneState.STALE:
            return Blank(kind=BlankKind.FAILED, lines=(status.message or "no data", *advice))
        case _:
            return Blank(kind=BlankKind.FINE, lines=(status.message or AWAITED,))
