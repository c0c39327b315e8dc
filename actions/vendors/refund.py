"""Paying a payment back at Stripe.

Source: Stripe's "Create a refund", version 2023-08-16. There is no way back: money on its way to a
payer is the payer's.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
from actions.http_steps import THIS_REQUEST, http_step
from actions.plan import Change, Danger, Effect, HttpStep, Plan, Target
from actions.vendors.payment import Paid, amount_of, paid
from actions.vendors.spots import Spot, Spots, mark_of
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.money import major
from providers.stripe_mapping import dashboard
from providers.stripe_values import SYSTEM
from providers.text import Foreign
from providers.vendor import told_segment

REFUND: Final = "refund-payment"
REASONS: Final = ("requested_by_customer", "duplicate", "fraudulent")
MARK: Final = "quarterdeck_request"
"""Key of the metadata by which a refund of ours is found again."""

_NEEDS: Final = ("Refunds: Write", "Charges: Read", "PaymentIntents: Read", "Disputes: Read")
_ALWAYS: Final = (
    "Stripe keeps its fee",
    "5 to 10 business days until the payer has it",
    "orders and tickets are left as they are",
    "pending while the balance is too low",
)
_FRAUD: Final = "card and e-mail go on Stripe's block lists"
_STATES: Final = {
    "succeeded": State.DONE,
    "pending": State.DONE,
    "requires_action": State.PENDING,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}


class RefundPayment(UndoneAsPlanned):
    """Pays back what is left of a payment, or a part of it.

    Args:
        spots: The accounts.
    """

    name = REFUND
    settle_s = 20.0

    def __init__(self, spots: Spots[Spot]) -> None:
        self._spots = spots

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`; the amount left is computed from the charge and its refunds."""
        spot, rest = self._spots.of(target)
        found = await paid(spot, rest)
        if found.status != "succeeded":
            raise Unplannable(f"it never succeeded ({found.status}): there is nothing to pay back")
        if not found.left:
            raise Unplannable(f"it was paid back in full: {found.words(found.refunded)}")
        reason = parameters.get("reason") or REASONS[0]
        if reason not in REASONS:
            raise Unplannable(f"Stripe takes the reasons {', '.join(REASONS)}")
        amount = amount_of(parameters.get("amount", ""), found.currency, found.left)
        return _plan(spot, target, found, amount, reason, parameters.get("amount", "").strip(" "))

    async def pin(self, plan: Plan) -> Pinned:
        """See `Verb.pin`."""
        spot, _ = self._spots.of(plan.target)
        again = await self.plan(plan.target, dict(plan.parameters))
        conditions = (await _key(spot), *_preconditions(spot, again))
        return Pinned(plan=again, preconditions=conditions)

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`; the confirmation's id is Stripe's idempotency key."""
        spot, _ = self._spots.of(plan.target)
        answer = await spot.send(plan, "refund payment", {"Idempotency-Key": key})
        try:
            fields = Fields(answer.value, SYSTEM, "refund payment")
            made, status = fields.word("id"), fields.word("status", "unknown")
        except BadAnswer as error:
            error.after_sending = True
            raise
        return Sent(answer=made, words=f"taken, refund {made} {status}", marks=(("refund", made),))

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`; without an answer it is found by its mark."""
        spot, _ = self._spots.of(plan.target)
        made = dict(sent.marks).get("refund", "") if sent is not None else ""
        if made:
            path = f"/v1/refunds/{told_segment(made, SYSTEM, 'read refund')}"
            answer = await spot.api.get("read refund", path)
            return _settled(Fields(answer.value, SYSTEM, "read refund"))
        return await self._found(spot, plan)

    async def _found(self, spot: Spot, plan: Plan) -> Settled:
        charge = plan.pinned.get("charge", "")
        answer = await spot.api.get(
            "list refunds", "/v1/refunds", params=[("charge", charge), ("limit", "100")]
        )
        refunds = Fields(answer.value, SYSTEM, "list refunds").items("data")
        ours = [each for each in refunds if _mark(each) == plan.pinned.get("mark")]
        if not ours:
            return Settled(state=State.PENDING, words=f"no refund of {charge} bears its mark")
        if len(ours) > 1:
            words = f"{len(ours)} refunds of {charge} bear its mark: look which are meant"
            return Settled(state=State.UNKNOWN, words=words)
        return _settled(ours[0])


async def _key(spot: Spot) -> Precondition:
    """Whether the key may pay back, as far as its kind tells: Stripe says so only then."""
    # Only what the first three letters say is used, as on Stripe's page "API keys".
    begins = (await spot.api.credential()).reveal()[:3] if spot.api.credential else ""
    unknown = "" if begins == "sk_" else "Stripe does not tell whether the key may write Refunds"
    return spot.checks.warns_if("key", unknown, "a secret key may do everything")


def _mark(refund: Fields) -> str:
    said = refund.optional_fields("metadata")
    return (said.optional_word(MARK) or "") if said is not None else ""


def _settled(refund: Fields) -> Settled:
    status = refund.word("status", "unknown")
    words = f"refund {refund.word('id')} {'is ' if status == 'pending' else ''}{status}"
    why = refund.optional_word("failure_reason")
    if status == "pending":
        words += ": Stripe took it; it may fail later, which is told among the refunds"
    return Settled(
        state=_STATES.get(status, State.UNKNOWN), words=f"{words} ({why})" if why else words
    )


def _plan(spot: Spot, target: Target, found: Paid, amount: int, reason: str, said: str) -> Plan:
    mark = mark_of(REFUND, found.charge, str(found.left), str(amount), reason)
    words = found.words(amount)
    test = "" if found.live else " (TEST mode)"
    return Plan(
        verb=REFUND,
        title=f"Refund {words}{test}",
        target=target,
        parameters=(("amount", said), ("reason", reason)),
        steps=(_step(spot, found, amount, reason, mark),),
        changes=tuple(_changes(found, amount)),
        pins=_pins(found, mark),
        effects=(
            Effect(
                words="paid back to one payer",
                number=major(amount, found.currency),
                unit=found.currency.upper(),
                measured_at=spot.clock.now().at,
            ),
        ),
        side_effects=(*_ALWAYS, *((_FRAUD,) if reason == "fraudulent" else ())),
        no_undo="the money is the payer's then",
        needs=_NEEDS,
        danger=Danger.FINAL,
        sources=(spot.source,),
        look_at=dashboard(found.live, "payments", found.payment),
    )


def _step(spot: Spot, found: Paid, amount: int, reason: str, mark: str) -> HttpStep:
    form = (
        ("charge", found.charge),
        ("amount", str(amount)),
        ("reason", reason),
        (f"metadata[{MARK}]", mark),
    )
    return http_step(
        spot.url,
        f"pay {found.words(amount)} back",
        "POST",
        "/v1/refunds",
        form=form,
        headers=(("Idempotency-Key", THIS_REQUEST),),
    )


def _pins(found: Paid, mark: str) -> tuple[tuple[str, str], ...]:
    return (
        ("charge", found.charge),
        ("mode", found.mode),
        ("currency", found.currency),
        ("captured", str(found.captured)),
        ("left", str(found.left)),
        ("disputed", str(found.disputed).lower()),
        ("mark", mark),
    )


def _changes(found: Paid, amount: int) -> Iterator[Change]:
    back = found.captured - found.left
    yield Change(
        field="paid back",
        before=Foreign(found.words(back)),
        after=Foreign(f"{found.words(back + amount)} of {found.words(found.captured)}"),
    )
    yield Change(
        field="left to pay back",
        before=Foreign(found.words(found.left)),
        after=Foreign(found.words(found.left - amount)),
    )


def _preconditions(spot: Spot, plan: Plan) -> Iterator[Precondition]:
    pins = plan.pinned
    live = pins["mode"] == "live"
    test = "TEST mode: no money moves" if not live else ""
    yield spot.checks.warns_if("mode", test, "live mode: real money moves")
    disputed = "the payer disputes it: a refund would pay twice"
    yield spot.checks.unless(
        "dispute", disputed if pins["disputed"] == "true" else "", "not disputed"
    )
    yield spot.checks.unless("payment", "", f"{plan.changes[1].before.line(60)} left")
