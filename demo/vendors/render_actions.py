"""Render: the writes. All but cancel and update answer before anything has happened."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.commits import Commit
from demo.vendors import render_shapes as shapes
from demo.vendors.render_models import DeployStatus, RenderService
from demo.vendors.render_requests import bad
from demo.vendors.render_state import Render
from demo.vendors.wire import json_object

_SHA: Final = re.compile(r"[0-9a-f]{7,40}")
_CLEAR_CACHE: Final = ("clear", "do_not_clear")
_DEPLOY_MODES: Final = ("deploy_only", "build_and_deploy")
_MOST_INSTANCES: Final = 100
_SWITCHES: Final = {
    "autoDeploy": ("yes", "no"),
    "autoDeployTrigger": ("commit", "checksPass", "off"),
}


class ActionCalls:
    """Changes to the services of `state`."""

    def __init__(self, state: Render) -> None:
        self._state = state

    def _service(self, request: Request) -> RenderService:
        return self._state.service(request.path_params["service"])

    async def deploy(self, request: Request) -> Response:
        """201 with the deploy; 202 without a body when it waits behind another."""
        service, body = self._service(request), await json_object(request, bad)
        for name, allowed in (("clearCache", _CLEAR_CACHE), ("deployMode", _DEPLOY_MODES)):
            if body.get(name, allowed[0]) not in allowed:
                raise bad(f"invalid {name}")
        made = self._state.begin(service, self._commit(service, body.get("commitId")), "api")
        if made.status is DeployStatus.QUEUED:
            return Response(status_code=202)
        return JSONResponse(shapes.deploy(made), 201)

    def _commit(self, service: RenderService, asked: object) -> Commit:
        past = self._state.of(service.id)
        if asked is None:
            return past[0].commit
        if not isinstance(asked, str) or not _SHA.fullmatch(asked):
            raise bad("invalid commitId")
        everywhere = (each.commit for each in self._state.deploys.values())
        found = next((each for each in everywhere if each.sha.startswith(asked)), None)
        if found is None:
            raise bad(f"commit not found: {asked}")
        return found

    async def cancel(self, request: Request) -> Response:
        """Stop a deploy that is not over."""
        deploy = self._state.deploy(self._service(request), request.path_params["deploy"])
        return JSONResponse(shapes.deploy(self._state.cancel(deploy)))

    async def rollback(self, request: Request) -> Response:
        """A new deploy of an old build."""
        service, body = self._service(request), await json_object(request, bad)
        wanted = body.get("deployId")
        if not isinstance(wanted, str):
            raise bad("deployId is required")
        made = self._state.roll_back(service, self._state.deploy(service, wanted))
        return JSONResponse(shapes.deploy(made), 201)

    async def restart(self, request: Request) -> Response:
        """Replace the instances."""
        self._state.restart(self._service(request))
        return Response(status_code=200)

    async def scale(self, request: Request) -> Response:
        """Change the number of instances."""
        service, body = self._service(request), await json_object(request, bad)
        count = body.get("numInstances")
        if isinstance(count, bool) or not isinstance(count, int):
            raise bad("numInstances is required")
        if not 1 <= count <= _MOST_INSTANCES:
            raise bad(f"numInstances must be from 1 to {_MOST_INSTANCES}")
        self._state.scale(service, count)
        return Response(status_code=202)

    async def suspend(self, request: Request) -> Response:
        """Take the service down."""
        self._state.suspend(self._service(request))
        return Response(status_code=202)

    async def resume(self, request: Request) -> Response:
        """Bring it back."""
        self._state.resume(self._service(request))
        return Response(status_code=202)

    async def update(self, request: Request) -> Response:
        """Turn autodeploy on or off; nothing else can be changed here.

        The trigger decides where both are given.
        """
        service, body = self._service(request), await json_object(request, bad)
        if not body or not set(body) <= set(_SWITCHES):
            raise bad("only autoDeploy and autoDeployTrigger can be updated")
        for name, words in _SWITCHES.items():
            if body.get(name, words[0]) not in words:
                raise bad(f"invalid {name}")
        on = body.get("autoDeployTrigger", body.get("autoDeploy")) not in {"no", "off"}
        return JSONResponse(shapes.service(self._state.set_auto_deploy(service, on=on)))
