"""Since when each alert has been there without a break, as far as one program has seen."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from monitor.alert_view import AlertView
from monitor.care import BEGINNING
from monitor.verdicts import Phase
from providers.clock import Moment

SETTLE_S: Final = 60.0
"""What turns up so soon after the first look was there before."""

_NOT_MET: Final = frozenset({Phase.PENDING, Phase.FLAPPING})
"""Phases in which a rule need not have been met."""


class Episodes:
    """What one program remembers of the alerts of a workspace; begins anew with it."""

    def __init__(self) -> None:
        self.seen: Mapping[str, datetime] = {}
        """By key; `BEGINNING` for what was there when the program came."""

        self.fired: Mapping[str, datetime] = {}
        """When each began to fire; not in here while it is only about to."""

        self._began: Moment | None = None

    def look(self, alerts: Iterable[AlertView], now: Moment) -> frozenset[str]:
        """Take note of the alerts that are there.

        Returns:
            Keys of those that were there before and are there no more.
        """
        self._began = self._began or now
        settling = self._began.age_s(now) < SETTLE_S
        seen: dict[str, datetime] = {}
        fired: dict[str, datetime] = {}
        for alert in alerts:
            first = BEGINNING if settling else now.at
            seen[alert.key] = self.seen.get(alert.key, first)
            if alert.fired is not None or alert.phase not in _NOT_MET:
                # The rule that decides now tells its own: what was a warning for an hour and is
                # critical since a minute has been so for a minute.
                known = self.fired.get(alert.key)
                at = alert.fired.at if alert.fired is not None else known or alert.since.at
                fired[alert.key] = min(at, now.at)
        gone = frozenset(self.seen.keys() - seen.keys())
        self.seen, self.fired = seen, fired
        return gone
