"""More of what Vercel, Render and GitHub answer, complete by their specifications."""

import json
from collections.abc import Sequence
from typing import Any

from tests.vendor_data import T0_ISO, T0_MS, Json, github_user, vercel_live, vercel_project

NOW_ISO = "2026-11-18T12:30:00Z"
"""What `vendor_rigs.shifted_clock` begins at."""


def variable(key: str, *targets: str, **changes: Any) -> Json:
    return {
        "id": f"env_{key}",
        "key": key,
        "value": "s3cret-value-of-a-variable",
        "type": "encrypted",
        "target": list(targets or ("production", "preview")),
        "configurationId": None,
        "createdAt": T0_MS - 86_400_000,
        "updatedAt": T0_MS,
    } | changes


def project(*variables: Json, **changes: Any) -> Json:
    env = list(variables) or [variable("SUPABASE_URL")]
    return vercel_project(vercel_live(), framework="nextjs", env=env, **changes)


def domain(name: str = "www.lma.com", **changes: Any) -> Json:
    return {
        "name": name,
        "apexName": "lma.com",
        "projectId": "prj_1",
        "verified": True,
        "redirect": None,
        "gitBranch": None,
        "createdAt": T0_MS,
        "updatedAt": T0_MS,
    } | changes


def domains(*shown: Json, following: int | None = None) -> Json:
    pagination = {"count": len(shown), "next": following, "prev": None}
    return {"domains": list(shown), "pagination": pagination}


def setup(*, misconfigured: bool = False, **changes: Any) -> Json:
    return {
        "configuredBy": None if misconfigured else "CNAME",
        "acceptedChallenges": [] if misconfigured else ["http-01"],
        "recommendedCNAME": [{"rank": 1, "value": "cname.vercel-dns.com."}],
        "recommendedIPv4": [{"rank": 1, "value": ["76.76.21.21"]}],
        "misconfigured": misconfigured,
    } | changes


def moves(**statuses: str) -> Json:
    """Domains of the last promote; a name stands for `NAME.lma.com`."""
    aliases = [
        {"alias": f"{name}.lma.com", "id": f"als_{name}", "status": status}
        for name, status in statuses.items()
    ]
    return {"aliases": aliases, "pagination": {"count": len(aliases), "next": None, "prev": None}}


def release(state: str = "ACTIVE", **changes: Any) -> Json:
    stage = {"duration": None, "index": 0, "isFinalStage": False, "requireApproval": True}
    ready = {"createdAt": T0_MS, "name": "lma-web", "readyState": "READY", "url": "x.vercel.app"}
    rolling = {
        "state": state,
        "substate": None,
        "activeStage": stage | {"targetPercentage": 25},
        "nextStage": None,
        "advancementType": "manual-approval",
        "canaryDeployment": ready | {"id": "dpl_9"},
        "currentDeployment": ready | {"id": "dpl_1"},
        "queuedDeploymentId": None,
        "stages": [stage | {"targetPercentage": 25}],
        "startedAt": T0_MS,
        "updatedAt": T0_MS,
    }
    return {"rollingRelease": rolling | changes}


def runtime_line(number: int = 1, **changes: Any) -> Json:
    return {
        "level": "info",
        "message": f"GET /checkout 200, {number}",
        "rowId": f"row_{number}",
        "source": "serverless",
        "timestampInMs": T0_MS + number * 1_000,
        "domain": "www.lma.com",
        "requestMethod": "GET",
        "requestPath": "/checkout",
        "responseStatusCode": 200,
        "messageTruncated": False,
    } | changes


def stream(*lines: Json) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def build_event(number: int = 1, **changes: Any) -> Json:
    return {
        "type": "stdout",
        "created": T0_MS + number,
        "date": T0_MS + number,
        "deploymentId": "dpl_1",
        "id": f"evt_{number}",
        "serial": f"{number}",
        "text": f"line {number}",
        "info": {"type": "build", "name": "bld_1", "entrypoint": "."},
    } | changes


def event(kind: str, at: str = T0_ISO, event_id: str = "", **details: Any) -> Json:
    """One item of Render's feed."""
    body = {
        "id": event_id or f"evt-{kind}-{at}",
        "timestamp": at,
        "serviceId": "srv-1",
        "type": kind,
        "details": details,
    }
    return {"event": body, "cursor": body["id"]}


def trigger(**changes: Any) -> Json:
    words = ("firstBuild", "envUpdated", "manual", "deployedByRender", "clearCache", "rollback")
    return dict.fromkeys(words, False) | changes


def instance(name: str = "srv-1-abc", at: str = T0_ISO) -> Json:
    return {"id": name, "createdAt": at}


def custom_domain(name: str = "api.lma.com", status: str = "verified") -> Json:
    return {
        "customDomain": {
            "id": f"cdm-{name}",
            "name": name,
            "domainType": "subdomain",
            "publicSuffix": "com",
            "redirectForName": "",
            "verificationStatus": status,
            "createdAt": T0_ISO,
        },
        "cursor": name,
    }


def series(unit: str, *values: tuple[str, float], **labels: str) -> Json:
    return {
        "labels": [{"field": name, "value": value} for name, value in labels.items()],
        "unit": unit,
        "values": [{"timestamp": at, "value": value} for at, value in values],
    }


def log(number: int = 1, message: str = "listening", at: str = T0_ISO, **labels: str) -> Json:
    named = {"resource": "srv-1", "type": "app", "level": "info"} | labels
    return {
        "id": f"log-{number}",
        "message": message,
        "timestamp": at,
        "labels": [{"name": name, "value": value} for name, value in named.items()],
    }


def logs(*shown: Json, more: bool = False, start: str = T0_ISO, end: str = NOW_ISO) -> Json:
    return {
        "hasMore": more,
        "nextStartTime": start,
        "nextEndTime": end,
        "logs": list(shown),
    }


def job(job_id: int = 1, status: str = "completed", conclusion: str | None = None) -> Json:
    ended = status == "completed"
    return {
        "id": job_id,
        "run_id": 1,
        "run_url": "https://api.github.com/repos/o/r/actions/runs/1",
        "run_attempt": 1,
        "node_id": "J_1",
        "head_sha": "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00",
        "head_branch": "main",
        "url": f"https://api.github.com/repos/o/r/actions/jobs/{job_id}",
        "html_url": f"https://github.com/o/r/actions/runs/1/job/{job_id}",
        "status": status,
        "conclusion": conclusion,
        "created_at": T0_ISO,
        "started_at": T0_ISO,
        "completed_at": "2026-11-18T11:09:40Z" if ended else None,
        "name": "deploy",
        "steps": [
            step("Set up job", "success"),
            step("Deploy", conclusion, "completed" if ended else "in_progress"),
        ],
        "check_run_url": f"https://api.github.com/repos/o/r/check-runs/{job_id}",
        "labels": ["ubuntu-latest"],
        "runner_id": 4,
        "runner_name": "GitHub Actions 4",
        "runner_group_id": 2,
        "runner_group_name": "GitHub Actions",
        "workflow_name": "deploy-api",
    }


def step(name: str, conclusion: str | None, status: str = "completed") -> Json:
    return {"name": name, "status": status, "conclusion": conclusion, "number": 1}


def jobs(*shown: Json) -> Json:
    return {"total_count": len(shown), "jobs": list(shown)}


def approval(environment: str = "production", **changes: Any) -> Json:
    return {
        "environment": {
            "id": 5,
            "node_id": "E_5",
            "name": environment,
            "url": "https://api.github.com/repos/o/r/environments/5",
            "html_url": "https://github.com/o/r/deployments",
        },
        "wait_timer": 0,
        "wait_timer_started_at": None,
        "current_user_can_approve": True,
        "reviewers": [{"type": "User", "reviewer": github_user("dana")}],
    } | changes


def workflow(file: str = "deploy-api.yml", state: str = "active", number: int = 7) -> Json:
    return {
        "id": number,
        "node_id": "W_7",
        "name": file.partition(".")[0],
        "path": f".github/workflows/{file}",
        "state": state,
        "created_at": T0_ISO,
        "updated_at": T0_ISO,
        "url": f"https://api.github.com/repos/o/r/actions/workflows/{number}",
        "html_url": f"https://github.com/o/r/blob/main/.github/workflows/{file}",
        "badge_url": f"https://github.com/o/r/workflows/{number}/badge.svg",
    }


def workflows(*shown: Json) -> Json:
    return {"total_count": len(shown), "workflows": list(shown)}


def deployment(number: int = 42, environment: str = "production", at: str = T0_ISO) -> Json:
    url = f"https://api.github.com/repos/o/r/deployments/{number}"
    return {
        "id": number,
        "node_id": "D_42",
        "url": url,
        "sha": "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00",
        "ref": "main",
        "task": "deploy",
        "payload": {},
        "environment": environment,
        "description": None,
        "creator": github_user("ivan"),
        "created_at": at,
        "updated_at": at,
        "statuses_url": f"{url}/statuses",
        "repository_url": "https://api.github.com/repos/o/r",
    }


def status(state: str = "success") -> Json:
    url = "https://api.github.com/repos/o/r/deployments/42"
    return {
        "id": 1,
        "node_id": "S_1",
        "url": f"{url}/statuses/1",
        "state": state,
        "creator": github_user("ivan"),
        "description": "done",
        "environment": "production",
        "target_url": "https://github.com/o/r/actions/runs/1",
        "created_at": T0_ISO,
        "updated_at": T0_ISO,
        "deployment_url": url,
        "repository_url": "https://api.github.com/repos/o/r",
    }


def repository(**changes: Any) -> Json:
    """The part of a repository that is read."""
    return {
        "full_name": "lma/api",
        "default_branch": "main",
        "archived": False,
        "disabled": False,
        "html_url": "https://github.com/lma/api",
    } | changes


def measured(memory: float = 600.0, cpu: float = 0.5, at: str = "2026-11-18T12:28:00Z") -> Json:
    """Each metric of a service by its name."""
    counts: Sequence[tuple[str, float]] = (("200", 900.0), ("404", 50.0), ("503", 50.0))
    return {
        "cpu": [series("cpu", (at, cpu), instance="a")],
        "cpu-limit": [series("cpu", (at, 2.0))],
        "memory": [series("MB", (at, memory), instance="a")],
        "memory-limit": [series("GB", (at, 1.0))],
        "http-requests": [series("requests", (at, n), statusCode=code) for code, n in counts],
        "http-latency": [series("ms", (at, 240.0))],
    }
