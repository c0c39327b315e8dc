"""The demo configuration's workspace `localloop`, after runbook A."""

from collections.abc import Mapping

from demo.config_parts import (
    ENVIRONMENTS,
    SHORTENED,
    Tree,
    data,
    database,
    link,
    status_pages,
)
from demo.config_systems import systems
from demo.eye import Address
from demo.history import LOCALLOOP_REPO
from demo.services import project_of


def localloop(urls: Mapping[str, str], address: Address | None) -> Tree:
    """The workspace."""
    fixed = data("localloop")
    tree: Tree = {
        "title": "LocalLoop",
        "runbook": {
            "id": "A",
            "title": f"LocalLoop Operations Runbook ({SHORTENED})",
            "reviewed": "2025-01",
            "review_every": "30d",
        },
        "environments": ENVIRONMENTS,
        "severities": fixed["severities"],
        "services": {"site": _site(urls, fixed["checks"], with_database=address is not None)},
        "status_pages": status_pages(urls, "vercel", "supabase", "stripe", "resend"),
        "systems": systems("localloop", urls, address),
        "kpis": fixed["kpis"],
        "contacts": fixed["contacts"],
        "dashboards": fixed["dashboards"],
        "links": [link("Supabase status", "https://status.supabase.com", "A:361")],
    }
    if address is not None:
        tree["databases"] = database(address, "localloop-database", "P0", "A:84")
        tree["kpis"] = {**fixed["kpis"], **fixed["database_kpis"]}
    return tree


def _site(urls: Mapping[str, str], checks: Tree, *, with_database: bool) -> Tree:
    return {
        "title": "Site",
        "depends_on": ["main"] if with_database else [],
        "checks": checks,
        "environments": {name: _place(urls, name) for name in ENVIRONMENTS},
    }


def _place(urls: Mapping[str, str], environment: str) -> Tree:
    place: Tree = {
        "url": urls[f"localloop-{environment}"],
        "deploys": {
            "account": "vercel-localloop",
            "project": project_of("localloop", environment),
            "target": "production",
            "every": "10s",
        },
    }
    if environment == "production":
        place["runs"] = {"account": "github", "repo": LOCALLOOP_REPO, "every": "10s"}
    return place
