"""The deploys of a workspace between two snapshots: merged anew only when something came."""

from collections.abc import Sequence

from monitor.alert_view import AlertView
from monitor.deploys import LiveVersion, Onset, live_versions, merge
from monitor.snapshot import DeployView
from monitor.tracks import SourceTrack
from monitor.workspace import ServiceSpec
from providers.deploy_readings import DeploysReading
from providers.readings import SourceId


class DeployTracks:
    """What the deploy sources of one workspace say, kept while they say the same.

    Args:
        services: Whose deploys they are.
        tracks: The sources that are read for them.
    """

    def __init__(self, services: Sequence[ServiceSpec], tracks: Sequence[SourceTrack]) -> None:
        self._services = services
        self._tracks = tracks
        self._views: tuple[object, tuple[DeployView, ...]] = (None, ())
        self._live: tuple[object, dict[tuple[str, str], LiveVersion]] = (None, {})

    def readings(self) -> dict[SourceId, DeploysReading]:
        """The last answer of each source that has given one."""
        return {
            track.spec.id: track.payload
            for track in self._tracks
            if isinstance(track.payload, DeploysReading)
        }

    def live(self) -> dict[tuple[str, str], LiveVersion]:
        """What runs now, by service and environment."""
        mark = self._mark()
        if self._live[0] != mark:
            self._live = (mark, live_versions(self._services, self.readings()))
        return self._live[1]

    def views(self, alerts: Sequence[AlertView]) -> tuple[DeployView, ...]:
        """The common list, with how each deploy stands to the begin of the first alert."""
        onset = Onset(at=alerts[0].since.at, environment=alerts[0].environment) if alerts else None
        mark = (self._mark(), onset)
        if self._views[0] != mark:
            self._views = (mark, merge(self._services, self.readings(), onset))
        return self._views[1]

    def _mark(self) -> tuple[int, ...]:
        return tuple([track.news for track in self._tracks])
