"""Auth security in the demo's configuration: read from each product's own database."""

from demo.config_parts import Tree
from demo.eye import Address


def security_systems(product: str, address: Address | None) -> Tree:
    """The system of a product, asked more often than one would ask a real one."""
    if address is None:
        return {}
    return {
        "auth_security": {
            "main": {
                "database": "main",
                "title": "Auth security",
                "environment": "production",
                "runbook": "A:436" if product == "localloop" else "B:259",
                "every": "10s",
                "schema": "quarterdeck",
                "failed_sign_ins": {
                    "table": "public.sign_in_attempts",
                    "account": "account_hash",
                    "ip": "ip",
                    "only": {"outcome": "failed"},
                },
            }
        }
    }
