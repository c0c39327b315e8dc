"""Render: reads of services, deploys, events and instances."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.vendors import render_shapes as shapes
from demo.vendors.render_models import Deploy, DeployStatus, RenderService
from demo.vendors.render_requests import bad, listed, page, within
from demo.vendors.render_state import Render
from demo.vendors.wire import Refusal

_STATUSES = frozenset(status.value for status in DeployStatus)


class ServiceCalls:
    """Answers about the services of `state`."""

    def __init__(self, state: Render) -> None:
        self._state = state

    def _service(self, request: Request) -> RenderService:
        return self._state.service(request.path_params["service"])

    async def services(self, request: Request) -> Response:
        """The services that match, with a cursor each."""
        found = [each for each in self._state.services.values() if _matches(request, each)]
        shown = page(request, found, lambda each: each.id)
        return JSONResponse(
            [{"service": shapes.service(each), "cursor": each.id} for each in shown]
        )

    async def service(self, request: Request) -> Response:
        """One service."""
        return JSONResponse(shapes.service(self._service(request)))

    async def deploys(self, request: Request) -> Response:
        """The deploys that match, newest first, with a cursor each."""
        service = self._service(request)
        wanted = listed(request, "status")
        if unknown := wanted - _STATUSES:
            raise bad(f"invalid status: {', '.join(sorted(unknown))}")
        found = [
            each
            for each in self._state.of(service.id)
            if (not wanted or each.status.value in wanted) and _in_range(request, each)
        ]
        shown = page(request, found, lambda each: each.id)
        return JSONResponse([{"deploy": shapes.deploy(each), "cursor": each.id} for each in shown])

    async def deploy(self, request: Request) -> Response:
        """One deploy."""
        deploy = self._state.deploy(self._service(request), request.path_params["deploy"])
        return JSONResponse(shapes.deploy(deploy))

    async def events(self, request: Request) -> Response:
        """The service's feed, newest first."""
        service, wanted = self._service(request), listed(request, "type")
        for watch in self._state.watches:
            watch()
        found = [
            each
            for each in self._state.events
            if each.service_id == service.id
            and (not wanted or each.type in wanted)
            and within(request, each.at, "endTime", "startTime")
        ]
        found.sort(key=lambda each: each.at, reverse=True)
        shown = page(request, found, lambda each: each.id)
        return JSONResponse([{"event": shapes.event(each), "cursor": each.id} for each in shown])

    async def event(self, request: Request) -> Response:
        """One event."""
        wanted = request.path_params["event"]
        found = next((each for each in self._state.events if each.id == wanted), None)
        if found is None:
            raise Refusal(404, "not_found", f"event not found: {wanted}")
        return JSONResponse(shapes.event(found))

    async def instances(self, request: Request) -> Response:
        """The running copies."""
        service = self._service(request)
        running = () if service.suspended else self._state.instances[service.id]
        return JSONResponse([shapes.instance(each) for each in running])

    async def domains(self, request: Request) -> Response:
        """The custom domain."""
        service = self._service(request)
        shown = page(request, [service] if service.domain else [], lambda each: each.id)
        return JSONResponse(
            [{"customDomain": shapes.domain(each), "cursor": each.id} for each in shown]
        )


def _matches(request: Request, service: RenderService) -> bool:
    known = {
        "name": service.name,
        "type": service.type,
        "ownerId": service.owner_id,
        "environmentId": service.environment_id,
        "region": service.region,
        "env": "node",
        "suspended": "suspended" if service.suspended else "not_suspended",
    }
    for name, value in known.items():
        wanted = listed(request, name)
        if wanted and value not in wanted:
            return False
    return within(request, service.created_at, "createdBefore", "createdAfter") and within(
        request, service.updated_at, "updatedBefore", "updatedAfter"
    )


def _in_range(request: Request, deploy: Deploy) -> bool:
    return (
        within(request, deploy.created_at, "createdBefore", "createdAfter")
        and within(request, deploy.updated_at, "updatedBefore", "updatedAfter")
        and within(request, deploy.finished_at, "finishedBefore", "finishedAfter")
    )
