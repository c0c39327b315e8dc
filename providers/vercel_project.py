"""What a Vercel project says of what serves now, and what a person should know of it; pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.deploy_readings import DeployState
from providers.fields import Fields
from providers.text import EMPTY, Foreign
from providers.vendor import attempt, clock_words
from providers.vercel_mapping import PREVIEW, PRODUCTION, Deployment, embedded

_REQUEST_IS_NEWS_FOR: Final = timedelta(hours=24)
_UNDER_WAY: Final = frozenset({"pending", "in-progress"})
_TROUBLE_WORDS: Final[Mapping[DeployState, str]] = {
    DeployState.FAILED: "the newest build failed",
    DeployState.BLOCKED: "the newest build waits for a person",
    DeployState.READY: "the newest build got no domains",
}


class AliasRequest(Struct, frozen=True, kw_only=True):
    """The last promote or rollback; the one place where Vercel tells its outcome."""

    kind: Foreign
    """`promote` or `rollback`."""

    status: Foreign
    """`pending`, `in-progress`, `succeeded`, `failed`, `skipped`."""

    from_id: str
    to_id: str
    requested_at: datetime

    @property
    def under_way(self) -> bool:
        """Whether its end is still to come."""
        return self.status.text in _UNDER_WAY

    @property
    def succeeded(self) -> bool:
        """Whether the domains were moved."""
        return self.status.text == "succeeded"


class Project(Struct, frozen=True, kw_only=True):
    """The part of a project that an operator reads."""

    id: str
    live: Deployment | None
    """What serves the asked target now; None when the project does not say."""

    paused: bool
    auto_assign: bool | None
    """Whether a new production build gets the domains by itself; None when not said."""

    rolled_back: bool
    rollback_reason: Foreign
    rollback_by: Foreign
    request: AliasRequest | None
    problems: tuple[str, ...] = ()
    """Parts that could not be read."""

    live_unread: bool = False
    """There is something live, and what it is could not be read."""

    request_unread: bool = False

    def moved_at(self, deployment_id: str) -> datetime | None:
        """When the last promote or rollback put that deployment live, if it did."""
        request = self.request
        if request is None or not request.succeeded or request.to_id != deployment_id:
            return None
        return request.requested_at


def project_of(answer: Fields, target: str) -> Project:
    """Read a project with regard to one target.

    Raises:
        BadAnswer: It has no id, or a field is of the wrong type.
    """
    live, live_problem = attempt(lambda: _live(answer, target), "the live deployment")
    request, request_problem = attempt(lambda: _request(answer), "the last promote or rollback")
    words, words_problem = attempt(lambda: _rollback_words(answer), "the reason of the rollback")
    return Project(
        id=answer.word("id"),
        live=live,
        paused=answer.optional_flag("paused") or False,
        auto_assign=answer.optional_flag("autoAssignCustomDomains"),
        rolled_back="lastRollbackTarget" in answer,
        rollback_reason=words[0] if words else EMPTY,
        rollback_by=words[1] if words else EMPTY,
        request=request,
        problems=tuple(filter(None, (live_problem, request_problem, words_problem))),
        live_unread=bool(live_problem),
        request_unread=bool(request_problem),
    )


def _rollback_words(answer: Fields) -> tuple[Foreign, Foreign]:
    """Why and by whom."""
    told = answer.optional_fields("rollbackDescription")
    if told is None:
        return EMPTY, EMPTY
    return told.text("description", EMPTY), told.text("username", EMPTY)


def _live(answer: Fields, target: str) -> Deployment | None:
    """Previews live beside one another, one a branch: what a project names is any of them."""
    if target == PREVIEW:
        return None
    targets = answer.optional_fields("targets")
    serving = targets.optional_fields(target) if targets else None
    return embedded(serving) if serving else None


def _request(answer: Fields) -> AliasRequest | None:
    asked = answer.optional_fields("lastAliasRequest")
    if asked is None:
        return None
    return AliasRequest(
        kind=asked.text("type"),
        status=asked.text("jobStatus"),
        from_id=asked.optional_word("fromDeploymentId") or "",
        to_id=asked.word("toDeploymentId"),
        requested_at=asked.moment_ms("requestedAt"),
    )


def notices_of(project: Project, target: str, now: datetime) -> Iterator[str]:
    """What a person should know before the next deploy."""
    if project.paused:
        yield "the project is paused and serves nothing"
    if target == PRODUCTION:
        yield from _assignment(project)
        yield from _last_request(project, now)
    yield from project.problems


def _assignment(project: Project) -> Iterator[str]:
    """After a rollback Vercel stops pointing the domains at new builds, and tells nobody."""
    if project.auto_assign is not False and not (
        project.auto_assign is None and project.rolled_back
    ):
        return
    if not project.rolled_back:
        yield "auto-assignment of domains is off: a build goes live only when promoted"
        return
    because = f" ({project.rollback_reason.line(80)})" if project.rollback_reason else ""
    by = f" by {project.rollback_by.line(40)}" if project.rollback_by else ""
    yield (
        f"auto-assignment is off after a rollback{by}{because}: "
        "new builds do not go live until one is promoted"
    )


def _last_request(project: Project, now: datetime) -> Iterator[str]:
    request = project.request
    if request is None or request.succeeded:
        return
    superseded = project.live is not None and project.live.created_at > request.requested_at
    if superseded or now - request.requested_at > _REQUEST_IS_NEWS_FOR:
        return
    kind = request.kind.line(20)
    way = f"from {request.from_id or 'nothing'} to {request.to_id}"
    asked = f"asked for {clock_words(request.requested_at)}"
    if request.under_way:
        yield f"a {kind} is {request.status.line(20)}: {way}, {asked}"
    else:
        yield f"the last {kind} {_outcome(request.status)}: {way}, {asked}"


def _outcome(status: Foreign) -> str:
    words = {"failed": "failed", "skipped": "was skipped"}
    return words.get(status.text, f"ended as {status.line(20)}")


def build_notices(deployments: Sequence[Deployment], live_id: str | None) -> Iterator[str]:
    """What the newest builds need a person for.

    Args:
        deployments: Newest first.
        live_id: The one that serves, if the vendor says.
    """
    for one in deployments:
        if one.substate == "ROLLING" and one.id != live_id:
            yield f"a rolling release is under way: {one.id} serves a part of the traffic"
    newest = deployments[0] if deployments else None
    words = _TROUBLE_WORDS.get(newest.mapped) if newest else None
    if newest and words and newest.trouble:
        yield f"{words}: {newest.trouble.line(120)}"
