"""Vercel as a system: what a project serves, its domains, its variables, its measurements.

The project is asked each time (it costs nothing while it is unchanged); domains, the variables of
another project and measurements every ten minutes.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from providers import vercel_domains, vercel_metrics
from providers.base import SourceSpec
from providers.clock import Clock
from providers.deploys import MOST_PAGES
from providers.errors import BadAnswer, ProviderError
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.log_paths import RecentRequests
from providers.paced import Paced
from providers.parts import answered, tried
from providers.system_readings import Section
from providers.text import EMPTY
from providers.vendor import Entry, entries, segment, sort_out, told_segment
from providers.vercel import SYSTEM
from providers.vercel_domains import MOST_DOMAINS, Domain, DomainFacts
from providers.vercel_mapping import PRODUCTION
from providers.vercel_moves import Move, Release, move_of, release_of
from providers.vercel_project import project_of
from providers.vercel_reading import Told, harvest_of
from providers.vercel_state import ProjectFacts
from providers.vercel_variables import Variables, Where, variables_of

SELDOM_S: Final = 600.0


class VercelSystemOptions(Struct, frozen=True, kw_only=True):
    """Which project, and what its variables are compared with.

    Raises:
        ValueError: A project cannot be named in a path.
    """

    project: str
    team: str | None
    staging: Where | None = None
    """Where staging's variables are; None: nothing to compare with."""

    expected: tuple[str, ...] = ()
    """Names that must be set in production."""

    old_after: timedelta = timedelta(days=180)
    metrics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        segment(self.project)
        if self.staging is not None and self.staging.project:
            segment(self.staging.project)


class VercelSystemSource:
    """One project of Vercel.

    Args:
        spec: Name and cadence.
        options: What to ask for.
        api: The account's client; shared, and closed by whoever made it.
        clock: Tells what is due.
        requests: What the logs of the same project told of requests; None without logs.
    """

    def __init__(
        self,
        spec: SourceSpec,
        options: VercelSystemOptions,
        api: Api,
        clock: Clock,
        requests: RecentRequests | None = None,
    ) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._clock = clock
        self._requests = requests
        self._domains = Paced(SELDOM_S, clock, self._read_domains)
        self._staging = Paced(SELDOM_S, clock, self._read_staging)
        self._metrics = Paced(SELDOM_S, clock, self._read_metrics)
        self._project_id = ""

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the project, and for the rest as far as it is due.

        Raises:
            ProviderError: Vercel gave nothing of what was asked.
        """
        project, domains, staging = await asyncio.gather(
            tried(self._read_project()), tried(self._domains.read()), tried(self._staging.read())
        )
        answered([project, *([domains] if self._domains.asked else [])])
        facts = None if isinstance(project, ProviderError) else project[0]
        moves, release, metrics = await asyncio.gather(
            tried(self._read_moves(facts)),
            tried(self._read_release(facts)),
            self._metrics.read() if self._project_id else _nothing(),
        )
        told = Told(
            moves=moves,
            release=release,
            project=project,
            domains=domains,
            staging=staging,
            own_staging=self._options.staging,
            metrics=metrics,
            requests=self._requests.section() if self._requests is not None else None,
            expected=self._options.expected,
            old_after=self._options.old_after,
            budget=self._api.budget,
            at=self._clock.now(),
        )
        return harvest_of(self._spec.id, told)

    async def _read_project(self) -> tuple[ProjectFacts, Variables]:
        operation = "read project"
        fields, value = await self._project(operation, self._options.project)
        facts = ProjectFacts(
            project=project_of(fields, PRODUCTION),
            name=fields.text("name"),
            rolls="rollingRelease" in fields,
            framework=fields.optional_text("framework") or EMPTY,
        )
        self._project_id = facts.project.id
        return facts, variables_of(value, SYSTEM, operation)

    async def _project(self, operation: str, project: str) -> tuple[Fields, object]:
        path = f"/v9/projects/{segment(project)}"
        answer = await self._api.get(operation, path, params=self._team(), etag=True)
        return Fields(answer.value, SYSTEM, operation), answer.value

    async def _read_staging(self) -> frozenset[str] | None:
        """Names of staging's variables; None when they are not in a project of their own."""
        where = self._options.staging
        if where is None or not where.project:
            return None
        operation = "read staging's variables"
        _fields, value = await self._project(operation, where.project)
        variables = variables_of(value, SYSTEM, operation)
        if not variables.whole:
            # What is not seen there is not missing there.
            raise BadAnswer(SYSTEM, operation, "not all of staging's variables are told")
        return variables.names_at(where)

    async def _read_moves(self, facts: ProjectFacts | None) -> tuple[Move, ...] | None:
        """Domain by domain, while a promote or a rollback is under way or after it failed."""
        if facts is None or not facts.moves:
            return None
        operation = "list the domains of the last promote"
        project = told_segment(facts.project.id, SYSTEM, operation)
        params = [("limit", "100"), *self._team()]
        answer = await self._api.get(
            operation, f"/v1/projects/{project}/promote/aliases", params=params
        )
        items = entries(answer.value, "aliases", SYSTEM, operation)
        return sort_out(items, move_of, "domain").readable()

    async def _read_release(self, facts: ProjectFacts | None) -> Release | None:
        if facts is None or not facts.rolls:
            return None
        operation = "read the rolling release"
        path = f"/v1/projects/{segment(self._options.project)}/rolling-release"
        answer = await self._api.get(operation, path, params=self._team(), etag=True)
        return release_of(Fields(answer.value, SYSTEM, operation))

    async def _read_domains(self) -> DomainFacts:
        items = await self._list_domains()
        found = sort_out(items, vercel_domains.domain_of, "domain")
        domains = found.readable()
        setups = await asyncio.gather(
            *(tried(self._read_setup(one)) for one in domains[:MOST_DOMAINS])
        )
        return DomainFacts(
            domains=domains,
            setups={one.name: setup for one, setup in zip(domains, setups, strict=False)},
            notice=found.notice,
        )

    async def _list_domains(self) -> list[Entry]:
        """Pages until Vercel has no more, or gives nothing older."""
        operation = "list domains"
        path = f"/v9/projects/{segment(self._options.project)}/domains"
        items: list[Entry] = []
        until: int | None = None
        for _ in range(MOST_PAGES):
            older = [("until", str(until))] if until is not None else []
            answer = await self._api.get(operation, path, params=[*self._team(), *older])
            items += entries(answer.value, "domains", SYSTEM, operation)
            pagination = Fields(answer.value, SYSTEM, operation).optional_fields("pagination")
            following = pagination.optional_integer("next") if pagination else None
            if following is None or (until is not None and following >= until):
                break
            until = following
        return items

    async def _read_setup(self, domain: Domain) -> vercel_domains.DomainSetup:
        operation = "read the set-up of a domain"
        path = f"/v6/domains/{told_segment(domain.name, SYSTEM, operation)}/config"
        params = [("projectIdOrName", self._options.project), *self._team()]
        answer = await self._api.get(operation, path, params=params)
        return vercel_domains.setup_of(Fields(answer.value, SYSTEM, operation))

    async def _read_metrics(self) -> tuple[Section, ...]:
        """One section, none when nothing is to be measured."""
        if not self._options.metrics:
            return ()
        outcomes = await asyncio.gather(*(tried(self._query(m)) for m in self._options.metrics))
        records = tuple(one for rows in outcomes if isinstance(rows, tuple) for one in rows)
        return (vercel_metrics.section_of(records, _reasons(outcomes)),)

    async def _query(self, metric: str) -> vercel_metrics.Rows:
        operation = f"measure {metric}"
        body = vercel_metrics.query_body(metric, self._project_id, self._options.team)
        # The one call that takes the team in its body.
        answer = await self._api.query(operation, "/v2/observability/query", json=body)
        return vercel_metrics.rows_of(answer.value, metric, SYSTEM, operation)

    def _team(self) -> Sequence[tuple[str, str]]:
        return [("teamId", self._options.team)] if self._options.team else []


async def _nothing() -> tuple[Section, ...]:
    return ()


def _reasons(outcomes: Iterable[object]) -> str:
    whys = [vercel_metrics.why_blind(one) for one in outcomes if isinstance(one, ProviderError)]
    return "; ".join(dict.fromkeys(whys))
