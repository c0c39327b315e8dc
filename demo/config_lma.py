"""The demo configuration's workspace `lma`, after runbook B; KPI limits are those of A."""

from collections.abc import Mapping
from typing import Final

from demo.config_alerting import alerting_notices
from demo.config_parts import (
    ENVIRONMENTS,
    SHORTENED,
    Tree,
    data,
    database,
    page_check,
    status_pages,
)
from demo.config_systems import systems
from demo.estate import API_PRODUCTION, API_STAGING
from demo.eye import Address
from demo.history import LMA_REPO
from demo.services import project_of

_SERVICE_IDS: Final = {"production": API_PRODUCTION, "staging": API_STAGING}


def lma(urls: Mapping[str, str], address: Address | None) -> Tree:
    """The workspace."""
    fixed = data("lma")
    tree: Tree = {
        "title": "LMA",
        "runbook": {
            "id": "B",
            "title": f"LMA Operations Runbook ({SHORTENED})",
            "reviewed": "2025-01",
            "review_every": "30d",
        },
        "environments": ENVIRONMENTS,
        "severities": fixed["severities"],
        "services": _services(urls, fixed["api_checks"], with_database=address is not None),
        "status_pages": status_pages(urls, "vercel", "render", "supabase", "github", "stripe"),
        "systems": systems("lma", urls, address),
        "kpis": fixed["kpis"],
        "notices": alerting_notices(urls),
        "contacts": fixed["contacts"],
        "escalation": fixed["escalation"],
        "dashboards": fixed["dashboards"],
        "links": fixed["links"],
    }
    if address is not None:
        tree["databases"] = database(address, "lma-database", "SEV1", "B:245")
        tree["kpis"] = {**fixed["kpis"], **fixed["database_kpis"]}
    return tree


def _services(urls: Mapping[str, str], api_checks: Tree, *, with_database: bool) -> Tree:
    return {
        "web": _web(urls, "web", "Customer Web", "B:30"),
        "merchant": _web(urls, "merchant", "Merchant Admin", "B:31"),
        "admin": _web(urls, "admin", "Super Admin", "B:32"),
        "api": {
            "title": "API",
            "depends_on": ["main"] if with_database else [],
            "checks": api_checks,
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
