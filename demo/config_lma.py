"""The demo configuration's workspace `lma`, after runbook B; KPI limits are those of A."""

from collections.abc import Mapping
from typing import Final

from demo.config_lma_kpis import database_kpis, kpis
from demo.config_parts import (
    ENVIRONMENTS,
    SHORTENED,
    Tree,
    database,
    link,
    metric,
    page_check,
    status_pages,
)
from demo.estate import API_PRODUCTION, API_STAGING
from demo.eye import Address
from demo.history import LMA_REPO
from demo.services import project_of

_SERVICE_IDS: Final = {"production": API_PRODUCTION, "staging": API_STAGING}


def lma(urls: Mapping[str, str], address: Address | None) -> Tree:
    """The workspace."""
    tree: Tree = {
        "title": "LMA",
        "runbook": {
            "id": "B",
            "title": f"LMA Operations Runbook ({SHORTENED})",
            "reviewed": "2025-01",
            "review_every": "30d",
        },
        "environments": ENVIRONMENTS,
        "severities": _severities(),
        "services": _services(urls, with_database=address is not None),
        "status_pages": status_pages(urls, "vercel", "render", "supabase", "github", "stripe"),
        "kpis": kpis(),
        "contacts": _contacts(),
        "escalation": _escalation(),
        "dashboards": _dashboards(),
        "links": _links(),
    }
    if address is not None:
        tree["databases"] = database(address, "lma-database", "B:245")
        tree["kpis"] = {**kpis(), **database_kpis()}
    return tree


def _severities() -> list[Tree]:
    return [
        {"label": "SEV1", "title": "Complete outage", "response": "15m", "runbook": "B:124"},
        {"label": "SEV2", "title": "Major degradation", "response": "30m", "runbook": "B:125"},
        {"label": "SEV3", "title": "Minor issue", "response": "2h", "runbook": "B:126"},
        {
            "label": "SEV4",
            "title": "Cosmetic or minor",
            "response": "next business day",
            "business_hours": True,
            "runbook": "B:127",
        },
    ]


def _services(urls: Mapping[str, str], *, with_database: bool) -> Tree:
    return {
        "web": _web(urls, "web", "Customer Web", "B:30"),
        "merchant": _web(urls, "merchant", "Merchant Admin", "B:31"),
        "admin": _web(urls, "admin", "Super Admin", "B:32"),
        "api": {
            "title": "API",
            "depends_on": ["main"] if with_database else [],
            "checks": _api_checks(),
            "environments": {name: _api_place(urls, name) for name in ENVIRONMENTS},
        },
    }


def _web(urls: Mapping[str, str], app: str, title: str, runbook: str) -> Tree:
    return {
        "title": title,
        "depends_on": ["api"],
        "checks": {"site": page_check(title, "/", runbook, "SEV2")},
        "environments": {name: _web_place(urls, app, name) for name in ENVIRONMENTS},
    }


def _web_place(urls: Mapping[str, str], app: str, environment: str) -> Tree:
    place: Tree = {
        "url": urls[f"lma-{app}-{environment}"],
        "deploys": {
            "account": "vercel-lma",
            "project": project_of(f"lma-{app}", environment),
            "target": "production",
            "every": "10s",
        },
    }
    if app == "web" and environment == "production":
        place["runs"] = _runs("deploy-web.yml", "main")
    return place


def _api_place(urls: Mapping[str, str], environment: str) -> Tree:
    place: Tree = {
        "url": urls[f"lma-api-{environment}"],
        "deploys": {
            "account": "render",
            "service_id": _SERVICE_IDS[environment],
            "every": "5s",
        },
    }
    place["runs"] = _runs("deploy-api.yml", "main" if environment == "production" else "staging")
    return place


def _runs(workflow: str, branch: str) -> Tree:
    return {
        "account": "github",
        "repo": LMA_REPO,
        "workflow": workflow,
        "branch": branch,
        "every": "5s",
    }


def _api_checks() -> Tree:
    common: Tree = {"every": "5s", "timeout": "5s"}
    return {
        "health": {
            "title": "API /health",
            "path": "/health",
            "role": "deep",
            **common,
            "slow_over": "2s",
            "severity": "SEV1",
            "runbook": "B:142",
            "assert": [{"path": "checks.database.status", "equals": "ok"}],
            "version": {"path": "version"},
        },
        "live": {
            "title": "API /health/live",
            "path": "/health/live",
            "role": "liveness",
            **common,
            "severity": "SEV1",
            "runbook": "B:38",
        },
        "ready": {
            "title": "API /health/ready",
            "path": "/health/ready",
            "role": "readiness",
            **common,
            "slow_over": "2s",
            "severity": "SEV1",
            "runbook": "B:39",
        },
        "metrics": {
            "title": "API /health/metrics",
            "path": "/health/metrics",
            "role": "metrics",
            **common,
            "slow_over": "750ms",
            "severity": "SEV3",
            "runbook": "B:40",
            "metrics": _api_metrics(),
        },
    }


def _api_metrics() -> list[Tree]:
    return [
        metric("requests", "requests.last_minute", "count"),
        metric("errors", "errors.last_minute", "count"),
        metric("p95_ms", "latency_ms.p95", "ms"),
        metric("memory_percent", "memory.percent", "%"),
        metric("query_average_ms", "database.query_average_ms", "ms"),
        metric("pool_waiting", "database.pool.waiting", "count"),
    ]


def _contacts() -> list[Tree]:
    return [
        {
            "role": "Backend on call",
            "name": "Dana Reyes",
            "reach": {"slack": "@backend-oncall", "phone": "+1 555 0100"},
            "runbook": "B:281",
        },
        {"role": "Frontend on call", "reach": {"slack": "@frontend-oncall"}, "runbook": "B:282"},
        {"role": "Infrastructure on call", "reach": {"slack": "@infra-oncall"}, "runbook": "B:283"},
        {
            "role": "Incident channel",
            "reach": {
                "slack": "#incidents",
                "pagerduty": "lma-production",
                "email": "oncall@lma.com",
            },
            "runbook": "B:294",
        },
    ]


def _escalation() -> list[Tree]:
    return [
        {"level": "L1", "contact": "On-call engineer", "after": "0s", "runbook": "B:287"},
        {"level": "L2", "contact": "Team lead", "runbook": "B:288"},
        {"level": "L3", "contact": "Engineering manager", "runbook": "B:289"},
        {"level": "L4", "contact": "CTO", "runbook": "B:290"},
    ]


def _dashboards() -> list[Tree]:
    return [
        link("Render dashboard", "https://dashboard.render.com", "B:55"),
        link("Vercel dashboard", "https://vercel.com/dashboard", "B:80"),
        link("Supabase dashboard", "https://app.supabase.com", "B:149"),
    ]


def _links() -> list[Tree]:
    return [
        link("Render support", "https://render.com/support", "B:302"),
        link("Vercel support", "https://vercel.com/support", "B:303"),
        link("Supabase support", "https://supabase.com/support", "B:304"),
        link("Stripe support", "https://support.stripe.com", "B:305"),
    ]
