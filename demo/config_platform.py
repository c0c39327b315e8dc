"""The hosting of the demo's products as systems: Vercel, Render, GitHub."""

from typing import Final

from demo.config_parts import Tree
from demo.estate import API_PRODUCTION
from demo.history import LMA_REPO, LOCALLOOP_REPO

_WEBS: Final = {
    "web": ("Customer Web", "B:30"),
    "merchant": ("Merchant Admin", "B:31"),
    "admin": ("Super Admin", "B:32"),
}
_LISTENED: Final[Tree] = {"listen": "3s", "every": "10s"}


def platform_systems(product: str) -> Tree:
    """The systems of one product, by kind and name."""
    return _lma() if product == "lma" else _localloop()


def _lma() -> Tree:
    vercel = {app: _web(app, *words) for app, words in _WEBS.items()}
    return {
        "vercel": {**vercel},
        "render": {
            "api": {
                "account": "render",
                "service_id": API_PRODUCTION,
                "logs": {"every": "5s"},
                "title": "API on Render",
                "environment": "production",
                "runbook": "B:144",
                "every": "10s",
            }
        },
        "github": {
            "lma": {
                "account": "github",
                "repo": LMA_REPO,
                "workflows": ["deploy-api.yml", "deploy-web.yml"],
                "title": "Deploys on GitHub",
                "runbook": "B:321",
                "every": "15s",
            }
        },
    }


def _web(app: str, title: str, runbook: str) -> Tree:
    setting: Tree = {
        "account": "vercel-lma",
        "project": f"lma-{app}",
        "staging": {"project": f"lma-{app}-staging", "target": "production"},
        "title": f"{title} on Vercel",
        "environment": "production",
        "runbook": runbook,
        "every": "15s",
    }
    # One log is enough to see: each that is listened to holds a connection.
    more: Tree = {"logs": _LISTENED} if app == "web" else {"metrics": []}
    return {**setting, **more}


def _localloop() -> Tree:
    return {
        "vercel": {
            "site": {
                "account": "vercel-localloop",
                "project": "localloop",
                "staging": {"target": "preview"},
                "expected_variables": ["NEXT_PUBLIC_API_URL", "STRIPE_SECRET_KEY"],
                "logs": _LISTENED,
                "title": "LocalLoop on Vercel",
                "environment": "production",
                "runbook": "A:20",
                "every": "15s",
            }
        },
        "github": {
            "site": {
                "account": "github",
                "repo": LOCALLOOP_REPO,
                "workflows": ["release.yml"],
                "title": "Releases on GitHub",
                "every": "15s",
            }
        },
    }
