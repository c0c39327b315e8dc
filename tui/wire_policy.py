"""What may be changed, and where that is written down: all that an idle wall needs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.policy import EnvironmentRules, Policy
from tui.config.paths import audit_file, private_dir
from tui.wire_care import care_folder

if TYPE_CHECKING:
    from pathlib import Path

    from tui.config.model import Config


def policy(config: Config, *, flag_read_only: bool) -> Policy:
    """Whether anything may be changed where, as the configuration and the command line say."""
    places = {
        f"{name}/{key}": environment
        for name, workspace in config.workspaces.items()
        for key, environment in workspace.environments.items()
    }
    return Policy(
        flag_read_only=flag_read_only,
        global_read_only=config.settings.read_only,
        environments={place: one.forbids_changes for place, one in places.items()},
        rules={
            place: EnvironmentRules(
                production=one.production, lease_s=one.lease_s, approval=one.approval
            )
            for place, one in places.items()
        },
    )


def audit_place(config: Config) -> Path:
    """The audit: in the shared folder, else in a folder of one's own, made here (0700)."""
    if config.settings.shared_folder is not None:
        return care_folder(config) / audit_file().name
    own = audit_file()
    try:
        private_dir(own.parent)
    except OSError:
        # Told by whoever writes there.
        return own
    return own
