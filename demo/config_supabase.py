"""Supabase in the demo's configuration: the project of each product, and its users."""

from collections.abc import Mapping
from typing import Final

from demo.config_parts import Tree
from demo.credentials import Credentials
from demo.eye import Address
from demo.vendors.supabase_auth import BASE
from demo.vendors.supabase_state import ref_of

PRODUCTS: Final = ("lma", "localloop")
_RUNBOOK: Final = {"lma": "B:148", "localloop": "A:355"}


def supabase_secrets(words: Credentials) -> dict[str, str]:
    """The secrets by name."""
    return {
        "supabase-lma": words.supabase_lma,
        "supabase-localloop": words.supabase_localloop,
        "supabase-key-lma": words.supabase_key_lma,
        "supabase-key-localloop": words.supabase_key_localloop,
    }


def supabase_accounts(urls: Mapping[str, str]) -> Tree:
    """A management token and a secret key for each product."""
    accounts: Tree = {}
    for product in PRODUCTS:
        accounts[f"supabase-{product}"] = {
            "kind": "supabase",
            "base_url": urls["supabase"],
            "secret": f"supabase-{product}",
        }
        accounts[f"supabase-auth-{product}"] = {
            "kind": "supabase-auth",
            "base_url": f"{urls[f'supabase-{product}']}{BASE}",
            "secret": f"supabase-key-{product}",
        }
    return accounts


def supabase_systems(product: str, urls: Mapping[str, str], address: Address | None) -> Tree:
    """The project and the users of a product, asked more often than one would ask the real ones."""
    project: Tree = {
        "account": f"supabase-{product}",
        "project": ref_of(product),
        "environment": "production",
        "runbook": _RUNBOOK[product],
        "metrics_secret": f"supabase-key-{product}",
        "project_url": urls[f"supabase-{product}"],
        "every": "15s",
        "metrics_every": "10s",
        "logs_every": "20s",
        "sign_ins_every": "20s",
        "counts_every": "1m",
        "setup_every": "5m",
        "backups_every": "5m",
        "advisors_every": "10m",
    }
    if address is not None and not address.host.startswith("/"):
        project["reach"] = [f"{address.host}:{address.port}"]
    users = {
        "account": f"supabase-auth-{product}",
        "title": "Supabase Auth",
        "environment": "production",
        "runbook": "A:152" if product == "localloop" else "B:259",
        "every": "30s",
    }
    return {"supabase": {"main": project}, "supabase_auth": {"main": users}}
