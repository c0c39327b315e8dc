"""GitHub's deployments as JSON: what a deploying run leaves behind."""

from typing import Final

from demo import ids
from demo.vendors.github_models import Conclusion, Run, RunStatus
from demo.vendors.github_shapes import WEB, account, node_id, repo_url
from demo.vendors.wire import iso_seconds


def deployment(shown: Run) -> dict[str, object]:
    """The deployment a deploying run makes."""
    number = ids.github("deployment", shown.id)
    url = f"{repo_url(shown.repo)}/deployments/{number}"
    return {
        "id": number,
        "node_id": node_id("Deployment", number),
        "url": url,
        "sha": shown.commit.sha,
        "ref": shown.commit.branch,
        "task": "deploy",
        "payload": {},
        "environment": shown.environment,
        "original_environment": shown.environment,
        "production_environment": shown.environment == "production",
        "transient_environment": False,
        "description": None,
        "creator": account(shown.actor.login),
        "created_at": iso_seconds(shown.created_at),
        "updated_at": iso_seconds(shown.updated_at),
        "statuses_url": f"{url}/statuses",
        "repository_url": repo_url(shown.repo),
    }


_DEPLOYMENT_STATES: Final = {
    Conclusion.SUCCESS: "success",
    Conclusion.FAILURE: "failure",
    Conclusion.CANCELLED: "error",
    None: "in_progress",
}


def _state(shown: Run) -> str:
    return "pending" if shown.status is RunStatus.WAITING else _DEPLOYMENT_STATES[shown.conclusion]


def deployment_status(shown: Run) -> dict[str, object]:
    """How that deployment stands."""
    number = ids.github("status", shown.id, shown.status.value)
    about = f"{repo_url(shown.repo)}/deployments/{ids.github('deployment', shown.id)}"
    return {
        "id": number,
        "node_id": node_id("DeploymentStatus", number),
        "url": f"{about}/statuses/{number}",
        "state": _state(shown),
        "creator": account(shown.actor.login),
        "description": "",
        "environment": shown.environment,
        "target_url": f"{WEB}/{shown.repo}/actions/runs/{shown.id}",
        "created_at": iso_seconds(shown.updated_at),
        "updated_at": iso_seconds(shown.updated_at),
        "deployment_url": about,
        "repository_url": repo_url(shown.repo),
    }
