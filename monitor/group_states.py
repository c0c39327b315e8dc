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


def inner_states(track: KpiTrack) -> tuple[str, Marks]:
    """What of a KPI lies below the KPI itself; an empty text for one that has nothing of it."""
    if track.groups is not None:
        found = dict(track.groups.states())
        texts = {name: encode_bands(track.spec.bands, states) for name, states in found.items()}
        marks = (one for name, states in found.items() for one in _marks(name, states))
        return json.dumps(texts), tuple(marks)
    if track.uptime is not None and track.spec.burns:
        known = track.uptime.states()
        bands = {rule_name(rule): rule.band for rule in track.spec.burns}
        texts = {name: encode_bands((bands[name],), (state,)) for name, state in known.items()}
        marks = (one for name, state in known.items() for one in (name, state.phase))
        return json.dumps(texts), tuple(marks)
    return "", ()


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
