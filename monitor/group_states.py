"""States of groups and of rules about an error budget as text and back, for a restart."""

import json
from collections.abc import Mapping
from typing import Final

from monitor.kpis import KpiTrack
from monitor.rule_states import decode_bands, encode_bands
from monitor.rules import BandState
from monitor.uptime_track import rule_name
from monitor.verdicts import Phase
from providers.clock import Moment

INNER: Final = "/inner"
"""What their key ends with, after that of the KPI."""

Marks = tuple[str | Phase, ...]
"""Names and phases: what has to be saved at once when it changes."""


def inner_marks(track: KpiTrack) -> Marks | None:
    """The marks of what lies below a KPI; None for one that has nothing of it.

    Looked at each second: the text is made only when it has to be saved.
    """
    if track.groups is not None:
        return tuple(one for name, states in track.groups.states() for one in _marks(name, states))
    if track.uptime is not None and track.spec.burns:
        known = track.uptime.states()
        return tuple(one for name, state in known.items() for one in (name, state.phase))
    return None


def inner_text(track: KpiTrack) -> str:
    """What lies below a KPI, as JSON."""
    if track.groups is not None:
        found = track.groups.states()
        texts = {name: encode_bands(track.spec.bands, states) for name, states in found}
    elif track.uptime is not None:
        bands = {rule_name(rule): rule.band for rule in track.spec.burns}
        known = track.uptime.states()
        texts = {name: encode_bands((bands[name],), (state,)) for name, state in known.items()}
    else:
        texts = {}
    return json.dumps(texts)


def restore_inner(track: KpiTrack, text: str, now: Moment) -> None:
    """Go on from what was saved; what can not be understood begins anew."""
    texts = _texts(text)
    if track.groups is not None:
        bands = track.spec.bands
        found = {name: decode_bands(bands, one, now) for name, one in texts.items()}
        track.groups.restore(found, now)
    elif track.uptime is not None:
        rules = {rule_name(rule): rule.band for rule in track.spec.burns}
        track.uptime.restore(
            {
                name: decode_bands((rules[name],), one, now)[0]
                for name, one in texts.items()
                if name in rules
            }
        )


def _marks(name: str, states: tuple[BandState, ...]) -> Marks:
    return (name, *(state.phase for state in states))


def _texts(text: str) -> Mapping[str, str]:
    try:
        known = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(known, dict):
        return {}
    return {str(name): one for name, one in known.items() if isinstance(one, str)}
