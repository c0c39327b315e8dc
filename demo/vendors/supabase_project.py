"""What answers at a project's own address: its auth server and its metrics."""

import base64
import hmac
from datetime import datetime
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from demo.agenda import Agenda
from demo.eye import Look
from demo.vendors.supabase_auth import AuthApi, error_body
from demo.vendors.supabase_state import GIB, MACHINES, Project

METRICS: Final = "/customer/v1/privileged/metrics"


class ProjectSite:
    """One project from outside.

    Args:
        project: Whose.
        agenda: What time it is.
    """

    def __init__(self, project: Project, agenda: Agenda) -> None:
        self._project = project
        self._agenda = agenda
        self.auth = AuthApi(project)
        self._busy_s = 190 * 86_400.0 * 0.18
        self._idle_s = 190 * 86_400.0 * 0.82
        self._looked_at = agenda.now

    def app(self) -> Starlette:
        """The ASGI app."""
        routes = [*self.auth.routes(), Route(METRICS, self._metrics, methods=["GET"])]
        return Starlette(routes=routes, exception_handlers={404: _unknown_path})

    async def _metrics(self, request: Request) -> Response:
        now = self._agenda.settle()
        if not hmac.compare_digest(_password(request), self._project.secret_key):
            return Response("Unauthorized\n", 401, headers={"www-authenticate": "Basic"})
        if not self._project.awake:
            return Response("project is paused\n", 540)
        look = await self._project.body.look()
        return PlainTextResponse(self._text(look, now), media_type="text/plain; version=0.0.4")

    def _text(self, look: Look, now: datetime) -> str:
        strain = self._project.body.strain_at(now)
        self._work(now, strain)
        memory = MACHINES[self._project.compute][0] * GIB
        disk, used = self._project.disk_gib * GIB, self._project.used_gib * GIB
        labels = f'supabase_project_ref="{self._project.ref}",service_type="db"'
        mount = f'{labels},device="/dev/nvme1n1",fstype="ext4",mountpoint="/data"'
        gauges = {
            f"node_memory_MemTotal_bytes{{{labels}}}": memory,
            f"node_memory_MemAvailable_bytes{{{labels}}}": memory * (0.46 - 0.3 * strain),
            f"node_filesystem_size_bytes{{{mount}}}": disk,
            f"node_filesystem_avail_bytes{{{mount}}}": disk - used,
            f"node_load1{{{labels}}}": 0.3 + 3 * strain,
            f"pg_up{{{labels}}}": float(look.reachable),
            f"pg_stat_database_num_backends{{{labels}}}": look.used,
            f"pg_database_size_mb{{{labels}}}": used / 2**20 * 0.8,
            f"pg_settings_default_transaction_read_only{{{labels}}}": float(
                self._project.read_only and not self._project.lifted(now)
            ),
            f'supavisor_connections_active{{{labels},mode="transaction"}}': 4 + look.ours,
            f"replication_realtime_lag_bytes{{{labels}}}": 0,
        }
        counters = {"user": self._busy_s, "idle": self._idle_s}
        lines = [
            f'node_cpu_seconds_total{{{labels},cpu="0",mode="{mode}"}} {seconds:.3f}'
            for mode, seconds in counters.items()
        ]
        lines += [f"{name} {float(value)!r}" for name, value in gauges.items()]
        return "\n".join(["# TYPE node_cpu_seconds_total counter", *lines, ""])

    def _work(self, now: datetime, strain: float) -> None:
        passed_s = max(0.0, (now - self._looked_at).total_seconds())
        self._looked_at = now
        share = min(0.97, 0.16 + 0.75 * strain)
        self._busy_s += passed_s * share
        self._idle_s += passed_s * (1 - share)


def _password(request: Request) -> str:
    scheme, _, pair = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(pair, validate=True).decode("ascii").partition(":")
    except ValueError:
        return ""
    return password if scheme.lower() == "basic" and user == "service_role" else ""


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    body = error_body(404, "not_found", "no Route matched with those values", {})
    return Response(body, 404, media_type="application/json")
