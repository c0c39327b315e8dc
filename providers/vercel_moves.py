"""What moves production besides a deploy: domains one by one, and a rolling release; pure.

Sources: `GET /v1/projects/{projectId}/promote/aliases` and `…/rolling-release`. While a release
rolls, a promote means another thing: it is read before one is offered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.system_readings import Condition, Record, Section
from providers.text import EMPTY, Foreign

_STATUSES: Final[Mapping[str, Condition]] = {
    "pending": Condition.NOTABLE,
    "in-progress": Condition.NOTABLE,
    "completed": Condition.FINE,
    "succeeded": Condition.FINE,
    "failed": Condition.BROKEN,
    "skipped": Condition.NOTABLE,
}
"""By `status` of a domain; the vendor's file leaves the words open."""

RELEASES: Final[Mapping[str, Condition]] = {
    "ACTIVE": Condition.NOTABLE,
    "COMPLETE": Condition.FINE,
    "ABORTED": Condition.NOTABLE,
}
"""By `state` of a rolling release."""


class Move(Struct, frozen=True, kw_only=True):
    """One domain of the last promote or rollback."""

    domain: str
    status: Foreign


def move_of(item: Fields) -> Move:
    """One item of the list.

    Raises:
        BadAnswer: It names no domain, or has no status.
    """
    return Move(domain=item.word("alias"), status=item.text("status"))


def moves_section(moves: Sequence[Move], blind: str) -> Section:
    """The domains, those that did not move first."""
    records = [_move_record(one) for one in moves]
    return Section(
        key="moves",
        title="Domains of the last promote or rollback",
        records=tuple(sorted(records, key=lambda one: one.condition is Condition.FINE)),
        empty="none has failed to move",
        blind=blind,
    )


def _move_record(move: Move) -> Record:
    return Record(
        id=move.domain,
        title=Foreign(move.domain),
        condition=_STATUSES.get(move.status.text, Condition.UNKNOWN),
        state=move.status,
    )


class Release(Struct, frozen=True, kw_only=True):
    """A rolling release, the newest there was."""

    state: Foreign
    percent: float | None
    """Share of the traffic that the new deployment has."""

    deployment_id: str
    waits: bool
    """Its next stage waits for a person."""

    paused: bool
    changed_at: datetime | None


def release_of(answer: Fields) -> Release | None:
    """The release; None when there is none.

    Raises:
        BadAnswer: It has no state, or a field is of the wrong type.
    """
    told = answer.optional_fields("rollingRelease")
    if told is None:
        return None
    canary, stage = told.optional_fields("canaryDeployment"), told.optional_fields("activeStage")
    share = told.optional_number("currentCanaryPercentage")
    if share is None and stage is not None:
        share = stage.optional_number("targetPercentage")
    return Release(
        state=told.text("state"),
        percent=share,
        deployment_id=(canary.optional_word("id") if canary else None) or "",
        waits=bool(stage and stage.optional_flag("requireApproval")),
        paused=(told.optional_text("substate") or EMPTY).text == "PAUSED",
        changed_at=told.optional_moment_ms("updatedAt"),
    )


def release_record(release: Release) -> Record:
    """The release as a row of what production stands on."""
    active = release.state.text == "ACTIVE"
    share = "" if release.percent is None else f", {release.percent:.0f} % of the traffic"
    waits = ", waits for approval" if active and release.waits else ""
    paused = ", paused" if release.paused else ""
    return Record(
        id="rolling-release",
        title=Foreign("Rolling release"),
        condition=RELEASES.get(release.state.text, Condition.UNKNOWN),
        state=Foreign(f"{release.state.line(20).lower()}{share if active else ''}{waits}{paused}"),
        at=release.changed_at,
        details=(
            ("by", EMPTY),
            ("branch", EMPTY),
            ("deployment", Foreign(release.deployment_id)),
        ),
        change=True,
    )
