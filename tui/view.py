"""What the screens are shown: one snapshot and how the person wants to see it."""

from datetime import UTC, tzinfo
from typing import Final, Protocol, runtime_checkable

from msgspec import Struct

from monitor.snapshot import Snapshot, WorkspaceView
from providers.clock import Moment
from widgets.cells import Line

SILENT_AFTER_S: Final = 5.0
"""Without a new snapshot for longer than this, what stands on the screen is not to be trusted."""


class Mode(Struct, frozen=True, kw_only=True):
    """What the keys may do now."""

    word: str
    """In the header: `READ-ONLY`, `READ`, `ARMED PROD 04:51`."""

    armed: bool = False
    read_only: bool = False
    """Nothing can be changed in any environment."""


class View(Struct, frozen=True, kw_only=True):
    """One snapshot with everything else that decides how it is drawn."""

    snapshot: Snapshot
    workspace: str
    """Name of the workspace in view."""

    environment: str = ""
    """The environment in view; empty: all."""

    zone: tzinfo = UTC
    now: Moment
    """When this view was made; the snapshot is as old as it says."""

    paused_at: Moment | None = None
    """Set while the view is frozen."""

    silent_s: float = 0.0
    """How long the engine has been silent; 0 while it speaks."""

    link_ms: float | None = None
    stalled_s: float = 0.0
    """How long the terminal has owed an answer to the last frame."""

    mode: Mode | None = None
    """None while nobody knows: as the settings say."""

    told: Line = ()
    """What of actions nobody may overlook: an outcome not known, something left behind."""

    @property
    def pane(self) -> WorkspaceView | None:
        """The workspace in view; None when the snapshot has none of that name."""
        return self.snapshot.workspaces.get(self.workspace)


@runtime_checkable
class Viewer(Protocol):
    """A screen that draws views."""

    def show_view(self, view: View) -> None:
        """Draw what differs from the view before."""
        ...

    def show_time(self, view: View) -> None:
        """Draw what the clock alone changes."""
        ...


@runtime_checkable
class Narrowed(Protocol):
    """A screen that can be narrowed down, and goes back step by step instead of closing."""

    @property
    def narrowed(self) -> bool:
        """Whether there is something to take back."""
        ...

    def go_back(self) -> None:
        """Take back the last narrowing."""
        ...


def silence_s(snapshot: Snapshot, now: Moment) -> float:
    """Seconds of silence worth speaking of: 0 up to `SILENT_AFTER_S`."""
    age_s = snapshot.at.age_s(now)
    return age_s if age_s > SILENT_AFTER_S else 0.0


def settled(snapshot: Snapshot, workspace: str, environment: str) -> tuple[str, str, str]:
    """What can be shown: workspace and environment, and in words which of them there is not."""
    found = snapshot.workspaces.get(workspace)
    missing = f"there is no product {workspace}" if workspace and found is None else ""
    if found is None:
        found = next(iter(snapshot.workspaces.values()), None)
    if found is None:
        return "", environment, missing
    names = {one.name for one in found.spec.environments}
    if environment and environment not in names:
        missing = missing or f"{found.spec.title} has no environment {environment}: all are shown"
        environment = ""
    return found.spec.name, environment, missing


def next_environment(names: tuple[str, ...], current: str) -> str:
    """The environment after `current`: all, then one after the other, then all again."""
    order = ("", *names)
    place = order.index(current) if current in order else -1
    return order[(place + 1) % len(order)]
