"""Actions that the demo's configuration describes itself: one of each kind."""

import importlib.resources
import sys

from demo.config_parts import Tree
from demo.estate import LMA_TEAM

_TEAM: Tree = {"teamId": LMA_TEAM}


def custom(*, with_database: bool) -> Tree:
    """Those of the workspace `lma`."""
    actions: Tree = {
        "pause-admin": _project("Pause Super Admin", "pause", "unpause-admin", paused=True),
        "unpause-admin": _project("Unpause Super Admin", "unpause", "pause-admin", paused=False),
        "warm-cache": _warm_cache(),
    }
    return {**actions, **({"note-order": _note_order()} if with_database else {})}


def _project(title: str, word: str, undo: str, *, paused: bool) -> Tree:
    return {
        "title": title,
        "environments": ["production"],
        "danger": "outage" if paused else "change",
        "confirm": "lma-admin",
        "http": {
            "account": "vercel-lma",
            "path": f"/v1/projects/lma-admin/{word}",
            "query": _TEAM,
        },
        "verify": {
            "http": {
                "account": "vercel-lma",
                "path": "/v9/projects/lma-admin",
                "query": _TEAM,
                "assert": [{"path": "paused", "equals": paused}],
            }
        },
        "undo": undo,
    }


def _warm_cache() -> Tree:
    script = importlib.resources.files("demo") / "data" / "scripts" / "warm_cache.py"
    return {
        "title": "Warm the cache",
        "environments": ["production", "staging"],
        "target": "service",
        "danger": "light",
        "script": {
            "argv": [sys.executable, "-I", str(script), "{service}", "{environment}"],
            "timeout": "1m",
        },
    }


def _note_order() -> Tree:
    return {
        "title": "Note on an order",
        "environments": ["production"],
        "target": "database",
        "danger": "light",
        "parameters": {
            "order": {"title": "Order number", "type": "number", "minimum": 1},
            "note": {"title": "Note", "longest": 100},
        },
        "sql": {
            "database": "main",
            "statements": [
                {
                    "title": "write it down",
                    "sql": "INSERT INTO public.audit_logs (action, details, created_at) "
                    "VALUES ('order.note', jsonb_build_object('order', $1::text, "
                    "'note', $2::text, 'by', $3::text, 'reason', $4::text), now())",
                    "values": ["order", "note", "operator", "reason"],
                    "rows": 1,
                }
            ],
        },
        "verify": {
            "sql": {
                "database": "main",
                "sql": "SELECT EXISTS (SELECT 1 FROM public.audit_logs WHERE action = 'order.note' "
                "AND details ->> 'order' = $1 AND details ->> 'note' = $2)",
                "values": ["order", "note"],
            }
        },
        "no_undo": "a note stays",
    }
