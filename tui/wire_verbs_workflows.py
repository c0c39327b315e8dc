"""Deploys by workflow, as the configuration says which workflow deploys what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from actions.hosting.places import VERCEL, service_target
from actions.hosting.render_rollback import NAME as ROLLBACK_API
from actions.hosting.vercel_rollback import NAME as ROLLBACK_WEB
from actions.workflows.family import WorkflowFamily
from actions.workflows.inputs import Input
from actions.workflows.places import ReadDeploys, Rollback, WorkflowPlace
from actions.workflows.repo import Repo
from providers.deploy_readings import DeploysReading
from providers.errors import BadAnswer
from tui.wire_deploys import deploy_source
from tui.wire_names import deploys_id, runs_id, system_id
from tui.wire_verbs_hosting import hosted
from tui.wire_watches import checks_of

if TYPE_CHECKING:
    from actions.families import Family
    from providers.base import Source
    from providers.clock import Clock
    from providers.http import Api
    from tui.config.model import Config
    from tui.config.model_actions_workflows import WorkflowAction
    from tui.wire_clients import Clients


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """The one family; empty where no service names its runs."""
    places = tuple(_places(config, apis, shared))
    return [WorkflowFamily(places, clock)] if places else []


def _places(config: Config, apis: Mapping[str, Api], shared: Clients) -> Iterator[WorkflowPlace]:
    for workspace_name, workspace in config.workspaces.items():
        for service_name, service in workspace.services.items():
            told = workspace.actions.workflows.get(service_name)
            for environment, place in service.environments.items():
                if place.runs is None:
                    continue
                where = (workspace_name, environment, service_name)
                account = config.accounts[place.runs.account]
                yield WorkflowPlace(
                    workspace=workspace_name,
                    environment=environment,
                    production=workspace.environments[environment].production,
                    service=service_name,
                    title=service.title,
                    repo=Repo(apis[place.runs.account], account.url, place.runs.repo),
                    workflow=place.runs.workflow or "",
                    branch=_ref(told, environment) or place.runs.branch or "",
                    fixed={} if told is None else told.fixed.get(environment, {}),
                    inputs=_inputs(told),
                    others=tuple(one for one in workspace.environments if one != environment),
                    source=runs_id(*where),
                    deploys=_deploys(config, shared, where),
                    deploys_source="" if place.deploys is None else deploys_id(*where),
                    rollback=_rollback(config, apis, where),
                    boards=tuple(_boards(config, workspace_name, place.runs.repo)),
                    watches=tuple(checks_of(workspace_name, workspace, environment, service_name)),
                )


def _boards(config: Config, workspace: str, repo: str) -> Iterator[str]:
    """The systems that list the runs of a repository."""
    for name, setting in config.workspaces[workspace].systems.github.items():
        if setting.repo == repo:
            yield str(system_id(workspace, setting.environment, "github", name))


def _ref(told: WorkflowAction | None, environment: str) -> str:
    return "" if told is None else told.ref.get(environment, "")


def _inputs(told: WorkflowAction | None) -> tuple[Input, ...]:
    if told is None:
        return ()
    return tuple(
        Input(
            name=name,
            options=one.options,
            default=one.default,
            required=one.required,
            heavy=one.heavy,
            flag=set(one.options) == {"true", "false"},
        )
        for name, one in told.inputs.items()
    )


def _rollback(
    config: Config, apis: Mapping[str, Api], where: tuple[str, str, str]
) -> Rollback | None:
    """What brings back what was live, at the vendor that hosts the service."""
    workspace, environment, name = where
    service = config.workspaces[workspace].services[name]
    told = service.environments[environment].deploys
    if told is None:
        return None
    place = hosted(config, apis, where, told)
    verb = ROLLBACK_WEB if place.vendor == VERCEL else ROLLBACK_API
    return Rollback(verb=verb, target=service_target(place))


def _deploys(config: Config, shared: Clients, where: tuple[str, str, str]) -> ReadDeploys | None:
    """How the hosting vendor is asked what is live; it is made on first use."""
    workspace, environment, name = where
    service = config.workspaces[workspace].services[name]
    told = service.environments[environment].deploys
    if told is None:
        return None
    made: list[Source] = []

    async def read() -> DeploysReading:
        if not made:
            made.append(deploy_source(where, service, told, config, shared))
        payload = (await made[0].read()).payload
        if not isinstance(payload, DeploysReading):
            raise BadAnswer(made[0].spec.system, "list deploys", "no list of deploys came")
        return payload

    return read
