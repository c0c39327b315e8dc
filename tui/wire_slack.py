"""Slack's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_place import Place

if TYPE_CHECKING:
    from tui.config.model_slack import SlackSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {"": ("last_message_age_s", "joined")}
_SYSTEM: Final = "Slack"
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 4.0


def sources(place: "Place[SlackSystem]") -> Iterator[Source]:
    """The one source; asks nobody."""
    setting = place.setting
    spec = place.spec(
        _SYSTEM,
        Area.CHAT,
        interval_s=setting.every_s,
        timeout_s=_TIMEOUT_S,
        unseen_interval_s=setting.every_s * _UNSEEN_TIMES,
    )
    yield place.late(spec, "providers.slack", _source)


def _source(place: "Place[SlackSystem]", spec: SourceSpec) -> Source:
    from providers.slack import SlackOptions, SlackSource

    setting = place.setting
    options = SlackOptions(channel=setting.channel, messages=setting.messages)
    return SlackSource(spec, options, place.api(setting.account))
