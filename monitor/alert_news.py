"""What alerts have to tell the timeline: that one fired, flaps, cleared; each once in a trouble."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from monitor.database_alerts import UNREACHABLE
from monitor.events import Event, EventKind
from monitor.snapshot import AlertView, PaneState, WorkspaceView
from monitor.verdicts import Level, Phase
from providers.clock import Moment

_ACTIVE: Final = frozenset({Phase.FIRING, Phase.RECOVERING})


class AlertNews:
    """Remembers which alerts were there at the last look.

    The keys of its events are made of the episode, so that a restart tells nothing twice.
    """

    def __init__(self) -> None:
        self._active: dict[str, dict[str, AlertView]] = {}
        self._flapping: dict[str, dict[str, AlertView]] = {}

    def news(self, view: WorkspaceView, now: Moment) -> Iterator[Event]:
        """What is new in the alerts of a workspace."""
        name = view.spec.name
        before, after = self._active.get(name, {}), _active(view, self._active.get(name, {}))
        for key, alert in after.items():
            if key not in before:
                yield _fired(alert, name, now)
        for key, alert in before.items():
            if key not in after:
                yield _gone(alert, view, now)
        yield from self._about_flapping(view, before, now)
        self._active[name] = after

    def _about_flapping(
        self, view: WorkspaceView, before: Mapping[str, AlertView], now: Moment
    ) -> Iterator[Event]:
        """Told when it begins, and not for each thing that changes in it."""
        name = view.spec.name
        known = self._flapping.get(name, {})
        found = {alert.key: alert for alert in view.alerts if alert.phase is Phase.FLAPPING}
        for key, alert in found.items():
            if key not in known and (key in before or not _is_active(alert)):
                yield _began_to_flap(alert, name, now)
        for key, alert in known.items():
            if key not in found and key not in before and not _is_active(alert):
                yield _over(alert, name, now, "steady", "steady again")
        self._flapping[name] = found


def _active(view: WorkspaceView, before: Mapping[str, AlertView]) -> dict[str, AlertView]:
    """What fires, each as it was first seen; what was firing when last seen still does."""
    return {
        alert.key: before.get(alert.key, alert)
        for alert in view.alerts
        if _is_active(alert) or (alert.phase is Phase.UNKNOWN and alert.key in before)
    }


def _is_active(alert: AlertView) -> bool:
    """Whether its rule was met and it has not cleared."""
    return alert.phase in _ACTIVE or (alert.phase is Phase.FLAPPING and alert.fired is not None)


def _fired(alert: AlertView, workspace: str, now: Moment) -> Event:
    flapping = " flapping" if alert.phase is Phase.FLAPPING else ""
    return Event(
        at=min(alert.since.at, now.at),
        kind=EventKind.ALERT,
        level=alert.level,
        text=f"{alert.brief}{flapping}",
        detail=f"{alert.title}: {alert.why}" if alert.why else alert.title,
        environment=alert.environment,
        source=alert.source,
        key=_key(alert),
        workspace=workspace,
    )


def _began_to_flap(alert: AlertView, workspace: str, now: Moment) -> Event:
    return Event(
        at=now.at,
        kind=EventKind.ALERT,
        level=alert.level,
        text=f"{_lasting_name(alert)} flapping",
        detail=f"{alert.title}: {alert.why}",
        environment=alert.environment,
        source=alert.source,
        key=f"{_key(alert)}/flapping",
        workspace=workspace,
    )


def _gone(alert: AlertView, view: WorkspaceView, now: Moment) -> Event:
    """That it cleared; of a database that does not answer nobody knows whether it did."""
    cleared = _over(alert, view.spec.name, now, "cleared")
    silent = {one.spec.source for one in view.databases if one.status.state is PaneState.FAILED}
    if alert.source not in silent:
        words = f"{_lasting_name(alert)} answers again"
        back = alert.key.startswith(UNREACHABLE)
        return replace(cleared, text=words, detail=words) if back else cleared
    return replace(
        cleared,
        level=Level.UNKNOWN,
        text=f"{_lasting_name(alert)} out of sight",
        detail=f"out of sight, the database does not answer: {alert.title}",
    )


def _over(alert: AlertView, workspace: str, now: Moment, mark: str, words: str = "") -> Event:
    """The end of an alert, or of what flapped without ever meeting its rule."""
    return Event(
        at=now.at,
        kind=EventKind.CLEARED,
        level=Level.OK,
        text=f"{_lasting_name(alert)} {words or mark}",
        detail=f"{words or mark}: {alert.title}",
        environment=alert.environment,
        source=alert.source,
        key=f"{_key(alert)}/{mark}",
        workspace=workspace,
    )


def _lasting_name(alert: AlertView) -> str:
    """What an alert is called once its number is history."""
    measured = bool(alert.kpi or alert.needed)
    return (alert.subject if measured else alert.brief) or alert.title


def _key(alert: AlertView) -> str:
    """The same for one episode of one alert, also after a restart."""
    return f"alert/{alert.episode}"
