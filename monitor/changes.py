"""What changed lately, over everything that is watched; pure.

The first question of every incident. The timeline has deploys, alerts, vendors' incidents and
configuration; systems add what their own lists mark as a change.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from monitor.events import Event, EventKind
from monitor.snapshot import DeployView, WorkspaceView
from monitor.system_view import SystemView
from monitor.systems import LEVELS
from monitor.verdicts import Level
from providers.clock import Moment
from providers.deploy_readings import DeployState
from providers.readings import SourceId
from providers.system_readings import Condition, Record, Section
from providers.text import EMPTY, Foreign

LATELY_S: Final = 900.0
"""The runbook asks what changed in the last 15 minutes."""


class Change(Struct, frozen=True, kw_only=True):
    """One thing that changed."""

    key: str
    at: datetime
    what: str
    """What kind of thing: `deploy`, `alert`, or the system's list, `Render · events`."""

    text: Foreign
    state: Foreign = EMPTY
    level: Level = Level.OK
    environment: str = ""
    source: SourceId | None = None
    url: str = ""


_ELSEWHERE: Final = frozenset({EventKind.DEPLOY, EventKind.NOTICE})
"""Deploys are told with more, and that people were told changes nothing."""


def changes(view: WorkspaceView, now: Moment, within_s: float = LATELY_S) -> tuple[Change, ...]:
    """Everything that changed in the last `within_s` seconds, newest first."""
    since = now.at - timedelta(seconds=within_s)
    found = [*_told(view), *_deploys(view), *_recorded(view)]
    lately = {change.key: change for change in found if since <= change.at <= now.at}
    return tuple(sorted(lately.values(), key=lambda change: (change.at, change.key), reverse=True))


def _told(view: WorkspaceView) -> Iterator[Change]:
    for event in view.timeline:
        if event.kind not in _ELSEWHERE:
            yield _event(event)


def _event(event: Event) -> Change:
    return Change(
        key=f"event/{event.key or event.text}/{event.at.isoformat()}",
        at=event.at,
        what=event.kind.value,
        text=Foreign(event.detail or event.text),
        level=event.level,
        environment=event.environment,
        source=event.source,
    )


def _deploys(view: WorkspaceView) -> Iterator[Change]:
    for each in view.deploys:
        if each.at is not None:
            yield _deploy(each, each.at)


def _deploy(each: DeployView, at: datetime) -> Change:
    deploy = each.deploy
    state = "live" if each.live else deploy.state.value
    bad = bool(each.onset) or deploy.state is DeployState.FAILED
    return Change(
        key=f"deploy/{each.key}",
        at=at,
        what="deploy",
        text=Foreign(
            f"{each.service.title if each.service else deploy.target} "
            f"{deploy.commit.line(80)[:7]}{_by(deploy.author)}: {subject_of_commit(deploy.message)}"
        ),
        state=Foreign(f"{state} {each.onset}".strip()),
        level=Level.WARNING if bad else Level.OK,
        environment=deploy.environment,
        source=each.source,
        url=deploy.url,
    )


def _by(author: Foreign) -> str:
    """Who; Render does not always tell."""
    return f" by {author.line(40)}" if author else ""


def subject_of_commit(message: Foreign) -> str:
    """The first line of a commit's message."""
    return Foreign(message.text.partition("\n")[0]).line(120)


def _recorded(view: WorkspaceView) -> Iterator[Change]:
    for system in view.systems:
        reading = system.reading
        if reading is None or system.condition is Condition.UNKNOWN:
            continue
        for section in reading.sections:
            for record in section.records:
                if record.change and record.at is not None:
                    yield _record(system, section, record, record.at)


def _record(system: SystemView, section: Section, record: Record, at: datetime) -> Change:
    return Change(
        key=f"record/{system.spec.id}/{section.key}/{record.id}",
        at=at,
        what=f"{system.spec.system} · {section.title}",
        text=record.title,
        state=record.state,
        level=LEVELS[record.condition],
        environment=system.spec.environment,
        source=system.spec.id,
        url=record.url,
    )
