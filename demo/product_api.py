"""LMA's API in one environment: health, liveness, readiness, metrics (runbook B:32-46).

Liveness says that the process runs and nothing else; readiness that it can serve; health looks at
what it stands on. A deploy that is bad for the pool fails them in the other order.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from demo.eye import Eye, Look
from demo.pulse import Pulse, Vital
from demo.vendors.wire import iso
from providers.clock import Clock

_MEMORY_LIMIT: Final = 1 << 30
_LONGEST_S: Final = 4.2
_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"
_SUSPENDED: Final = (
    "<!DOCTYPE html><html><head><title>Service Suspended</title></head>"
    "<body><p>This service has been suspended by its owner.</p></body></html>"
)

Answer = Callable[[Vital, Look], Response]


class ApiParts(Struct, frozen=True, kw_only=True):
    """What the API of one environment is made of."""

    environment: str
    pulse: Pulse
    eye: Eye
    clock: Clock


class ProductApi:
    """The API.

    Args:
        parts: What it is made of.
    """

    def __init__(self, parts: ApiParts) -> None:
        self._environment = parts.environment
        self._pulse = parts.pulse
        self._eye = parts.eye
        self._clock = parts.clock

    def app(self) -> Starlette:
        """The ASGI app."""
        return Starlette(
            routes=[
                Route("/", self._root),
                Route("/health", self._health),
                Route("/health/live", self._live),
                Route("/health/ready", self._ready),
                Route("/health/metrics", self._metrics),
                Route("/metrics", self._prometheus),
            ]
        )

    async def _wait(self, calm_ms: float, strained_ms: float, strain: float) -> None:
        delay_s = self._pulse.jitter(calm_ms + strained_ms * strain**3, 0.25)
        await self._clock.sleep(min(delay_s, _LONGEST_S))

    def _version(self) -> str:
        deploy = self._pulse.deploy
        return deploy.commit.sha if deploy else ""

    async def _probed(self, calm_ms: float, strained_ms: float, answer: Answer) -> Response:
        look = await self._eye.look()
        vital = self._pulse.vital(look)
        if not vital.up:
            return HTMLResponse(_SUSPENDED, 503)
        await self._wait(calm_ms, strained_ms, vital.strain)
        return answer(vital, look)

    async def _root(self, _request: Request) -> Response:
        return JSONResponse({"name": "lma-api", "version": self._version()[:7]})

    async def _live(self, _request: Request) -> Response:
        if self._pulse.deploy is None:
            return HTMLResponse(_SUSPENDED, 503)
        await self._wait(28, 6, self._pulse.strain())
        return JSONResponse({"status": "ok", "uptime_seconds": round(self._pulse.up_s(), 1)})

    async def _ready(self, _request: Request) -> Response:
        return await self._probed(52, 1_900, self._readiness)

    def _readiness(self, vital: Vital, _look: Look) -> Response:
        body = {
            "status": "ready" if vital.ready else "not_ready",
            "version": self._version()[:7],
            "reasons": list(vital.reasons),
        }
        return JSONResponse(body, 200 if vital.ready else 503)

    async def _health(self, _request: Request) -> Response:
        return await self._probed(74, 2_050, self._deep)

    def _deep(self, vital: Vital, look: Look) -> Response:
        database: dict[str, object] = {"status": "ok", "latency_ms": round(look.latency_ms, 1)}
        if not look.reachable:
            database = {"status": "failing", "latency_ms": None, "error": look.why}
        strained = "exhausted" if not vital.healthy else "degraded"
        body = {
            "status": "ok" if vital.ready else ("degraded" if vital.healthy else "unhealthy"),
            "version": self._version()[:7],
            "commit": self._version(),
            "environment": self._environment,
            "uptime_seconds": round(self._pulse.up_s(), 1),
            "timestamp": iso(self._clock.now().at),
            "checks": {
                "database": database,
                "pool": {"status": "ok" if vital.ready else strained, **_pool(vital)},
                "stripe": {"status": "ok"},
            },
            "reasons": list(vital.reasons),
        }
        return JSONResponse(body, 200 if vital.healthy else 503)

    async def _metrics(self, request: Request) -> Response:
        text = "text/plain" in request.headers.get("accept", "")
        if text or request.query_params.get("format") == "prometheus":
            return await self._prometheus(request)
        return await self._probed(41, 860, self._numbers)

    def _numbers(self, vital: Vital, look: Look) -> Response:
        per_minute = vital.requests_per_s * 60
        return JSONResponse(
            {
                "status": "ok",
                "version": self._version()[:7],
                "uptime_seconds": round(self._pulse.up_s(), 1),
                "memory": _memory(vital),
                "cpu": {"cores": round(vital.cpu, 3)},
                "requests": {
                    "total": round(self._pulse.requests),
                    "last_minute": round(per_minute),
                    "per_second": round(vital.requests_per_s, 2),
                },
                "errors": {
                    "total": round(self._pulse.errors),
                    "last_minute": round(per_minute * vital.error_percent / 100),
                    "percent": round(vital.error_percent, 3),
                },
                "latency_ms": {
                    "p50": round(vital.p50_ms, 1),
                    "p95": round(vital.p95_ms, 1),
                    "p99": round(vital.p99_ms, 1),
                },
                "database": {
                    "reachable": look.reachable,
                    "pool": _pool(vital),
                    "query_average_ms": round(vital.query_ms, 2),
                    "waiting_for_locks": look.waiting,
                },
            }
        )

    async def _prometheus(self, _request: Request) -> Response:
        return await self._probed(38, 860, self._exposition)

    def _exposition(self, vital: Vital, look: Look) -> Response:
        good = self._pulse.requests - self._pulse.errors
        samples = (
            ("http_requests_total", "counter", '{status="2xx"}', round(good)),
            ("http_requests_total", "", '{status="5xx"}', round(self._pulse.errors)),
            ("http_request_duration_seconds", "summary", '{quantile="0.5"}', vital.p50_ms / 1e3),
            ("http_request_duration_seconds", "", '{quantile="0.95"}', vital.p95_ms / 1e3),
            ("http_request_duration_seconds", "", '{quantile="0.99"}', vital.p99_ms / 1e3),
            ("process_resident_memory_bytes", "gauge", "", _memory(vital)["used_bytes"]),
            ("db_pool_connections", "gauge", '{state="used"}', vital.pool_used),
            ("db_pool_connections", "", '{state="limit"}', vital.pool_limit),
            ("db_pool_waiting", "gauge", "", vital.pool_waiting),
            ("db_up", "gauge", "", int(look.reachable)),
        )
        return PlainTextResponse(exposition(samples), media_type=_PROMETHEUS)


def exposition(samples: tuple[tuple[str, str, str, float], ...]) -> str:
    """Prometheus text of samples given as name, type (where it begins), labels and value."""
    lines: list[str] = []
    for name, kind, labels, value in samples:
        if kind:
            lines.append(f"# TYPE {name} {kind}")
        lines.append(f"{name}{labels} {value:g}" if value < 1e6 else f"{name}{labels} {value:.0f}")
    return "\n".join(lines) + "\n"


def _memory(vital: Vital) -> dict[str, float]:
    used = round(_MEMORY_LIMIT * vital.memory_percent / 100)
    return {
        "used_bytes": used,
        "limit_bytes": _MEMORY_LIMIT,
        "percent": round(vital.memory_percent, 1),
    }


def _pool(vital: Vital) -> dict[str, object]:
    return {
        "in_use": vital.pool_used,
        "max": vital.pool_limit,
        "waiting": vital.pool_waiting,
    }
