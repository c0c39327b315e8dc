"""Pieces that both workspaces of the demo configuration are made of."""

import importlib.resources
from collections.abc import Mapping
from typing import Any, Final

from demo.estate import PAGES
from demo.eye import ACTION_USER, Address
from demo.yaml_text import loaded

Tree = dict[str, object]

SHORTENED: Final = "waiting times ÷ 10"
"""What the demo changes about the runbooks, in the words of its titles."""

ENVIRONMENTS: Final[Tree] = {
    "production": {"label": "PROD", "production": True, "read_only": False},
    "staging": {"label": "STG"},
}


def data(workspace: str) -> dict[str, Any]:
    """What is always the same in a workspace: checks, KPIs, severities, contacts, links."""
    text = (importlib.resources.files("demo") / "data" / f"{workspace}.yaml").read_text("utf-8")
    found = loaded(text)
    if not isinstance(found, dict):
        raise TypeError(f"demo/data/{workspace}.yaml holds no mapping")
    return found


def status_pages(urls: Mapping[str, str], *names: str) -> Tree:
    """Vendors' pages, asked more often than one would ask the real ones."""
    return {
        name: {"title": PAGES[name][0], "url": urls[f"status-{name}"], "every": "10s"}
        for name in names
    }


def database(address: Address, secret: str, severity: str, runbook: str) -> Tree:
    """The database of a product in production; a statement is long after 30 s instead of 5 m."""
    return {
        "main": {
            "title": "Database",
            "long_query": "30s",
            "long_query_critical": "48s",
            "basis": "corrected",
            "severity": severity,
            "runbook": runbook,
            "depth": {"every": "30s", "unseen_every": "30s"},
            "environments": {
                "production": {
                    "host": address.host,
                    "port": address.port,
                    "database": address.database,
                    "user": address.user,
                    "password": secret,
                    "tls": "disable",
                    "every": "5s",
                    "actions": {"user": ACTION_USER, "password": f"{secret}-actions"},
                }
            },
        }
    }


def page_check(title: str, path: str, runbook: str, severity: str, **more: object) -> Tree:
    """A page people open."""
    return {
        "title": title,
        "path": path,
        "role": "site",
        "every": "10s",
        "timeout": "5s",
        "slow_over": "2s",
        "severity": severity,
        "runbook": runbook,
        **more,
    }


def link(title: str, url: str, runbook: str) -> Tree:
    """A page on the web."""
    return {"title": title, "url": url, "runbook": runbook}
