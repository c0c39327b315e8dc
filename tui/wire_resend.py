"""Resend's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_place import Place

if TYPE_CHECKING:
    from providers.resend import ResendOptions
    from tui.config.model_resend import ResendSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "emails_sent_1h",
        "emails_settled_1h",
        "emails_delivered_1h",
        "emails_bounced_1h",
        "emails_complained_1h",
        "emails_failed_1h",
        "email_delivery_percent_1h",
        "email_bounce_percent_1h",
        "email_complaint_percent_1h",
        "emails_sent_24h",
        "emails_settled_24h",
        "emails_delivered_24h",
        "emails_bounced_24h",
        "emails_complained_24h",
        "emails_failed_24h",
        "email_delivery_percent_24h",
        "email_bounce_percent_24h",
        "email_complaint_percent_24h",
        "api_budget_used_percent",
    ),
    "sending": ("domains_not_verified", "suppressions", "api_calls_failed"),
}
_SYSTEM: Final = "Resend"
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[ResendSystem]") -> Iterator[Source]:
    """The two sources; asks nobody."""
    setting = place.setting
    main = place.spec(_SYSTEM, Area.MAIL, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    sending = place.spec(
        _SYSTEM,
        Area.MAIL,
        interval_s=setting.sending_every_s,
        timeout_s=_TIMEOUT_S,
        part="sending",
        unseen_interval_s=setting.sending_every_s * _UNSEEN_TIMES,
    )
    yield place.late(main, "providers.resend", _deliveries)
    yield place.late(sending, "providers.resend", _sending)


def _deliveries(place: "Place[ResendSystem]", spec: SourceSpec) -> Source:
    from providers.resend import ResendDeliveries

    return ResendDeliveries(spec, _options(place), place.api(place.setting.account))


def _sending(place: "Place[ResendSystem]", spec: SourceSpec) -> Source:
    from providers.resend import ResendSending

    return ResendSending(spec, _options(place), place.api(place.setting.account))


def _options(place: "Place[ResendSystem]") -> "ResendOptions":
    from providers.resend import ResendOptions

    return ResendOptions(recent=place.setting.recent)
