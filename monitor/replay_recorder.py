"""Writes down when one rule was met and when it cleared."""

from datetime import UTC, datetime
from typing import Protocol

from msgspec.structs import replace

from monitor.replay_episodes import Episode, Replayed, RuleName
from providers.clock import Moment


class Met(Protocol):
    """What the states of bands, checks and silences have in common."""

    @property
    def fired(self) -> Moment | None:
        """When its rule was met in this trouble."""
        ...

    @property
    def onset(self) -> Moment | None:
        """When the trouble began."""
        ...


class Recorder:
    """The episodes of one rule.

    Args:
        rule: Its name.
        from_ms: What was over before is not told.
        downwards: Whether a smaller number is the worse one.
    """

    def __init__(self, rule: RuleName, from_ms: int, downwards: bool) -> None:
        self.rule = rule
        self._from = datetime.fromtimestamp(from_ms / 1000, UTC)
        self._worst = min if downwards else max
        self._found: list[Episode] = []
        self._open: Episode | None = None

    def see(self, state: Met, at: Moment, value: float | None, grain_s: float) -> None:
        """Take in where the rule stands.

        Args:
            state: Of the rule.
            at: Of the sample that brought it there.
            value: The number that was judged.
            grain_s: How coarse that is.
        """
        if self._open is not None and (state.fired is None or state.fired.at != self._open.fired):
            if at.at >= self._from:
                self._found.append(replace(self._open, until=at.at))
            self._open = None
        if state.fired is None:
            return
        if self._open is None:
            onset = state.onset or state.fired
            self._open = Episode(
                fired=state.fired.at, onset=onset.at, until=None, worst=value, grain_s=grain_s
            )
        elif value is not None:
            worst = value if self._open.worst is None else self._worst(self._open.worst, value)
            if worst != self._open.worst:
                self._open = replace(self._open, worst=worst)

    def replayed(self, readings: int, skipped_s: float = 0.0, peaks: int = 0) -> Replayed:
        """All that was written down, what still fires included."""
        last = () if self._open is None else (self._open,)
        return Replayed(
            rule=self.rule,
            episodes=(*self._found, *last),
            readings=readings,
            skipped_s=skipped_s,
            peaks=peaks,
        )
