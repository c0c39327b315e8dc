"""LocalLoop: the site, its health routes, its admin numbers (runbook A:41-45, A:310, A:356)."""

import hmac
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.eye import Eye, Look
from demo.product_api import exposition
from demo.product_web import WebApp
from demo.vendors.wire import iso
from providers.clock import Clock

_REQUESTS_PER_MINUTE: Final = 412
_OFFICES: Final = (61, 48, 35, 22, 9)
"""Requests a minute of those who send the most."""

_REQUESTS_PER_TRY: Final = 12
"""A page, its scripts and the sign-in itself."""

Sample = tuple[str, str, str, float]
_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


class LocalLoop:
    """The site in one environment.

    Args:
        web: Its pages.
        eye: How it sees its database.
        clock: Whose time passes.
        admin_token: Opens the admin routes.
        guessers: Who tries passwords right now, with how many tries a minute.
    """

    def __init__(
        self,
        web: WebApp,
        eye: Eye,
        clock: Clock,
        admin_token: str,
        guessers: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._web = web
        self._eye = eye
        self._clock = clock
        self._token = admin_token
        self._guessers = guessers

    def routes(self) -> tuple[Route, ...]:
        """What it answers besides its pages."""
        return (
            Route("/api/health", self._health),
            Route("/api/health/database", self._database),
            Route("/api/admin/system-status", self._system_status),
            Route("/api/metrics", self._metrics),
            Route("/admin/analytics", self._analytics),
        )

    def _version(self) -> str:
        commit = self._web.commit
        return commit.short if commit else ""

    def _is_admin(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self._token.encode())

    async def _health(self, _request: Request) -> Response:
        await self._web.wait(46)
        body = {
            "status": "ok",
            "version": self._version(),
            "timestamp": iso(self._clock.now().at),
        }
        return JSONResponse(body)

    async def _database(self, _request: Request) -> Response:
        look = await self._eye.look()
        await self._web.wait(64)
        return JSONResponse(_database(look), 200 if look.reachable else 503)

    async def _system_status(self, request: Request) -> Response:
        if not self._is_admin(request):
            return JSONResponse({"error": "Unauthorized"}, 401)
        look = await self._eye.look()
        await self._web.wait(88)
        errors = 0.3 if look.reachable else 38.0
        body = {
            "status": "ok" if look.reachable else "degraded",
            "version": self._version(),
            "database": {
                **_database(look),
                "query_average_ms": round(18 + 9 * look.waiting, 1) if look.reachable else None,
                "timeouts_last_5_minutes": look.waiting,
            },
            "requests": {
                "last_minute": _REQUESTS_PER_MINUTE,
                "by_source_last_minute": self._by_source(),
            },
            "errors": {"last_minute": round(_REQUESTS_PER_MINUTE * errors / 100)},
            "response_time_ms": {"p95": round(640 + 12 * look.waiting, 1)},
            "memory": {"percent": 61.4},
            "email": {"sent_last_hour": 214, "delivered_last_hour": 212},
            "payments": {"attempted_last_hour": 37, "failed_last_hour": 0},
            "activity": {"registrations_today": 46, "events_created_today": 12},
        }
        return JSONResponse(body, 200 if look.reachable else 503)

    async def _metrics(self, request: Request) -> Response:
        if not self._is_admin(request):
            return JSONResponse({"error": "Unauthorized"}, 401)
        look = await self._eye.look()
        await self._web.wait(30)
        samples = (
            ("http_requests_per_minute", "gauge", "", float(_REQUESTS_PER_MINUTE)),
            *_samples("http_requests_by_source_per_minute", "source", self._by_source()),
            ("database_up", "gauge", "", float(look.reachable)),
            ("database_latency_seconds", "gauge", "", look.latency_ms / 1000),
        )
        return PlainTextResponse(exposition(samples), media_type=_PROMETHEUS)

    def _by_source(self) -> dict[str, int]:
        """Requests of the last minute by address: a few offices, and whoever guesses passwords."""
        offices = {f"192.0.2.{10 + host}": share for host, share in enumerate(_OFFICES)}
        tries = self._guessers()
        return offices | {one: count * _REQUESTS_PER_TRY for one, count in tries.items()}

    async def _analytics(self, request: Request) -> Response:
        if not self._is_admin(request):
            return RedirectResponse("/sign-in", 302)
        return await self._web.page("Analytics", "46 registrations today")


def _samples(name: str, label: str, numbers: Mapping[str, int]) -> Iterator[Sample]:
    """One sample for each, with its name in a label."""
    for place, (key, value) in enumerate(numbers.items()):
        yield name, "" if place else "gauge", f'{{{label}="{key}"}}', float(value)


def _database(look: Look) -> dict[str, object]:
    return {
        "status": "ok" if look.reachable else "unreachable",
        "latency_ms": round(look.latency_ms, 1) if look.reachable else None,
        "connections": {"used": look.used, "limit": look.available} if look.reachable else None,
        "error": look.why or None,
    }
