"""Render's words made ours; pure.

Source: the vendor's specification of `GET /services/{serviceId}` and its `/deploys`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.deploy_readings import DeployReading, DeployState
from providers.fields import Fields
from providers.text import EMPTY, Foreign
from providers.vendor import https_url, message_of

STATES: Final[Mapping[str, DeployState]] = {
    "created": DeployState.QUEUED,
    "queued": DeployState.QUEUED,
    "build_in_progress": DeployState.BUILDING,
    "pre_deploy_in_progress": DeployState.STARTING,
    "update_in_progress": DeployState.STARTING,
    "live": DeployState.LIVE,
    "deactivated": DeployState.PREVIOUS,
    "build_failed": DeployState.FAILED,
    "pre_deploy_failed": DeployState.FAILED,
    "update_failed": DeployState.FAILED,
    "canceled": DeployState.CANCELED,
}
"""By the `status` of a deploy."""

AUTODEPLOY_OFF: Final = "autodeploy is off: a push is not deployed by itself"
"""What a person should know of a service; the actions offer to turn it on by this."""

_SERVED: Final = frozenset({DeployState.LIVE, DeployState.PREVIOUS})


class Service(Struct, frozen=True, kw_only=True):
    """The part of a service that an operator reads."""

    id: str
    branch: Foreign
    dashboard_url: str
    suspended: bool
    suspenders: tuple[str, ...]
    """Who suspended it: `billing`, `user`, …"""

    auto_deploy: bool
    """A push to the branch is deployed by itself."""

    autoscaling: tuple[int, int] | None
    """Least and most instances; None while it is off or the service has none."""

    maintenance: bool


def service_of(answer: Fields) -> Service:
    """Read a service of any type.

    Raises:
        BadAnswer: It has no id, or a field is of the wrong type.
    """
    details = answer.optional_fields("serviceDetails")
    return Service(
        id=answer.word("id"),
        branch=answer.optional_text("branch") or EMPTY,
        dashboard_url=https_url(answer.text("dashboardUrl").text),
        suspended=answer.text("suspended").text != "not_suspended",
        suspenders=answer.words("suspenders"),
        auto_deploy=_auto_deploy(answer),
        autoscaling=_autoscaling(details) if details else None,
        maintenance=_enabled(details, "maintenanceMode"),
    )


def _auto_deploy(answer: Fields) -> bool:
    """The newer trigger decides where it is given; a word we do not know counts as on."""
    trigger = answer.optional_text("autoDeployTrigger")
    if trigger is not None:
        return trigger.text != "off"
    return answer.text("autoDeploy").text != "no"


def _enabled(details: Fields | None, name: str) -> bool:
    part = details.optional_fields(name) if details else None
    return part is not None and part.flag("enabled")


def _autoscaling(details: Fields) -> tuple[int, int] | None:
    scaling = details.optional_fields("autoscaling")
    if scaling is None or not scaling.flag("enabled"):
        return None
    return round(scaling.number("min")), round(scaling.number("max"))


def deploy_of(item: Fields, service: Service, target: str, environment: str) -> DeployReading:
    """One deploy of the list.

    A suspended service serves nothing, whatever its last deploy says: that one is "ready".

    Args:
        item: The `deploy` of a list item.
        service: Whose deploy it is.
        target: Name of the configured service.
        environment: Of the configuration.

    Raises:
        BadAnswer: It has no id, or a field is of the wrong type.
    """
    deploy_id = item.word("id")
    word = item.optional_text("status") or EMPTY
    state = STATES.get(word.text, DeployState.UNKNOWN)
    commit = item.optional_fields("commit")
    finished_at = item.optional_moment_iso("finishedAt")
    return DeployReading(
        vendor="Render",
        id=deploy_id,
        target=target,
        environment=environment,
        state=DeployState.READY if service.suspended and state is DeployState.LIVE else state,
        vendor_state=word,
        commit=_part(commit, "id"),
        message=message_of(_part(commit, "message")) or _part(item.optional_fields("image"), "ref"),
        author=EMPTY,
        trigger=item.optional_text("trigger") or EMPTY,
        branch=service.branch,
        created_at=item.optional_moment_iso("createdAt"),
        live_at=finished_at if state in _SERVED else None,
        ended_at=finished_at,
        url=_page(service, deploy_id),
        rollback_candidate=state is DeployState.PREVIOUS,
    )


def _part(fields: Fields | None, name: str) -> Foreign:
    return (fields.optional_text(name) if fields else None) or EMPTY


def _page(service: Service, deploy_id: str) -> str:
    return (
        https_url(f"{service.dashboard_url}/deploys/{deploy_id}") if service.dashboard_url else ""
    )


def notices_of(service: Service, live: DeployReading | None) -> Iterator[str]:
    """What a person should know before the next deploy, restart or scale."""
    if service.suspended:
        by = ", ".join(service.suspenders[:5])
        yield f"the service is suspended{f' by {by}' if by else ''} and serves nothing"
    if service.maintenance:
        yield "maintenance mode is on"
    if not service.auto_deploy:
        yield AUTODEPLOY_OFF
    elif live is not None and live.trigger.text == "rollback":
        yield "autodeploy is on after a rollback: the next push brings the bad commit back"
    if service.autoscaling is not None:
        least, most = service.autoscaling
        yield f"autoscaling is on ({least} to {most} instances): a scale by hand is ignored"


def newest_live(deploys: tuple[DeployReading, ...]) -> DeployReading | None:
    """The deploy that serves; the one that went live last, should two say so for a moment."""
    live = [deploy for deploy in deploys if deploy.state is DeployState.LIVE]
    return max(live, key=_went_live, default=None)


def _went_live(deploy: DeployReading) -> float:
    at: datetime | None = deploy.live_at or deploy.created_at
    return at.timestamp() if at else 0.0
