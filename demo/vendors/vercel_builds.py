"""Vercel's build log, invented from what happened to the deployment."""

from datetime import timedelta

from demo import ids
from demo.vendors.vercel_state import Deployment, Project, Vercel
from demo.vendors.wire import epoch_ms


def build_events(state: Vercel, deployment: Deployment) -> list[dict[str, object]]:
    """The build's log, oldest first."""
    lines = [(0.0, "stdout", f"Cloning github.com ({deployment.commit.short})")]
    if deployment.building_at is not None:
        lines += [(2.5, "command", "npm run build"), (5.0, "stdout", "Compiling …")]
    if deployment.error_message:
        lines.append((11.0, "stderr", deployment.error_message))
    elif deployment.ready_at is not None:
        lines.append((11.0, "stdout", "Build Completed in /vercel/output"))
    return [
        _build_event(state.projects[deployment.project_id], deployment, number, *line)
        for number, line in enumerate(lines)
    ]


def _build_event(
    project: Project, deployment: Deployment, number: int, at_s: float, kind: str, text: str
) -> dict[str, object]:
    at = epoch_ms(deployment.created_at + timedelta(seconds=at_s))
    return {
        "type": kind,
        "created": at,
        "date": at,
        "deploymentId": deployment.id,
        "id": f"{at}{number:012d}",
        "serial": f"{at}{number:012d}",
        "text": text,
        "info": {"type": "build", "name": ids.token("bld", deployment.id), "entrypoint": "."},
    }
