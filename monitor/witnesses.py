"""Who answered since it became doubtful whether our own network is up; decides with the targets.

The targets of `settings.connectivity` may be out of reach by themselves: a firewall, an address
that was given up. So their silence is our own trouble only when next to nobody answers either:

| the targets | sources that answered, of those heard of since | our own network |
| ----------- | ---------------------------------------------- | --------------- |
| one answers | any                                            | is up           |
| silent      | none, or nothing heard yet                     | is down         |
| silent      | at most one in five                            | is down         |
| silent      | more than one in five                          | is up           |
"""

from collections.abc import Collection
from typing import Final

from monitor.turns import Outcome
from providers.clock import Moment
from providers.probe_readings import ProbeReading
from providers.readings import SourceId, Trouble

HOLDS_S: Final = 60.0
"""What is known of a source counts for so long."""

_MOST_ANSWERING: Final = 5
"""One of so many may answer although our own network is down: it is on this machine, or nearer."""

_SILENCE: Final = (Trouble.UNREACHABLE, Trouble.TIMED_OUT)
_OURS: Final = (Trouble.BUG, Trouble.NOT_CONFIGURED)
"""Of these nothing went over the network."""


def is_our_own(answering: int, silent: int) -> bool:
    """Whether it is our own network that is down, while no target answers."""
    return answering * _MOST_ANSWERING <= answering + silent


def doubtful(outcome: Outcome) -> bool:
    """Whether nothing came back at all, which may be our own fault."""
    if outcome.failure is not None:
        return outcome.failure.trouble in _SILENCE
    payload = None if outcome.harvest is None else outcome.harvest.payload
    return isinstance(payload, ProbeReading) and payload.status is None


class Witnesses:
    """The last word of each source since the doubt began: an answer of any kind, or silence."""

    def __init__(self) -> None:
        self._said: dict[SourceId, tuple[bool, float]] = {}

    def hear(self, outcomes: Collection[Outcome], now: Moment) -> None:
        """Take in what came; the first silence begins the doubt."""
        if not self._said and not any(map(doubtful, outcomes)):
            return
        for one in outcomes:
            if one.failure is None or one.failure.trouble not in _OURS:
                self._said[one.spec.id] = (not doubtful(one), now.tick_s)

    def forget(self) -> None:
        """There is no doubt any more."""
        self._said.clear()

    def accuse_us(self, now: Moment) -> bool:
        """Whether next to nobody answers; see `is_our_own`."""
        recent = [answers for answers, at_s in self._said.values() if now.tick_s - at_s <= HOLDS_S]
        return is_our_own(sum(recent), len(recent) - sum(recent))
