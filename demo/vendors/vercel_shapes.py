"""Vercel's answers as JSON, member by member as its specification has them."""

from typing import Final

from demo import ids
from demo.commits import Commit
from demo.vendors.vercel_state import Deployment, Project, ReadyState, Vercel, host
from demo.vendors.vercel_variables import variable
from demo.vendors.wire import epoch_ms

NODE: Final = "22.x"
REGION: Final = "fra1"


def creator(commit: Commit) -> dict[str, object]:
    """Who made the deployment."""
    return {
        "uid": ids.token("user", commit.author.login, length=24),
        "username": commit.author.login,
        "email": commit.author.email,
        "githubLogin": commit.author.login,
        "type": "user",
    }


def meta(project: Project, commit: Commit) -> dict[str, str]:
    """What Vercel's Git integration notes on a deployment; every value is a text."""
    owner, _, name = project.repo.partition("/")
    return {
        "githubCommitAuthorLogin": commit.author.login,
        "githubCommitAuthorName": commit.author.name,
        "githubCommitAuthorEmail": commit.author.email,
        "githubCommitMessage": commit.message,
        "githubCommitOrg": owner,
        "githubCommitRef": commit.branch,
        "githubCommitRepo": name,
        "githubCommitSha": commit.sha,
        "githubDeployment": "1",
    }


def substate(deployment: Deployment) -> str | None:
    """STAGED until it serves production, then PROMOTED; None for what is not ready."""
    if deployment.state is not ReadyState.READY or deployment.target != "production":
        return None
    return "PROMOTED" if deployment.served else "STAGED"


def _times(deployment: Deployment) -> dict[str, object]:
    times: dict[str, object] = {}
    if deployment.building_at is not None:
        times["buildingAt"] = epoch_ms(deployment.building_at)
    if deployment.ready_at is not None:
        times["ready"] = epoch_ms(deployment.ready_at)
    if deployment.error_code:
        times["errorCode"] = deployment.error_code
        times["errorMessage"] = deployment.error_message
    if (word := substate(deployment)) is not None:
        times["readySubstate"] = word
    return times


def _inspector(project: Project, deployment: Deployment) -> str:
    slug = project.repo.partition("/")[0]
    return f"https://vercel.com/{slug}/{project.name}/{deployment.id.removeprefix('dpl_')}"


def _alias_assigned(deployment: Deployment) -> object:
    assigned = deployment.served and deployment.ready_at is not None
    return epoch_ms(deployment.ready_at) if assigned and deployment.ready_at else False


def listed(state: Vercel, deployment: Deployment) -> dict[str, object]:
    """A deployment in a list: `uid`, and `state` beside `readyState`."""
    project = state.projects[deployment.project_id]
    return {
        "uid": deployment.id,
        "name": project.name,
        "projectId": project.id,
        "url": host(project, deployment),
        "created": epoch_ms(deployment.created_at),
        "createdAt": epoch_ms(deployment.created_at),
        "source": deployment.source,
        "state": deployment.state.value,
        "readyState": deployment.state.value,
        "type": "LAMBDAS",
        "creator": creator(deployment.commit),
        "inspectorUrl": _inspector(project, deployment),
        "meta": meta(project, deployment.commit),
        "target": deployment.target,
        "aliasError": None,
        "aliasAssigned": _alias_assigned(deployment),
        "isRollbackCandidate": state.is_candidate(deployment),
        **_times(deployment),
    }


def single(state: Vercel, deployment: Deployment) -> dict[str, object]:
    """A deployment asked for by name: `id`, with its aliases and Git source."""
    project = state.projects[deployment.project_id]
    begun = deployment.building_at or deployment.created_at
    return {
        "id": deployment.id,
        "name": project.name,
        "projectId": project.id,
        "project": {"id": project.id, "name": project.name, "framework": "nextjs"},
        "url": host(project, deployment),
        "ownerId": project.team_id,
        "plan": "pro",
        "version": 2,
        "public": False,
        "type": "LAMBDAS",
        "createdAt": epoch_ms(deployment.created_at),
        "createdIn": "sfo1",
        "bootedAt": epoch_ms(deployment.created_at),
        "buildSkipped": False,
        "build": {"env": ["CI", "VERCEL"]},
        "creator": creator(deployment.commit),
        "env": ["DATABASE_URL"],
        "inspectorUrl": _inspector(project, deployment),
        "isInConcurrentBuildsQueue": deployment.state is ReadyState.QUEUED,
        "isInSystemBuildsQueue": False,
        "meta": meta(project, deployment.commit),
        "gitSource": _git_source(project, deployment.commit),
        "projectSettings": {"framework": "nextjs", "nodeVersion": NODE},
        "readyState": deployment.state.value,
        "status": deployment.state.value,
        "regions": [REGION],
        "routes": None,
        "source": deployment.source,
        "target": deployment.target,
        "alias": list(aliases(state, deployment)),
        "aliasAssigned": bool(_alias_assigned(deployment)),
        **_times(deployment),
        "buildingAt": epoch_ms(begun),
    }


def _git_source(project: Project, commit: Commit) -> dict[str, object]:
    return {
        "type": "github",
        "repoId": ids.github("repo", project.repo),
        "ref": commit.branch,
        "sha": commit.sha,
    }


def aliases(state: Vercel, deployment: Deployment) -> tuple[str, ...]:
    """The domains that lead to a deployment now."""
    project = state.projects[deployment.project_id]
    return project.domains if project.live_id == deployment.id else ()


def brief(project: Project, deployment: Deployment) -> dict[str, object]:
    """A deployment inside a project."""
    return {
        "id": deployment.id,
        "name": project.name,
        "url": host(project, deployment),
        "deploymentHostname": host(project, deployment).partition(".")[0],
        "createdAt": epoch_ms(deployment.created_at),
        "createdIn": "sfo1",
        "creator": _known_creator(deployment.commit),
        "plan": "pro",
        "private": False,
        "readyState": deployment.state.value,
        "type": "LAMBDAS",
        "target": deployment.target,
        "teamId": project.team_id,
        "userId": ids.token("user", deployment.commit.author.login, length=24),
        "meta": meta(project, deployment.commit),
        "aliasAssigned": _alias_assigned(deployment),
        **_brief_times(deployment),
    }


def _known_creator(commit: Commit) -> dict[str, object]:
    known = creator(commit)
    del known["type"]
    return known


def _brief_times(deployment: Deployment) -> dict[str, object]:
    times = _times(deployment)
    for name in ("errorCode", "errorMessage", "ready"):
        times.pop(name, None)
    if deployment.ready_at is not None:
        times["readyAt"] = epoch_ms(deployment.ready_at)
    return times


def project(state: Vercel, shown: Project) -> dict[str, object]:
    """A project, with what serves production and how the last promote or roll back went."""
    live = state.live(shown.id)
    targets = {"production": {**brief(shown, live), "alias": list(shown.domains)}} if live else {}
    return {
        "id": shown.id,
        "name": shown.name,
        "accountId": shown.team_id,
        "framework": "nextjs",
        "nodeVersion": NODE,
        "directoryListing": False,
        "live": not shown.paused,
        "paused": shown.paused,
        "createdAt": epoch_ms(shown.created_at),
        "updatedAt": epoch_ms(shown.updated_at),
        "serverlessFunctionRegion": REGION,
        "resourceConfig": {"functionDefaultRegions": [REGION]},
        "defaultResourceConfig": {"functionDefaultRegions": [REGION]},
        "deploymentExpiration": {"expirationDays": 180},
        "autoAssignCustomDomains": shown.auto_assign,
        "alias": [_project_alias(shown, domain, live) for domain in shown.domains],
        "latestDeployments": [brief(shown, each) for each in state.of(shown.id)[:3]],
        "targets": targets,
        "link": _link(shown),
        "env": [variable(shown.id, each) for each in shown.variables],
        "lastAliasRequest": _alias_request(shown),
        "lastRollbackTarget": _rollback_target(shown),
        **_rollback_description(shown),
    }


def _project_alias(project: Project, domain: str, live: Deployment | None) -> dict[str, object]:
    return {
        "domain": domain,
        "environment": "production",
        "target": "PRODUCTION",
        "configuredBy": "CNAME",
        "createdAt": epoch_ms(project.created_at),
        "deployment": brief(project, live) if live else None,
    }


def _link(project: Project) -> dict[str, object]:
    owner, _, name = project.repo.partition("/")
    return {
        "type": "github",
        "org": owner,
        "repo": name,
        "repoId": ids.github("repo", project.repo),
        "productionBranch": "main",
        "gitCredentialId": ids.vercel("cred", project.repo),
        "deployHooks": [],
        "createdAt": epoch_ms(project.created_at),
    }


def _alias_request(project: Project) -> dict[str, object] | None:
    request = project.last_alias
    if request is None:
        return None
    return {
        "type": request.kind,
        "jobStatus": request.status.value,
        "fromDeploymentId": request.from_id or None,
        "toDeploymentId": request.to_id,
        "requestedAt": epoch_ms(request.requested_at),
    }


def _rollback_target(project: Project) -> dict[str, object] | None:
    return {"deploymentId": project.rolled_back_to} if project.rolled_back_to else None


def _rollback_description(project: Project) -> dict[str, object]:
    if project.rollback_at is None or not project.rollback_description:
        return {}
    described = {
        "createdAt": epoch_ms(project.rollback_at),
        "description": project.rollback_description,
        "userId": ids.token("user", "api", length=24),
        "username": "quarterdeck",
    }
    return {"rollbackDescription": described}
