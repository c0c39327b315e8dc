"""Tells what happens to actions while the person looks at something else."""

from typing import TYPE_CHECKING, Final

from textual.notifications import SeverityLevel

from actions.audit_entries import AuditEntry
from actions.door_state import DoorState
from actions.lease import Lease
from actions.running import Running
from actions.verbs import Outcome
from actions.watch import WatchVerdict
from monitor.words import span_words
from providers.clock import Moment

if TYPE_CHECKING:
    from tui.app_actions import CommandedApp

_SEVERITIES: Final[dict[Outcome, SeverityLevel]] = {
    Outcome.DONE: "information",
    Outcome.FAILED: "error",
    Outcome.REFUSED: "warning",
    Outcome.UNKNOWN: "error",
}


class DoorWatch:
    """Looks at each new state once.

    Args:
        app: Where it is told.
    """

    def __init__(self, app: "CommandedApp") -> None:
        self._app = app
        self._leases: dict[str, Lease] = {}
        self._told: set[str] = set()
        self._watched: set[str] = set()
        self._found = 0
        self._seen: DoorState | None = None

    def look(self, state: DoorState, now: Moment) -> None:
        """Tell of leases that ended by themselves, and of actions that are over."""
        for lease in [one for one in self._leases.values() if not one.holds(now)]:
            del self._leases[lease.id]
            words = f"{lease.place} is not armed any more: {span_words(lease.lasts_s)} are over"
            self._app.notify(words, severity="warning")
        if state is self._seen:
            return
        for outcome in state.found[self._found :]:
            self._tell_found(outcome)
        self._found = len(state.found)
        self._seen = state
        self._leases = {one.id: one for one in state.leases if one.holds(now)}
        for running in state.running:
            if running.over and running.id not in self._told:
                self._told.add(running.id)
                self._tell(running)
            watch = running.watch
            verdict = None if watch is None else watch.verdict
            if watch is not None and verdict is not None and running.id not in self._watched:
                self._watched.add(running.id)
                words = f"{running.plan.title}: {verdict.value}. {watch.words}"
                fine = verdict is WatchVerdict.VERIFIED
                self._app.notify(words, severity="information" if fine else "warning")

    def _tell_found(self, outcome: AuditEntry) -> None:
        where = f"{outcome.target_name} {outcome.environment}".strip()
        words = f"{outcome.what}, {where}: {outcome.outcome}, {outcome.words}"
        severity = _SEVERITIES.get(Outcome(outcome.outcome), "warning")
        self._app.notify(words, severity=severity)

    def _tell(self, running: Running) -> None:
        if getattr(self._app.screen, "shown_action", "") == running.id:
            return
        outcome = running.outcome or Outcome.UNKNOWN
        target = running.plan.target
        where = f"{target.name.line(40)} {target.environment}".strip()
        words = f"{running.plan.title}, {where}: {outcome.value}. {running.words}"
        self._app.notify(words, severity=_SEVERITIES[outcome])
