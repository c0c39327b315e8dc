"""Resend: whether e-mails arrive, what was sent lately, and whether the domains may send.

Of its 5 requests a second, which the product's own sending needs, ours begin half a second apart
(`tui/config/account_kinds.py`): 3 each minute for the deliveries, at most 10 every five minutes for
the rest.
"""

import asyncio
from datetime import timedelta
from typing import Final

from msgspec import Struct

from providers.account_part import AccountPart
from providers.errors import ProviderError
from providers.fields import Fields
from providers.harvest import Harvest
from providers.parts import answered, tried
from providers.resend_deliveries import Deliveries, deliveries_reading, delivery_numbers
from providers.resend_mapping import (
    broadcast_of,
    by_broadcast,
    call_of,
    domain_of,
    email_of,
    suppression_of,
    totals_of,
)
from providers.resend_pages import Shown, asked, shown, span
from providers.resend_sending import Sending, sending_numbers, sending_reading
from providers.resend_values import SYSTEM, Counts, Domain
from providers.vendor import segment

__all__ = ["SYSTEM", "ResendDeliveries", "ResendOptions", "ResendSending"]

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
METRICS_PATH: Final = "/emails/metrics"
MOST_DOMAINS: Final = 5
"""Domains whose DNS records are asked for, one request each."""


class ResendOptions(Struct, frozen=True, kw_only=True):
    """What is wanted."""

    recent: int = 20
    """How many e-mails are listed, 1 to 100."""


class ResendDeliveries(AccountPart[ResendOptions]):
    """What became of the e-mails of the last hour and day, and the newest of them."""

    async def read(self) -> Harvest:
        """Ask once; what fails in part is told in its section.

        Raises:
            ProviderError: Resend gave nothing of it.
        """
        limit = self._options.recent
        hour, day, emails = await asyncio.gather(
            tried(self._counts(HOUR)),
            tried(self._counts(DAY)),
            tried(shown(self._api, "/emails", email_of, "e-mail", limit=limit)),
        )
        answered((hour, day, emails))
        found = Deliveries(hour=hour, day=day, emails=emails, budget=self._api.budget)
        return self._harvest(deliveries_reading(found), delivery_numbers(found))

    async def _counts(self, back: timedelta) -> Counts:
        operation = "read metrics"
        now = self._api.clock.now().at
        answer = await asked(self._api, operation, METRICS_PATH, span(now - back, now))
        return totals_of(answer.value, operation)


class ResendSending(AccountPart[ResendOptions]):
    """What sending stands on: domains and their DNS, suppressions, broadcasts, failed API calls."""

    async def read(self) -> Harvest:
        """Ask once; what fails in part is told in its section.

        Raises:
            ProviderError: Resend gave nothing of it.
        """
        domains, suppressions, broadcasts, counts, calls = await asyncio.gather(
            tried(self._domains()),
            tried(shown(self._api, "/suppressions", suppression_of, "suppression")),
            tried(shown(self._api, "/broadcasts", broadcast_of, "broadcast", limit=20)),
            tried(self._by_broadcast()),
            tried(shown(self._api, "/logs", call_of, "API call")),
        )
        answered((domains, suppressions, broadcasts, calls))
        found = Sending(
            domains=domains,
            suppressions=suppressions,
            broadcasts=broadcasts,
            counts=counts,
            calls=calls,
        )
        return self._harvest(sending_reading(found), sending_numbers(found))

    async def _domains(self) -> Shown[Domain]:
        """The domains, the first few with their records."""
        listing = await shown(self._api, "/domains", domain_of, "domain")
        first = listing.items[:MOST_DOMAINS]
        whole = await asyncio.gather(*(tried(self._domain(each)) for each in first))
        filled = [
            plain if isinstance(found, ProviderError) else found
            for plain, found in zip(first, whole, strict=True)
        ]
        lost = [found.reason for found in whole if isinstance(found, ProviderError)]
        notice = f"DNS records of {len(lost)} could not be read: {lost[0]}" if lost else ""
        return Shown(
            items=(*filled, *listing.items[MOST_DOMAINS:]),
            more=listing.more,
            notice="; ".join(filter(None, (listing.notice, notice))),
        )

    async def _domain(self, domain: Domain) -> Domain:
        operation = "read domain"
        answer = await asked(self._api, operation, f"/domains/{segment(domain.id)}")
        return domain_of(Fields(answer.value, SYSTEM, operation))

    async def _by_broadcast(self) -> dict[str, Counts]:
        operation = "read metrics"
        now = self._api.clock.now().at
        query = [*span(now - WEEK, now), ("dimensions", "broadcast")]
        answer = await asked(self._api, operation, METRICS_PATH, query)
        return by_broadcast(answer.value, operation)
