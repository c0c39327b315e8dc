"""What a person must see at once, and what may wait for the next frame. Pure, without a clock."""

from typing import Final

from monitor.snapshot import Snapshot, WorkspaceView
from providers.clock import Moment
from tui.terminal_pace import FramePace
from tui.view import silence_s
from widgets.looks import turn

CALM_S: Final = 1.9
"""Numbers alone are drawn every other second: half the work, half the keys that meet a frame."""

KEYS_REST_S: Final = 0.08
"""Keys that follow each other more quickly are typed, or repeated by one that is held."""

PATIENCE_S: Final = 0.6
"""Numbers wait so long for somebody to stop typing, and no longer."""

URGENT_PATIENCE_S: Final = 0.25
"""A state waits so long: less than the eye takes from the cursor to another pane."""


class Calm:
    """Tells frames that change a state from frames that change numbers alone."""

    def __init__(self) -> None:
        self._weight: tuple[object, ...] | None = None
        self._weighed: tuple[Snapshot, str, tuple[object, ...]] | None = None
        self._drawn_s = float("-inf")
        self._keyed_s = float("-inf")
        self._turn: int | None = None
        self._waits_since_s: float | None = None

    def may_wait(
        self, newest: Snapshot | None, workspace: str, now: Moment, *, held: bool = False
    ) -> bool:
        """Whether the last full frame still says all that matters.

        Args:
            newest: What would be drawn.
            workspace: The one in view.
            now: The instant.
            held: Whether the view is frozen: then nothing but ages can change.
        """
        weight = None if newest is None else self._weight_now(newest, workspace, now, held=held)
        spent = turn(now) != self._turn if held else now.tick_s - self._drawn_s >= CALM_S
        calm = weight == self._weight and not spent
        self._weight = weight
        return calm

    def differs(self, newest: Snapshot | None, workspace: str, now: Moment, *, held: bool) -> bool:
        """Whether it says something that the last look did not know, and that must not wait."""
        if newest is None:
            return False
        return self._weight_now(newest, workspace, now, held=held) != self._weight

    def keyed(self, now: Moment) -> None:
        """A key came."""
        self._keyed_s = now.tick_s

    def pause_s(self, pace: FramePace, now: Moment, *, urgent: bool) -> float:
        """Seconds until a frame may be drawn; 0: now.

        Frames wait for a pause between keys, so that no key waits for them; but not for long.

        Args:
            pace: Of the terminal: the pause begins when it shows what the key did.
            now: The instant.
            urgent: Whether a state has changed.
        """
        if (rest_s := pace.rest_s(now.tick_s)) > 0:
            return rest_s if urgent else float("inf")  # the next news come soon enough
        keys_s = self._keyed_s + KEYS_REST_S + pace.link_s - now.tick_s
        if keys_s <= 0:
            self._waits_since_s = None
            return 0.0
        if self._waits_since_s is None:
            self._waits_since_s = now.tick_s
        patience_s = URGENT_PATIENCE_S if urgent else PATIENCE_S
        return max(0.0, min(keys_s, self._waits_since_s + patience_s - now.tick_s))

    def _weight_now(
        self, newest: Snapshot, workspace: str, now: Moment, *, held: bool
    ) -> tuple[object, ...]:
        shown = () if held else self._weight_of(newest, workspace)
        return (held, silence_s(newest, now) > 0, shown)

    def _weight_of(self, newest: Snapshot, workspace: str) -> tuple[object, ...]:
        """As `weight_of`; each snapshot is asked about twice."""
        if self._weighed is None or self._weighed[0] is not newest or self._weighed[1] != workspace:
            self._weighed = (newest, workspace, weight_of(newest, workspace))
        return self._weighed[2]

    def drawn(self, now: Moment) -> None:
        """A full frame was drawn."""
        self._drawn_s, self._turn = now.tick_s, turn(now)
        self._waits_since_s = None


def weight_of(snapshot: Snapshot, workspace: str) -> tuple[object, ...]:
    """What a person must not wait for: equal for two snapshots that differ in numbers alone."""
    shown = snapshot.workspaces.get(workspace)
    return (
        snapshot.offline_since is None,
        snapshot.config_problem,
        snapshot.history_problem,
        tuple(view.level for view in snapshot.workspaces.values()),
        tuple(source.freshness for source in snapshot.sources.values()),
        () if shown is None else _weight_of_workspace(shown),
    )


def _weight_of_workspace(view: WorkspaceView) -> tuple[object, ...]:
    return (
        tuple(
            (alert.key, alert.phase, alert.level, alert.care.id if alert.care is not None else "")
            for alert in view.alerts
        ),
        tuple(cell.state for row in view.endpoints for cell in row.cells.values()),
        tuple((kpi.verdict.phase, kpi.verdict.level) for kpi in view.kpis),
        tuple((deploy.key, deploy.deploy.state) for deploy in view.deploys),
        tuple(len(database.rows) for database in view.databases),
        tuple(vendor.state for vendor in view.vendors),
        view.notices,
        tuple(
            (status.state, status.message)
            for status in (
                view.alerts_status,
                view.endpoints_status,
                view.kpis_status,
                view.queries_status,
                view.deploys_status,
                view.vendors_status,
            )
        ),
    )
