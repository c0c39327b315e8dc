"""What the demo's actions need to know besides what is watched."""

import hashlib
from typing import Final
from uuid import UUID

from demo.alerting import DANA
from demo.commits import ANA
from demo.config_custom import custom
from demo.config_parts import Tree
from demo.eye import Address
from demo.postgres_staging import STAGING

APP: Final[Tree] = {
    "options": ["all", "web", "merchant", "admin"],
    "default": "web",
    "heavy": ["all"],
}
DANA_IN_PRODUCT: Final = str(UUID(hashlib.md5(b"user1", usedforsecurity=False).hexdigest()))
"""The first of the product's users, who is one of its administrators."""


def actions(product: str, address: Address | None) -> Tree:
    """Of one product.

    Args:
        product: `lma` or `localloop`.
        address: Of the product's database, if there is one.
    """
    if product == "localloop":
        people: Tree = {"pagerduty": {"from": ANA.email}}
    else:
        people = {
            "pagerduty": {"people": {"dana": DANA.email}, "from": DANA.email},
            "workflows": {"web": {"inputs": {"app": APP}}},
            "custom": custom(with_database=address is not None),
        }
    if address is None:
        return people
    return {**people, "scripts": _scripts(product, address), "people": _people()}


def _people() -> Tree:
    """Where the users are: by the views that the actions' login has."""
    return {
        "database": "main",
        "schema": "quarterdeck_actions",
        "operators": {"dana": DANA_IN_PRODUCT},
        "access_token": "1h",
        # Off everywhere else; who lives in this world is nobody.
        "allow_direct_password_reset": True,
    }


def _scripts(product: str, address: Address) -> Tree:
    """What the product's scripts are there for; staging's database is beside production's."""
    onto = {
        "host": address.host,
        "port": address.port,
        "database": STAGING,
        "user": address.user,
        "password": f"{product}-database",
        "tls": "disable",
    }
    restore = {"script": "restore-staging", "environment": "staging", "onto": onto}
    return {
        "backup": {"script": "master-backup"},
        "verify_backup": {"script": "verify-backup"},
        "dump": {"script": "dump"},
        "restore_staging": restore,
    }
