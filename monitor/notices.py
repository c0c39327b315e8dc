"""What a person should know besides the alerts, each line saying what it is about; pure."""

from collections.abc import Iterable, Mapping, Sequence

from monitor.tracks import SourceTrack
from monitor.workspace import ServiceSpec
from providers.database_readings import DatabaseReading
from providers.deploy_readings import DeploysReading
from providers.readings import SourceId


def deploy_notices(
    services: Sequence[ServiceSpec],
    readings: Mapping[SourceId, DeploysReading],
    sources: Mapping[SourceId, SourceTrack],
) -> tuple[str, ...]:
    """What the vendors of deploys say of a service: `API production: auto-deploy is off`."""
    found: list[str] = []
    for source, reading in readings.items():
        if not reading.notices:
            continue
        spec = sources[source].spec
        owner = next((one for one in services if source in one.deploys.values()), None)
        title = spec.title if owner is None else f"{owner.title} {spec.environment}"
        found += [f"{title}: {line}" for line in reading.notices]
    return tuple(dict.fromkeys(found))


def privilege_notices(tracks: Iterable[SourceTrack]) -> tuple[str, ...]:
    """What a database does not let us see."""
    found = [
        line
        for track in tracks
        if isinstance(track.payload, DatabaseReading)
        for line in track.payload.missing_privileges
    ]
    return tuple(dict.fromkeys(found))
