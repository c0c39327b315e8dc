"""A vendor's status page: context written by people, never proof of health."""

from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.harvest import Harvest
from providers.http import Api
from providers.readings import Reading
from providers.status_shapes import SHAPES
from providers.statuspage_mapping import Summary, reading_of

SUMMARY: Final = "/api/v2/summary.json"
STATUSPAGE: Final = "statuspage"


class StatusPageOptions(Struct, frozen=True, kw_only=True):
    """Whose page, and which parts of it matter to us."""

    vendor: str
    """In the operator's words."""

    components: tuple[str, ...] = ()
    """Names or ids; a group stands for its members. Empty: the page as a whole."""

    format: str = STATUSPAGE
    """`statuspage`, or a key of `status_shapes.SHAPES`."""

    page: str = ""
    """The page's address, for links that are relative to it."""


class StatusPageSource:
    """One status page, in Atlassian Statuspage v2 or in the vendor's own shape.

    Args:
        spec: Name and cadence; a page is cached for about a minute on the vendor's side.
        options: What to read of it.
        api: A client of this page alone, without a credential; closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: StatusPageOptions, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the wiring."""

    async def read(self) -> Harvest:
        """Ask for the summary. Emits `incidents`, the number of open ones.

        Raises:
            ProviderError: The page did not give it, or gave something else.
        """
        operation = "read status page"
        path, read = SHAPES.get(self._options.format, (SUMMARY, reading_of))
        answer = await self._api.get(operation, path, etag=True)
        said = Summary(
            value=answer.value,
            system=self._api.system,
            operation=operation,
            page=self._options.page,
        )
        payload = read(said, self._options.vendor, self._options.components)
        incidents = Reading.of(
            self._spec.id, "incidents", len(payload.incidents), "count", answer.at
        )
        return Harvest(payload=payload, numbers=(incidents,), at=answer.at)
