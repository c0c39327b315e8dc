"""A Render service, read afresh before something is done to it and after."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from actions.hosting.places import Place
from actions.hosting.stands_on import NO_DATABASE, Held
from providers.clock import Moment
from providers.deploy_readings import DeployReading
from providers.errors import ProviderError
from providers.fields import Fields
from providers.parts import tried
from providers.render import SYSTEM
from providers.render_events import Event, event_of, newest_first
from providers.render_mapping import deploy_of, newest_live
from providers.render_metrics import BUCKET_S, SPAN, Traffic, series_of, traffic
from providers.render_state import Details, Instance, details_of, instance_of
from providers.text import Foreign
from providers.vendor import entries, segment, sort_out

MOST: Final = 50
"""Deploys that are looked at; an older one can be named all the same."""

_RESTARTS_OF: Final = timedelta(hours=6)

UNDER_WAY: Final = (
    "created",
    "queued",
    "build_in_progress",
    "pre_deploy_in_progress",
    "update_in_progress",
)


class RenderLook(Struct, frozen=True, kw_only=True):
    """A service at one moment."""

    place: Place
    at: Moment
    details: Details
    deploys: tuple[DeployReading, ...]
    """The newest, newest first; with the one that is live, however old."""

    live: DeployReading | None
    running: tuple[DeployReading, ...]
    """Those under way, newest first."""

    instances: tuple[Instance, ...] | ProviderError
    traffic: Traffic
    key_of: Foreign | ProviderError
    """Whose API key is used."""

    sessions: Held = NO_DATABASE
    """Of its database."""

    restarts: tuple[Event, ...] = ()
    """The restarts that its feed tells, where they were asked for; newest first."""

    def deploy(self, id_: str) -> DeployReading | None:
        """One of the deploys that were read."""
        return next((one for one in self.deploys if one.id == id_), None)


class RenderReads:
    """Asks Render about one place, without remembering anything.

    Args:
        place: Which service.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._api = place.api
        self._path = f"/services/{segment(place.id)}"

    async def look(self) -> RenderLook:
        """All there is to know first.

        Raises:
            ProviderError: The service, or its deploys, could not be read.
        """
        details = await self.details()
        deploys, running, live, instances, key_of, (seen, sessions) = await asyncio.gather(
            self.deploys(details, [("limit", str(MOST))]),
            self.deploys(details, [("limit", "20"), *(("status", one) for one in UNDER_WAY)]),
            self.deploys(details, [("limit", "1"), ("status", "live")]),
            tried(self.instances()),
            tried(self.key_of()),
            asyncio.gather(self._traffic(), self._sessions()),
        )
        known = {one.id: one for one in (*live, *running, *deploys)}
        newest_first = sorted(known.values(), key=_created, reverse=True)
        return RenderLook(
            place=self._place,
            at=self._api.clock.now(),
            details=details,
            deploys=tuple(newest_first),
            live=newest_live(tuple(newest_first)),
            running=tuple(one for one in newest_first if one.state.running),
            instances=instances,
            traffic=seen,
            key_of=key_of,
            sessions=sessions,
        )

    async def details(self) -> Details:
        """The service itself."""
        operation = "read service"
        answer = await self._api.get(operation, self._path)
        return details_of(Fields(answer.value, SYSTEM, operation))

    async def deploys(
        self, details: Details, params: Sequence[tuple[str, str]]
    ) -> tuple[DeployReading, ...]:
        """Deploys as a query asks for them."""
        operation = "list deploys"
        answer = await self._api.get(operation, f"{self._path}/deploys", params=params)
        items = entries(answer.value, "", SYSTEM, operation)
        found = sort_out(items, lambda one: self._deploy(one.fields("deploy"), details), "deploy")
        return found.readable()

    async def deploy(self, details: Details, id_: str) -> DeployReading:
        """One deploy of this service; another service's is not found.

        Raises:
            ProviderError: There is none, or it could not be read.
        """
        operation = "read deploy"
        answer = await self._api.get(operation, f"{self._path}/deploys/{segment(id_)}")
        return self._deploy(Fields(answer.value, SYSTEM, operation), details)

    def _deploy(self, item: Fields, details: Details) -> DeployReading:
        place = self._place
        return deploy_of(item, details.service, place.service, place.environment)

    async def instances(self) -> tuple[Instance, ...]:
        """The running copies."""
        operation = "list instances"
        answer = await self._api.get(operation, f"{self._path}/instances")
        items = entries(answer.value, "", SYSTEM, operation)
        return sort_out(items, instance_of, "instance").readable()

    async def restarts(self) -> tuple[Event, ...]:
        """The restarts that Render's feed tells of the last hours, newest first."""
        operation = "list events"
        since = self._api.clock.now().at - _RESTARTS_OF
        params = [("type", "server_restarted"), ("startTime", _iso(since)), ("limit", "100")]
        answer = await self._api.get(operation, f"{self._path}/events", params=params)
        items = entries(answer.value, "", SYSTEM, operation)
        found = sort_out(items, lambda one: event_of(one.fields("event")), "event")
        return newest_first(found.readable())

    async def key_of(self) -> Foreign:
        """Whose API key this is: an address."""
        operation = "read user"
        answer = await self._api.get(operation, "/users")
        return Fields(answer.value, SYSTEM, operation).text("email")

    async def _sessions(self) -> Held:
        below = self._place.stands_on
        return NO_DATABASE if below is None else await below.held_by(self._place.service)

    async def _traffic(self) -> Traffic:
        """Requests of the newest whole minute; why there are none when they can not be read."""
        operation = "measure http-requests"
        now = self._api.clock.now().at
        params = [
            ("resource", self._place.id),
            ("startTime", _iso(now - SPAN)),
            ("endTime", _iso(now)),
            ("resolutionSeconds", str(BUCKET_S)),
            ("aggregateBy", "statusCode"),
        ]
        answer = await tried(self._api.get(operation, "/metrics/http-requests", params=params))
        if isinstance(answer, ProviderError):
            return traffic(answer, now)
        try:
            measured = series_of(answer.value, SYSTEM, operation)
        except ProviderError as error:
            return traffic(error, now)
        return traffic(measured, now)


def _created(deploy: DeployReading) -> float:
    return deploy.created_at.timestamp() if deploy.created_at else 0.0


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
