"""What sources have in common that each read one part of a vendor's account."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from providers.base import SourceSpec
from providers.clock import Moment
from providers.harvest import Harvest
from providers.http import Api
from providers.numbers import Number
from providers.system_readings import SystemReading

Options = TypeVar("Options")


class AccountPart(Generic[Options]):
    """A source but for its `read`.

    Args:
        spec: Name and cadence.
        options: What is wanted.
        api: The account's client; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: Options, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    def _harvest(
        self, payload: SystemReading, numbers: Sequence[Number], at: Moment | None = None
    ) -> Harvest:
        """What was read, at this moment unless it was at another."""
        at = at or self._api.clock.now()
        readings = tuple(each.reading(self._spec.id, at) for each in numbers)
        return Harvest(payload=payload, numbers=readings, at=at)
