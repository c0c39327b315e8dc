"""The configuration of the reference scene: 20 endpoints, a database, a deploy source, 8 KPIs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from msgspec import Struct

from demo.estate import LMA_TEAM
from demo.postgres import DemoDatabase

Tree = dict[str, object]

_NAMES = ("web", "merchant", "admin", "search", "media", "billing", "mail", "auth")
_ENVIRONMENTS = ("production", "staging")
_RUNBOOK = "B:142"


class Places(Struct, frozen=True, kw_only=True):
    """Where everything of the scene is."""

    port: int
    authority: Path
    deploys: str
    token: Path
    database: DemoDatabase


def config_text(places: Places) -> str:
    """The file, as a person would have written it."""
    workspace: Tree = {
        "title": "Reference scene",
        "runbook": {"id": "B", "title": "Bench", "reviewed": "2026-11", "review_every": "30d"},
        "environments": {
            "production": {"label": "PROD", "production": True},
            "staging": {"label": "STG"},
        },
        "services": {
            **{name: _service(name, places, _one_check(places)) for name in _NAMES},
            "api": _service("api", places, _api_checks(places)),
        },
        "databases": {"main": _database(places.database)},
        "kpis": _kpis(),
    }
    secrets = {
        "deploys": {"file": str(places.token)},
        "database": {"file": str(places.database.password_file)},
    }
    account = {"kind": "vercel", "base_url": places.deploys, "secret": "deploys", "team": LMA_TEAM}
    tree: Tree = {
        "version": 1,
        "settings": {"operator": "dana", "default_workspace": "scene"},
        "secrets": secrets,
        "accounts": {"vercel": account},
        "workspaces": {"scene": workspace},
    }
    return yaml.safe_dump(tree, sort_keys=False)


def _service(name: str, places: Places, checks: Tree) -> Tree:
    base = f"https://127.0.0.1:{places.port}"
    found: dict[str, Tree] = {each: {"url": f"{base}/{name}/{each}"} for each in _ENVIRONMENTS}
    if name == "web":
        found["production"]["deploys"] = {
            "account": "vercel",
            "project": "lma-web",
            "target": "production",
            "every": "30s",
        }
    return {"title": name.capitalize(), "checks": checks, "environments": found}


def _check(places: Places, path: str, role: str, **more: object) -> Tree:
    return {
        "path": path,
        "role": role,
        "every": "10s",
        "timeout": "5s",
        "slow_over": "2s",
        "runbook": _RUNBOOK,
        "ca_file": str(places.authority),
        **more,
    }


def _one_check(places: Places) -> Tree:
    holds = {"assert": [{"path": "status", "equals": "ok"}], "version": {"path": "version"}}
    return {"health": _check(places, "/health", "deep", **holds)}


def _api_checks(places: Places) -> Tree:
    numbers = ("requests", "errors", "p95_ms", "memory_percent", "query_average_ms", "pool_waiting")
    metrics = [{"name": name, "path": name, "unit": ""} for name in numbers]
    return {
        **_one_check(places),
        "metrics": _check(places, "/metrics", "metrics", metrics=metrics),
    }


def _database(database: DemoDatabase) -> Tree:
    place = {
        "host": database.host,
        "port": database.port,
        "database": database.database,
        "user": database.user,
        "password": "database",
        "tls": "disable",
        "every": "5s",
    }
    return {
        "title": "Database",
        "long_query": "10s",
        "long_query_critical": "1d",
        "runbook": _RUNBOOK,
        "environments": {"production": place},
    }


def _kpis() -> Tree:
    api = [{"check": "api/metrics", "metric": "p95_ms"}]
    found: Tree = {
        "error-rate": _kpi(
            "Error rate",
            "%",
            [{"check": "api/metrics", "metric": "errors"}],
            of=[{"check": "api/metrics", "metric": "requests"}],
            statistic="ratio",
            minimum_attempts=20,
        ),
        "response-p95": _kpi("P95 response", "ms", api, statistic="average"),
        "response-max": _kpi("Slowest P95", "ms", api, statistic="p95"),
    }
    for name, unit in (("memory_percent", "%"), ("query_average_ms", "ms"), ("pool_waiting", "")):
        ref = [{"check": "api/metrics", "metric": name}]
        found[name.replace("_", "-")] = _kpi(name.replace("_", " ").capitalize(), unit, ref)
    for name in ("connections_percent", "transactions_per_s"):
        ref = [{"database": "main", "metric": name}]
        found[name.replace("_", "-")] = _kpi(name.replace("_", " ").capitalize(), "", ref)
    return found


def _kpi(title: str, unit: str, source: Sequence[Mapping[str, object]], **more: object) -> Tree:
    bands = {"target": {"below": 900, "runbook": _RUNBOOK}, "warning": {"above": 2000}}
    return {
        "title": title,
        "environment": "production",
        "unit": unit or "count",
        "from": [dict(each) for each in source],
        "window": "5m",
        "bands": bands,
        **more,
    }
