"""Render: who asks, and how services are grouped."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import ids
from demo.vendors import render_shapes as shapes
from demo.vendors.render_models import RenderService
from demo.vendors.render_requests import bad, listed, page
from demo.vendors.render_state import Render


class AccountCalls:
    """Answers about users, workspaces, projects and environments."""

    def __init__(self, state: Render) -> None:
        self._state = state

    def _owners(self) -> list[str]:
        return sorted({each.owner_id for each in self._state.services.values()})

    def _environments(self, owner_id: str) -> dict[str, list[RenderService]]:
        grouped: dict[str, list[RenderService]] = {}
        for service in self._state.services.values():
            if service.owner_id == owner_id:
                grouped.setdefault(service.environment_id, []).append(service)
        return grouped

    async def user(self, _request: Request) -> Response:
        """Whose key this is."""
        return JSONResponse({"email": "oncall@lma.com", "name": "Quarterdeck"})

    async def owners(self, request: Request) -> Response:
        """The workspaces."""
        shown = page(request, self._owners(), str)
        return JSONResponse([{"owner": shapes.owner(each), "cursor": each} for each in shown])

    async def projects(self, request: Request) -> Response:
        """One project a workspace."""
        bodies = []
        for owner_id in page(request, self._owners(), lambda each: ids.render("prj", each)):
            grouped, id_ = self._environments(owner_id), ids.render("prj", owner_id)
            first = next(iter(grouped.values()))[0]
            body = shapes.project(id_, list(grouped), owner_id, first)
            bodies.append({"project": body, "cursor": id_})
        return JSONResponse(bodies)

    async def environments(self, request: Request) -> Response:
        """The environments of the projects named."""
        projects = listed(request, "projectId")
        if not projects:
            raise bad("projectId is required")
        bodies = [
            {"environment": shapes.environment(id_, project_id, services), "cursor": id_}
            for owner_id in self._owners()
            for project_id in [ids.render("prj", owner_id)]
            if project_id in projects
            for id_, services in self._environments(owner_id).items()
        ]
        return JSONResponse(page(request, bodies, lambda each: str(each["cursor"])))
