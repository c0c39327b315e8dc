"""What has to agree for actions: who approves must be able to say so."""

from collections.abc import Iterator

from tui.config.model import Config, Workspace
from tui.config.problems import Finding


def approvals(config: Config, name: str, workspace: Workspace) -> Iterator[Finding]:
    """Environments that ask for a second person whose word could never be read."""
    if config.settings.shared_folder is not None:
        return
    for key, environment in workspace.environments.items():
        if environment.approval:
            path = ("workspaces", name, "environments", key, "approval")
            reason = "needs settings.shared_folder: nobody else writes to your own folder"
            yield Finding(path=path, reason=reason)
