"""A source whose library is imported when it is read first, not while the first picture waits."""

import asyncio
from collections.abc import Callable
from importlib import import_module

from providers.base import Source, SourceSpec
from providers.harvest import Harvest
from tui.first_answers import FIRST_ANSWERS


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

    async def read(self) -> Harvest:
        """Ask the source once.

        Raises:
            ProviderError: As the source says.
        """
        if self._source is None:
            await asyncio.to_thread(self._load)
            self._source = self._make()
        return await self._source.read()

    def _load(self) -> None:
        # An import takes the interpreter from whoever draws: asyncpg takes 40 ms of it.
        FIRST_ANSWERS.wait()
        import_module(self._module)

    async def aclose(self) -> None:
        """Close the source, if it was ever read."""
        if self._source is not None:
            await self._source.aclose()
