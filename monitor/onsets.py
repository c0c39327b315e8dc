"""Since when each alert of a workspace has been there: the identity of its episode."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from monitor.alert_view import AlertView
from monitor.rule_states import moment_text, onset_from
from monitor.verdicts import Phase
from providers.clock import Moment

SETTLE_S: Final = 60.0
"""After a start sources have this long to tell again what was there before."""

_UNDATED: Final = "certificate/"
"""Alerts whose own begin is that of the look at it; all else knows when it began."""


class Onsets:
    """Gives an alert the onset it had when it was first seen, for as long as it stays.

    What it says of itself may move: a worse band decides, or the oldest session ends. What an
    earlier run of the program knew is taken over by an alert that says that it began before this
    run did, and comes back within a minute.
    """

    def __init__(self) -> None:
        self._known: dict[str, Moment] = {}
        self._earlier: dict[str, Moment] = {}
        self._text: str | None = None
        self._began: Moment | None = None

    def told(self, alerts: Iterable[AlertView], now: Moment) -> tuple[AlertView, ...]:
        """The alerts with the onset of their episode."""
        began = self._began = self._began or now
        if self._earlier and began.age_s(now) > SETTLE_S:
            self._earlier, self._text = {}, None
        found = tuple(self._told(alert, began) for alert in alerts)
        known = {one.key: one.onset or one.since for one in found}
        if known != self._known:
            self._known, self._text = known, None
        return found

    def _told(self, alert: AlertView, began: Moment) -> AlertView:
        known = self._known.get(alert.key)
        if known is None:
            known = alert.onset or alert.since
            earlier = self._earlier.get(alert.key)
            before = known.tick_s < began.tick_s or alert.key.startswith(_UNDATED)
            if earlier is not None and before:
                known = earlier
        # What is looked up and not judged, such as a certificate, fires from the first look on.
        met = alert.phase is Phase.FIRING or alert.phase is Phase.RECOVERING
        fired = alert.fired or (known if met else None)
        if alert.onset is known and alert.fired is fired:
            return alert
        return replace(alert, onset=known, fired=fired)

    def encoded(self) -> str:
        """What a later run needs, as JSON; what an earlier one knew stays in it for its minute."""
        if self._text is None:
            kept = self._earlier | self._known
            plain = {key: moment_text(at) for key, at in sorted(kept.items())}
            self._text = json.dumps(plain)
        return self._text

    def restore(self, text: str, now: Moment) -> None:
        """Take over what an earlier run knew; what can not be understood is left out."""
        self._text = None
        try:
            plain = json.loads(text)
            if isinstance(plain, Mapping):
                read = {str(key): onset_from(raw, now) for key, raw in plain.items()}
                self._earlier = {key: at for key, at in read.items() if at is not None}
        except (ValueError, TypeError, OverflowError):
            self._earlier = {}
