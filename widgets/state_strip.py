"""How an alert stood over a day, as one line of blocks told apart by their form. Pure."""

from collections.abc import Sequence
from typing import Final

from monitor.episodes import State
from widgets.cells import Cell, Line, Tone, merged

SIGNS: Final = {
    State.OK: "▁",
    State.PENDING: "▄",
    State.FIRING: "▇",
    State.FLAPPING: "▚",
    State.UNKNOWN: "░",
}

_TONES: Final = {
    State.OK: Tone.MUTED,
    State.PENDING: Tone.WARNING,
    State.FIRING: Tone.CRITICAL,
    State.FLAPPING: Tone.WARNING,
    State.UNKNOWN: Tone.UNKNOWN,
}


def strip_line(states: Sequence[State]) -> Line:
    """A block each, oldest first."""
    return merged((SIGNS[state], _TONES[state]) for state in states)


def strip_legend(states: Sequence[State]) -> Line:
    """What the blocks mean, of those that are there."""
    seen = [state for state in SIGNS if state in states]
    return (Cell("   ".join(f"{SIGNS[state]} {state.value}" for state in seen), Tone.MUTED),)
