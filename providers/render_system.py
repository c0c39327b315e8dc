"""Render as a system: a service, its instances, its feed, its measurements and domains.

Seven requests a read, ten at the first and every ten minutes: at two reads a minute that is a
twentieth of what a user may ask (400 a minute).
"""

import asyncio
from datetime import datetime
from functools import partial
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock
from providers.errors import ProviderError
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.log_paths import RecentRequests
from providers.paced import Paced
from providers.parts import answered, tried
from providers.render import SYSTEM
from providers.render_events import Event, event_of, newest_first
from providers.render_metrics import BUCKET_S, SPAN, Series, series_of
from providers.render_numbers import DAY
from providers.render_reading import Told, harvest_of
from providers.render_state import (
    CustomDomain,
    Details,
    Instance,
    Measurements,
    details_of,
    domain_of,
    instance_of,
)
from providers.vendor import Sorted, entries, segment, sort_out

SELDOM_S: Final = 600.0
MOST_EVENTS: Final = 100
Query = list[tuple[str, str]]


class RenderSystemOptions(Struct, frozen=True, kw_only=True):
    """Which service.

    Raises:
        ValueError: It cannot be named in a path.
    """

    service_id: str

    def __post_init__(self) -> None:
        segment(self.service_id)


class RenderSystemSource:
    """One service of Render.

    Args:
        spec: Name and cadence.
        options: Which service.
        api: The account's client, its base with `/v1`; shared, and closed by whoever made it.
        clock: Tells what is due, and the span to measure.
        requests: What the logs of the same service told of requests; None without logs.
    """

    def __init__(
        self,
        spec: SourceSpec,
        options: RenderSystemOptions,
        api: Api,
        clock: Clock,
        requests: RecentRequests | None = None,
    ) -> None:
        self._spec = spec
        self._id = options.service_id
        self._path = f"/services/{segment(options.service_id)}"
        self._api = api
        self._clock = clock
        self._requests = requests
        self._domains = Paced(SELDOM_S, clock, self._read_domains)
        self._cpu_limit = Paced(SELDOM_S, clock, partial(self._metric, "cpu-limit"))
        self._memory_limit = Paced(SELDOM_S, clock, partial(self._metric, "memory-limit"))

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for everything that is due.

        Raises:
            ProviderError: Render gave nothing of what was asked.
        """
        details, events, domains = await asyncio.gather(
            tried(self._read_service()), tried(self._read_events()), tried(self._domains.read())
        )
        answered([details, events, *([domains] if self._domains.asked else [])])
        runs = isinstance(details, ProviderError) or details.has_instances
        instances = await tried(self._read_instances()) if runs else None
        told = Told(
            details=details,
            events=events,
            domains=domains,
            instances=instances,
            measured=await self._measure() if runs else None,
            requests=self._requests.section() if self._requests is not None else None,
            budget=self._api.budget,
            at=self._clock.now(),
        )
        return harvest_of(self._spec.id, told)

    async def _read_service(self) -> Details:
        operation = "read service"
        answer = await self._api.get(operation, self._path, etag=True)
        return details_of(Fields(answer.value, SYSTEM, operation))

    async def _read_events(self) -> Sorted[Event]:
        operation = "list events"
        since = _iso(self._clock.now().at - DAY)
        params = [("startTime", since), ("limit", str(MOST_EVENTS))]
        answer = await self._api.get(operation, f"{self._path}/events", params=params)
        items = entries(answer.value, "", SYSTEM, operation)
        found = sort_out(items, lambda item: event_of(item.fields("event")), "event")
        return Sorted(
            kept=newest_first(found.readable()),
            notice=found.notice or _full(len(items)),
        )

    async def _read_domains(self) -> tuple[CustomDomain, ...]:
        operation = "list custom domains"
        path = f"{self._path}/custom-domains"
        answer = await self._api.get(operation, path, params=[("limit", "100")])
        items = entries(answer.value, "", SYSTEM, operation)
        return sort_out(items, domain_of, "domain").readable()

    async def _read_instances(self) -> tuple[Instance, ...]:
        operation = "list instances"
        answer = await self._api.get(operation, f"{self._path}/instances", etag=True)
        items = entries(answer.value, "", SYSTEM, operation)
        return sort_out(items, instance_of, "instance").readable()

    async def _measure(self) -> Measurements:
        cpu, cpu_limit, memory, memory_limit, requests, latency = await asyncio.gather(
            tried(self._metric("cpu")),
            tried(self._cpu_limit.read()),
            tried(self._metric("memory")),
            tried(self._memory_limit.read()),
            tried(self._metric("http-requests", [("aggregateBy", "statusCode")])),
            tried(self._metric("http-latency", [("quantile", "0.95")])),
        )
        return Measurements(
            cpu=cpu,
            cpu_limit=cpu_limit,
            memory=memory,
            memory_limit=memory_limit,
            requests=requests,
            latency=latency,
        )

    async def _metric(self, name: str, more: Query | None = None) -> tuple[Series, ...]:
        operation = f"measure {name}"
        now = self._clock.now().at
        params = [
            ("resource", self._id),
            ("startTime", _iso(now - SPAN)),
            ("endTime", _iso(now)),
            ("resolutionSeconds", str(BUCKET_S)),
            *(more or []),
        ]
        answer = await self._api.get(operation, f"/metrics/{name}", params=params)
        return series_of(answer.value, SYSTEM, operation)


def _iso(at: datetime) -> str:
    """With a zone: described as seconds of the epoch, typed as a date."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _full(count: int) -> str:
    if count < MOST_EVENTS:
        return ""
    return f"only the newest {MOST_EVENTS} events of the last 24 hours are counted"
