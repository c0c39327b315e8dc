"""What a Vercel project says of itself, as sections and numbers; pure."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.readings import Reading, SourceId
from providers.system_readings import UNREAD, Condition, Record, Section
from providers.text import EMPTY, Foreign
from providers.vercel_domains import DomainFacts
from providers.vercel_mapping import PRODUCTION
from providers.vercel_moves import Release, release_record
from providers.vercel_project import AliasRequest, Project
from providers.vercel_variables import Judged

METRICS: Final = (
    "serving",
    "serving_since_s",
    "auto_assign",
    "alias_request_failed",
    "domains",
    "domains_unverified",
    "domains_misconfigured",
    "variables",
    "variables_missing_in_staging",
    "variables_expected_missing",
    "api_budget_used_percent",
)


class ProjectFacts(Struct, frozen=True, kw_only=True):
    """A project with what the deploys pane does not need of it."""

    project: Project
    name: Foreign
    framework: Foreign
    rolls: bool
    """Releases of it are rolled out in stages."""

    @property
    def moves(self) -> bool:
        """Whether the domains of the last promote or rollback are worth a look."""
        request = self.project.request
        return request is not None and (request.under_way or request.status.text == "failed")


def production_section(facts: ProjectFacts, release: Release | None) -> Section:
    """What serves production, how it got there, and what a next build would do."""
    project = facts.project
    rolling = [release_record(release)] if release is not None else []
    records = (_serving(project), _assignment(project), *_alias(project.request), *rolling)
    title = f"Production of {facts.name.line(60)}"
    return Section(key=PRODUCTION, title=title, records=records)


def _serving(project: Project) -> Record:
    live = project.live
    if project.paused:
        return _said("serving", "Serving", Condition.PAUSED, "the project is paused")
    if project.live_unread:
        return _said("serving", "Serving", Condition.UNKNOWN, f"what serves it {UNREAD}")
    if live is None:
        return _said("serving", "Serving", Condition.DEGRADED, "nothing, says Vercel")
    what = f"{live.commit.text[:7]} {live.message.line(80)}".strip() or live.id
    return Record(
        id="serving",
        title=Foreign("Serving"),
        condition=Condition.FINE,
        state=Foreign(what),
        at=live.aliased_at or live.ready_at,
        details=(("by", live.author), ("branch", live.branch), ("deployment", Foreign(live.id))),
        url=live.url,
    )


def _said(key: str, title: str, condition: Condition, state: str) -> Record:
    return Record(
        id=key,
        title=Foreign(title),
        condition=condition,
        state=Foreign(state),
        details=(("by", EMPTY), ("branch", EMPTY), ("deployment", EMPTY)),
    )


def _assignment(project: Project) -> Record:
    on = project.auto_assign
    if on is None:
        return _said("assignment", "Domains of a new build", Condition.UNKNOWN, "not said")
    if on:
        words = "assigned by themselves: a push to the branch goes live"
        return _said("assignment", "Domains of a new build", Condition.FINE, words)
    why = "off after a rollback" if project.rolled_back else "off"
    words = f"{why}: a build goes live only when it is promoted"
    return _said("assignment", "Domains of a new build", Condition.NOTABLE, words)


_OUTCOMES: Final = {
    "pending": Condition.NOTABLE,
    "in-progress": Condition.NOTABLE,
    "succeeded": Condition.FINE,
    "failed": Condition.BROKEN,
    "skipped": Condition.NOTABLE,
}


def _alias(request: AliasRequest | None) -> Iterator[Record]:
    if request is None:
        return
    yield Record(
        id="alias-request",
        title=Foreign(f"Last {request.kind.line(20)}"),
        condition=_OUTCOMES.get(request.status.text, Condition.UNKNOWN),
        state=Foreign(f"{request.status.line(20)}, from {request.from_id or 'nothing'}"),
        at=request.requested_at,
        details=(("by", EMPTY), ("branch", EMPTY), ("deployment", Foreign(request.to_id))),
        change=True,
    )


def _failed_last(project: Project) -> bool:
    """Whether the domains did not move though somebody asked, and nothing came after it."""
    request, live = project.request, project.live
    if request is None or request.status.text != "failed":
        return False
    return live is None or live.created_at <= request.requested_at


def condition_of(project: Project) -> Condition:
    """How the project stands by its own words."""
    if project.paused:
        return Condition.PAUSED
    if project.live_unread:
        return Condition.UNKNOWN
    if project.live is None or _failed_last(project):
        return Condition.DEGRADED
    return Condition.FINE if project.auto_assign is not False else Condition.NOTABLE


def summary_of(
    facts: ProjectFacts, domains: DomainFacts | None, variables: tuple[Judged, ...] | None
) -> Foreign:
    """One line."""
    project, live = facts.project, facts.project.live
    nothing = f"what it serves {UNREAD}" if project.live_unread else "serves nothing"
    serving = f"serves {live.commit.text[:7] or live.id}" if live else nothing
    parts = [facts.framework.line(30), "paused" if project.paused else serving]
    if domains is not None:
        bad = domains.unverified + (domains.misconfigured or 0)
        tail = f", {bad} to mend" if bad else ""
        parts.append(f"{_count(len(domains.domains), 'domain')}{tail}")
    if variables is not None:
        missing = sum(one.missing_in_staging for one in variables)
        tail = f", {missing} missing in staging" if missing else ""
        parts.append(f"{_count(len(variables), 'variable')}{tail}")
    if project.auto_assign is False:
        parts.append("auto-assign off")
    return Foreign(" · ".join(part for part in parts if part))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Counted(Struct, frozen=True, kw_only=True):
    """What the numbers are made of; None for a part that could not be read."""

    facts: ProjectFacts | None
    domains: DomainFacts | None
    variables: tuple[Judged, ...] | None
    compared: bool
    """Whether staging's variables were there to compare with."""

    budget_used_percent: float | None


def numbers_of(source: SourceId, counted: Counted, at: Moment) -> Iterator[Reading]:
    """Every number of `METRICS`; one that is not known says so."""
    values = {**_of_project(counted.facts, at), **_of_domains(counted.domains)}
    values |= _of_variables(counted)
    values["api_budget_used_percent"] = counted.budget_used_percent
    units = {"serving_since_s": "s", "api_budget_used_percent": "%"}
    for metric in METRICS:
        yield Reading.of(source, metric, values.get(metric), units.get(metric, "count"), at)


def _of_project(facts: ProjectFacts | None, at: Moment) -> dict[str, float | None]:
    if facts is None:
        return {}
    project, live = facts.project, facts.project.live
    since = (live.aliased_at or live.ready_at) if live else None
    unread = project.request_unread or project.live_unread
    return {
        "serving": None if project.live_unread else float(live is not None and not project.paused),
        "serving_since_s": (at.at - since).total_seconds() if since else None,
        "auto_assign": None if project.auto_assign is None else float(project.auto_assign),
        "alias_request_failed": None if unread else float(_failed_last(project)),
    }


def _of_domains(domains: DomainFacts | None) -> dict[str, float | None]:
    if domains is None:
        return {}
    return {
        "domains": len(domains.domains),
        "domains_unverified": domains.unverified,
        "domains_misconfigured": domains.misconfigured,
    }


def _of_variables(counted: Counted) -> dict[str, float | None]:
    variables = counted.variables
    if variables is None:
        return {}
    missing = sum(one.missing_in_staging for one in variables)
    return {
        "variables": sum(bool(one.targets) for one in variables),
        "variables_missing_in_staging": missing if counted.compared else None,
        "variables_expected_missing": sum(not one.targets for one in variables),
    }
