"""GitHub Actions: the runs of the workflow that deploys."""

import re
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.deploy_readings import DeployReading
from providers.deploys import MOST_PAGES, PAGE, checked_limit, harvest_of
from providers.fields import Fields
from providers.github_mapping import notices_of, run_of
from providers.harvest import Harvest
from providers.http import Api
from providers.log_readings import Printed
from providers.vendor import Entry, entries, segment, sort_out

SYSTEM: Final = "GitHub"
HEADERS: Final = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}

_WORD: Final = re.compile(r"[\w-]+")


class GitHubOptions(Struct, frozen=True, kw_only=True):
    """Which runs of which repository.

    Raises:
        ValueError: A name cannot stand in a path, or the limit is out of bounds.
    """

    owner: str
    repo: str
    workflow: str | None
    """File name or id of the workflow; None: the runs of all of them."""

    service: str
    environment: str
    """A run does not say where it deploys to: the configuration does."""

    branch: str | None
    limit: int = 20
    other_environments: tuple[str, ...] = ()
    """Names of the others. One workflow often deploys to several, by an input that the list does
    not tell: a run started by hand whose title names another one, and not ours, is left out."""

    def __post_init__(self) -> None:
        for name in (self.owner, self.repo, self.workflow or "all"):
            segment(name)
        checked_limit(self.limit)

    @property
    def path(self) -> str:
        """Where its runs are listed."""
        actions = f"/repos/{segment(self.owner)}/{segment(self.repo)}/actions"
        return (
            f"{actions}/workflows/{segment(self.workflow)}/runs"
            if self.workflow
            else f"{actions}/runs"
        )


class GitHubSource:
    """The recent runs of one workflow, or of all of a repository.

    A run is never "live": whether what it deployed serves now, another source knows.

    Args:
        spec: Name and cadence.
        options: What to ask for.
        api: The account's client; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: GitHubOptions, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the newest runs; an unchanged list costs nothing of the budget.

        Raises:
            ProviderError: GitHub did not give what was asked.
        """
        items, at = await self._list()
        found = sort_out(items, self._own, "run")
        runs = found.readable()
        return harvest_of(
            self._spec.id,
            runs,
            at=at,
            notices=(*notices_of(runs), found.notice),
            budget=self._api.budget,
        )

    async def printed(self, deploy: DeployReading) -> Printed:
        """The end of what the job of a run printed that failed first.

        Raises:
            ProviderError: GitHub did not give it.
        """
        from providers.github_logs import run_log

        return await run_log(self._api, self._options.owner, self._options.repo, deploy.id)

    async def _list(self) -> tuple[list[Entry], Moment]:
        """Pages until there are enough or one is short."""
        operation = "list workflow runs"
        items: list[Entry] = []
        size = min(self._options.limit, PAGE)
        pages = 0
        while True:
            pages += 1
            answer = await self._api.get(
                operation,
                self._options.path,
                params=self._query(size, pages),
                headers=HEADERS,
                etag=True,
                listed="workflow_runs",
            )
            page = entries(answer.value, "workflow_runs", SYSTEM, operation)
            items += page
            enough = len(items) >= self._options.limit
            if enough or len(page) < size or pages == MOST_PAGES:
                break
        return items[: self._options.limit], answer.at

    def _query(self, size: int, number: int) -> list[tuple[str, str]]:
        query = [("per_page", str(size)), ("exclude_pull_requests", "true")]
        if self._options.branch:
            query.append(("branch", self._options.branch))
        if number > 1:
            query.append(("page", str(number)))
        return query

    def _own(self, item: Fields) -> DeployReading | None:
        """None for a run of another branch or environment than the one asked for."""
        run = run_of(item, self._options.service, self._options.environment)
        wanted = self._options.branch
        if wanted and run.branch.text not in {"", wanted}:
            return None
        return None if self._elsewhere(run) else run

    def _elsewhere(self, run: DeployReading) -> bool:
        if run.trigger.text != "workflow_dispatch":
            return False
        words = frozenset(_WORD.findall(run.message.line().casefold()))
        if self._options.environment.casefold() in words:
            return False
        return any(name.casefold() in words for name in self._options.other_environments)
