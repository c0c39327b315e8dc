"""What has to agree for deploys by workflow: services and environments that there are."""

from collections.abc import Iterator

from tui.config.problems import Finding
from tui.config.rules_scope import Scope, unknown


def workflow_actions(scope: Scope) -> Iterator[Finding]:
    """Settings for a service, an environment or a workflow that is not there."""
    services = scope.workspace.services
    for name, told in scope.workspace.actions.workflows.items():
        path = (*scope.at, "actions", "workflows", name)
        about = (*scope.at, "services")
        if name not in services:
            yield from unknown(path, "service", name, services, about, at_key=True)
            continue
        places = services[name].environments
        if not any(one.runs is not None and one.runs.workflow for one in places.values()):
            reason = "this service names no workflow: its runs say which"
            yield Finding(path=path, reason=reason, at_key=True, about=((*about, name),))
        for key in ("ref", "fixed"):
            for environment in getattr(told, key):
                yield from scope.environment((*path, key, environment), environment, at_key=True)
        for input_name, one in told.inputs.items():
            if one.default and one.options and one.default not in one.options:
                reason = "the default is not among the options"
                yield Finding(path=(*path, "inputs", input_name, "default"), reason=reason)
