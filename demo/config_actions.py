"""What the demo's actions need to know besides what is watched."""

from demo.alerting import DANA
from demo.commits import ANA
from demo.config_parts import Tree
from demo.eye import Address
from demo.postgres_staging import STAGING


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
            "workflows": {"web": {"fixed": {"production": {"app": "web"}}}},
        }
    return {**people, **({} if address is None else {"scripts": _scripts(product, address)})}


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
