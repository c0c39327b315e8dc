"""The vendors in one line: those that need attention with words, the others by name."""

from collections.abc import Sequence
from typing import Final

from monitor.snapshot import VendorView
from monitor.states import Freshness
from monitor.words import short_duration
from providers.clock import Moment
from providers.vendor_readings import VendorState
from widgets.cells import Cell, Line, Tone, join, line_width
from widgets.glyphs import Glyphs
from widgets.tones import text_tone, vendor_tone

_SAID: Final = (40, 24, 14)
"""Letters of what is wrong with each: the most for which there is room."""


def vendor_line(
    vendors: Sequence[VendorView], now: Moment, *, glyphs: Glyphs, width: int, words: bool
) -> Line:
    """All vendors in the order given, in at most `width` columns.

    Args:
        vendors: Of one workspace.
        now: For the age of a description.
        glyphs: The signs to draw with.
        width: Columns of the terminal.
        words: Whether to say what is wrong, where there is room.
    """
    for most in _SAID if words else ():
        spoken = _joined([_vendor(each, now, glyphs, most=most) for each in vendors], words=True)
        if line_width(spoken) <= width:
            return spoken
    names = _joined([_vendor(each, now, glyphs) for each in vendors], words=False)
    return names if line_width(names) <= width else _summed(vendors, now, glyphs)


def _joined(parts: Sequence[Line], *, words: bool) -> Line:
    return join(parts, Cell("   " if words else " "))


def _vendor(view: VendorView, now: Moment, glyphs: Glyphs, *, most: int = 0) -> Line:
    """One of them, with at most so many letters of what is wrong; 0: none, and no room to spare."""
    state, tone = _state(view)
    sign = glyphs.loading if view.freshness is Freshness.LOADING else glyphs.vendor(state)
    name = (Cell(sign, tone), Cell(f"{' ' if most else ''}{view.name}", _name_tone(tone)))
    return (*name, *_trouble(view, now, most)) if most else name


def _state(view: VendorView) -> tuple[VendorState, Tone]:
    """A page that can not be read says nothing about its vendor, and an old one is never green."""
    if view.freshness is Freshness.LOADING:
        return VendorState.UNKNOWN, Tone.MUTED
    state = VendorState.UNKNOWN if view.freshness is Freshness.UNKNOWN else view.state
    tone = vendor_tone(state)
    old = view.freshness is Freshness.STALE
    return state, Tone.MUTED if old and tone is Tone.OK else tone


def _name_tone(tone: Tone) -> Tone:
    return Tone.MUTED if tone is Tone.OK else text_tone(tone)


def _trouble(view: VendorView, now: Moment, most: int) -> Line:
    """What is wrong, and for how long the page has said so."""
    if view.freshness is Freshness.LOADING:
        return ()
    if view.reading is None or view.freshness is Freshness.UNKNOWN:
        why = "unknown" if view.failure is None else view.failure.trouble.value
        return (Cell(f" {why}", Tone.UNKNOWN),)
    state, _ = _state(view)
    if state is VendorState.OPERATIONAL:
        return ()
    said = view.reading.description.line(most) or state.value
    since = view.reading.updated_at
    age = f" · {short_duration((now.at - since).total_seconds()).strip()}" if since else ""
    return (Cell(f" {said}"), Cell(age, Tone.MUTED))


def _summed(vendors: Sequence[VendorView], now: Moment, glyphs: Glyphs) -> Line:
    """Only what needs attention by name, the rest as a number."""
    well = [each for each in vendors if _state(each)[0] is VendorState.OPERATIONAL]
    others = [_vendor(each, now, glyphs) for each in vendors if each not in well]
    rest = (Cell(glyphs.ok, Tone.OK), Cell(f"{len(well)} ok", Tone.MUTED)) if well else ()
    return _joined([*others, rest], words=False)
