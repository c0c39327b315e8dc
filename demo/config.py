"""Writes the configuration of a demo world: every kind of pane, for both products.

The runbooks wait 5, 15 or 30 minutes before they call for somebody; nobody watches a demo for that
long. So the waiting times here are a tenth of theirs, and the file, its runbooks' titles and
`python -m demo` say so. The limits themselves are the runbooks'.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from demo.config_actions import actions
from demo.config_lma import lma
from demo.config_localloop import localloop
from demo.config_outside import Around, google_account, with_outside
from demo.config_parts import Tree
from demo.config_systems import system_accounts
from demo.estate import LMA_TEAM, LOCALLOOP_TEAM
from demo.eye import Address
from demo.yaml_text import dumped

_HEAD: Final = """\
# Written by the demo world for itself; gone when it ends. Nothing here leaves this machine.
# Waiting times (for:, window:, long_query:) are a tenth of those in the runbooks, so that the
# incident can be watched from beginning to end in a few minutes. The limits are the runbooks' own.
"""


Workspace = Callable[[Mapping[str, str], Address | None], Tree]


class Surroundings(Struct, frozen=True, kw_only=True):
    """Where everything of a world is."""

    urls: Mapping[str, str]
    """Address of each service by name."""

    secrets: Mapping[str, Path]
    """The file that holds each secret, by name."""

    databases: Mapping[str, Address]
    """How the dashboard is to see each product's database; empty in a world without. The
    password is the secret `PRODUCT-database`."""

    folder: Path
    """Of the world."""


def config_text(around: Surroundings) -> str:
    """The configuration file."""
    tree: Tree = {
        "version": 1,
        "settings": _settings(around),
        "secrets": {name: {"file": str(path)} for name, path in around.secrets.items()},
        "accounts": _accounts(around),
        "workspaces": {
            product: _workspace(product, make, around)
            for product, make in {"lma": lma, "localloop": localloop}.items()
        },
    }
    return f"{_HEAD}{dumped(tree, width=100)}"


def _workspace(product: str, make: Workspace, around: Surroundings) -> Tree:
    address = around.databases.get(product)
    outside = Around(around.urls, around.folder)
    tree = {**make(around.urls, address), "actions": actions(product, address)}
    return with_outside(product, tree, outside, address)


def _settings(around: Surroundings) -> Tree:
    _, _, authority = around.urls["trap"].partition("://")
    return {
        # Nothing here is anybody's: what the actions change is gone with the world.
        "read_only": False,
        "operator": "dana",
        "shared_folder": str(shared_folder(around.folder)),
        "default_workspace": "lma",
        "connectivity": {"targets": [authority], "every": "15s"},
    }


def shared_folder(folder: Path) -> Path:
    """Where audit and acknowledgements of this world are kept, as a group of operators has it."""
    shared = folder / "shared"
    shared.mkdir(exist_ok=True)
    # Its parent lets nobody in but us.
    shared.chmod(0o2770)
    return shared


def _accounts(around: Surroundings) -> Tree:
    vercel = {"kind": "vercel", "base_url": around.urls["vercel"]}
    return {
        "vercel-lma": {**vercel, "secret": "vercel-lma", "team": LMA_TEAM},
        "vercel-localloop": {**vercel, "secret": "vercel-localloop", "team": LOCALLOOP_TEAM},
        "render": {
            "kind": "render",
            "base_url": f"{around.urls['render']}/v1",
            "secret": "render",
        },
        "github": {"kind": "github", "base_url": around.urls["github"], "secret": "github"},
        **system_accounts(around.urls),
        **google_account(around.urls),
    }
