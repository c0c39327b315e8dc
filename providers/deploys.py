"""What the three deploy sources hand down alike: order, bounds and numbers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from providers.clock import Moment
from providers.deploy_readings import DeployReading, DeploysReading, DeployState
from providers.harvest import Harvest
from providers.http import RateBudget
from providers.readings import Reading, SourceId

MOST: Final = 300
"""Deploys one source may be asked to list."""

PAGE: Final = 100
"""Items of one page; the most that each of the vendors gives."""

MOST_PAGES: Final = 5
"""Requests for one list, should a vendor give short pages for ever."""

IN_FLIGHT_S: Final = 5.0
"""How soon a source is asked again while something of it is under way."""

IN_FLIGHT_FOR: Final = timedelta(hours=1)
"""What began longer ago and has not ended is stuck, and asked at the ordinary pace."""

SPARING_FROM_PERCENT: Final = 80.0
"""Used allowance from which nothing is asked more often than configured."""

RECENT: Final = timedelta(hours=24)
"""How far back a failed deploy counts as recent."""


def checked_limit(limit: int) -> int:
    """The limit itself.

    Raises:
        ValueError: It is not between 1 and `MOST`.
    """
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit must be between 1 and {MOST}, not {limit}")
    return limit


def harvest_of(
    source: SourceId,
    deploys: Iterable[DeployReading],
    *,
    at: Moment,
    live_id: str | None = None,
    notices: Iterable[str] = (),
    budget: RateBudget | None = None,
    moving: bool = False,
) -> Harvest:
    """Deploys newest first, each once, with the numbers that every deploy source emits.

    While a deploy runs, or something else is `moving`, the harvest asks to be repeated soon.

    Numbers: `running`, `failed_recent` (made in the last 24 hours), and where the vendor's
    headers tell it `api_budget_used_percent`.
    """
    ordered = tuple(sorted({one.id: one for one in deploys}.values(), key=_age, reverse=True))
    payload = DeploysReading(
        deploys=ordered, live_id=live_id, notices=tuple(dict.fromkeys(filter(None, notices)))
    )
    moving = moving or any(
        deploy.state.running and is_news(deploy.created_at, at) for deploy in ordered
    )
    return Harvest(
        payload=payload,
        numbers=tuple(_numbers(source, ordered, at, budget)),
        at=at,
        again_s=soon_s(budget, moving=moving),
    )


def is_news(began_at: datetime | None, now: Moment) -> bool:
    """Whether something that began then and did not end may still end any moment."""
    return began_at is not None and now.at - began_at <= IN_FLIGHT_FOR


def soon_s(budget: RateBudget | None, *, moving: bool) -> float | None:
    """`Harvest.again_s` for a source of which something is or is not under way.

    None also once most of the vendor's allowance is used: the rest is for what a person asks.
    """
    used = budget.used_percent if budget is not None else None
    sparing = used is not None and used >= SPARING_FROM_PERCENT
    return IN_FLIGHT_S if moving and not sparing else None


def _age(deploy: DeployReading) -> float:
    return deploy.created_at.timestamp() if deploy.created_at else 0.0


def _numbers(
    source: SourceId, deploys: Sequence[DeployReading], at: Moment, budget: RateBudget | None
) -> Iterator[Reading]:
    running = sum(deploy.state.running for deploy in deploys)
    yield Reading.of(source, "running", running, "count", at)
    yield Reading.of(source, "failed_recent", _failed_recently(deploys, at), "count", at)
    if budget is not None and budget.used_percent is not None:
        yield Reading.of(source, "api_budget_used_percent", budget.used_percent, "%", at)


def _failed_recently(deploys: Sequence[DeployReading], at: Moment) -> int:
    return sum(
        deploy.state is DeployState.FAILED
        and deploy.created_at is not None
        and at.at - deploy.created_at <= RECENT
        for deploy in deploys
    )
