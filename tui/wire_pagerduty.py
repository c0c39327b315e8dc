"""PagerDuty's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_place import Place

if TYPE_CHECKING:
    from tui.config.model_pagerduty import PagerDutySystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "open_incidents",
        "triggered_unacknowledged",
        "high_urgency_incidents",
        "oldest_triggered_s",
        "seconds_to_handover",
        "people_on_call",
    )
}
_SYSTEM: Final = "PagerDuty"
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[PagerDutySystem]") -> Iterator[Source]:
    """The one source; asks nobody."""
    setting = place.setting
    spec = place.spec(
        _SYSTEM,
        Area.ON_CALL,
        interval_s=setting.every_s,
        timeout_s=_TIMEOUT_S,
        unseen_interval_s=setting.every_s * _UNSEEN_TIMES,
    )
    yield place.late(spec, "providers.pagerduty", _source)


def _source(place: "Place[PagerDutySystem]", spec: SourceSpec) -> Source:
    from providers.pagerduty import PagerDutyOptions, PagerDutySource

    setting = place.setting
    options = PagerDutyOptions(
        services=tuple(setting.services), escalation_policies=tuple(setting.escalation_policies)
    )
    return PagerDutySource(spec, options, place.api(setting.account))
