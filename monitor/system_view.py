"""One system as the snapshot tells it."""

from msgspec import Struct

from monitor.states import Freshness
from monitor.verdicts import Level
from providers.base import SourceSpec
from providers.clock import Moment
from providers.readings import Failure
from providers.system_readings import Condition, SystemReading


class SystemView(Struct, frozen=True, kw_only=True):
    """One system as it describes itself; `spec.area` says which pane it belongs to."""

    spec: SourceSpec
    condition: Condition
    """`UNKNOWN` once the answer is too old to believe, or before there is one."""

    level: Level
    freshness: Freshness
    reading: SystemReading | None
    failure: Failure | None
    at: Moment | None
