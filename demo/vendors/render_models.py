"""Render's things as values."""

import enum
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from demo.commits import Commit


class DeployStatus(enum.Enum):
    """`status` of a deploy."""

    CREATED = "created"
    QUEUED = "queued"
    BUILDING = "build_in_progress"
    PRE_DEPLOY = "pre_deploy_in_progress"
    UPDATING = "update_in_progress"
    LIVE = "live"
    DEACTIVATED = "deactivated"
    BUILD_FAILED = "build_failed"
    UPDATE_FAILED = "update_failed"
    PRE_DEPLOY_FAILED = "pre_deploy_failed"
    CANCELED = "canceled"

    @property
    def running(self) -> bool:
        """Whether it is under way; a queued one is not yet."""
        return self in {
            DeployStatus.CREATED,
            DeployStatus.BUILDING,
            DeployStatus.PRE_DEPLOY,
            DeployStatus.UPDATING,
        }

    @property
    def over(self) -> bool:
        """Whether it ended, well or not."""
        return not self.running and self is not DeployStatus.QUEUED


class Timing(Struct, frozen=True, kw_only=True):
    """How long Render's steps take here; the vendor's own take minutes."""

    create_s: float = 1.0
    build_s: float = 8.0
    update_s: float = 5.0
    restart_s: float = 3.0
    scale_s: float = 3.0
    suspend_s: float = 2.0


class Deploy(Struct, frozen=True, kw_only=True):
    """One deploy of one service."""

    id: str
    serial: int
    service_id: str
    commit: Commit
    trigger: str
    created_at: datetime
    updated_at: datetime
    status: DeployStatus
    started_at: datetime | None = None
    finished_at: datetime | None = None
    on_end: Callable[["Deploy"], None] | None = None
    """Told when it is over."""


class RenderService(Struct, frozen=True, kw_only=True):
    """One service."""

    id: str
    name: str
    owner_id: str
    environment_id: str
    repo: str
    """`owner/name`."""

    url: str
    created_at: datetime
    updated_at: datetime
    type: str = "web_service"
    branch: str = "main"
    region: str = "frankfurt"
    plan: str = "pro"
    domain: str = ""
    auto_deploy: bool = True
    suspended: bool = False
    instance_count: int = 2
    autoscaling: bool = False


class Instance(Struct, frozen=True, kw_only=True):
    """One running copy of a service."""

    id: str
    created_at: datetime


class Event(Struct, frozen=True, kw_only=True):
    """One line of a service's feed."""

    service_id: str
    type: str
    at: datetime
    details: Mapping[str, object]
    id: str = ""


def started_event(deploy: Deploy) -> Event:
    """`deploy_started`."""
    trigger = {
        "firstBuild": False,
        "envUpdated": False,
        "manual": deploy.trigger in {"manual", "api"},
        "deployedByRender": False,
        "clearCache": False,
        "rollback": deploy.trigger == "rollback",
        "newCommit": deploy.commit.sha,
    }
    return Event(
        service_id=deploy.service_id,
        type="deploy_started",
        at=deploy.started_at or deploy.created_at,
        details={"deployId": deploy.id, "trigger": trigger},
    )


def ended_event(deploy: Deploy) -> Event:
    """`deploy_ended`; its numeric `status` is 2 for success, 3 for failure, 4 for canceled."""
    words = {DeployStatus.CANCELED: ("canceled", 4)}
    good = {DeployStatus.LIVE, DeployStatus.DEACTIVATED}
    word, code = words.get(
        deploy.status, ("succeeded", 2) if deploy.status in good else ("failed", 3)
    )
    return Event(
        service_id=deploy.service_id,
        type="deploy_ended",
        at=deploy.finished_at or deploy.updated_at,
        details={"deployId": deploy.id, "deployStatus": word, "status": code, "reason": {}},
    )


class LogLine(Struct, frozen=True, kw_only=True):
    """One line a service wrote."""

    at: datetime
    level: str
    type: str
    message: str
    status: int | None = None
    path: str = ""
    method: str = ""
