"""What Stripe remembers of one account: payments as they come, refunds, disputes, webhooks.

Payments are made up when somebody looks, minute by minute from a seeded generator: 25 hours of them
at the first look, the rest as time goes on.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda
from demo.vendors.wire import Refusal

PAST: Final = timedelta(hours=25)
SLOT: Final = timedelta(seconds=10)
BREAKING: Final = 0.55
"""The strain on a product from which on its payments suffer, and its webhook does not answer."""

_DECLINES: Final = ("insufficient_funds", "do_not_honor", "expired_card", "lost_card")
_PRICES: Final = (1_200, 1_800, 2_400, 2_400, 3_500, 4_800, 9_600)


class Payment(Struct, frozen=True, kw_only=True):
    """One attempt to pay; Stripe's charge and payment intent in one."""

    id: str
    """Without `ch_` or `pi_`."""

    at: datetime
    amount: int
    currency: str
    failure: str = ""
    """Failure code and reason, `card_declined/insufficient_funds`; empty: it succeeded."""

    refunded: int = 0
    disputed: bool = False


class Event(Struct, frozen=True, kw_only=True):
    """Something that was told to the webhooks, or is to be."""

    account: str
    type: str
    at: datetime
    about: str
    """Identity of the object, such as `ch_…`."""

    @property
    def id(self) -> str:
        """Worked out when somebody asks: a day has 1,300 of them, and hardly one is looked at."""
        return f"evt_{ids.token('event', self.account, self.type, self.about, self.at, length=24)}"


class Refund(Struct, frozen=True, kw_only=True):
    """Money on its way back."""

    id: str
    payment: str
    amount: int
    currency: str
    at: datetime
    reason: str | None
    status: str = "succeeded"
    metadata: dict[str, str] = field(default_factory=dict)


class Dispute(Struct, frozen=True, kw_only=True):
    """A payer who wants the money back."""

    id: str
    payment: str
    amount: int
    currency: str
    at: datetime
    reason: str
    status: str
    due: datetime


class Stripe(Struct):
    """One account.

    Args:
        agenda: Whose time passes.
        name: Seeds the payments.
        webhook: Where events go.
        per_minute: Attempts to pay in a calm minute.
        strain: How hard it is on the product at an instant, from 0 to 1.
    """

    agenda: Agenda
    name: str
    webhook: str
    per_minute: float
    strain: Callable[[datetime], float] = lambda _at: 0.0
    payments: dict[str, Payment] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    refunds: dict[str, Refund] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    webhook_status: str = "enabled"
    _random: random.Random = field(default_factory=random.Random)
    _until: datetime | None = None

    def look(self) -> datetime:
        """Let happen what should have happened by now, and say what time it is."""
        now = self.agenda.settle()
        if self._until is None:
            self._random.seed(self.name)
            self._until = now - PAST
            self._pass(timedelta(minutes=1), now)
            self._seed(now)
        self._pass(SLOT, now)
        return now

    def _pass(self, slot: timedelta, now: datetime) -> None:
        until = self._until or now
        while until + slot <= now:
            chance = self.per_minute * slot.total_seconds() / 60
            count = int(chance) + (self._random.random() < chance % 1)
            for at in sorted(self._random.random() for _ in range(count)):
                self._attempt(until + slot * at)
            until += slot
        self._until = until

    def _attempt(self, at: datetime) -> None:
        strain, luck = self.strain(at), self._random.random()
        amount, kind = self._random.choice(_PRICES), self._random.random()
        currency = "eur" if self._random.random() < 0.1 else "usd"
        token = f"{self._random.getrandbits(80):020x}"
        if strain >= BREAKING and luck < 0.5:
            # Half of the buyers never get as far as paying.
            return
        failure = _failure(kind, 0.25 if strain >= BREAKING else 0.0001)
        payment = Payment(id=token, at=at, amount=amount, currency=currency, failure=failure)
        self.payments[token] = payment
        self.tell("charge.failed" if failure else "charge.succeeded", f"ch_{token}", at)

    def _seed(self, now: datetime) -> None:
        """Three refunds, and two disputes that wait for nobody's answer."""
        good = [each for each in self.payments.values() if not each.failure]
        for place, reason in ((40, None), (200, "requested_by_customer"), (420, "duplicate")):
            if place < len(good):
                chosen = good[-1 - place]
                self._refunded(chosen, chosen.amount, reason, chosen.at + timedelta(minutes=30))
        for status, days in (("under_review", 9), ("won", 41)):
            token = ids.token("dispute", self.name, status, length=24)
            self.disputes[f"dp_{token}"] = Dispute(
                id=f"dp_{token}",
                payment=ids.token("disputed", self.name, status, length=20),
                amount=4_800,
                currency="usd",
                at=now - timedelta(days=days),
                reason="product_not_received",
                status=status,
                due=now - timedelta(days=days - 7),
            )

    def tell(self, kind: str, about: str, at: datetime) -> None:
        """Note an event."""
        self.events.append(Event(account=self.name, type=kind, at=at, about=about))

    def pending(self, event: Event, now: datetime) -> int:
        """Webhooks that did not take an event yet; a failed one is tried again once all is well."""
        fresh = (now - event.at).total_seconds() < 1.0
        lost = self.strain(event.at) >= BREAKING and self.strain(now) >= BREAKING
        return int(fresh or lost or self.webhook_status != "enabled")

    def newest_payments(self) -> Iterator[Payment]:
        """All payments, the newest first."""
        return reversed(self.payments.values())

    def refund(
        self,
        payment: Payment,
        amount: int | None,
        reason: str | None,
        metadata: Mapping[str, str] | None = None,
    ) -> Refund:
        """Pay back what is asked, or all that is left.

        Raises:
            Refusal: Nothing is left, too much is asked, or it never succeeded.
        """
        left = 0 if payment.failure else payment.amount - payment.refunded
        wanted = left if amount is None else amount
        if payment.failure:
            raise _invalid("", f"Charge ch_{payment.id} has failed and cannot be refunded.")
        if payment.disputed:
            message = f"Charge ch_{payment.id} has been charged back; cannot issue a refund."
            raise _invalid("charge_disputed", message)
        if not left:
            message = f"Charge ch_{payment.id} has already been refunded."
            raise _invalid("charge_already_refunded", message)
        if not 0 < wanted <= left:
            message = f"Refund amount ({wanted}) is greater than unrefunded amount ({left})."
            raise _invalid("amount_too_large", message)
        return self._refunded(payment, wanted, reason, self.agenda.now, metadata)

    def _refunded(
        self,
        payment: Payment,
        amount: int,
        reason: str | None,
        at: datetime,
        metadata: Mapping[str, str] | None = None,
    ) -> Refund:
        id_ = f"re_{ids.token('refund', payment.id, payment.refunded, length=24)}"
        made = Refund(
            id=id_,
            payment=payment.id,
            amount=amount,
            currency=payment.currency,
            at=at,
            reason=reason,
            metadata=dict(metadata or {}),
        )
        self.refunds[id_] = made
        self.payments[payment.id] = replace(payment, refunded=payment.refunded + amount)
        self.tell("charge.refunded", f"ch_{payment.id}", at)
        return made


def _failure(luck: float, errors: float) -> str:
    """Which failure an attempt meets, if any: two in a hundred are declined."""
    if luck < errors:
        return "processing_error/processing_error"
    if luck < errors + 0.02:
        return f"card_declined/{_DECLINES[int(luck * 10_000) % len(_DECLINES)]}"
    return "card_declined/highest_risk_level" if luck < errors + 0.022 else ""


def _invalid(code: str, message: str) -> Refusal:
    return Refusal(400, code, message)
