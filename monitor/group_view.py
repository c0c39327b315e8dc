"""One group of a KPI as everybody sees it. Values only."""

from msgspec import Struct

from monitor.verdicts import Verdict


class GroupView(Struct, frozen=True, kw_only=True):
    """One group of a KPI, such as an address, with its own number and verdict."""

    name: str
    """Already safe to draw."""

    value: float | None
    verdict: Verdict
    missed_target: bool = False
