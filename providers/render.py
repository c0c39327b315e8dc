"""Render: the deploys of one service, and what the service itself says.

Two calls: the deploys each time; the service only while something moves, after the deploys have
changed, or every minute.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.deploy_readings import DeployReading
from providers.deploys import MOST_PAGES, PAGE, checked_limit, harvest_of
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.log_readings import Printed
from providers.render_mapping import Service, deploy_of, newest_live, notices_of, service_of
from providers.vendor import Entry, Sorted, attempt, entries, segment, sort_out

SYSTEM: Final = "Render"
SERVICE_EVERY_S: Final = 60.0
"""How old the service may grow while nothing moves."""


class RenderOptions(Struct, frozen=True, kw_only=True):
    """Which service.

    Raises:
        ValueError: The service cannot be named in a path, or the limit is out of bounds.
    """

    service_id: str
    """`srv-…`, or `crn-…` for a cron job."""

    service: str
    environment: str
    limit: int = 20

    def __post_init__(self) -> None:
        segment(self.service_id)
        checked_limit(self.limit)


class RenderSource:
    """The deploys of one Render service.

    Args:
        spec: Name and cadence.
        options: What to ask for.
        api: The account's client, its base with `/v1`; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: RenderOptions, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._path = f"/services/{segment(options.service_id)}"
        self._service: Service | None = None
        self._service_at: Moment | None = None
        self._seen: tuple[DeployReading, ...] = ()

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the deploys, and for the service where that is due.

        Raises:
            ProviderError: Render did not give what was asked.
        """
        items, at = await self._list()
        service = self._service
        if service is None or self._service_due(self._readings(items, service).kept, at):
            service = await self._read_service()
        found = self._readings(items, service)
        deploys = found.readable()
        self._seen = found.kept
        live = newest_live(deploys)
        if live is None and len(items) >= self._options.limit and not service.suspended:
            live = await self._older_live(service)
        return harvest_of(
            self._spec.id,
            deploys if live is None else (*deploys, live),
            at=at,
            live_id=live.id if live else None,
            notices=(*notices_of(service, live), found.notice),
            budget=self._api.budget,
        )

    async def printed(self, deploy: DeployReading) -> Printed:
        """The end of what a build printed.

        Raises:
            ProviderError: Render did not give it.
        """
        from providers.render_logs import build_log

        return await build_log(self._api, self._options.service_id, deploy)

    def _service_due(self, deploys: Sequence[DeployReading], at: Moment) -> bool:
        if self._service_at is None or tuple(deploys) != self._seen:
            return True
        moving = any(deploy.state.running for deploy in deploys)
        return moving or self._service_at.age_s(at) >= SERVICE_EVERY_S

    async def _read_service(self) -> Service:
        operation = "read service"
        answer = await self._api.get(operation, self._path, etag=True)
        self._service = service_of(Fields(answer.value, SYSTEM, operation))
        self._service_at = answer.at
        return self._service

    async def _list(self) -> tuple[list[Entry], Moment]:
        """Pages until there are enough or one is short; the cursor of the last item leads on."""
        items: list[Entry] = []
        size = min(self._options.limit, PAGE)
        cursor: list[tuple[str, str]] = []
        pages = 0
        while True:
            page, at = await self._page([("limit", str(size)), *cursor])
            pages += 1
            items += page
            last = _cursor(page)
            if len(page) < size or not last:
                break
            if len(items) >= self._options.limit or pages == MOST_PAGES:
                break
            cursor = [("cursor", last)]
        return items[: self._options.limit], at

    async def _older_live(self, service: Service) -> DeployReading | None:
        """The live deploy, when it is older than all that were listed."""
        items, _at = await self._page([("status", "live"), ("limit", "1")])
        return newest_live(self._readings(items, service).readable())

    async def _page(self, query: Sequence[tuple[str, str]]) -> tuple[list[Entry], Moment]:
        operation = "list deploys"
        answer = await self._api.get(operation, f"{self._path}/deploys", params=query, etag=True)
        return entries(answer.value, "", SYSTEM, operation), answer.at

    def _readings(self, items: Sequence[Entry], service: Service) -> Sorted[DeployReading]:
        options = self._options
        return sort_out(
            items,
            lambda item: deploy_of(
                item.fields("deploy"), service, options.service, options.environment
            ),
            "deploy",
        )


def _cursor(page: Sequence[Entry]) -> str:
    """Where the next page begins; empty when the last item does not say."""
    if not page:
        return ""
    said, _problem = attempt(lambda: page[-1].fields().optional_text("cursor"), "the cursor")
    return said.text if said else ""
