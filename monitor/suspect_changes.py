"""What may be suspected of an alert: deploys, vendors, people, configuration, systems; pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from monitor.changes import subject_of_commit
from monitor.deploys import short_version
from monitor.events import Event, EventKind, is_aftermath
from monitor.snapshot import AlertView, DeployView, WorkspaceView
from monitor.suspects import Change, Kind, Suspicion, Trouble, needs_of, suspicion, users_of
from monitor.system_view import SystemView
from providers.base import Area
from providers.deploy_readings import DeployState
from providers.system_readings import Condition, Record

_CAUSING: Final = frozenset({Area.PLATFORM, Area.DATABASE, Area.NETWORK})
"""Systems whose changes break things; a new error or a refund is what follows."""

_SAID: Final = ("care/", "notice/")
"""Events that tell what people, or this program, said of an alert."""

_WENT_LIVE: Final = frozenset({DeployState.LIVE, DeployState.PREVIOUS, DeployState.SUCCEEDED})


def suspicion_of(alert: AlertView, view: WorkspaceView, events: Sequence[Event] = ()) -> Suspicion:
    """Who may be behind an alert, of all that is known now.

    Args:
        alert: What is wrong.
        view: The workspace: its deploys, its timeline, its systems' own lists.
        events: What history knows besides.
    """
    trouble = Trouble(
        onset=alert.began,
        environment=alert.environment,
        service=alert.service,
        needs=needs_of(view.spec, alert.service),
        users=users_of(view.spec, alert.service),
    )
    return suspicion(trouble, changes_of(view, events))


def changes_of(view: WorkspaceView, events: Sequence[Event] = ()) -> Iterator[Change]:
    """Everything that may be suspected; alerts are not: they follow."""
    for deploy in view.deploys:
        if deploy.deploy.live_at is not None and deploy.deploy.state in _WENT_LIVE:
            yield _deploy(deploy, deploy.deploy.live_at)
    for event in (*view.timeline, *events):
        kind = _EVENTS.get(event.kind)
        # The history is one for all workspaces; and who is at an alert has changed nothing.
        ours = event.workspace in {"", view.spec.name} and not event.key.startswith(_SAID)
        ours = ours and not is_aftermath(event)
        if kind is not None and ours:
            yield _event(event, kind)
    for system in view.systems:
        yield from _recorded(system)


_EVENTS: Final[Mapping[EventKind, Kind]] = {
    EventKind.VENDOR: Kind.VENDOR,
    EventKind.CONFIG: Kind.CONFIG,
    EventKind.OPERATOR: Kind.OPERATOR,
    EventKind.ACTION: Kind.OPERATOR,
}
"""Deploys are told by their own list, with what service they are of."""

_DID: Final[Mapping[Kind, str]] = {
    Kind.VENDOR: "began",
    Kind.CONFIG: "was loaded",
    Kind.OPERATOR: "was done",
}


def _deploy(view: DeployView, live_at: datetime) -> Change:
    deploy = view.deploy
    title = view.service.title if view.service is not None else deploy.target
    made_by = deploy.author or (view.run.author if view.run is not None else deploy.author)
    author = f" by {made_by.line(40)}" if made_by else ""
    message = subject_of_commit(deploy.message)
    commit = short_version(deploy.commit.line(64))
    return Change(
        key=f"deploy/{view.key}",
        at=live_at,
        kind=Kind.DEPLOY,
        words=f"{title} {commit}{author}{f': {message}' if message else ''}",
        did="went live",
        environment=deploy.environment,
        service=view.service.name if view.service is not None else deploy.target,
        batch=f"{deploy.commit.line(64)}@{deploy.environment}" if deploy.commit else "",
    )


def _event(event: Event, kind: Kind) -> Change:
    return Change(
        key=f"event/{event.key or event.text}/{event.at.isoformat()}",
        at=event.at,
        kind=kind,
        words=event.text,
        did=_DID[kind],
        environment=event.environment,
    )


def _recorded(system: SystemView) -> Iterator[Change]:
    reading = system.reading
    told = reading is not None and system.condition is not Condition.UNKNOWN
    if reading is None or not told or system.spec.area not in _CAUSING:
        return
    for section in reading.sections:
        for record in section.records:
            if record.change and record.at is not None and _may_cause(record):
                yield _record(system, section.title, record, record.at)


def _may_cause(record: Record) -> bool:
    """Not what broke, which follows; nor a deploy, which is told by the deploys."""
    broke = record.condition in {Condition.BROKEN, Condition.DEGRADED}
    title = record.title.line(200).casefold()
    return not broke and not any(word in title for word in ("deploy", "build"))


def _record(system: SystemView, section: str, record: Record, at: datetime) -> Change:
    return Change(
        key=f"record/{system.spec.id}/{record.id}",
        at=at,
        kind=Kind.SYSTEM,
        words=f"{system.spec.system} {section}: {record.title.line(80)}",
        did="changed",
        environment=system.spec.environment,
    )
