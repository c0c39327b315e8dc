"""Everything one read of a Render service told, made one reading; pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.deploys import is_news, soon_s
from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.limiter import RateBudget
from providers.parts import blindness
from providers.readings import SourceId
from providers.render_events import Event, record_of
from providers.render_mapping import notices_of
from providers.render_numbers import Counted, numbers_of
from providers.render_state import (
    CustomDomain,
    Details,
    Instance,
    Measurements,
    Measures,
    condition_of,
    domain_records,
    instance_records,
    measure_records,
    measures_of,
    service_records,
)
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign
from providers.vendor import Sorted, https_url

MOST_EVENTS_SHOWN: Final = 30


class Told(Struct, frozen=True, kw_only=True):
    """The outcome of each question of one read; None for what such a service does not have."""

    details: Details | ProviderError
    events: Sorted[Event] | ProviderError
    domains: Sequence[CustomDomain] | ProviderError
    instances: Sequence[Instance] | ProviderError | None
    measured: Measurements | None
    requests: Section | None
    budget: RateBudget | None
    at: Moment

    @property
    def known(self) -> Details | None:
        """The service, if it could be read."""
        return None if isinstance(self.details, ProviderError) else self.details

    @property
    def known_events(self) -> tuple[Event, ...]:
        """The feed, as far as it could be read."""
        return () if isinstance(self.events, ProviderError) else self.events.kept

    @property
    def known_instances(self) -> Sequence[Instance] | None:
        """The running copies, if they could be read."""
        return None if isinstance(self.instances, ProviderError) else self.instances


def harvest_of(source: SourceId, told: Told) -> Harvest:
    """The reading and its numbers."""
    measures = measures_of(told.measured, told.at.at) if told.measured is not None else None
    events = told.known_events
    reading = SystemReading(
        system="Render",
        condition=Condition.UNKNOWN
        if told.known is None
        else condition_of(told.known, told.known_instances, events, told.at.at),
        summary=_summary(told, measures),
        sections=tuple(_sections(told, measures)),
        notices=tuple(dict.fromkeys(filter(None, _notices(told)))),
    )
    counted = Counted(
        details=told.known,
        instances=told.known_instances,
        events=None if isinstance(told.events, ProviderError) else events,
        domains=told.domains,
        measures=measures,
        budget_used_percent=told.budget.used_percent if told.budget else None,
    )
    return Harvest(
        payload=reading,
        numbers=tuple(numbers_of(source, counted, told.at)),
        at=told.at,
        again_s=soon_s(told.budget, moving=_deploying(events, told.at)),
    )


def _deploying(events: Sequence[Event], now: Moment) -> bool:
    """Whether the newest deploy of the feed has not ended."""
    newest = next((one for one in events if one.type.startswith("deploy_")), None)
    return newest is not None and newest.type == "deploy_started" and is_news(newest.at, now)


def _summary(told: Told, measures: Measures | None) -> Foreign:
    details = told.known
    if details is None:
        return Foreign(f"the service could not be read: {blindness(told.details)}")
    parts = ["suspended" if details.service.suspended else details.plan.line(30)]
    if told.known_instances is not None:
        wanted = f" of {details.wanted}" if details.wanted is not None else ""
        parts.append(f"{len(told.known_instances)}{wanted} instances")
    if measures is not None:
        parts += _measured("memory", measures.memory_percent.number)
        parts += _measured("CPU", measures.cpu_percent.number)
    if not details.service.auto_deploy:
        parts.append("autodeploy off")
    return Foreign(" · ".join(part for part in parts if part))


def _measured(name: str, percent: float | None) -> list[str]:
    return [] if percent is None else [f"{name} {percent:.0f} %"]


def _sections(told: Told, measures: Measures | None) -> Iterator[Section]:
    events = told.known_events
    details = told.known
    yield Section(
        key="service",
        title="Service",
        records=tuple(service_records(details, events)) if details else (),
        blind=blindness(told.details),
    )
    if measures is not None:
        yield Section(key="metrics", title="Measurements", records=tuple(measure_records(measures)))
    instances = told.known_instances
    yield Section(
        key="instances",
        title="Instances",
        records=tuple(instance_records(instances or ())),
        empty="none runs" if told.instances is not None else "a service of this kind has none",
        blind=blindness(told.instances),
    )
    yield _events_section(told, events, details)
    yield _domains_section(told.domains)
    if told.requests is not None:
        yield told.requests


def _events_section(told: Told, events: Sequence[Event], details: Details | None) -> Section:
    page = details.service.dashboard_url if details else ""
    url = https_url(f"{page}/events") if page else ""
    return Section(
        key="events",
        title="Events of the last 24 hours",
        records=_shown(record_of(one, url) for one in events),
        empty="none",
        blind=blindness(told.events),
        more=max(0, len(events) - MOST_EVENTS_SHOWN),
    )


def _shown(records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(records)[:MOST_EVENTS_SHOWN]


def _domains_section(domains: Sequence[CustomDomain] | ProviderError) -> Section:
    known = () if isinstance(domains, ProviderError) else domains
    return Section(
        key="domains",
        title="Domains",
        records=tuple(domain_records(known)),
        empty="none of its own",
        blind=blindness(domains),
    )


def _notices(told: Told) -> Iterator[str]:
    if told.known is not None:
        yield from notices_of(told.known.service, None)
    if not isinstance(told.events, ProviderError):
        yield told.events.notice
