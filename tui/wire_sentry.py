"""Sentry's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_place import Place

if TYPE_CHECKING:
    from tui.config.model_sentry import SentrySystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "errors_per_min",
        "errors_15min",
        "new_issues",
        "new_since_release",
        "spiking_issues",
        "dropped_percent",
    )
}
_SYSTEM: Final = "Sentry"
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[SentrySystem]") -> Iterator[Source]:
    """The one source; asks nobody."""
    setting = place.setting
    spec = place.spec(
        _SYSTEM,
        Area.ERRORS,
        interval_s=setting.every_s,
        timeout_s=_TIMEOUT_S,
        unseen_interval_s=setting.every_s * _UNSEEN_TIMES,
    )
    yield place.late(spec, "providers.sentry", _source)


def _source(place: "Place[SentrySystem]", spec: SourceSpec) -> Source:
    from providers.sentry import SentryOptions, SentrySource

    setting = place.setting
    options = SentryOptions(
        organization=setting.organization,
        projects=tuple(setting.projects),
        environment=setting.sentry_environment or "",
    )
    return SentrySource(spec, options, place.api(setting.account))
