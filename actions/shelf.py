"""The verbs of the configuration in use: made when first asked for, and anew when it changed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from actions.families import Catalogue, Family
from monitor.contained import Contained

_LOG = logging.getLogger("quarterdeck.actions")


class Loaded(Struct, frozen=True, kw_only=True):
    """What was made of one configuration."""

    families: Sequence[Family]
    aclose: Callable[[], Awaitable[None]]
    """Gives back what they alone use."""


Load = Callable[[], Awaitable[Loaded]]


class Shelf:
    """Used in the engine's loop; `catalogue` by any thread.

    Args:
        load: Makes the verbs of the configuration in use.
        under_way: Whether anything is being carried out, with verbs that may be old.
    """

    def __init__(self, load: Load, under_way: Callable[[], bool]) -> None:
        self.catalogue: Catalogue | None = None
        """What can be done; None until `ready` was awaited once."""

        self._load = load
        self._under_way = under_way
        self._loaded: Loaded | None = None
        self._old: list[Loaded] = []
        self._turn = asyncio.Lock()

    def replace(self, load: Load) -> None:
        """From now on these are made, when they are next asked for."""
        self._load = load
        if self._loaded is not None:
            self._old.append(self._loaded)
            self._loaded = None

    async def ready(self) -> Catalogue:
        """What can be done with the configuration in use."""
        async with self._turn:
            catalogue = self.catalogue
            while catalogue is None or self._loaded is None:
                load = self._load
                loaded = await load()
                if load is self._load:
                    self.catalogue = catalogue = Catalogue(loaded.families)
                    self._loaded = loaded
                else:
                    # The configuration changed while they were made.
                    self._old.append(loaded)
            if self._old and not self._under_way():
                old, self._old = self._old, []
                await _closed(old)
            return catalogue

    async def aclose(self) -> None:
        """Give everything back; nothing is under way any more."""
        every = [*self._old, *([self._loaded] if self._loaded is not None else [])]
        self._old, self._loaded = [], None
        await _closed(every)


async def _closed(loaded: Sequence[Loaded]) -> None:
    for one in loaded:
        with Contained() as contained:
            await one.aclose()
        if contained.error is not None:
            _LOG.error("what actions used could not be given back", exc_info=contained.error)
