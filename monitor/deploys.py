"""The deploys of all vendors as one list, what is live where, and what preceded an alert; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.snapshot import DeployView
from monitor.states import Drift
from monitor.words import duration_words
from monitor.workspace import ServiceSpec
from providers.deploy_readings import DeployReading, DeploysReading, DeployState
from providers.readings import SourceId

MOST: Final = 100
"""Deploys kept in the list."""

ONSET_WITHIN: Final = timedelta(hours=1)
"""A deploy that went live longer before an alert is not named with it."""

RUN_WITHIN: Final = timedelta(hours=6)
"""A workflow run and a deploy of one commit belong together when this close."""

SHORT: Final = 7
"""Characters of a short commit."""

_WENT_LIVE: Final = frozenset({DeployState.LIVE, DeployState.PREVIOUS, DeployState.READY})
_HEX = re.compile(r"[0-9a-f]{7,64}")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Onset(Struct, frozen=True, kw_only=True):
    """When and where the worst alert began."""

    at: datetime
    environment: str


class LiveVersion(Struct, frozen=True, kw_only=True):
    """What runs in one environment of one service, by its deploys."""

    commit: str
    since: datetime | None


def merge(
    services: Sequence[ServiceSpec],
    readings: Mapping[SourceId, DeploysReading],
    onset: Onset | None = None,
) -> tuple[DeployView, ...]:
    """All deploys, newest first, at most `MOST`.

    A workflow run that ended well and whose commit a vendor deployed is not listed twice: it
    stands with that deploy (`DeployView.run`).
    """
    views = [
        _view(services, source, reading, deploy)
        for source, reading in readings.items()
        for deploy in reading.deploys
    ]
    joined = _join_runs(views)
    joined.sort(key=lambda view: (view.at or _LONG_AGO, view.key), reverse=True)
    return tuple(_with_onset(joined[:MOST], onset))


def live_versions(
    services: Sequence[ServiceSpec], readings: Mapping[SourceId, DeploysReading]
) -> dict[tuple[str, str], LiveVersion]:
    """What is live, by (service, environment); absent where no vendor says."""
    found: dict[tuple[str, str], LiveVersion] = {}
    for service in services:
        for environment, source in service.deploys.items():
            live = _live_of(readings.get(source))
            if live is not None and live.commit:
                since = live.live_at or live.created_at
                found[service.name, environment] = LiveVersion(
                    commit=live.commit.line(64), since=since
                )
    return found


def short_version(version: str) -> str:
    """A commit cut to seven characters; any other version as it is, within 12."""
    return version[:SHORT] if _HEX.fullmatch(version.lower()) else version[:12]


def drift(versions: Iterable[str]) -> Drift:
    """Whether all environments run the same; unknown unless two of them say what they run.

    A commit and its abbreviation of at least seven characters are the same version.
    """
    said = [version for version in versions if version]
    if len(said) < 2:
        return Drift.UNKNOWN
    known = [version.strip().lower() for version in said if version.strip()]
    if len(known) < 2:
        return Drift.UNKNOWN
    return Drift.SAME if all(_same(known[0], other) for other in known[1:]) else Drift.DIFFERENT


def _same(one: str, other: str) -> bool:
    if _HEX.fullmatch(one) and _HEX.fullmatch(other):
        return one.startswith(other) or other.startswith(one)
    return one == other


def _live_of(reading: DeploysReading | None) -> DeployReading | None:
    if reading is None:
        return None
    return next((deploy for deploy in reading.deploys if _is_live(reading, deploy)), None)


def _is_live(reading: DeploysReading, deploy: DeployReading) -> bool:
    if reading.live_id is not None:
        return deploy.id == reading.live_id
    return deploy.state is DeployState.LIVE


def _view(
    services: Sequence[ServiceSpec],
    source: SourceId,
    reading: DeploysReading,
    deploy: DeployReading,
) -> DeployView:
    live = _is_live(reading, deploy)
    return DeployView(
        deploy=deploy,
        source=source,
        service=_service_of(services, source, deploy),
        live=live,
        notices=reading.notices if live else (),
        at=deploy.live_at or deploy.created_at,
    )


def _service_of(
    services: Sequence[ServiceSpec], source: SourceId, deploy: DeployReading
) -> ServiceSpec | None:
    owner = next((one for one in services if source in one.deploys.values()), None)
    if owner is not None:
        return owner
    return next((one for one in services if one.name == deploy.target), None)


def _join_runs(views: list[DeployView]) -> list[DeployView]:
    """Fold runs that ended well into the deploys they made."""
    made = [view for view in views if not _is_run(view)]
    runs = [view for view in views if _is_run(view)]
    folded: dict[int, DeployReading] = {}
    rest: list[DeployView] = []
    for run in runs:
        index = next((i for i, view in enumerate(made) if _belongs(run, view)), None)
        if index is None:
            rest.append(run)
        else:
            folded.setdefault(index, run.deploy)
    return [
        *(replace(view, run=folded[i]) if i in folded else view for i, view in enumerate(made)),
        *rest,
    ]


def _is_run(view: DeployView) -> bool:
    """Whether it is a workflow run that has not failed; a failed one is told by itself."""
    if view.live or view.deploy.state is DeployState.SUCCEEDED:
        return not view.live
    starts = view.service is not None and view.source not in view.service.deploys.values()
    return starts and view.deploy.state.running


def _belongs(run: DeployView, view: DeployView) -> bool:
    one, other = run.deploy, view.deploy
    if one.vendor == other.vendor or one.environment != other.environment:
        return False
    if run.service is not view.service or not one.commit or not other.commit:
        return False
    if not _same(one.commit.text.lower(), other.commit.text.lower()):
        return False
    return run.at is None or view.at is None or abs(run.at - view.at) <= RUN_WITHIN


def _with_onset(views: list[DeployView], onset: Onset | None) -> list[DeployView]:
    """Mark the deploy that went live last before the alert began."""
    if onset is None:
        return views
    before = [
        view
        for view in views
        if view.deploy.live_at is not None
        and view.deploy.environment == onset.environment
        and timedelta(0) <= onset.at - view.deploy.live_at <= ONSET_WITHIN
        and view.deploy.state in _WENT_LIVE
    ]
    nearest = max(before, key=lambda view: view.deploy.live_at or _LONG_AGO, default=None)
    if nearest is None or nearest.deploy.live_at is None:
        return views
    after_s = (onset.at - nearest.deploy.live_at).total_seconds()
    words = f"onset −{duration_words(after_s)}"
    return [replace(view, onset=words) if view is nearest else view for view in views]
