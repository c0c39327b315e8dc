"""Sentry: how many errors there are, which are new, and whether all of them were counted.

Six questions a read, side by side: the error rate, the newest and the most frequent issues, errors
by path, what became of events, the releases. One that fails leaves its own section blind. The
region's host is the account's address: an organisation in the EU is not found at us.sentry.io.
"""

import asyncio
import re
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.errors import NotFound, ProviderError
from providers.harvest import Harvest
from providers.http import Answer, Api
from providers.parts import answered, tried
from providers.sentry_counts import (
    QUANTITY,
    SYSTEM,
    Outcome,
    PathErrors,
    Rate,
    outcomes_of,
    paths_of,
    rate_of,
)
from providers.sentry_found import DAY, Found, numbers_of
from providers.sentry_mapping import Issue, Release, issues_of, next_cursor, project_of, releases_of
from providers.sentry_reading import SHOWN, reading_of
from providers.vendor import entries, segment, sort_out

__all__ = ["METRICS", "SYSTEM", "SentryOptions", "SentrySource"]

METRICS: Final = (
    "errors_per_min",
    "errors_15min",
    "new_issues",
    "new_since_release",
    "spiking_issues",
    "dropped_percent",
)
PAGE: Final = 100
PROJECTS_KEPT_S: Final = 3_600.0
MOST_PATHS: Final = 15
MOST_PAGES: Final = 3
"""Pages of new issues; who has more has other troubles than their number."""

_REGION: Final = (
    "check the organisation, the projects, and the account's base_url: "
    "an organisation in the EU is at https://de.sentry.io"
)
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}")
Query = list[tuple[str, str]]


class SentryOptions(Struct, frozen=True, kw_only=True):
    """Which projects of which organisation.

    Raises:
        ValueError: The organisation cannot be named in a path.
    """

    organization: str
    """Slug or id."""

    projects: tuple[str, ...] = ()
    """Ids or slugs; empty: all that the token may see."""

    environment: str = ""
    """Of Sentry's own; empty: all of them."""

    def __post_init__(self) -> None:
        segment(self.organization)


class SentrySource:
    """What one organisation's Sentry knows.

    Args:
        spec: Name and cadence.
        options: Where to look.
        api: The account's client; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: SentryOptions, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._notices: list[str] = []
        self._project_ids: tuple[str, ...] = ()
        self._projects_at: Moment | None = None

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for everything. Emits `METRICS`.

        Raises:
            ProviderError: Nothing of it could be had.
        """
        self._notices = []
        self._project_ids = await self._known_projects()
        (releases, newest), rate, loudest, paths, outcomes = await asyncio.gather(
            self._releases_and_newest(),
            tried(self._rate()),
            tried(self._loudest()),
            tried(self._paths()),
            tried(self._outcomes()),
        )
        answered((rate, newest, loudest, outcomes, paths, releases))
        at = self._api.clock.now()
        found = Found(
            rate=rate,
            newest=newest,
            loudest=loudest,
            paths=paths,
            outcomes=outcomes,
            releases=releases,
            at=at.at,
            notices=tuple(dict.fromkeys(self._notices)),
        )
        return Harvest(
            payload=reading_of(found), numbers=numbers_of(found, self._spec.id, at), at=at
        )

    async def _ask(self, operation: str, path: str, query: Query) -> Answer:
        where = f"/api/0/organizations/{segment(self._options.organization)}/{path}/"
        try:
            return await self._api.get(operation, where, params=query)
        except NotFound as error:
            raise NotFound(
                SYSTEM, operation, error.reason, advice=_REGION, detail=error.detail
            ) from None

    def _scope(self, *, environment: bool = True) -> Query:
        query = [("project", project) for project in self._project_ids]
        if environment and self._options.environment:
            query.append(("environment", self._options.environment))
        return query

    async def _known_projects(self) -> tuple[str, ...]:
        """Ids of the projects: not every endpoint takes slugs. Looked up once an hour.

        Raises:
            ProviderError: The list could not be had, or one of them is not in it.
        """
        wanted = self._options.projects
        if all(_NUMBER.fullmatch(project) for project in wanted):
            return wanted
        now = self._api.clock.now()
        if self._projects_at is not None and self._projects_at.age_s(now) < PROJECTS_KEPT_S:
            return self._project_ids
        found = await self._projects()
        unknown = [one for one in wanted if not _NUMBER.fullmatch(one) and one not in found]
        if unknown:
            raise NotFound(
                SYSTEM,
                "find projects",
                f"no project is called {', '.join(unknown)}",
                advice="check projects in the configuration, and the teams the token may see",
            )
        self._projects_at = now
        return tuple(found.get(project, project) for project in wanted)

    async def _projects(self) -> dict[str, str]:
        """Ids by slug, as far as `MOST_PAGES` go."""
        operation, ids = "list projects", dict[str, str]()
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            query = [("per_page", str(PAGE)), *([("cursor", cursor)] if cursor else [])]
            answer = await self._ask(operation, "projects", query)
            listed = entries(answer.value, "", SYSTEM, operation)
            ids |= sort_out(listed, project_of, "project").readable()
            cursor = next_cursor(answer.headers.get("link", ""))
            if cursor is None:
                break
        return ids

    async def _releases_and_newest(
        self,
    ) -> tuple[tuple[Release, ...] | ProviderError, tuple[Issue, ...] | ProviderError]:
        """The second is read back to the newest of the first."""
        releases = await tried(self._releases())
        dated = () if isinstance(releases, ProviderError) else releases
        since = next((one.at for one in dated if one.at is not None), None)
        return releases, await tried(self._newest(since))

    async def _releases(self) -> tuple[Release, ...]:
        operation = "list releases"
        answer = await self._ask(operation, "releases", [("per_page", "10"), *self._scope()])
        found = releases_of(answer.value, operation, self._options.environment)
        self._notice(found.notice)
        return found.readable()

    async def _newest(self, since: datetime | None) -> tuple[Issue, ...]:
        """Unresolved issues back to `since` and back by a day, as far as `MOST_PAGES` go."""
        issues: list[Issue] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page, cursor = await self._issues("new", PAGE, cursor)
            issues += page
            if cursor is None or not self._goes_on(page, since):
                return tuple(issues)
        self._notice(f"only the newest {len(issues)} issues were read")
        return tuple(issues)

    def _goes_on(self, page: tuple[Issue, ...], since: datetime | None) -> bool:
        seen = [issue.first_seen for issue in page if issue.first_seen is not None]
        yesterday = self._api.clock.now().at - DAY
        return bool(seen) and min(seen) >= min(yesterday, since or yesterday)

    async def _loudest(self) -> tuple[Issue, ...]:
        return (await self._issues("freq", SHOWN, None))[0]

    async def _issues(
        self, sort: str, limit: int, cursor: str | None
    ) -> tuple[tuple[Issue, ...], str | None]:
        operation = f"list issues by {sort}"
        query = [
            # Without a query it is the same, with an empty one it would be all.
            ("query", "is:unresolved"),
            ("sort", sort),
            ("limit", str(limit)),
            ("statsPeriod", "24h"),
            ("groupStatsPeriod", "24h"),
            *self._scope(),
        ]
        if cursor is not None:
            query.append(("cursor", cursor))
        answer = await self._ask(operation, "issues", query)
        found = issues_of(answer.value, operation)
        self._notice(found.notice)
        return found.readable(), next_cursor(answer.headers.get("link", ""))

    async def _rate(self) -> Rate:
        operation = "read error rate"
        query = [
            ("dataset", "errors"),
            ("yAxis", "count()"),
            ("statsPeriod", "1h"),
            ("interval", "60000"),
            *self._scope(),
        ]
        answer = await self._ask(operation, "events-timeseries", query)
        return rate_of(answer.value, operation)

    async def _paths(self) -> tuple[PathErrors, ...]:
        operation = "count errors by path"
        query = [
            ("dataset", "errors"),
            ("field", "transaction"),
            ("field", "count()"),
            ("sort", "-count()"),
            ("statsPeriod", "1h"),
            ("per_page", str(MOST_PATHS)),
            *self._scope(),
        ]
        answer = await self._ask(operation, "events", query)
        found = paths_of(answer.value, operation)
        self._notice(found.notice)
        return found.readable()[:MOST_PATHS]

    async def _outcomes(self) -> tuple[Outcome, ...]:
        """By project alone: outcomes know no environments."""
        operation = "read outcomes"
        query = [
            ("field", QUANTITY),
            ("groupBy", "outcome"),
            ("category", "error"),
            ("statsPeriod", "24h"),
            ("interval", "1h"),
            *self._scope(environment=False),
        ]
        answer = await self._ask(operation, "stats_v2", query)
        return outcomes_of(answer.value, operation)

    def _notice(self, said: str) -> None:
        if said:
            self._notices.append(said)
