"""The sources that know deploys: a project or service of a vendor, the runs of a workflow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from providers.base import Source, SourceKind, SourceSpec
from providers.readings import SourceId
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.late_source import LateDeploys
from tui.wire_clients import Clients
from tui.wire_names import deploys_id, runs_id

if TYPE_CHECKING:
    from tui.config.model import Account, Config, Deploys, Runs, Service, Workspace


def deploy_sources(
    name: str, workspace: Workspace, config: Config, shared: Clients
) -> Iterator[Source]:
    """Every source of deploys of one workspace."""
    for service_name, service in workspace.services.items():
        for environment, place in service.environments.items():
            where = (name, environment, service_name)
            if place.deploys is not None:
                yield deploy_source(where, service, place.deploys, config, shared)
            if place.runs is not None:
                yield _runs_source(where, service, place.runs, config, shared)


def deploy_source(
    where: tuple[str, str, str],
    service: Service,
    deploys: Deploys,
    config: Config,
    shared: Clients,
) -> Source:
    """The source of one service's deploys in one environment; asks nobody."""
    account = config.accounts[deploys.account]
    spec = _vendor_spec(where, service, deploys_id(*where), account, deploys.every_s)
    if account.kind == "vercel":
        make = partial(_vercel, where, spec, deploys, account, shared)
        return LateDeploys(spec, "providers.vercel", make)
    return LateDeploys(spec, "providers.render", partial(_render, where, spec, deploys, shared))


def _vercel(
    where: tuple[str, str, str],
    spec: SourceSpec,
    deploys: Deploys,
    account: Account,
    shared: Clients,
) -> Source:
    from providers.vercel import VercelOptions, VercelSource

    options = VercelOptions(
        project=deploys.project or "",
        team=account.team,
        service=where[2],
        environment=where[1],
        limit=deploys.limit,
        target=deploys.target or "",
        branch=deploys.branch,
    )
    return VercelSource(spec, options, shared.apis[deploys.account])


def _render(
    where: tuple[str, str, str], spec: SourceSpec, deploys: Deploys, shared: Clients
) -> Source:
    from providers.render import RenderOptions, RenderSource

    return RenderSource(
        spec,
        RenderOptions(
            service_id=deploys.service_id or "",
            service=where[2],
            environment=where[1],
            limit=deploys.limit,
        ),
        shared.apis[deploys.account],
    )


def _runs_source(
    where: tuple[str, str, str], service: Service, runs: Runs, config: Config, shared: Clients
) -> Source:
    spec = _vendor_spec(
        where, service, runs_id(*where), config.accounts[runs.account], runs.every_s
    )
    make = partial(_github, where, spec, runs, config, shared)
    return LateDeploys(spec, "providers.github", make)


def _github(
    where: tuple[str, str, str], spec: SourceSpec, runs: Runs, config: Config, shared: Clients
) -> Source:
    from providers.github import GitHubOptions, GitHubSource

    owner, _, repo = runs.repo.partition("/")
    others = [name for name in config.workspaces[where[0]].environments if name != where[1]]
    options = GitHubOptions(
        owner=owner,
        repo=repo,
        workflow=runs.workflow,
        service=where[2],
        environment=where[1],
        branch=runs.branch,
        limit=runs.limit,
        other_environments=tuple(others),
    )
    return GitHubSource(spec, options, shared.apis[runs.account])


def _vendor_spec(
    where: tuple[str, str, str],
    service: Service,
    source: SourceId,
    account: Account,
    interval_s: float,
) -> SourceSpec:
    system = ACCOUNT_KINDS[account.kind].system
    return SourceSpec(
        id=source,
        workspace=where[0],
        environment=where[1],
        kind=SourceKind.DEPLOYS,
        title=f"{service.title} on {system}",
        system=system,
        interval_s=interval_s,
        timeout_s=account.timeout_s * 2,
    )
