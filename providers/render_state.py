"""What a Render service says of itself, as sections and numbers; pure.

Nowhere does Render say that a service is up: that is for the checks. What is said here is derived
from its state, its instances, its feed and its measurements.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.render_events import Event, failing, live_by_rollback
from providers.render_mapping import Service, service_of
from providers.render_metrics import (
    Measured,
    Value,
    latency_ms,
    memory_bytes,
    percent,
    traffic,
)
from providers.system_readings import Condition, Record
from providers.text import EMPTY, Foreign

WITHOUT_INSTANCES: Final = frozenset({"cron_job", "static_site"})
_MUCH: Final = {"cpu": 90.0, "memory": 90.0, "failed": 2.0, "p95": 2000.0}
"""Worth a look above it (runbook A:292, A:297, B:247); whether it is bad, KPIs say."""

_STUCK: Final = frozenset({"stuck_crashlooping"})


class Details(Struct, frozen=True, kw_only=True):
    """A service with what the deploys pane does not need of it."""

    service: Service
    name: Foreign
    type: str
    owner_id: str
    plan: Foreign
    region: Foreign
    wanted: int | None
    """Instances it is set to; None for a kind of service without."""

    trigger: Foreign
    """What is deployed by itself: `commit`, `checksPass`, `off`."""

    health_path: Foreign

    @property
    def has_instances(self) -> bool:
        """Whether anything of it runs all the time."""
        return self.type not in WITHOUT_INSTANCES


def details_of(answer: Fields) -> Details:
    """Read a service of any type.

    Raises:
        BadAnswer: It has no id, or a field is of the wrong type.
    """
    inner = answer.optional_fields("serviceDetails")
    wanted = inner.optional_number("numInstances") if inner else None
    return Details(
        service=service_of(answer),
        name=answer.optional_text("name") or EMPTY,
        type=answer.optional_word("type") or "",
        owner_id=answer.optional_word("ownerId") or "",
        plan=(inner.optional_text("plan") if inner else None) or EMPTY,
        region=(inner.optional_text("region") if inner else None) or EMPTY,
        wanted=None if wanted is None else round(wanted),
        trigger=answer.optional_text("autoDeployTrigger") or EMPTY,
        health_path=(inner.optional_text("healthCheckPath") if inner else None) or EMPTY,
    )


class Instance(Struct, frozen=True, kw_only=True):
    """One running copy."""

    id: str
    since: datetime


def instance_of(item: Fields) -> Instance:
    """One item of the list.

    Raises:
        BadAnswer: It has no id or no time.
    """
    return Instance(id=item.word("id"), since=item.moment_iso("createdAt"))


class CustomDomain(Struct, frozen=True, kw_only=True):
    """One domain of the service's own."""

    name: str
    state: Foreign

    @property
    def verified(self) -> bool:
        """Whether Render accepts it."""
        return self.state.text == "verified"


def domain_of(item: Fields) -> CustomDomain:
    """One item of the list.

    Raises:
        BadAnswer: It has no name or no state.
    """
    inner = item.fields("customDomain")
    return CustomDomain(name=inner.word("name"), state=inner.text("verificationStatus"))


class Measurements(Struct, frozen=True, kw_only=True):
    """The metrics of one read."""

    cpu: Measured
    cpu_limit: Measured
    memory: Measured
    memory_limit: Measured
    requests: Measured
    latency: Measured


class Measures(Struct, frozen=True, kw_only=True):
    """The same as numbers."""

    cpu_percent: Value
    memory_percent: Value
    memory_bytes: Value
    requests_per_minute: Value
    failed_percent: Value
    p95_ms: Value


def measures_of(measured: Measurements, now: datetime) -> Measures:
    """The newest numbers."""
    seen = traffic(measured.requests, now)
    return Measures(
        cpu_percent=percent(measured.cpu, measured.cpu_limit, now),
        memory_percent=percent(measured.memory, measured.memory_limit, now),
        memory_bytes=memory_bytes(measured.memory, now),
        requests_per_minute=seen.per_minute,
        failed_percent=seen.failed_percent,
        p95_ms=latency_ms(measured.latency, now),
    )


def condition_of(
    details: Details, instances: Sequence[Instance] | None, events: Sequence[Event], now: datetime
) -> Condition:
    """How the service stands by what Render says; events newest first."""
    service = details.service
    if service.suspended:
        stuck = not _STUCK.isdisjoint(service.suspenders)
        return Condition.BROKEN if stuck else Condition.PAUSED
    if details.has_instances and instances is not None and not instances:
        return Condition.BROKEN
    if service.maintenance:
        return Condition.PAUSED
    few = instances is not None and _short_of(details, len(instances))
    if failing(events, now) is not None or few:
        return Condition.DEGRADED
    back = service.auto_deploy and live_by_rollback(events)
    return Condition.NOTABLE if back or not service.auto_deploy else Condition.FINE


def _short_of(details: Details, running: int) -> bool:
    scaling = details.service.autoscaling
    least = scaling[0] if scaling is not None else details.wanted
    return details.has_instances and least is not None and running < least


def service_records(details: Details, events: Sequence[Event]) -> Iterator[Record]:
    """What the service is set to."""
    service = details.service
    url = service.dashboard_url
    if service.suspended:
        by = ", ".join(service.suspenders[:5])
        yield _row("state", "State", Condition.PAUSED, f"suspended{f' by {by}' if by else ''}", url)
    else:
        words = "maintenance mode" if service.maintenance else "not suspended"
        condition = Condition.PAUSED if service.maintenance else Condition.FINE
        yield _row("state", "State", condition, words, url)
    yield _autodeploy(details, events, url)
    yield _scaling(details, url)
    kind = " · ".join(
        filter(None, (details.type.replace("_", " "), details.plan.text, details.region.text))
    )
    yield _row("plan", "Kind, plan, region", Condition.FINE, kind or "not said", url)


def _row(key: str, title: str, condition: Condition, state: str, url: str) -> Record:
    return Record(id=key, title=Foreign(title), condition=condition, state=Foreign(state), url=url)


def _autodeploy(details: Details, events: Sequence[Event], url: str) -> Record:
    service = details.service
    if not service.auto_deploy:
        words = "off: a push is not deployed by itself"
        return _row("autodeploy", "Autodeploy", Condition.NOTABLE, words, url)
    branch = f" to {service.branch.line(60)}" if service.branch else ""
    when = "once checks pass, " if details.trigger.text == "checksPass" else ""
    if live_by_rollback(events):
        words = "on after a rollback: the next push brings the bad commit back"
        return _row("autodeploy", "Autodeploy", Condition.NOTABLE, words, url)
    return _row("autodeploy", "Autodeploy", Condition.FINE, f"on: {when}each push{branch}", url)


def _scaling(details: Details, url: str) -> Record:
    scaling = details.service.autoscaling
    if scaling is not None:
        words = f"by itself, {scaling[0]} to {scaling[1]}: a scale by hand is ignored"
    elif details.wanted is not None:
        words = f"by hand, set to {details.wanted}"
    else:
        words = "none"
    return _row("scaling", "Instances", Condition.FINE, words, url)


def instance_records(instances: Sequence[Instance]) -> Iterator[Record]:
    """The running copies, the youngest first."""
    for one in sorted(instances, key=lambda each: each.since, reverse=True):
        yield Record(
            id=one.id,
            title=Foreign(one.id),
            condition=Condition.FINE,
            state=Foreign("running since"),
            at=one.since,
        )


def domain_records(domains: Sequence[CustomDomain]) -> Iterator[Record]:
    """The domains, those to mend first."""
    for one in sorted(domains, key=lambda each: each.verified):
        condition = Condition.FINE if one.verified else Condition.DEGRADED
        yield Record(id=one.name, title=Foreign(one.name), condition=condition, state=one.state)


def _figure(number: float, unit: str) -> str:
    return f"{number:,.0f} {unit}".strip() if number >= 100 else f"{number:.3g} {unit}".strip()


def measure_records(measures: Measures) -> Iterator[Record]:
    """The measurements in words; one that is not there says why."""
    rows = (
        ("cpu", "CPU of its limit", measures.cpu_percent, "%"),
        ("memory", "Memory of its limit", measures.memory_percent, "%"),
        ("requests", "Requests a minute", measures.requests_per_minute, ""),
        ("failed", "Answered with 5xx", measures.failed_percent, "%"),
        ("p95", "Response p95", measures.p95_ms, "ms"),
    )
    for key, title, value, unit in rows:
        number = value.number
        words = f"no data: {value.reason}" if number is None else _figure(number, unit)
        yield _row(key, title, _standing(key, number), words, "")


def _standing(key: str, number: float | None) -> Condition:
    if number is None:
        return Condition.UNKNOWN
    return Condition.NOTABLE if number > _MUCH.get(key, math.inf) else Condition.FINE
