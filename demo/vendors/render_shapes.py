"""Render's answers as JSON, member by member as its specification has them."""

from demo import ids
from demo.vendors.render_models import Deploy, Event, Instance, RenderService
from demo.vendors.wire import iso


def service(shown: RenderService) -> dict[str, object]:
    """A service with its details."""
    return {
        "id": shown.id,
        "name": shown.name,
        "slug": shown.name,
        "ownerId": shown.owner_id,
        "environmentId": shown.environment_id,
        "type": shown.type,
        "repo": f"https://github.com/{shown.repo}",
        "branch": shown.branch,
        "rootDir": "",
        "autoDeploy": "yes" if shown.auto_deploy else "no",
        "autoDeployTrigger": "commit" if shown.auto_deploy else "off",
        "suspended": "suspended" if shown.suspended else "not_suspended",
        "suspenders": ["user"] if shown.suspended else [],
        "notifyOnFail": "default",
        "dashboardUrl": f"https://dashboard.render.com/web/{shown.id}",
        "createdAt": iso(shown.created_at),
        "updatedAt": iso(shown.updated_at),
        "serviceDetails": _details(shown),
    }


def _details(shown: RenderService) -> dict[str, object]:
    details: dict[str, object] = {
        "env": "node",
        "runtime": "node",
        "envSpecificDetails": {"buildCommand": "npm ci", "startCommand": "npm start"},
        "healthCheckPath": "/health/ready",
        "numInstances": shown.instance_count,
        "openPorts": [{"port": 10000, "protocol": "TCP"}],
        "plan": shown.plan,
        "buildPlan": "starter",
        "region": shown.region,
        "url": f"https://{shown.name}.onrender.com",
        "maxShutdownDelaySeconds": 30,
        "pullRequestPreviewsEnabled": "no",
    }
    if shown.autoscaling:
        details["autoscaling"] = {
            "enabled": True,
            "min": 1,
            "max": 5,
            "criteria": {
                "cpu": {"enabled": True, "percentage": 70},
                "memory": {"enabled": False, "percentage": 80},
            },
        }
    return details


def deploy(shown: Deploy) -> dict[str, object]:
    """A deploy; times that have not come are left out."""
    body: dict[str, object] = {
        "id": shown.id,
        "status": shown.status.value,
        "trigger": shown.trigger,
        "commit": {
            "id": shown.commit.sha,
            "message": shown.commit.message,
            "createdAt": iso(shown.commit.at),
        },
        "createdAt": iso(shown.created_at),
        "updatedAt": iso(shown.updated_at),
    }
    if shown.started_at is not None:
        body["startedAt"] = iso(shown.started_at)
    if shown.finished_at is not None:
        body["finishedAt"] = iso(shown.finished_at)
    return body


def event(shown: Event) -> dict[str, object]:
    """A line of the feed."""
    return {
        "id": shown.id,
        "timestamp": iso(shown.at),
        "serviceId": shown.service_id,
        "type": shown.type,
        "details": dict(shown.details),
    }


def instance(shown: Instance) -> dict[str, object]:
    """A running copy."""
    return {"id": shown.id, "createdAt": iso(shown.created_at)}


def domain(shown: RenderService) -> dict[str, object]:
    """The service's custom domain."""
    return {
        "id": ids.render("cdm", shown.id),
        "name": shown.domain,
        "domainType": "subdomain",
        "publicSuffix": shown.domain.rpartition(".")[2],
        "redirectForName": "",
        "verificationStatus": "verified",
        "createdAt": iso(shown.created_at),
        "server": {"id": shown.id, "name": shown.name},
    }


def owner(id_: str) -> dict[str, object]:
    """A workspace."""
    return {
        "id": id_,
        "name": "LMA",
        "email": "oncall@lma.com",
        "twoFactorAuthEnabled": True,
        "type": "team",
    }


def project(
    id_: str, environments: list[str], owner_id: str, first: RenderService
) -> dict[str, object]:
    """A project of environments."""
    return {
        "id": id_,
        "name": "lma",
        "createdAt": iso(first.created_at),
        "updatedAt": iso(first.updated_at),
        "owner": owner(owner_id),
        "environmentIds": environments,
    }


def environment(id_: str, project_id: str, services: list[RenderService]) -> dict[str, object]:
    """An environment of a project."""
    production = any("production" in each.name for each in services)
    return {
        "id": id_,
        "name": "production" if production else "staging",
        "projectId": project_id,
        "databasesIds": [],
        "redisIds": [],
        "serviceIds": [each.id for each in services],
        "envGroupIds": [],
        "protectedStatus": "protected" if production else "unprotected",
        "networkIsolationEnabled": False,
    }
