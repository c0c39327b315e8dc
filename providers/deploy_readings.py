"""Deploys, builds and workflow runs, in the same words for every vendor. Values only."""

import enum
from datetime import datetime

from msgspec import Struct

from providers.text import EMPTY, Foreign


class DeployState(enum.Enum):
    """Where a deploy stands, the same words for every vendor."""

    QUEUED = "queued"
    BUILDING = "building"
    STARTING = "starting"
    LIVE = "live"
    READY = "ready"
    """Built and not serving."""
    PREVIOUS = "previous"
    """Was live, replaced since."""
    FAILED = "failed"
    CANCELED = "canceled"
    BLOCKED = "blocked"
    """Waits for a person."""
    SUCCEEDED = "succeeded"
    """A run that ended well; whether it is live, another source knows."""
    UNKNOWN = "unknown"

    @property
    def running(self) -> bool:
        """Whether its end is still to come."""
        return self in {DeployState.QUEUED, DeployState.BUILDING, DeployState.STARTING}


class DeployReading(Struct, frozen=True, kw_only=True):
    """One deploy, build or workflow run."""

    vendor: str
    """`Vercel`, `Render` or `GitHub`."""

    id: str
    """The vendor's own identity of it."""

    target: str
    """What it deploys: name of the configured service, or of the workflow."""

    environment: str
    state: DeployState
    vendor_state: Foreign
    """The vendor's own word for the state."""

    commit: Foreign
    """Full SHA, or empty."""

    message: Foreign
    author: Foreign
    trigger: Foreign
    branch: Foreign = EMPTY
    created_at: datetime | None = None
    live_at: datetime | None = None
    """When it went live, or ended for a run; None while that has not happened."""

    ended_at: datetime | None = None
    url: str = ""
    """Where a person can look at it; https only."""

    rollback_candidate: bool = False


class DeploysReading(Struct, frozen=True, kw_only=True):
    """The recent deploys of one project or service, newest first."""

    deploys: tuple[DeployReading, ...]
    live_id: str | None = None
    """Identity of the one that serves now; None when the vendor does not say."""

    notices: tuple[str, ...] = ()
    """What a person should know, such as "auto-assignment is off after a rollback"."""
