"""Which moments a chart of the details marks: deploys, alerts, people, vendors. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.events import Event, EventKind, is_aftermath
from monitor.snapshot import DeployView, WorkspaceView
from widgets.chart_marks import Mark, MarkKind

_SHORT_COMMIT: Final = 7

_KINDS: Final = {
    EventKind.ALERT: MarkKind.ALERT,
    EventKind.OPERATOR: MarkKind.OPERATOR,
    EventKind.ACTION: MarkKind.OPERATOR,
    EventKind.CONFIG: MarkKind.CONFIG,
    EventKind.VENDOR: MarkKind.VENDOR,
}


def deploy_marks(
    deploys: Sequence[DeployView], service: str, environment: str, window_s: float, until: datetime
) -> tuple[Mark, ...]:
    """When deploys of one service went live within the window; of any where none is named."""
    since = until - timedelta(seconds=window_s)
    return tuple(
        Mark(at=each.deploy.live_at, label=each.deploy.commit.line(40)[:_SHORT_COMMIT])
        for each in deploys
        if each.deploy.live_at is not None
        and since <= each.deploy.live_at <= until
        and each.deploy.environment == environment
        and service in {"", each.deploy.target, each.service.name if each.service else ""}
    )


def event_marks(events: Iterable[Event], about: str, environment: str) -> Iterator[Mark]:
    """Alerts of one rule, and what people, vendors and the configuration did."""
    for event in events:
        kind = _KINDS.get(event.kind)
        if kind is None or is_aftermath(event) or event.environment not in {"", environment}:
            continue
        if kind is not MarkKind.ALERT or is_of(event, about):
            yield Mark(at=event.at, label=event.text, kind=kind)


def is_of(event: Event, about: str) -> bool:
    """Whether an event is the beginning of an alert of this key, or of a group of this KPI."""
    begun, _, onset = event.key.removeprefix("alert/").rpartition("@")
    own = begun == about or (about.startswith("kpi/") and begun.startswith(f"{about}/"))
    # What follows the onset tells of something within the trouble.
    return own and "/" not in onset


def old_deploys(
    events: Iterable[Event], view: WorkspaceView, service: str, environment: str
) -> Iterator[Mark]:
    """Deploys of which only the history knows any more."""
    known = {f"deploy/{each.key}" for each in view.deploys}
    sources = {
        source
        for one in view.spec.services
        if service in {"", one.name}
        for source in one.deploys.values()
    }
    for event in events:
        ours = event.kind is EventKind.DEPLOY and event.source in sources
        if ours and event.environment == environment and event.key.rpartition("/")[0] not in known:
            yield Mark(at=event.at, label="deploy")


def marks_of(
    view: WorkspaceView,
    events: Sequence[Event],
    about: str,
    where: tuple[str, str],
    window: tuple[float, datetime],
) -> tuple[Mark, ...]:
    """Everything a chart of the details marks, oldest first.

    Args:
        view: The workspace, for its deploys and its timeline.
        events: What history knows of the window.
        about: Key of the alert whose beginnings are marked.
        where: Service (empty: any) and environment.
        window: Its length in seconds, and its right edge.
    """
    (service, environment), (window_s, until) = where, window
    since = until - timedelta(seconds=window_s)
    # The newest is on the timeline a second before it is in the history.
    told = {(event.key or event.text, event.at): event for event in (*events, *view.timeline)}
    # The history is one for all workspaces.
    ours = {"", view.spec.name}
    inside = [one for one in told.values() if since <= one.at <= until and one.workspace in ours]
    found = [
        *deploy_marks(view.deploys, service, environment, window_s, until),
        *old_deploys(inside, view, service, environment),
        *event_marks(inside, about, environment),
    ]
    return tuple(sorted(found, key=lambda mark: (mark.at, mark.kind.value, mark.label)))
