"""What the demo watches around its products: names, pages, business, scripts, API budgets."""

import importlib.resources
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from demo.config_parts import Tree, data
from demo.eye import Address
from demo.postgres_staging import FILE
from demo.vendors.status_shapes import SHAPED

_VERCEL: Final = ["*.vercel-dns.com"]
_HOSTS: Final = {
    "lma": {
        "www.lma.com": _VERCEL,
        "merchant.lma.com": _VERCEL,
        "admin.lma.com": _VERCEL,
        "api.lma.com": ["*.onrender.com"],
    },
    # In reality 76.76.21.21, of the platform; here the certificates are shown on loopback.
    "localloop": {"localloop.com": ["127.0.0.0/8"], "www.localloop.com": _VERCEL},
}
_MAIL: Final = {"lma": "lma.com", "localloop": "localloop.com"}
_SHAPED_OF: Final = {"lma": "slack", "localloop": "google"}
_CITED: Final = {"lma": ("B:30", "B:108"), "localloop": ("A:113", "A:118")}


class Around:
    """Where the world's own things are.

    Args:
        urls: Address of each service by name.
        folder: Of the world.
    """

    def __init__(self, urls: Mapping[str, str], folder: Path) -> None:
        self.urls = urls
        self.folder = folder

    @property
    def resolver(self) -> str:
        """`host:port` of the name server."""
        return urlsplit(self.urls["dns"]).netloc

    @property
    def tls_port(self) -> int:
        """Where certificates are shown."""
        return urlsplit(self.urls["tls"]).port or 443

    @property
    def ca_file(self) -> str:
        """Whom to trust for them."""
        return str(self.folder / "certificates" / "demo-authority.pem")


def with_outside(product: str, tree: Tree, around: Around, address: Address | None) -> Tree:
    """The workspace of a product with all of this in it."""
    fixed = data("outside")
    kpis = {**fixed[product], **(fixed["business"] if _has_business(product, address) else {})}
    return {
        **tree,
        "status_pages": {**_mapping(tree, "status_pages"), **_pages(product, around.urls)},
        "systems": {**_mapping(tree, "systems"), **_systems(product, around, address)},
        "kpis": {**_mapping(tree, "kpis"), **kpis},
    }


def google_account(urls: Mapping[str, str]) -> Tree:
    """The account with the API key."""
    account = {"kind": "google-key", "base_url": urls["google-web"], "secret": "google-key"}
    return {"google-key": account}


def _mapping(tree: Tree, key: str) -> Tree:
    found = tree.get(key)
    return found if isinstance(found, dict) else {}


def _has_business(product: str, address: Address | None) -> bool:
    return product == "localloop" and address is not None


def _pages(product: str, urls: Mapping[str, str]) -> Tree:
    name = _SHAPED_OF[product]
    title = SHAPED[name][0]
    return {name: {"title": title, "url": urls[f"status-{name}"], "format": name, "every": "10s"}}


def _systems(product: str, around: Around, address: Address | None) -> Tree:
    systems: Tree = {
        "domains": {"main": _domains(product, around)},
        "scripts": {"ops": _scripts(product, around)},
        "api_budget": {"main": {"title": "API budget", "every": "15s", "runbook": "A:267"}},
    }
    if product == "localloop":
        systems["web_vitals"] = {"main": _vitals(around.urls)}
    if _has_business(product, address):
        systems["business"] = {"main": _business()}
    return systems


def _domains(product: str, around: Around) -> Tree:
    hosts = [
        {
            "host": host,
            "points_to": expected,
            "port": around.tls_port,
            "ca_file": around.ca_file,
        }
        for host, expected in _HOSTS[product].items()
    ]
    return {
        "title": "Domains",
        "environment": "production",
        "runbook": _CITED[product][0],
        "hosts": hosts,
        "mail": [
            {
                "domain": _MAIL[product],
                "dkim": ["resend"],
                "name_servers": ["ns1.vercel-dns.com", "ns2.vercel-dns.com"],
            }
        ],
        "resolvers": [around.resolver],
        "query_timeout": "1s",
        "every": "30s",
    }


def _vitals(urls: Mapping[str, str]) -> Tree:
    return {
        "title": "Web vitals",
        "environment": "production",
        "runbook": "A:105",
        "account": "google-key",
        "pages": [
            {"title": "Home", "url": "https://localloop.com/"},
            {"title": "Events", "url": "https://localloop.com/events"},
        ],
        "pagespeed_url": urls["google-web"],
        "every": "5m",
        "lighthouse_every": "5m",
    }


def _business() -> Tree:
    fixed = data("outside")
    return {
        "title": "Business",
        "environment": "production",
        "runbook": "A:258",
        "database": "main",
        "numbers": fixed["numbers"],
        "lists": fixed["lists"],
        "every": "30s",
    }


def _scripts(product: str, around: Around) -> Tree:
    folder = str(around.folder / f"backups-{product}")
    place = str(around.folder / product / FILE)
    return {
        "title": "Ops scripts",
        "environment": "production",
        "runbook": _CITED[product][1],
        "folder": folder,
        "scripts": _commands(folder, place),
        "backups": {
            "master": {
                "title": "Master backups",
                "folder": folder,
                "files": "master_*.sql.gz",
                "warning": "26h",
                "critical": "50h",
                "least_size": "1KiB",
            }
        },
        "every": "10s",
    }


def _commands(folder: str, place: str) -> Tree:
    script = _script_paths()
    make = [sys.executable, "-I", script["master_backup"], folder, place, "master"]
    return {
        "verify-backup": {
            "title": "Verify the latest backup",
            "argv": [sys.executable, "-I", script["verify_backup"], folder],
            "timeout": "1m",
            "check": True,
            "every": "2m",
        },
        "master-backup": {"title": "Master backup", "argv": make, "timeout": "10m"},
        "dump": {"title": "Dump the database", "argv": make, "timeout": "10m"},
        "restore-staging": {
            "title": "Restore to staging",
            "argv": [sys.executable, "-I", script["restore_backup"], place],
            "timeout": "10m",
        },
    }


def _script_paths() -> dict[str, str]:
    folder = importlib.resources.files("demo") / "data" / "scripts"
    names = ("verify_backup", "master_backup", "restore_backup")
    return {name: str(folder / f"{name}.py") for name in names}
