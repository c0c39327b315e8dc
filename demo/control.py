"""Switches what is wrong in a running world, from outside of it.

The world writes `control.json` (address and token, mode 0600) into its private folder; whoever can
read that file may break the world, which is what it is for.
"""

import contextlib
import hmac
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import asdict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.faults import Fault, FaultKind
from demo.folder import PREFIX, is_abandoned
from demo.vendors.wire import Refusal, bearer, json_object

if TYPE_CHECKING:
    from demo.world import World

FILE: Final = "control.json"
DATABASE_DEEDS: Final = ("kill", "restart", "freeze", "thaw")

Handler = Callable[[Request], Awaitable[Response]]


class Control(Struct, frozen=True, kw_only=True):
    """How to reach the control of a running world."""

    url: str
    token: str

    def text(self) -> str:
        """The content of `control.json`."""
        return json.dumps(asdict(self))


def find_control(base: Path | None = None) -> Control | None:
    """The control of the youngest world of ours that is running; None when there is none."""
    found = _running(base)
    return found[1] if found else None


def find_config(base: Path | None = None) -> Path | None:
    """The configuration of that world; None when there is none."""
    found = _running(base)
    return found[0] / "config.yaml" if found else None


def _running(base: Path | None) -> tuple[Path, Control] | None:
    """Folder and control of the youngest world of ours that is running."""
    found: list[tuple[float, Path, Control]] = []
    for path in Path(base or tempfile.gettempdir()).glob(f"{PREFIX}*/{FILE}"):
        with contextlib.suppress(OSError, ValueError, TypeError):
            ours = path.stat().st_uid == os.getuid() and not is_abandoned(path.parent)
            control = Control(**json.loads(path.read_text()))
            found += [(path.stat().st_mtime, path.parent, control)] if ours else []
    return max(found, key=lambda each: each[0])[1:] if found else None


class ControlApi:
    """The control of one world.

    Args:
        world: What is controlled; called in its own thread.
    """

    def __init__(self, world: "World") -> None:
        self._world = world

    def app(self) -> Starlette:
        """The ASGI app."""
        return Starlette(
            routes=[
                Route("/", self._guarded(self._show)),
                Route("/faults", self._guarded(self._switch_on), methods=["PUT"]),
                Route("/faults", self._guarded(self._switch_off), methods=["DELETE"]),
                Route(
                    "/databases/{product}/{deed}",
                    self._guarded(self._database),
                    methods=["POST"],
                ),
                Route("/projects/{product}/pause", self._guarded(self._pause), methods=["POST"]),
                Route("/incident", self._guarded(self._incident), methods=["POST"]),
            ]
        )

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            given = (bearer(request) or "").encode()
            if not hmac.compare_digest(given, self._world.credentials.control.encode()):
                return JSONResponse({"error": "the token of control.json is needed"}, 401)
            try:
                return await handler(request)
            except Refusal as refusal:
                return JSONResponse({"error": refusal.message}, refusal.status)

        return answer

    async def _show(self, _request: Request) -> Response:
        return JSONResponse(self._state())

    def _state(self) -> Mapping[str, object]:
        self._world.estate.agenda.settle()
        return {
            "services": dict(self._world.urls),
            "kinds": [kind.value for kind in FaultKind],
            "faults": [_shown(fault) for fault in self._world.faults.active],
            "databases": {
                product: {"running": database.running, "load": database.load}
                for product, database in self._world.databases.items()
            },
            "projects": {
                one.name: one.status.value for one in self._world.estate.supabase.projects.values()
            },
            "happened": [step.title for step in self._world.incident.played],
        }

    async def _switch_on(self, request: Request) -> Response:
        fault = _fault(await json_object(request, _bad))
        if fault.service not in {"*", *self._world.urls}:
            raise _bad(f"no such service: {fault.service}")
        self._world.faults.on(fault)
        return JSONResponse(self._state())

    async def _switch_off(self, request: Request) -> Response:
        query = request.query_params
        self._world.faults.off(query.get("service", "*"), query.get("path"))
        return JSONResponse(self._state())

    async def _database(self, request: Request) -> Response:
        product, deed = request.path_params["product"], request.path_params["deed"]
        database = self._world.databases.get(product)
        if database is None or deed not in DATABASE_DEEDS:
            raise _bad(f"no such database or deed: {product} {deed}")
        deeds = {
            "kill": database.kill,
            "restart": database.restart,
            "freeze": database.freeze,
            "thaw": database.thaw,
        }
        await deeds[deed]()
        return JSONResponse(self._state())

    async def _pause(self, request: Request) -> Response:
        supabase, product = self._world.estate.supabase, request.path_params["product"]
        found = [one for one in supabase.projects.values() if one.name == product]
        if not found:
            raise _bad(f"no such project: {product}")
        supabase.pause(found[0])
        return JSONResponse(self._state())

    async def _incident(self, _request: Request) -> Response:
        self._world.incident.begin()
        return JSONResponse(self._state())


def _bad(message: str) -> Refusal:
    return Refusal(400, "bad_request", message)


def _shown(fault: Fault) -> Mapping[str, object]:
    return {**asdict(fault), "kind": fault.kind.value}


def _fault(body: Mapping[str, object]) -> Fault:
    service, kind, path = body.get("service"), body.get("kind"), body.get("path", "*")
    times, seconds = body.get("times"), body.get("seconds", 3.0)
    kinds = [each.value for each in FaultKind]
    if not isinstance(service, str) or not isinstance(path, str) or kind not in kinds:
        raise _bad(f"service and kind are needed; kind is one of {', '.join(kinds)}")
    if not (times is None or isinstance(times, int)) or not isinstance(seconds, int | float):
        raise _bad("times is a whole number, seconds a number")
    return Fault(
        service=service, kind=FaultKind(kind), path=path, times=times, seconds=float(seconds)
    )
