"""The alerts of one workspace between two snapshots: what people said of them, and since when."""

from collections.abc import Iterable

from monitor.alert_passes import Context, finished
from monitor.alert_view import AlertView
from monitor.care import NOTHING_SAID, Said, worsened
from monitor.care_entries import CareEntry, EntryKind
from monitor.care_episodes import Episodes
from monitor.dependencies import Links, topology_of
from monitor.maintenance_calendar import Calendar
from monitor.onsets import Onsets
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment


class AlertTrack:
    """Takes alerts as the rules make them through all that follows.

    Args:
        spec: Of the workspace.
    """

    def __init__(self, spec: WorkspaceSpec) -> None:
        self.said: Said = NOTHING_SAID
        """What people said, as it stands in the journal."""

        self.listed: tuple[CareEntry, ...] = ()
        """Acknowledgements and snoozes, the newest first; also those that are over."""

        self.onsets = Onsets()
        """Since when each alert has been there, which names its episode."""

        self._spec = spec
        self.calendar = Calendar(spec.maintenance)
        """When it is worked on."""

        self._rows = {check.source: row.key for row in spec.rows for check in row.checks.values()}
        self._links = Links(topology_of(spec))
        self._episodes = Episodes()
        self._over: dict[str, EntryKind] = {}

    def view(
        self, found: Iterable[AlertView], now: Moment, *, offline: bool
    ) -> tuple[AlertView, ...]:
        """The alerts as everybody sees them.

        Args:
            found: What the rules found.
            now: The instant.
            offline: Judgement is suspended: what is not there has not cleared.
        """
        alerts = self.onsets.told(found, now)
        if not offline:
            self._look(alerts, now)
        if not alerts:
            return ()
        episodes = self._episodes
        context = Context(
            said=self.said,
            seen=episodes.seen,
            fired=episodes.fired,
            windows=self.calendar.now(now.at),
            rows=self._rows,
            links=self._links,
        )
        return finished(self._spec, alerts, context, now)

    def take_over(self) -> dict[str, EntryKind]:
        """Alerts whose care has come to an end since the last call, with why, by their keys."""
        over, self._over = self._over, {}
        return over

    def _look(self, alerts: tuple[AlertView, ...], now: Moment) -> None:
        gone = self._episodes.look(alerts, now)
        if self.said:
            self._over |= {key: EntryKind.ENDED for key in gone if key in self.said}
            worse = worsened(alerts, self.said, now.at, self._episodes.seen)
            self._over |= dict.fromkeys(worse, EntryKind.WORSE)
