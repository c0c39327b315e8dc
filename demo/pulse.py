"""How an API does: from the deploy that is live and from its database.

The bad deploy does not break at once. Its instances open more and more connections, requests wait
for the pool, time out, fail; then readiness fails, then health; liveness never. A restart begins
the climb anew, a roll back ends it.
"""

import bisect
import math
import random
from collections import deque
from datetime import datetime
from typing import Final

from msgspec import Struct

from demo.estate import Estate
from demo.eye import Look
from demo.vendors.render_models import Deploy

CLIMB_S: Final = 60.0
"""From the bad deploy to the worst."""
RELIEF_S: Final = 25.0
"""From the worst to well, once the cause is gone."""
NOT_READY: Final = 0.55
UNHEALTHY: Final = 0.8
"""How much strain it takes until readiness and health fail, from 0 to 1."""

POOL_SIZE: Final = 10
"""Connections an instance may hold; the bad deploy makes it four times as many."""


class Vital(Struct, frozen=True, kw_only=True):
    """How the API does at one instant."""

    up: bool
    """False while it is suspended: there is nobody to answer."""

    ready: bool
    healthy: bool
    strain: float
    reasons: tuple[str, ...]
    error_percent: float
    requests_per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    query_ms: float
    memory_percent: float
    cpu: float
    pool_used: int
    pool_limit: int
    pool_waiting: int


class Pulse:
    """The API of one environment.

    Args:
        estate: Where its deploys are.
        service_id: Which service of Render it is.
        traffic_per_s: Requests in a calm second.
    """

    def __init__(self, estate: Estate, service_id: str, traffic_per_s: float) -> None:
        self._estate = estate
        self._service_id = service_id
        self._traffic = self.traffic_per_s = traffic_per_s
        self._noise = random.Random(service_id)
        self._strain = 0.0
        self._looked_at = estate.agenda.now
        self._seen: deque[tuple[datetime, float]] = deque(maxlen=8000)
        self.requests = traffic_per_s * 86_400.0
        self.errors = self.requests * 0.0018
        """Counted since the process began, some time before the demo."""

    @property
    def deploy(self) -> Deploy | None:
        """What is live; None while the service is suspended."""
        return self._estate.live_api(self._service_id)

    def up_s(self) -> float:
        """Seconds since the youngest instance started."""
        return self._estate.render.instances_up_s(self._service_id)

    def strain(self) -> float:
        """How hard it is on the API now, from 0 to 1; moves with the time since the last look."""
        deploy = self.deploy
        now = self._estate.agenda.now
        passed_s = max(0.0, (now - self._looked_at).total_seconds())
        self._looked_at = now
        bad = self._is_bad(deploy)
        step = passed_s / CLIMB_S if bad else -passed_s / RELIEF_S
        # New instances begin without the connections of the old ones.
        ceiling = self.up_s() / CLIMB_S if bad else 1.0
        self._strain = min(1.0, ceiling, max(0.0, self._strain + step))
        self._seen.append((now, self._strain))
        self._count(passed_s)
        return self._strain

    def _is_bad(self, deploy: Deploy | None) -> bool:
        return deploy is not None and self._estate.is_bad(deploy.commit)

    def strain_at(self, at: datetime) -> float:
        """The strain at an earlier instant, as far as somebody looked; before that it was calm."""
        place = bisect.bisect_right(self._seen, at, key=lambda seen: seen[0])
        return self._seen[place - 1][1] if place else 0.0

    def _count(self, passed_s: float) -> None:
        served = self._traffic * passed_s
        self.requests += served
        self.errors += served * self._error_percent(self._strain) / 100

    def _error_percent(self, strain: float) -> float:
        return 0.18 + 11.0 * strain * math.sqrt(strain)

    def vital(self, look: Look) -> Vital:
        """How it does, given how its database looks."""
        deploy, strain = self.deploy, self.strain()
        reasons = _reasons(strain, look)
        errors = self._error_percent(strain) if look.reachable else 64.0
        wave = 1.0 + self._noise.uniform(-0.12, 0.12)
        instances = self._estate.render.services[self._service_id].instance_count
        limit = POOL_SIZE * instances * (4 if self._is_bad(deploy) else 1)
        used = max(look.ours, round(limit * min(1.0, 0.18 + 0.9 * strain)))
        return Vital(
            up=deploy is not None,
            ready=look.reachable and strain < NOT_READY,
            healthy=look.reachable and strain < UNHEALTHY,
            strain=strain,
            reasons=reasons,
            error_percent=max(0.0, errors * wave),
            requests_per_s=self._traffic * wave,
            p50_ms=(62 + 900 * strain**2) * wave,
            p95_ms=(184 + 6_800 * strain**2) * wave,
            p99_ms=(420 + 9_300 * strain**2) * wave,
            query_ms=(18 + 210 * strain) * wave,
            memory_percent=min(99.0, 58 + 22 * strain + 1.5 * math.sin(self.up_s() / 90)),
            cpu=(0.31 + 0.4 * strain) * wave,
            pool_used=min(limit, used),
            pool_limit=limit,
            pool_waiting=round(48 * max(0.0, strain - 0.4) * wave),
        )

    def jitter(self, base_ms: float, spread: float = 0.35) -> float:
        """A latency around `base_ms`, with the long tail of real ones; in seconds."""
        return base_ms / 1000 * self._noise.lognormvariate(0.0, spread)


def _reasons(strain: float, look: Look) -> tuple[str, ...]:
    found = []
    if not look.reachable:
        found.append(f"database unreachable: {look.why}")
    if strain >= UNHEALTHY:
        found.append("connection pool exhausted: timed out after 2000 ms waiting for a connection")
    elif strain >= NOT_READY:
        found.append("connection pool nearly exhausted")
    return tuple(found)
