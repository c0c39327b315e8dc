"""Sentry's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source
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
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[SentrySystem]") -> Iterator[Source]:
    """The one source; asks nobody."""
    from providers.sentry import SYSTEM, SentryOptions, SentrySource

    setting = place.setting
    spec = place.spec(
        SYSTEM,
        Area.ERRORS,
        interval_s=setting.every_s,
        timeout_s=_TIMEOUT_S,
        unseen_interval_s=setting.every_s * _UNSEEN_TIMES,
    )
    options = SentryOptions(
        organization=setting.organization,
        projects=tuple(setting.projects),
        environment=setting.sentry_environment or "",
    )
    yield SentrySource(spec, options, place.api(setting.account))
