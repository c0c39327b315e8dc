"""PagerDuty: open incidents, who is on call, services and maintenance windows.

Incidents are asked for each time, the rest when it is a minute old. Everything is read: a
read-only key does.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.errors import BadAnswer, NotFound, ProviderError
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.pagerduty_found import Found, numbers_of
from providers.pagerduty_mapping import (
    SYSTEM,
    Incident,
    OnCall,
    Policy,
    Service,
    Window,
    incident_of,
    on_call_of,
    policy_of,
    service_of,
    wanted,
    window_of,
)
from providers.pagerduty_reading import reading_of
from providers.parts import answered, tried
from providers.vendor import Entry, entries, sort_out

__all__ = ["HEADERS", "METRICS", "SYSTEM", "PagerDutyOptions", "PagerDutySource"]

HEADERS: Final = {
    "Accept": "application/vnd.pagerduty+json;version=2",
    "Content-Type": "application/json",
}
METRICS: Final = (
    "open_incidents",
    "triggered_unacknowledged",
    "high_urgency_incidents",
    "oldest_triggered_s",
    "seconds_to_handover",
    "people_on_call",
)
REST_EVERY_S: Final = 60.0
"""How old everything but the incidents may grow."""

AHEAD: Final = timedelta(days=7)
PAGE: Final = 100
MOST_PAGES: Final = 3

_ID: Final = re.compile(r"[PQ][A-Z0-9]{6,20}")
Query = list[tuple[str, str]]
_Services = tuple[Service, ...] | ProviderError
Parsed = TypeVar("Parsed")


class PagerDutyOptions(Struct, frozen=True, kw_only=True):
    """Which part of an account."""

    services: tuple[str, ...] = ()
    """Names or ids; empty: all that the key may see."""

    escalation_policies: tuple[str, ...] = ()
    """Ids; empty: those of the services."""


class _Rest(Struct, frozen=True, kw_only=True):
    """What changes slowly."""

    shifts: tuple[OnCall, ...] | ProviderError
    policies: tuple[Policy, ...] | ProviderError
    windows: tuple[Window, ...] | ProviderError
    services: _Services
    notices: tuple[str, ...]
    at: Moment

    def good(self, now: Moment) -> bool:
        """Whether it need not be asked for again."""
        parts = (self.shifts, self.policies, self.windows, self.services)
        whole = not any(isinstance(part, ProviderError) for part in parts)
        return whole and self.at.age_s(now) < REST_EVERY_S


class PagerDutySource:
    """What one account, or some of its services, say.

    Args:
        spec: Name and cadence.
        options: Which part.
        api: The account's client; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: PagerDutyOptions, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._rest: _Rest | None = None
        self._seen: frozenset[tuple[str, str]] = frozenset()
        self._notices: list[str] = []
        self._unread: dict[str, str] = {}

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the incidents, and for the rest where that is due. Emits `METRICS`.

        Raises:
            ProviderError: Nothing of it could be had.
        """
        rest = self._rest
        if rest is not None and rest.good(self._api.clock.now()):
            self._notices = []
            incidents = await tried(self._incidents(rest.services))
            answered((incidents,))
            if _standing(incidents) == self._seen:
                return self._harvest(incidents, rest)
        # What services are like changes with their incidents.
        return await self._read_all()

    async def _read_all(self) -> Harvest:
        self._notices = []
        services = await tried(self._services())
        at = self._api.clock.now()
        incidents, shifts, policies, windows = await asyncio.gather(
            tried(self._incidents(services)),
            tried(self._shifts(services)),
            tried(self._policies(services)),
            tried(self._windows(services)),
        )
        answered((incidents, shifts, policies, windows, services))
        rest = _Rest(
            shifts=shifts,
            policies=policies,
            windows=windows,
            services=services,
            notices=tuple(self._notices),
            at=at,
        )
        self._rest = rest
        self._seen = _standing(incidents)
        self._notices = []
        return self._harvest(incidents, rest)

    def _harvest(
        self,
        incidents: tuple[Incident, ...] | ProviderError,
        rest: _Rest,
    ) -> Harvest:
        at = self._api.clock.now()
        found = Found(
            incidents=incidents,
            shifts=rest.shifts,
            policies=rest.policies,
            services=rest.services,
            windows=rest.windows,
            at=at.at,
            unread=self._unread.get("incidents", ""),
            notices=tuple(dict.fromkeys((*rest.notices, *self._notices))),
        )
        return Harvest(
            payload=reading_of(found), numbers=numbers_of(found, self._spec.id, at), at=at
        )

    async def _services(self) -> tuple[Service, ...]:
        names = self._options.services
        query = [("query", names[0])] if len(names) == 1 and not _ID.fullmatch(names[0]) else []
        found = await self._pages("services", query, service_of, "service")
        services = wanted(found, names)
        if names and not services:
            raise NotFound(
                SYSTEM,
                "list services",
                f"no service is called {' or '.join(names)}",
                advice="check services in the configuration, and the teams the key may see",
            )
        if 0 < len(services) < len(names):
            self._notices.append(f"{len(names) - len(services)} of the services were not found")
        return services

    def _service_ids(self, services: _Services) -> Query:
        """The services to ask about; nothing when it is about all of them.

        Raises:
            ProviderError: They are named, and their ids could not be had: what belongs to others
                must not pass for theirs.
        """
        named = self._options.services
        if not named:
            return []
        if not isinstance(services, ProviderError):
            return [("service_ids[]", one.id) for one in services]
        ids = [name for name in named if _ID.fullmatch(name)]
        if not ids:
            raise services
        return [("service_ids[]", id_) for id_ in ids]

    async def _incidents(self, services: _Services) -> tuple[Incident, ...]:
        query = [
            ("statuses[]", "triggered"),
            ("statuses[]", "acknowledged"),
            # Without it what is older than a month is left out.
            ("date_range", "all"),
            *self._service_ids(services),
        ]
        return await self._pages("incidents", query, incident_of, "incident")

    def _policy_ids(self, services: _Services) -> tuple[str, ...]:
        """The policies that are named, or those of the services.

        Raises:
            ProviderError: It is about some services, and their policies could not be had.
        """
        if self._options.escalation_policies:
            return self._options.escalation_policies
        if isinstance(services, ProviderError):
            raise services
        found = tuple(dict.fromkeys(one.policy_id for one in services if one.policy_id))
        if not found and self._options.services:
            raise BadAnswer(SYSTEM, "list on-call", "the services name no escalation policy")
        return found

    async def _shifts(self, services: _Services) -> tuple[OnCall, ...]:
        now = self._api.clock.now().at.replace(microsecond=0)
        some = bool(self._options.services or self._options.escalation_policies)
        policies = self._policy_ids(services) if some else ()
        query = [
            ("since", now.isoformat()),
            ("until", (now + AHEAD).isoformat()),
            *(("escalation_policy_ids[]", policy) for policy in policies),
        ]
        return await self._pages("oncalls", query, on_call_of, "shift")

    async def _policies(self, services: _Services) -> tuple[Policy, ...]:
        ids = self._policy_ids(services)
        found = await self._pages("escalation_policies", [], policy_of, "escalation policy")
        return tuple(policy for policy in found if policy.id in ids)

    async def _windows(self, services: _Services) -> tuple[Window, ...]:
        query = [("filter", "open"), *self._service_ids(services)]
        return await self._pages("maintenance_windows", query, window_of, "maintenance window")

    async def _pages(
        self, name: str, query: Query, parse: Callable[[Fields], Parsed], noun: str
    ) -> tuple[Parsed, ...]:
        """The items of a list, as far as `MOST_PAGES` go.

        Raises:
            ProviderError: A page could not be had, or none of its items could be read.
        """
        operation = f"list {name.replace('_', ' ')}"
        items: list[Entry] = []
        more = True
        for page in range(MOST_PAGES):
            asked = [*query, ("limit", str(PAGE)), ("offset", str(page * PAGE))]
            answer = await self._api.get(operation, f"/{name}", params=asked, headers=HEADERS)
            items += entries(answer.value, name, SYSTEM, operation)
            more = Fields(answer.value, SYSTEM, operation).optional_flag("more") or False
            if not more:
                break
        if more:
            self._notices.append(f"{operation}: only the first {len(items)} were read")
        found = sort_out(items, parse, noun)
        self._unread[name] = found.notice
        if found.notice:
            self._notices.append(found.notice)
        return found.readable()


def _standing(incidents: tuple[Incident, ...] | ProviderError) -> frozenset[tuple[str, str]]:
    known = () if isinstance(incidents, ProviderError) else incidents
    return frozenset((one.id, one.status) for one in known)
