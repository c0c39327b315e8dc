"""What Render measures of the API: the same numbers, seen from outside."""

import math
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from demo.pulse import NOT_READY, Pulse
from demo.vendors.render_models import LogLine
from demo.vendors.render_state import Render

_MEMORY_LIMIT: Final = 1 << 30
_CPU_LIMIT: Final = 2.0
_LINE_EVERY: Final = timedelta(seconds=5)
_PATHS: Final = ("/v1/orders", "/v1/carts", "/v1/merchants", "/v1/payments/intents")


class PulseTelemetry:
    """Metrics and logs of the services whose pulse is known.

    Args:
        pulses: By service id.
    """

    def __init__(self, pulses: Mapping[str, Pulse]) -> None:
        self._pulses = pulses

    def metric(self, name: str, service_id: str, at: datetime) -> float | None:
        """One metric at one instant; None for a service or metric that is not known."""
        pulse = self._pulses.get(service_id)
        if pulse is None:
            return None
        strain, wave = pulse.strain_at(at), _wave(service_id, at)
        values = {
            "cpu": (0.31 + 0.4 * strain) * wave,
            "cpu-limit": _CPU_LIMIT,
            "memory": _MEMORY_LIMIT * min(0.99, (0.58 + 0.22 * strain) * wave),
            "memory-limit": float(_MEMORY_LIMIT),
            "http-requests": round(60.0 * pulse.traffic_per_s * wave),
            "http-latency": (184 + 6_800 * strain**2) * wave,
            "bandwidth": round(18 * wave, 2),
            "instance-count": 2.0,
            "active-connections": round(22 * wave + 60 * strain),
        }
        return values.get(name)

    def by_status(self, service_id: str, at: datetime) -> Mapping[str, float]:
        """Requests of one minute by status: what fails grows with the strain."""
        total = self.metric("http-requests", service_id, at)
        if total is None:
            return {}
        strain = self._pulses[service_id].strain_at(at)
        failed = round(total * min(0.9, 0.0018 + 0.11 * strain * math.sqrt(strain)))
        missed = round(total * 0.012)
        return {"200": total - failed - missed, "404": missed, "503": failed}

    def lines(self, service_id: str, start: datetime, end: datetime) -> Sequence[LogLine]:
        """Access lines every few seconds; errors as often as the API fails."""
        pulse = self._pulses.get(service_id)
        if pulse is None:
            return ()
        first = math.ceil(start.timestamp() / _LINE_EVERY.total_seconds())
        last = math.floor(end.timestamp() / _LINE_EVERY.total_seconds())
        newest = range(max(first, last - 2_000), last + 1)
        return [_line(service_id, pulse, number) for number in newest]


class HealthWatch:
    """Says in a service's feed when its instances fail Render's health check, and when no more.

    Args:
        render: Where the feed is.
        pulses: By service id.
    """

    def __init__(self, render: Render, pulses: Mapping[str, Pulse]) -> None:
        self._render = render
        self._pulses = pulses
        self._failing: set[str] = set()

    def __call__(self) -> None:
        """Look at each service."""
        for service_id, pulse in self._pulses.items():
            bad = pulse.deploy is not None and pulse.strain() >= NOT_READY
            if bad == (service_id in self._failing):
                continue
            if bad:
                self._failing.add(service_id)
                self._render.note(service_id, "server_failed", self._unhealthy(service_id))
            else:
                self._failing.discard(service_id)
                self._render.note(service_id, "server_available", {})

    def _unhealthy(self, service_id: str) -> dict[str, object]:
        instances = self._render.instances[service_id]
        reason = {"evicted": False, "unhealthy": "HTTP health check failed (status 503)"}
        return {"instanceID": instances[0].id, "reason": reason}


def _wave(service_id: str, at: datetime) -> float:
    slow = math.sin(at.timestamp() / 900 + zlib.crc32(service_id.encode()))
    return 1.0 + 0.06 * slow + 0.03 * math.sin(at.timestamp() / 37)


def _line(service_id: str, pulse: Pulse, number: int) -> LogLine:
    at = datetime.fromtimestamp(number * _LINE_EVERY.total_seconds(), UTC)
    draw = zlib.crc32(f"{service_id}/{number}".encode()) / 2**32
    path = _PATHS[number % len(_PATHS)]
    strain = pulse.strain_at(at)
    if draw < strain * 0.5:
        message = "error: timed out after 2000 ms waiting for a connection from the pool"
        return LogLine(at=at, level="error", type="app", message=message)
    status = 503 if draw < strain * 0.6 else 200
    message = f"GET {path} {status} {184 + 6_800 * strain**2:.0f}ms"
    return LogLine(
        at=at,
        level="info" if status == 200 else "error",
        type="request",
        message=message,
        status=status,
        path=path,
        method="GET",
    )
