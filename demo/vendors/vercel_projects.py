"""Vercel: projects, domains, and pointing production somewhere else."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import ids
from demo.vendors import vercel_shapes as shapes
from demo.vendors.vercel_requests import alias, bad, page, team
from demo.vendors.vercel_state import Deployment, Project, Vercel
from demo.vendors.wire import epoch_ms, word


class ProjectCalls:
    """Answers about the projects of `state`."""

    def __init__(self, state: Vercel) -> None:
        self._state = state

    def _project_of(self, request: Request) -> Project:
        return self._state.project(request.path_params["project"], team(request))

    def _deployment_of(self, request: Request) -> Deployment:
        return self._state.deployment(request.path_params["deployment"], team(request))

    async def projects(self, request: Request) -> Response:
        """The team's projects."""
        raw = request.query_params.get("search", "")
        owner = team(request)
        shown = [
            shapes.project(self._state, each)
            for each in self._state.projects.values()
            if each.team_id == owner and raw in each.name
        ]
        return JSONResponse({"projects": shown, "pagination": page(len(shown))})

    async def project(self, request: Request) -> Response:
        """One project."""
        return JSONResponse(shapes.project(self._state, self._project_of(request)))

    async def domains(self, request: Request) -> Response:
        """A project's domains."""
        project = self._project_of(request)
        domains = [
            {
                "name": name,
                "apexName": ".".join(name.split(".")[-2:]),
                "projectId": project.id,
                "verified": True,
                "redirect": None,
                "gitBranch": None,
                "createdAt": epoch_ms(project.created_at),
                "updatedAt": epoch_ms(project.updated_at),
            }
            for name in project.domains
        ]
        return JSONResponse({"domains": domains, "pagination": page(len(domains))})

    async def domain_config(self, request: Request) -> Response:
        """Whether a domain points at Vercel."""
        domain = request.path_params["domain"]
        ours = any(domain in project.domains for project in self._state.projects.values())
        return JSONResponse(
            {
                "configuredBy": "CNAME" if ours else None,
                "acceptedChallenges": ["http-01", "dns-01"] if ours else [],
                "recommendedCNAME": [{"rank": 1, "value": "cname.vercel-dns.com."}],
                "recommendedIPv4": [{"rank": 1, "value": ["76.76.21.21"]}],
                "misconfigured": not ours,
            }
        )

    async def aliases(self, request: Request) -> Response:
        """All domains of the team and where they lead."""
        owner, wanted = team(request), request.query_params.get("projectId")
        shown = [
            {**alias(live, name), "deploymentId": live.id, "projectId": project.id}
            for project in self._state.projects.values()
            if project.team_id == owner and wanted in {None, project.id, project.name}
            for live in [self._state.live(project.id)]
            if live is not None
            for name in project.domains
        ]
        return JSONResponse({"aliases": shown, "pagination": page(len(shown))})

    async def promote(self, request: Request) -> Response:
        """Point production at a deployment; takes auto-assignment back on."""
        self._state.point("promote", self._project_of(request), self._deployment_of(request))
        return Response(status_code=201)

    async def rollback(self, request: Request) -> Response:
        """Point production back; new builds stay staged from then on."""
        reason = request.query_params.get("description", "")
        project, deployment = self._project_of(request), self._deployment_of(request)
        self._state.point("rollback", project, deployment, reason)
        return Response(status_code=201)

    async def promote_aliases(self, request: Request) -> Response:
        """How the last promote or roll back goes, domain by domain."""
        project = self._project_of(request)
        failed_only = word(request, "failedOnly", ("true", "false"), bad) == "true"
        request_ = project.last_alias
        shown = [
            {"alias": name, "id": ids.vercel("als", name), "status": request_.status.value}
            for name in project.domains
            if request_ is not None and (not failed_only or request_.status.value == "failed")
        ]
        return JSONResponse({"aliases": shown, "pagination": page(len(shown))})

    async def pause(self, request: Request) -> Response:
        """Take a project off the net."""
        self._state.pause(self._project_of(request), paused=True)
        return Response(status_code=200)

    async def unpause(self, request: Request) -> Response:
        """Put it back."""
        self._state.pause(self._project_of(request), paused=False)
        return Response(status_code=200)

    async def rolling_release(self, request: Request) -> Response:
        """There is never a rolling release here."""
        word(request, "state", ("ACTIVE", "COMPLETE", "ABORTED"), bad)
        self._project_of(request)
        return JSONResponse({"rollingRelease": None})
