"""What a person should know besides the alerts, each line saying what it is about; pure."""

from collections.abc import Iterable, Mapping

from monitor.tracks import SourceTrack
from monitor.workspace import WorkspaceSpec
from providers.database_readings import DatabaseReading
from providers.deploy_readings import DeploysReading
from providers.readings import SourceId


def deploy_notices(
    spec: WorkspaceSpec,
    readings: Mapping[SourceId, DeploysReading],
    sources: Mapping[SourceId, SourceTrack],
) -> tuple[str, ...]:
    """What the vendors of deploys say of a service: `API production: auto-deploy is off`.

    Production comes first.
    """
    production = {one.name for one in spec.environments if one.production}
    found: list[tuple[bool, str]] = []
    for source, reading in readings.items():
        if not reading.notices:
            continue
        told = sources[source].spec
        owner = next((one for one in spec.services if source in one.deploys.values()), None)
        title = told.title if owner is None else f"{owner.title} {told.environment}"
        later = told.environment not in production
        found += [(later, f"{title}: {line}") for line in reading.notices]
    found.sort(key=lambda one: one[0])
    return tuple(dict.fromkeys(line for _, line in found))


def privilege_notices(tracks: Iterable[SourceTrack]) -> tuple[str, ...]:
    """What a database does not let us see."""
    found = [
        line
        for track in tracks
        if isinstance(track.payload, DatabaseReading)
        for line in track.payload.missing_privileges
    ]
    return tuple(dict.fromkeys(found))
