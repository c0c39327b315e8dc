"""Vercel's deployments in our words; pure.

Sources: the vendor's specification of `GET /v7/deployments` and `GET /v9/projects/{idOrName}`,
and what its documentation says of staged builds, promotion and rollback.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.deploy_readings import DeployReading, DeployState
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.text import EMPTY, Foreign
from providers.vendor import https_url, message_of

PRODUCTION: Final = "production"
PREVIEW: Final = "preview"

STATES: Final[Mapping[str, DeployState]] = {
    "QUEUED": DeployState.QUEUED,
    "INITIALIZING": DeployState.BUILDING,
    "BUILDING": DeployState.BUILDING,
    "READY": DeployState.READY,
    "ERROR": DeployState.FAILED,
    "CANCELED": DeployState.CANCELED,
    "BLOCKED": DeployState.BLOCKED,
    "DELETED": DeployState.CANCELED,
}
"""By `readyState`; what READY means further depends on what serves."""

_FORGES: Final = ("github", "gitlab", "bitbucket", "git")
_TROUBLE: Final[Mapping[DeployState, tuple[str, str, str]]] = {
    DeployState.FAILED: ("", "errorMessage", "errorCode"),
    DeployState.BLOCKED: ("seatBlock", "blockCode", "blockCode"),
    DeployState.READY: ("aliasError", "message", "code"),
}


class Deployment(Struct, frozen=True, kw_only=True):
    """One deployment as Vercel tells of it."""

    id: str
    project_id: str
    """Empty when the answer does not say."""

    target: str
    """`production`, the slug of a custom environment, or `preview`."""

    ready_state: Foreign
    substate: str
    """STAGED, ROLLING, PROMOTED, or empty."""

    commit: Foreign
    message: Foreign
    author: Foreign
    branch: Foreign
    source: Foreign
    created_at: datetime
    ready_at: datetime | None
    aliased: bool
    """Domains have been pointed at it at some time."""

    aliased_at: datetime | None
    candidate: bool
    """Vercel offers it for a rollback."""

    url: str
    trouble: Foreign
    """Why it failed, waits or got no domains; empty otherwise."""

    @property
    def mapped(self) -> DeployState:
        """The state without regard to what serves."""
        return STATES.get(self.ready_state.text, DeployState.UNKNOWN)

    @property
    def served(self) -> bool:
        """Whether it has ever served its environment."""
        promoted = self.candidate or self.substate == "PROMOTED"
        return promoted or (not self.substate and self.aliased)

    def state(self, live_id: str | None) -> DeployState:
        """Where it stands, given which deployment serves now."""
        if self.mapped is not DeployState.READY:
            return self.mapped
        if self.id == live_id:
            return DeployState.LIVE
        if self.substate == "ROLLING":
            return DeployState.STARTING
        return DeployState.PREVIOUS if self.served else DeployState.READY

    def live_at(self, state: DeployState, moved_at: datetime | None) -> datetime | None:
        """When it last went live, None if it never did."""
        if state not in {DeployState.LIVE, DeployState.PREVIOUS}:
            return None
        known = [at for at in (self.aliased_at or self.ready_at, moved_at) if at is not None]
        return max(known, default=None)


def reading_of(
    deployment: Deployment,
    *,
    service: str,
    environment: str,
    live_id: str | None,
    moved_at: datetime | None = None,
) -> DeployReading:
    """The deployment as one of the common list.

    Args:
        deployment: As Vercel tells of it.
        service: Name of the configured service.
        environment: Of the configuration.
        live_id: The deployment that serves now, if the vendor says.
        moved_at: When a promote or a rollback last put this one live.
    """
    state = deployment.state(live_id)
    return DeployReading(
        vendor="Vercel",
        id=deployment.id,
        target=service,
        environment=environment,
        state=state,
        vendor_state=Foreign(f"{deployment.ready_state} {deployment.substate}".strip()),
        commit=deployment.commit,
        message=deployment.message,
        author=deployment.author,
        trigger=deployment.source,
        branch=deployment.branch,
        created_at=deployment.created_at,
        live_at=deployment.live_at(state, moved_at),
        ended_at=deployment.ready_at,
        url=deployment.url,
        rollback_candidate=deployment.candidate and state is DeployState.PREVIOUS,
    )


def listed(item: Fields) -> Deployment:
    """A deployment of the list, where its id is `uid`.

    Raises:
        BadAnswer: A field without which it could be taken for another one is missing or wrong.
    """
    return _deployment(item, "uid", "ready")


def single(item: Fields) -> Deployment:
    """A deployment that was asked for by its id.

    Raises:
        BadAnswer: As for `listed`.
    """
    return _deployment(item, "id", "ready")


def embedded(item: Fields) -> Deployment:
    """A deployment inside a project, where its id is `id`.

    Raises:
        BadAnswer: As for `listed`.
    """
    return _deployment(item, "id", "readyAt")


def _deployment(item: Fields, id_name: str, ready_name: str) -> Deployment:
    meta = item.optional_fields("meta")
    ready_state = item.text("readyState")
    aliased, aliased_at = _aliased(item)
    return Deployment(
        id=item.word(id_name),
        project_id=item.optional_word("projectId") or "",
        target=_target(item),
        ready_state=ready_state,
        substate=item.optional_word("readySubstate") or "",
        commit=_meta(meta, "CommitSha"),
        message=message_of(_meta(meta, "CommitMessage")),
        author=_author(item, meta),
        branch=_meta(meta, "CommitRef"),
        source=item.optional_text("source") or EMPTY,
        created_at=item.moment_ms("createdAt"),
        ready_at=item.optional_moment_ms(ready_name),
        aliased=aliased,
        aliased_at=aliased_at,
        candidate=item.optional_flag("isRollbackCandidate") or False,
        url=_url(item),
        trouble=_trouble(item, STATES.get(ready_state.text)),
    )


def _target(item: Fields) -> str:
    custom = item.optional_fields("customEnvironment")
    if custom is not None:
        return custom.optional_word("slug") or custom.word("id")
    return item.optional_word("target") or PREVIEW


def _aliased(item: Fields) -> tuple[bool, datetime | None]:
    """`aliasAssigned` is a time or a yes, as it pleases Vercel."""
    try:
        at = item.optional_moment_ms("aliasAssigned")
    except BadAnswer:
        return item.optional_flag("aliasAssigned") or False, None
    return at is not None, at


def _meta(meta: Fields | None, name: str) -> Foreign:
    """What the forge told Vercel of the commit; a free-form map, so nothing in it is promised."""
    for forge in _FORGES:
        found = _loose(meta, f"{forge}{name}")
        if found:
            return found
    return EMPTY


def _loose(fields: Fields | None, name: str) -> Foreign:
    try:
        return (fields.optional_text(name) if fields else None) or EMPTY
    except BadAnswer:
        return EMPTY


def _author(item: Fields, meta: Fields | None) -> Foreign:
    creator = item.optional_fields("creator")
    return (
        _meta(meta, "CommitAuthorName")
        or _meta(meta, "CommitAuthorLogin")
        or _loose(creator, "username")
        or _loose(creator, "githubLogin")
        or _loose(creator, "gitlabLogin")
    )


def _trouble(item: Fields, mapped: DeployState | None) -> Foreign:
    if mapped is None or mapped not in _TROUBLE:
        return EMPTY
    inside, *names = _TROUBLE[mapped]
    fields = item.optional_fields(inside) if inside else item
    return next((said for said in (_loose(fields, name) for name in names) if said), EMPTY)


def _url(item: Fields) -> str:
    """Vercel's own page of the deployment, else the deployment itself, which has no scheme."""
    host = _loose(item, "url").text
    return https_url(_loose(item, "inspectorUrl").text) or https_url(f"https://{host}")
