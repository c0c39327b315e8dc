"""Render's build log, invented from what happened to the deploy."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from demo.vendors.render_models import Deploy, DeployStatus, LogLine

_FAILED: Final = frozenset(
    {DeployStatus.BUILD_FAILED, DeployStatus.PRE_DEPLOY_FAILED, DeployStatus.UPDATE_FAILED}
)


def build_lines(deploy: Deploy) -> Iterator[LogLine]:
    """What the build of a deploy printed, oldest first; a roll back builds nothing."""
    if deploy.started_at is None or deploy.trigger == "rollback":
        return
    said = [
        (0.2, "info", f"==> Checking out commit {deploy.commit.sha} in branch main"),
        (1.5, "info", "==> Running build command 'npm ci && npm run build'..."),
    ]
    if deploy.status in _FAILED:
        said.append((4.0, "error", "==> Build failed"))
    elif deploy.finished_at is not None:
        said.append((4.0, "info", "==> Build successful"))
    for after_s, level, message in said:
        at = deploy.started_at + timedelta(seconds=after_s)
        yield LogLine(at=at, level=level, type="build", message=message)
