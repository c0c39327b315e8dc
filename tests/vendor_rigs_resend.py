"""Resend's sources for the shared suites."""

from providers.base import SourceKind
from providers.http import Api
from providers.resend import ResendDeliveries, ResendOptions, ResendSending
from tests import vendor_data_resend as data
from tests.vendor_rig import rig_of, spec_of

SPEC = spec_of("Resend", SourceKind.SYSTEM)


def deliveries(api: Api) -> ResendDeliveries:
    return ResendDeliveries(SPEC, ResendOptions(), api)


def sending(api: Api) -> ResendSending:
    return ResendSending(SPEC, ResendOptions(), api)


METRICS = ("/emails/metrics", data.metrics(data.row()))
DELIVERIES = (METRICS, ("/emails", data.listing(data.email())))
SENDING = (
    METRICS,
    ("/suppressions", data.listing(data.suppression())),
    ("/broadcasts", data.listing(data.broadcast())),
    ("/logs", data.listing(data.call())),
    ("/domains", data.listing(data.domain())),
    (data.DOMAIN, data.whole_domain()),
)

RESEND_RIGS = (
    rig_of("Resend", deliveries, *DELIVERIES),
    rig_of("Resend sending", sending, *SENDING),
)
