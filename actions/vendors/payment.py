"""A payment at Stripe as it is now, before any of it is paid back.

Amounts are whole numbers of the currency's smallest unit, as Stripe counts.
"""

import re
from typing import Final

from msgspec import Struct

from actions.vendors.spots import Spot
from actions.verbs import Unplannable
from providers.errors import NotFound
from providers.fields import Fields
from providers.money import decimals, money_words
from providers.stripe_mapping import refund_of
from providers.stripe_values import SYSTEM, Refund
from providers.vendor import segment

GIVEN_BACK: Final = frozenset({"succeeded", "pending", "requires_action"})
"""Refunds that take from what is left; failed and canceled ones gave it back."""

_CHARGE: Final = re.compile(r"(?:ch|py)_[A-Za-z0-9]{4,120}")
_INTENT: Final = re.compile(r"pi_[A-Za-z0-9]{4,120}")


class Paid(Struct, frozen=True, kw_only=True):
    """One payment with what became of it."""

    charge: str
    payment: str
    """The payment intent, or the charge itself where there is none."""

    live: bool
    status: str
    captured: int
    refunded: int
    currency: str
    disputed: bool
    refunds: tuple[Refund, ...]

    @property
    def left(self) -> int:
        """What can still be paid back: by what the charge says, and by its refunds."""
        listed = sum(one.amount for one in self.refunds if one.status in GIVEN_BACK)
        return max(0, self.captured - max(self.refunded, listed))

    def words(self, amount: int) -> str:
        """An amount of it, such as `12.50 EUR`."""
        return money_words(amount, self.currency)

    @property
    def mode(self) -> str:
        """Whether real money moves."""
        return "live" if self.live else "test"


def is_payment(word: str) -> bool:
    """Whether it is the id of a charge or of a payment intent."""
    return bool(_CHARGE.fullmatch(word) or _INTENT.fullmatch(word))


async def paid(spot: Spot, payment: str) -> Paid:
    """Read a payment with its refunds; three requests, four for a payment intent.

    Args:
        spot: The account.
        payment: Id of a payment intent, or of a charge.

    Raises:
        Unplannable: It is no such id, or nothing was ever charged for it.
        ProviderError: It could not be read.
    """
    charge = await _charge_of(spot, payment)
    fields = await _read(spot, "read charge", f"/v1/charges/{segment(charge)}")
    if fields.word("id") != charge:
        raise Unplannable(f"Stripe answered with another charge than {charge}")
    refunds = await spot.api.get(
        "list refunds", "/v1/refunds", params=[("charge", charge), ("limit", "100")]
    )
    listed = Fields(refunds.value, SYSTEM, "list refunds")
    if listed.flag("has_more", default=False):
        raise Unplannable(f"{charge} has more than 100 refunds: see Stripe's dashboard")
    return Paid(
        charge=charge,
        payment=fields.optional_word("payment_intent") or charge,
        live=fields.flag("livemode"),
        status=fields.word("status"),
        captured=fields.integer("amount_captured"),
        refunded=fields.integer("amount_refunded"),
        currency=fields.word("currency").lower(),
        disputed=fields.flag("disputed", default=False) or await _is_disputed(spot, charge),
        refunds=tuple(refund_of(each) for each in listed.items("data")),
    )


async def _charge_of(spot: Spot, payment: str) -> str:
    if _CHARGE.fullmatch(payment):
        return payment
    if not _INTENT.fullmatch(payment):
        raise Unplannable("that is no id of a payment: ch_… or pi_…")
    fields = await _read(spot, "read payment", f"/v1/payment_intents/{segment(payment)}")
    charge = fields.optional_word("latest_charge") or ""
    if not _CHARGE.fullmatch(charge):
        raise Unplannable(f"nothing was charged for {payment}: it is {fields.word('status')}")
    return charge


async def _is_disputed(spot: Spot, charge: str) -> bool:
    answer = await spot.api.get(
        "list disputes", "/v1/disputes", params=[("charge", charge), ("limit", "1")]
    )
    return bool(Fields(answer.value, SYSTEM, "list disputes").items("data"))


async def _read(spot: Spot, operation: str, path: str) -> Fields:
    try:
        answer = await spot.api.get(operation, path)
    except NotFound as error:
        error.advice = "check the id, and whether it is of this account and mode (live, test)"
        raise
    return Fields(answer.value, SYSTEM, operation)


def amount_of(said: str, currency: str, left: int) -> int:
    """What an operator wrote, in the smallest unit; all that is left for nothing.

    All decimals of the currency have to be there, so that nobody pays back a hundred times as much
    who counted in cents, or in yen.

    Raises:
        Unplannable: It is no such amount, nothing, or more than is left.
    """
    if not said.strip():
        return left
    digits = decimals(currency)
    shape = r"([0-9]{1,12})" + (rf"\.([0-9]{{{digits}}})" if digits else "")
    found = re.fullmatch(shape, said.strip(" "), re.ASCII)
    if found is None:
        example = money_words(left, currency)
        raise Unplannable(f"write the amount as it is shown, such as {example.replace(',', '')}")
    amount = int("".join(found.groups()))
    if not 0 < amount <= left:
        words = f"{money_words(amount, currency)} of {money_words(left, currency)} that are left"
        raise Unplannable(f"that can not be paid back: {words}")
    return amount
