"""What happened, newest first: alerts, deploys, vendors' incidents, sources, operators."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from monitor.alert_news import AlertNews
from monitor.database_alerts import UNREACHABLE
from monitor.deploys import short_version
from monitor.events import Event, EventKind
from monitor.maintenance_news import MaintenanceNews
from monitor.snapshot import DeployView, SourceView, VendorView, WorkspaceView
from monitor.verdicts import Level
from monitor.workspace import WorkspaceSpec
from providers.base import SourceKind
from providers.clock import Moment
from providers.deploy_readings import DeployState
from providers.readings import SourceId, Trouble
from providers.text import Foreign

MOST: Final = 400
"""Events kept in memory over all workspaces."""

SHOWN: Final = 100
"""Events of one workspace in a snapshot."""

LOOK_BACK: Final = timedelta(hours=24)
"""Deploys and incidents that are older when first seen are no news."""


class Timeline:
    """Collects events, each once: two with one key are the same event."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}
        self._fresh: list[Event] = []
        self._alerts = AlertNews()
        self._maintenance = MaintenanceNews()
        self._failing: dict[SourceId, str] = {}
        self._shown: dict[str, tuple[Event, ...]] = {}
        self._seen: dict[str, tuple[DeployView, ...]] = {}

    def preload(self, events: Iterable[Event]) -> None:
        """Events from before the start."""
        for event in events:
            self._events.setdefault(_key(event), event)
        self._shown.clear()

    def add(self, event: Event) -> None:
        """Take an event in unless it is known."""
        key = _key(event)
        known = self._events.get(key)
        if known is not None:
            self._complete(key, known, event)
            return
        self._events[key] = event
        self._fresh.append(event)
        self._shown.clear()
        if len(self._events) > MOST + SHOWN:
            newest = sorted(self._events.items(), key=lambda pair: pair[1].at)[-MOST:]
            self._events = dict(newest)

    def _complete(self, key: str, known: Event, event: Event) -> None:
        """A deploy is told before the run that made it is known, and with it whose it was."""
        if known.kind is EventKind.DEPLOY and event.text.startswith(f"{known.text}, "):
            self._events[key] = replace(known, text=event.text, detail=event.detail)
            self._shown.clear()

    def take_fresh(self) -> tuple[Event, ...]:
        """Events added since the last call, for the history."""
        fresh, self._fresh = tuple(self._fresh), []
        return fresh

    def of(self, workspace: str) -> tuple[Event, ...]:
        """Events of one workspace and those that concern all, newest first."""
        if workspace not in self._shown:
            own = [one for one in self._events.values() if one.workspace in {"", workspace}]
            own.sort(key=lambda event: (event.at, _key(event)), reverse=True)
            self._shown[workspace] = tuple(own[:SHOWN])
        return self._shown[workspace]

    def observe(self, view: WorkspaceView, now: Moment) -> None:
        """Find what is new in a workspace."""
        for event in (*self._alerts.news(view, now), *self._maintenance.news(view, now)):
            self.add(event)
        name = view.spec.name
        if self._seen.get(name) is not view.deploys:
            self._seen[name] = view.deploys
            for deploy in view.deploys:
                self._observe_deploy(view.spec, deploy, now)
        for vendor in view.vendors:
            self._observe_vendor(view.spec, vendor, now)

    def observe_sources(self, sources: Mapping[SourceId, SourceView], now: Moment) -> None:
        """Tell when a source began to fail for more than one read, and when it came back."""
        for key, view in sources.items():
            silent = view.failure is not None and view.failure.trouble is Trouble.TIMED_OUT
            if silent and view.spec.kind is SourceKind.ENDPOINT:
                # Told as the endpoint's own alert.
                continue
            told = self._failing.get(key)
            if view.failure is None and told is not None:
                del self._failing[key]
                if self._told_back(key):
                    continue
                text = f"{view.spec.title} answers again"
                self._add_source(view, now.at, Level.OK, text, f"{told}/back")
            elif view.failure is not None and told is None and view.failures >= 2:
                since = view.failing_since or now
                told = f"source/{key}@{since.at.isoformat()}"
                self._failing[key] = told
                self._add_source(view, since.at, Level.UNKNOWN, view.failure.sentence, told)

    def _told_back(self, source: SourceId) -> bool:
        """Whether the end of an alert, told just now, says the same."""
        begins = f"alert/{UNREACHABLE}{source}@"
        ended = (one.key for one in self._fresh if one.kind is EventKind.CLEARED)
        return any(key.startswith(begins) for key in ended)

    def _add_source(
        self, view: SourceView, at: datetime, level: Level, text: str, key: str
    ) -> None:
        self.add(
            Event(
                at=at,
                kind=EventKind.SOURCE,
                level=level,
                text=text,
                environment=view.spec.environment,
                source=view.spec.id,
                key=key,
                workspace=view.spec.workspace,
            )
        )

    def _observe_deploy(self, spec: WorkspaceSpec, view: DeployView, now: Moment) -> None:
        deploy = view.deploy
        if deploy.state is DeployState.SUCCEEDED and _deployed_by_another(view):
            return
        failed = deploy.state is DeployState.FAILED
        at = (deploy.ended_at or deploy.created_at) if failed else deploy.live_at
        if at is None or now.at - at > LOOK_BACK or at > now.at + timedelta(minutes=5):
            return
        title = view.service.title if view.service is not None else deploy.target
        word = "failed" if failed else _live_word(deploy.state)
        text, made_by = _deploy_words(view, title, word)
        self.add(
            Event(
                at=at,
                kind=EventKind.DEPLOY,
                level=Level.WARNING if failed else Level.OK,
                text=f"{text}{made_by}",
                detail=f"{text}{made_by}{_first_line(deploy.message)}",
                environment=deploy.environment,
                source=view.source,
                key=f"deploy/{view.key}/{word}",
                workspace=spec.name,
            )
        )

    def _observe_vendor(self, spec: WorkspaceSpec, view: VendorView, now: Moment) -> None:
        if view.reading is None:
            return
        for incident in view.reading.incidents:
            at = incident.began_at or now.at
            if now.at - at > LOOK_BACK:
                continue
            self.add(
                Event(
                    at=min(at, now.at),
                    kind=EventKind.VENDOR,
                    level=Level.WARNING,
                    text=f"{view.name}: {incident.title.line(120)}",
                    source=view.source,
                    key=f"vendor/{view.source}/{incident.id}",
                    workspace=spec.name,
                )
            )


def _first_line(message: Foreign) -> str:
    first = message.text[:400].partition("\n")[0].strip()
    return f": {first[:200]}" if first else ""


def _deploy_words(view: DeployView, title: str, word: str) -> tuple[str, str]:
    """What happened, and whose it was; a roll back is not told as the work of who wrote it."""
    deploy, run = view.deploy, view.run
    commit = short_version(deploy.commit.line(64))
    if deploy.trigger.text == "rollback" and word == "live":
        return f"{title} rolled back to {commit}", ""
    made_by = deploy.author or (deploy.author if run is None else run.author)
    first_name = made_by.line(30).partition(" ")[0]
    text = " ".join(part for part in (title, commit, word) if part)
    return text, f", {first_name}" if first_name else ""


def _deployed_by_another(view: DeployView) -> bool:
    """Whether a workflow run only started a deploy that its own vendor tells of."""
    vendor = None if view.service is None else view.service.deploys.get(view.deploy.environment)
    return vendor is not None and vendor != view.source


def _live_word(state: DeployState) -> str:
    return "ended well" if state is DeployState.SUCCEEDED else "live"


def _key(event: Event) -> str:
    return event.key or f"{event.kind.value}@{event.at.isoformat()}/{event.text}"
