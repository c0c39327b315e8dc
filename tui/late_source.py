"""A source whose library is imported when it is read first, not while the first picture waits."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from providers.base import Source, SourceSpec
from providers.harvest import Harvest
from tui.first_answers import FIRST_ANSWERS

if TYPE_CHECKING:
    from providers.base import Printing
    from providers.deploy_readings import DeployReading
    from providers.log_readings import Printed


class LateSource:
    """Makes the real source at the first read.

    Args:
        spec: Of the source.
        module: What `make` imports; imported in a thread, for it takes a while.
        make: Makes the source, in the loop that reads it.
    """

    def __init__(self, spec: SourceSpec, module: str, make: Callable[[], Source]) -> None:
        self._spec = spec
        self._module = module
        self._make = make
        self._source: Source | None = None

    @property
    def spec(self) -> SourceSpec:
        """Of the source."""
        return self._spec

    def made(self) -> Source:
        """The real source."""
        if self._source is None:
            self._source = self._make()
        return self._source

    async def read(self) -> Harvest:
        """Ask the source once.

        Raises:
            ProviderError: As the source says.
        """
        return await (await self._ready()).read()

    async def _ready(self) -> Source:
        if self._source is None:
            await asyncio.to_thread(self._load)
        return self.made()

    def _load(self) -> None:
        # An import takes the interpreter from whoever draws: asyncpg takes 40 ms of it.
        FIRST_ANSWERS.wait()
        import_module(self._module)

    async def aclose(self) -> None:
        """Close the source, if it was ever read."""
        if self._source is not None:
            await self._source.aclose()


class LateDeploys(LateSource):
    """The same for a source of deploys, which can tell what one of them printed."""

    async def printed(self, deploy: "DeployReading") -> "Printed":
        """The end of what the build or the run printed.

        Raises:
            ProviderError: It could not be read.
        """
        return await cast("Printing", await self._ready()).printed(deploy)
