"""What the demo's actions need to know besides what is watched."""

from demo.alerting import DANA
from demo.commits import ANA
from demo.config_parts import Tree


def actions(product: str) -> Tree:
    """Of one product."""
    if product == "localloop":
        return {"pagerduty": {"from": ANA.email}}
    return {"pagerduty": {"people": {"dana": DANA.email}, "from": DANA.email}}
