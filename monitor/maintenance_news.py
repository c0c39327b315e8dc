"""Maintenance on the timeline: that a window is near, begins and ends; each once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from monitor.events import Event, EventKind
from monitor.maintenance import Span
from monitor.snapshot import WorkspaceView
from monitor.verdicts import Level
from providers.clock import Moment

_NEWS_FOR: Final = timedelta(minutes=5)
"""A window that began longer ago is no news to who has only just begun to look."""


class MaintenanceNews:
    """Remembers which windows there were at the last look.

    The keys of its events are made of the window and its begin: a restart tells nothing twice.
    """

    def __init__(self) -> None:
        self._now: dict[str, dict[str, Span]] = {}
        self._told: dict[str, frozenset[str]] = {}

    def news(self, view: WorkspaceView, now: Moment) -> Iterator[Event]:
        """What is new in the windows of a workspace."""
        name = view.spec.name
        before = self._now.get(name, {})
        after = {_key(one): one for one in view.maintenance}
        for key, span in after.items():
            if key not in before and now.at - span.begins < _NEWS_FOR:
                yield _event(span, "begins", span.begins, name)
        for key, span in before.items():
            if key not in after:
                yield _event(span, "over", min(span.ends, now.at), name)
        near = frozenset(_key(one) for one in view.coming)
        for span in view.coming:
            if _key(span) not in self._told.get(name, frozenset()):
                yield _event(span, "near", now.at, name)
        self._now[name], self._told[name] = after, near


def _key(span: Span) -> str:
    return f"{span.window.key}@{span.begins.isoformat()}"


def _event(span: Span, mark: str, at: datetime, workspace: str) -> Event:
    words = {
        "begins": f"maintenance until {span.until}: {span.window.title}",
        "over": f"maintenance over: {span.window.title}",
        "near": f"maintenance from {span.begins:%H:%M}Z: {span.window.title}",
    }[mark]
    by = f", by {span.window.operator}" if span.window.operator else ""
    return Event(
        at=at,
        kind=EventKind.OPERATOR,
        level=Level.OK,
        text=words,
        detail=f"{words}{by}",
        key=f"maintenance/{_key(span)}/{mark}",
        workspace=workspace,
    )
