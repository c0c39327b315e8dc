"""Render: metrics and logs, computed from how the service does."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import ids
from demo.vendors.render_builds import build_lines
from demo.vendors.render_models import Instance, LogLine, RenderService
from demo.vendors.render_requests import bad, listed
from demo.vendors.render_state import Render
from demo.vendors.wire import instant, iso, number, word

_UNITS: Final = {
    "cpu": "cpu",
    "cpu-limit": "cpu",
    "memory": "bytes",
    "memory-limit": "bytes",
    "http-requests": "requests",
    "http-latency": "ms",
    "bandwidth": "MB",
    "instance-count": "instances",
    "active-connections": "connections",
}
_BY_INSTANCE: Final = frozenset({"cpu", "memory"})
_MOST_POINTS: Final = 1000
_PAGE: Final = 20


class Telemetry(Protocol):
    """How a service does, now and before."""

    def metric(self, name: str, service_id: str, at: datetime) -> float | None:
        """One metric at one instant; None for what is not known of it."""
        ...

    def by_status(self, service_id: str, at: datetime) -> Mapping[str, float]:
        """Requests of one minute by status; empty for what is not known of it."""
        ...

    def lines(self, service_id: str, start: datetime, end: datetime) -> Sequence[LogLine]:
        """What it wrote in a span, oldest first."""
        ...


class TelemetryCalls:
    """Answers about metrics and logs.

    Args:
        state: Which services there are.
        telemetry: How they do.
    """

    def __init__(self, state: Render, telemetry: Telemetry) -> None:
        self._state = state
        self._telemetry = telemetry

    async def metric(self, name: str, request: Request) -> Response:
        """One series a service named; nothing for those that are not known."""
        start, end = self._span(request, timedelta(hours=1))
        step_s = number(request, "resolutionSeconds", bad, 30) or 60
        if (end - start).total_seconds() / step_s > _MOST_POINTS:
            raise bad("too many points: use a larger resolutionSeconds")
        grouped = word(request, "aggregateBy", ("statusCode", "host"), bad)
        wanted = listed(request, "resource") or listed(request, "service")
        if not wanted:
            raise bad("resource is required")
        ours = [each for each in sorted(wanted) if each in self._state.services]
        instants = _instants(start, end, step_s)
        if name == "http-requests" and grouped == "statusCode":
            series = [each for id_ in ours for each in self._by_status(id_, instants)]
        else:
            series = [each for id_ in ours for each in self._series(name, id_, instants)]
        return JSONResponse([each for each in series if each["values"]])

    def _span(self, request: Request, back: timedelta) -> tuple[datetime, datetime]:
        end = instant(request, "endTime", bad) or self._state.agenda.now
        start = instant(request, "startTime", bad) or end - back
        if start > end:
            raise bad("startTime is after endTime")
        return start, end

    def _series(
        self, name: str, service_id: str, instants: Sequence[datetime]
    ) -> Iterator[dict[str, object]]:
        """One line a service; one an instance for what each instance has of its own."""
        values = [(at, self._telemetry.metric(name, service_id, at)) for at in instants]
        known = [(at, value) for at, value in values if value is not None]
        if name not in _BY_INSTANCE:
            yield _one_series(name, {"service": service_id}, known)
            return
        for place, instance in enumerate(self._state.instances.get(service_id, ())):
            labels = {"service": service_id, "instance": instance.id}
            yield _one_series(name, labels, [(at, v * (1 - 0.04 * place)) for at, v in known])

    def _by_status(
        self, service_id: str, instants: Sequence[datetime]
    ) -> Iterator[dict[str, object]]:
        counts = [(at, self._telemetry.by_status(service_id, at)) for at in instants]
        for status in sorted({status for _at, found in counts for status in found}):
            values = [(at, found[status]) for at, found in counts if status in found]
            labels = {"service": service_id, "statusCode": status}
            yield _one_series("http-requests", labels, values)

    async def logs(self, request: Request) -> Response:
        """The lines that match, newest first unless asked otherwise."""
        service = self._one_service(request)
        start, end = self._span(request, timedelta(minutes=15))
        forward = word(request, "direction", ("forward", "backward"), bad) == "forward"
        limit = number(request, "limit", bad, 1, 100) or _PAGE
        lines = self._lines(service.id, start, end)
        running = self._state.instances.get(service.id, ())
        found = [line for line in lines if _wanted(request, line)]
        ordered = found if forward else found[::-1]
        shown = ordered[:limit]
        more = len(ordered) > limit
        edge = shown[-1].at if more else (end if forward else start)
        return JSONResponse(
            {
                "hasMore": more,
                "nextStartTime": iso(edge if forward else start),
                "nextEndTime": iso(end if forward else edge),
                "logs": [_log(service, line, running) for line in shown],
            }
        )

    def _lines(self, service_id: str, start: datetime, end: datetime) -> Sequence[LogLine]:
        """What the service wrote and what its builds printed, oldest first."""
        built = (line for each in self._state.of(service_id) for line in build_lines(each))
        within = [line for line in built if start <= line.at <= end]
        wrote = self._telemetry.lines(service_id, start, end)
        return sorted([*wrote, *within], key=lambda line: line.at) if within else wrote

    def _one_service(self, request: Request) -> RenderService:
        if not request.query_params.get("ownerId"):
            raise bad("ownerId is required")
        resources = listed(request, "resource")
        if not resources:
            raise bad("resource is required")
        service = self._state.service(min(resources))
        if service.owner_id != request.query_params["ownerId"]:
            raise bad("resource does not belong to ownerId")
        return service

    async def log_values(self, request: Request) -> Response:
        """The values a label has in the span."""
        service = self._one_service(request)
        labels = ("instance", "host", "statusCode", "method", "level", "type")
        label = word(request, "label", labels, bad)
        if label is None:
            raise bad("label is required")
        start, end = self._span(request, timedelta(minutes=15))
        values = {
            item["value"]
            for line in self._lines(service.id, start, end)
            for item in _labels(service, line)
            if item["name"] == label
        }
        return JSONResponse(sorted(values))


def _instants(start: datetime, end: datetime, step_s: int) -> list[datetime]:
    """Whole steps of the clock, as the vendor's buckets are."""
    first = math.ceil(start.timestamp() / step_s)
    last = math.floor(end.timestamp() / step_s)
    return [datetime.fromtimestamp(step_s * number, UTC) for number in range(first, last + 1)]


def _one_series(
    name: str, labels: Mapping[str, str], values: Sequence[tuple[datetime, float]]
) -> dict[str, object]:
    return {
        "labels": [{"field": field, "value": value} for field, value in labels.items()],
        "unit": _UNITS[name],
        "values": [{"timestamp": iso(at), "value": value} for at, value in values],
    }


def _wanted(request: Request, line: LogLine) -> bool:
    exact = {
        "level": line.level,
        "type": line.type,
        "method": line.method,
        "statusCode": str(line.status or ""),
        "path": line.path,
    }
    for name, value in exact.items():
        wanted = listed(request, name)
        if wanted and value not in wanted:
            return False
    texts = request.query_params.getlist("text")
    return not texts or any(text.lower() in line.message.lower() for text in texts)


def _labels(service: RenderService, line: LogLine) -> list[dict[str, str]]:
    labels = {"resource": service.id, "level": line.level, "type": line.type}
    if line.status is not None:
        labels |= {"statusCode": str(line.status), "path": line.path, "method": line.method}
        labels["host"] = service.domain
    return [{"name": name, "value": value} for name, value in labels.items()]


def _log(service: RenderService, line: LogLine, running: Sequence[Instance]) -> dict[str, object]:
    labels = _labels(service, line)
    if running:
        instance = running[round(line.at.timestamp()) % len(running)]
        labels.append({"name": "instance", "value": instance.id})
    return {
        "id": ids.token("log", service.id, line.at, line.message),
        "timestamp": iso(line.at),
        "message": line.message,
        "labels": labels,
    }
