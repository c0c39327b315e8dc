"""Resend's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source
from tui.wire_place import Place

if TYPE_CHECKING:
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
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[ResendSystem]") -> Iterator[Source]:
    """The two sources; asks nobody."""
    from providers.resend import SYSTEM, ResendDeliveries, ResendOptions, ResendSending

    setting = place.setting
    api, options = place.api(setting.account), ResendOptions(recent=setting.recent)
    main = place.spec(SYSTEM, Area.MAIL, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    sending = place.spec(
        SYSTEM,
        Area.MAIL,
        interval_s=setting.sending_every_s,
        timeout_s=_TIMEOUT_S,
        part="sending",
        unseen_interval_s=setting.sending_every_s * _UNSEEN_TIMES,
    )
    yield ResendDeliveries(main, options, api)
    yield ResendSending(sending, options, api)
