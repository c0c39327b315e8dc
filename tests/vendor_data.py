"""Answers of the vendors as plain JSON values, complete by the vendors' specifications."""

from typing import Any

Json = dict[str, Any]

T0_MS = 1_795_000_000_000
"""2026-11-18 11:06:40 UTC."""

T0_ISO = "2026-11-18T11:06:40Z"


def vercel_deployment(uid: str = "dpl_1", **changes: Any) -> Json:
    return {
        "uid": uid,
        "name": "lma-web",
        "projectId": "prj_1",
        "url": "lma-web-1.vercel.app",
        "inspectorUrl": f"https://vercel.com/lma/lma-web/{uid}",
        "created": T0_MS,
        "createdAt": T0_MS,
        "ready": T0_MS + 60_000,
        "readyState": "READY",
        "readySubstate": "PROMOTED",
        "target": "production",
        "source": "git",
        "type": "LAMBDAS",
        "creator": {"uid": "u1", "username": "maria"},
        "meta": {
            "githubCommitSha": "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00",
            "githubCommitMessage": "pool: raise max to 40",
            "githubCommitAuthorName": "Maria",
            "githubCommitRef": "main",
        },
    } | changes


def vercel_list(*deployments: Json, next_ms: int | None = None) -> Json:
    pagination = {"count": len(deployments), "next": next_ms, "prev": None}
    return {"deployments": list(deployments), "pagination": pagination}


def vercel_live(uid: str = "dpl_1", **changes: Any) -> Json:
    """A deployment as a project holds it."""
    return {
        "id": uid,
        "name": "lma-web",
        "url": "lma-web-1.vercel.app",
        "createdAt": T0_MS,
        "createdIn": "fra1",
        "creator": {"uid": "u1", "username": "maria", "email": "maria@example.test"},
        "deploymentHostname": "lma-web-1",
        "plan": "pro",
        "private": True,
        "readyState": "READY",
        "readySubstate": "PROMOTED",
        "readyAt": T0_MS + 60_000,
        "target": "production",
        "type": "LAMBDAS",
        "userId": "u1",
    } | changes


def vercel_project(live: Json | None = None, **changes: Any) -> Json:
    return {
        "id": "prj_1",
        "name": "lma-web",
        "accountId": "team_1",
        "alias": [],
        "autoAssignCustomDomains": True,
        "defaultResourceConfig": {},
        "deploymentExpiration": {},
        "directoryListing": False,
        "nodeVersion": "22.x",
        "resourceConfig": {},
        "lastAliasRequest": None,
        "lastRollbackTarget": None,
        "targets": {"production": live} if live else {},
    } | changes


def alias_request(status: str, kind: str = "rollback", **changes: Any) -> Json:
    return {
        "type": kind,
        "jobStatus": status,
        "fromDeploymentId": "dpl_2",
        "toDeploymentId": "dpl_1",
        "requestedAt": T0_MS + 3_600_000,
    } | changes


def render_service(**changes: Any) -> Json:
    return {
        "id": "srv-1",
        "name": "lma-api",
        "slug": "lma-api",
        "type": "web_service",
        "autoDeploy": "yes",
        "branch": "main",
        "createdAt": T0_ISO,
        "updatedAt": T0_ISO,
        "dashboardUrl": "https://dashboard.render.com/web/srv-1",
        "notifyOnFail": "default",
        "ownerId": "tea-1",
        "rootDir": "",
        "suspended": "not_suspended",
        "suspenders": [],
        "serviceDetails": {
            "env": "node",
            "envSpecificDetails": {"buildCommand": "make", "startCommand": "./run"},
            "healthCheckPath": "/health",
            "numInstances": 1,
            "openPorts": [],
            "plan": "standard",
            "region": "frankfurt",
            "runtime": "node",
            "url": "https://lma-api.onrender.com",
            "buildPlan": "starter",
        },
    } | changes


def render_deploy(deploy_id: str = "dep-1", status: str = "live", **changes: Any) -> Json:
    return {
        "id": deploy_id,
        "status": status,
        "trigger": "new_commit",
        "commit": {
            "id": "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00",
            "message": "pool: raise max to 40",
            "createdAt": T0_ISO,
        },
        "createdAt": T0_ISO,
        "updatedAt": "2026-11-18T11:08:40Z",
        "startedAt": T0_ISO,
        "finishedAt": "2026-11-18T11:08:40Z",
    } | changes


def render_list(*deploys: Json) -> list[Json]:
    return [{"deploy": one, "cursor": f"c-{one.get('id')}"} for one in deploys]


def github_user(login: str = "maria") -> Json:
    base = f"https://api.github.com/users/{login}"
    return {
        "login": login,
        "id": 1,
        "node_id": "U_1",
        "avatar_url": "https://avatars.githubusercontent.com/u/1",
        "gravatar_id": "",
        "url": base,
        "html_url": f"https://github.com/{login}",
        "followers_url": f"{base}/followers",
        "following_url": f"{base}/following",
        "gists_url": f"{base}/gists",
        "starred_url": f"{base}/starred",
        "subscriptions_url": f"{base}/subscriptions",
        "organizations_url": f"{base}/orgs",
        "repos_url": f"{base}/repos",
        "events_url": f"{base}/events",
        "received_events_url": f"{base}/received_events",
        "type": "User",
        "site_admin": False,
    }


def github_run(run_id: int = 1, **changes: Any) -> Json:
    """A run without its `repository`, which is long and which nobody reads."""
    return {
        "id": run_id,
        "name": "deploy-api",
        "node_id": "W_1",
        "head_branch": "main",
        "head_sha": "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00",
        "path": ".github/workflows/deploy-api.yml",
        "run_number": 2291,
        "run_attempt": 1,
        "event": "push",
        "display_title": "pool: raise max to 40",
        "status": "completed",
        "conclusion": "success",
        "workflow_id": 7,
        "url": "https://api.github.com/repos/o/r/actions/runs/1",
        "html_url": f"https://github.com/o/r/actions/runs/{run_id}",
        "pull_requests": [],
        "created_at": T0_ISO,
        "run_started_at": T0_ISO,
        "updated_at": "2026-11-18T11:09:52Z",
        "actor": github_user(),
        "triggering_actor": github_user("deniz"),
        "head_commit": {
            "id": "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00",
            "tree_id": "t",
            "message": "pool: raise max to 40\n\nmore words",
            "timestamp": T0_ISO,
            "author": {"name": "Maria", "email": "maria@example.test"},
            "committer": {"name": "Maria", "email": "maria@example.test"},
        },
    } | changes


def github_list(*runs: Json) -> Json:
    return {"total_count": len(runs), "workflow_runs": list(runs)}


def page_component(name: str = "API", status: str = "operational", **changes: Any) -> Json:
    return {
        "id": f"c-{name}",
        "name": name,
        "status": status,
        "created_at": T0_ISO,
        "updated_at": T0_ISO,
        "position": 1,
        "group_id": None,
        "page_id": "p1",
        "group": False,
        "only_show_if_degraded": False,
    } | changes


def page_incident(incident_id: str = "i1", **changes: Any) -> Json:
    return {
        "id": incident_id,
        "name": "Elevated error rates",
        "status": "identified",
        "impact": "major",
        "created_at": T0_ISO,
        "updated_at": T0_ISO,
        "started_at": T0_ISO,
        "shortlink": "https://stspg.io/i1",
        "page_id": "p1",
        "incident_updates": [],
    } | changes


def page_maintenance(status: str = "in_progress", **changes: Any) -> Json:
    return {
        "id": "m1",
        "name": "Database upgrade",
        "status": status,
        "impact": "maintenance",
        "scheduled_for": T0_ISO,
        "scheduled_until": "2026-11-18T12:06:40Z",
    } | changes


def page_summary(*components: Json, indicator: str = "none", **changes: Any) -> Json:
    return {
        "page": {
            "id": "p1",
            "name": "Example",
            "url": "https://status.example.test",
            "updated_at": T0_ISO,
        },
        "status": {"indicator": indicator, "description": "All Systems Operational"},
        "components": list(components) or [page_component()],
        "incidents": [],
        "scheduled_maintenances": [],
    } | changes
