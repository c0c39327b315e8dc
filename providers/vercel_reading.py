"""Everything one read of a Vercel project told, made one reading; pure."""

from datetime import timedelta

from msgspec import Struct

from providers import vercel_domains, vercel_variables
from providers.clock import Moment
from providers.deploys import is_news, soon_s
from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.limiter import RateBudget
from providers.parts import blindness, worst
from providers.readings import SourceId
from providers.system_readings import Condition, Section, SystemReading
from providers.text import Foreign
from providers.vendor import attempt
from providers.vercel_domains import DomainFacts
from providers.vercel_mapping import PRODUCTION
from providers.vercel_moves import Move, Release, moves_section
from providers.vercel_project import notices_of
from providers.vercel_state import (
    Counted,
    ProjectFacts,
    condition_of,
    numbers_of,
    production_section,
    summary_of,
)
from providers.vercel_variables import Comparison, Judged, Variables, Where


class Told(Struct, frozen=True, kw_only=True):
    """The outcome of each question of one read."""

    project: tuple[ProjectFacts, Variables] | ProviderError
    domains: DomainFacts | ProviderError
    staging: frozenset[str] | ProviderError | None
    """Names of staging's variables, where they are in a project of their own."""

    own_staging: Where | None
    """Where they are when that is not so; None: there is nothing to compare with."""

    moves: tuple[Move, ...] | ProviderError | None
    """Of the last promote or rollback; None when they are not worth asking for."""

    release: Release | ProviderError | None
    metrics: tuple[Section, ...]
    requests: Section | None
    expected: tuple[str, ...]
    old_after: timedelta
    budget: RateBudget | None
    at: Moment

    @property
    def facts(self) -> ProjectFacts | None:
        """The project, if it could be read."""
        return None if isinstance(self.project, ProviderError) else self.project[0]

    @property
    def known_domains(self) -> DomainFacts | None:
        """The domains, if they could be read."""
        return None if isinstance(self.domains, ProviderError) else self.domains

    @property
    def known_release(self) -> Release | None:
        """The rolling release, if there is one and it could be read."""
        return None if isinstance(self.release, ProviderError) else self.release

    def judged(self) -> tuple[tuple[Judged, ...] | None, str, bool]:
        """The variables judged, why they are not there, and whether staging was compared."""
        if isinstance(self.project, ProviderError):
            return None, blindness(self.project), False
        variables = self.project[1]
        if variables.hidden:
            return None, "not listed: the role of this token may not see them", False
        kept, problem = attempt(variables.found.readable, "the variables")
        if kept is None:
            return None, problem, False
        staging = None if isinstance(self.staging, ProviderError) else self.staging
        against = Comparison(
            staging=self._own_staging(variables) if staging is None else staging,
            expected=self.expected,
            old_after=self.old_after,
        )
        judged = vercel_variables.judged(kept, against, self.at.at)
        return judged, variables.found.notice, against.staging is not None

    def _own_staging(self, variables: Variables) -> frozenset[str] | None:
        where = self.own_staging
        if where is None or where.project or not variables.whole:
            return None
        return variables.names_at(where)


def harvest_of(source: SourceId, told: Told) -> Harvest:
    """The reading and its numbers."""
    variables, variables_problem, compared = told.judged()
    facts, domains = told.facts, told.known_domains
    reading = SystemReading(
        system="Vercel",
        condition=_condition(facts, domains, variables),
        summary=summary_of(facts, domains, variables)
        if facts
        else Foreign(f"the project could not be read: {blindness(told.project)}"),
        sections=_sections(told, variables, variables_problem),
        notices=_notices(told, variables, variables_problem),
    )
    counted = Counted(
        facts=facts,
        domains=domains,
        variables=variables,
        compared=compared,
        budget_used_percent=told.budget.used_percent if told.budget else None,
    )
    request = facts.project.request if facts else None
    moving = request is not None and request.under_way and is_news(request.requested_at, told.at)
    return Harvest(
        payload=reading,
        numbers=tuple(numbers_of(source, counted, told.at)),
        at=told.at,
        again_s=soon_s(told.budget, moving=moving),
    )


def _condition(
    facts: ProjectFacts | None,
    domains: DomainFacts | None,
    variables: tuple[Judged, ...] | None,
) -> Condition:
    found = [Condition.UNKNOWN if facts is None else condition_of(facts.project)]
    if domains is not None:
        found.append(vercel_domains.condition_of(domains))
    # What is missing in staging or old is for the weekly review, not for the night.
    found += [one.condition for one in variables or () if one.condition is Condition.DEGRADED]
    return worst(found)


def _sections(
    told: Told, variables: tuple[Judged, ...] | None, variables_problem: str
) -> tuple[Section, ...]:
    facts, domains = told.facts, told.known_domains
    production = (
        Section(key=PRODUCTION, title="Production", blind=blindness(told.project))
        if facts is None
        else production_section(facts, told.known_release)
    )
    named = (
        Section(key="domains", title="Domains", blind=blindness(told.domains))
        if domains is None
        else vercel_domains.section_of(domains)
    )
    blind = variables_problem if variables is None else ""
    listed = vercel_variables.section_of(variables or (), blind)
    requests = (told.requests,) if told.requests is not None else ()
    return (production, *_moves(told), named, listed, *told.metrics, *requests)


def _moves(told: Told) -> tuple[Section, ...]:
    """The domains of the last promote or rollback, where somebody looked."""
    if told.moves is None:
        return ()
    known = () if isinstance(told.moves, ProviderError) else told.moves
    return (moves_section(known, blindness(told.moves)),)


def _notices(
    told: Told, variables: tuple[Judged, ...] | None, variables_problem: str
) -> tuple[str, ...]:
    facts, domains = told.facts, told.known_domains
    found = list(notices_of(facts.project, PRODUCTION, told.at.at)) if facts else []
    if isinstance(told.staging, ProviderError):
        found.append(f"staging's variables are not known: {blindness(told.staging)}")
    if isinstance(told.release, ProviderError):
        found.append(f"the rolling release is not known: {blindness(told.release)}")
    if domains is not None:
        found.append(domains.notice)
    if variables is not None:
        found.append(variables_problem)
    return tuple(dict.fromkeys(filter(None, found)))
