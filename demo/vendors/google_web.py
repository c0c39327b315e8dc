"""The Chrome UX Report and PageSpeed Insights, for the pages of the demo's products."""

import json
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors.wire import Refusal, iso, json_object
from providers.clock import Clock

if TYPE_CHECKING:
    from demo.vendors.wire import Handler

_STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
}
_BOUNDS: Final = {
    "largest_contentful_paint": (2500, 4000),
    "interaction_to_next_paint": (200, 500),
    "cumulative_layout_shift": ("0.10", "0.25"),
}
_WHOLE: Final = {
    "https://localloop.com": (2140, 164, "0.06"),
    "https://www.lma.com": (2380, 188, "0.09"),
}
"""p75 of LCP, INP and CLS by origin; CLS is a text, as Google has it."""

_PAGES: Final = {"https://localloop.com/": (1980, 151, "0.04")}
"""The same by page; others have too few visits."""

_SCORES: Final = {"https://localloop.com/": 0.93, "https://localloop.com/events": 0.81}


def error_body(status: int, code: str, message: str, _extra: Mapping[str, object]) -> bytes:
    """An error as Google's APIs write it."""
    inner = {"code": status, "message": message, "status": _STATUSES.get(status, "UNKNOWN")}
    detail = {"domain": "global", "reason": code, "message": message}
    return json.dumps({"error": {**inner, "errors": [detail]}}).encode()


class GoogleWebApi:
    """Both APIs behind one address, opened by one key.

    Args:
        keys: What opens them.
        clock: Whose time it is.
    """

    def __init__(self, keys: set[str], clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._noise = random.Random("pagespeed")

    def app(self) -> Starlette:
        """The ASGI app."""
        routes = [
            Route("/v1/records:queryRecord", self._granted(self._record), methods=["POST"]),
            Route("/v1/records:queryHistoryRecord", self._granted(self._history), methods=["POST"]),
            Route("/pagespeedonline/v5/runPagespeed", self._granted(self._run)),
        ]
        return Starlette(routes=routes, exception_handlers={Refusal: _refused, 404: _nothing})

    def _granted(self, handler: "Handler") -> "Handler":
        async def checked(request: Request) -> Response:
            key = request.headers.get("x-goog-api-key") or request.query_params.get("key")
            if not key:
                message = "The request is missing a valid API key."
                raise Refusal(403, "forbidden", message)
            if key not in self._keys:
                message = "API key not valid. Please pass a valid API key."
                raise Refusal(400, "badRequest", message)
            return await handler(request)

        return checked

    async def _record(self, request: Request) -> Response:
        key, p75 = await _asked(request)
        metrics = {
            name: {"histogram": _histogram(name), "percentiles": {"p75": value}}
            for name, value in p75.items()
        }
        record = {"key": key, "metrics": metrics, "collectionPeriod": self._period(0)}
        return JSONResponse({"record": record})

    async def _history(self, request: Request) -> Response:
        key, p75 = await _asked(request)
        weeks = range(24, -1, -1)
        metrics = {
            name: {
                "histogramTimeseries": [
                    {**each, "densities": [each.pop("density")] * len(weeks)}
                    for each in _histogram(name)
                ],
                "percentilesTimeseries": {"p75s": [value] * len(weeks)},
            }
            for name, value in p75.items()
        }
        periods = [self._period(week) for week in weeks]
        record = {"key": key, "metrics": metrics, "collectionPeriods": periods}
        return JSONResponse({"record": record})

    def _period(self, weeks_ago: int) -> dict[str, object]:
        last = self._clock.now().at - timedelta(days=2 + 7 * weeks_ago)
        first = last - timedelta(days=27)
        return {
            name: {"year": day.year, "month": day.month, "day": day.day}
            for name, day in (("firstDate", first), ("lastDate", last))
        }

    async def _run(self, request: Request) -> Response:
        url = request.query_params.get("url", "")
        if urlsplit(url).scheme not in {"http", "https"}:
            raise Refusal(400, "invalid", "Invalid value for `url`: an http or https address.")
        score = min(1.0, _SCORES.get(url, 0.88) + self._noise.uniform(-0.02, 0.02))
        return JSONResponse(self._lighthouse(url, round(score, 2)))

    def _lighthouse(self, url: str, score: float) -> dict[str, object]:
        at = iso(self._clock.now().at)
        paint_ms = 1400 + (1 - score) * 9_000
        return {
            "kind": "pagespeedonline#result",
            "id": url,
            "analysisUTCTimestamp": at,
            "loadingExperience": {"initial_url": url, "overall_category": "FAST"},
            "lighthouseResult": {
                "requestedUrl": url,
                "finalUrl": url,
                "lighthouseVersion": "12.8.2",
                "fetchTime": at,
                "runWarnings": [],
                "categories": {
                    "performance": {"id": "performance", "title": "Performance", "score": score}
                },
                "audits": {
                    "largest-contentful-paint": _audit(paint_ms / 1000, "s"),
                    "cumulative-layout-shift": _audit(0.05, ""),
                    "total-blocking-time": _audit(190 * (1.1 - score), "ms"),
                },
            },
        }


async def _asked(request: Request) -> tuple[dict[str, object], dict[str, int | str]]:
    """Whom a question is about, and p75 of the metrics it names."""
    body = await json_object(request, lambda message: Refusal(400, "badRequest", message))
    url, origin = body.get("url"), body.get("origin")
    if (url is None) is (origin is None):
        raise Refusal(400, "badRequest", "Exactly one of url and origin must be set.")
    found = _PAGES.get(str(url)) if url is not None else _WHOLE.get(str(origin).rstrip("/"))
    if origin == "https://www.google.com":
        found = (980, 84, "0.02")
    if found is None:
        raise Refusal(404, "notFound", "chrome ux report data not found")
    values: dict[str, int | str] = dict(zip(_BOUNDS, found, strict=True))
    wanted = body.get("metrics")
    names = wanted if isinstance(wanted, list) and wanted else list(values)
    key: dict[str, object] = {"url": url} if url is not None else {"origin": origin}
    if body.get("formFactor"):
        key["formFactor"] = body["formFactor"]
    return key, {name: values[name] for name in names if name in values}


def _histogram(name: str) -> list[dict[str, object]]:
    good, poor = _BOUNDS[name]
    return [
        {"start": 0 if isinstance(good, int) else "0.00", "end": good, "density": 0.81},
        {"start": good, "end": poor, "density": 0.13},
        {"start": poor, "density": 0.06},
    ]


def _audit(value: float, unit: str) -> dict[str, object]:
    shown = f"{value:.2f}" if not unit else f"{value:.1f} s" if unit == "s" else f"{value:.0f} ms"
    return {"score": 0.9, "numericValue": value, "displayValue": shown}


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - Starlette calls it for no other
    body = error_body(error.status, error.code, error.message, {})
    return Response(body, error.status, media_type="application/json")


async def _nothing(_request: Request, _error: Exception) -> Response:
    return Response(
        error_body(404, "notFound", "Not Found", {}), 404, media_type="application/json"
    )
