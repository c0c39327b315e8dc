"""Payments and calendars: which rows are offered what, and how targets are named."""

import re
from collections.abc import Iterator
from typing import Final

from actions.families import Offer, Row
from actions.plan import Target
from actions.vendors.calendar_event import CalendarSpot, occasion
from actions.vendors.cancel_event import CANCEL, RESTORE, CancelEvent, RestoreEvent
from actions.vendors.family import VendorFamily, detail, offer
from actions.vendors.payment import is_payment, paid
from actions.vendors.refund import REFUND, RefundPayment
from actions.vendors.spots import Spot, Spots
from actions.verbs import Unplannable
from monitor.snapshot import WorkspaceView
from providers.system_readings import Record
from providers.text import Foreign

_SHORT: Final = 8
"""So many of the last signs of an id are typed to confirm."""

_EVENTS: Final = re.compile(r"events-([0-9]{1,3})")
_NEVER: Final = {
    "failures": "it failed: there is nothing to pay back",
    "disputes": "the payer disputes it: answer the dispute instead",
}
_PAID: Final = frozenset({"recent", "refunds", "intents", *_NEVER})


class Payments(VendorFamily):
    """Of Stripe.

    Args:
        spots: The accounts.
    """

    def __init__(self, spots: Spots[Spot]) -> None:
        super().__init__((RefundPayment(spots),))
        self.spots = spots

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """See `Family.offers`: payments, refunds and disputes of the board."""
        del pane
        spot = self.spots.behind(row.thing)
        if spot is None or row.record is None or row.section not in _PAID:
            return
        payment = detail(row.record, "payment").line(140) or row.record.id
        if is_payment(payment):
            yield offer(REFUND, _payment(spot, payment), _refused(row.section, row.record))

    async def target(self, verb: str, words: str) -> Target:
        """See `Family.target`: a charge is named by its payment intent, as on the board."""
        del verb
        spot, rest = self.spots.named(words)
        if not is_payment(rest):
            raise Unplannable("that is no id of a payment: ch_… or pi_…")
        return _payment(spot, (await paid(spot, rest)).payment)


def _payment(spot: Spot, payment: str) -> Target:
    return spot.target("payment", payment, Foreign(payment), payment[-_SHORT:])


def _refused(section: str, record: Record) -> str:
    if section in _NEVER:
        return _NEVER[section]
    state = record.state.text
    if section == "intents" and state != "succeeded":
        return f"it is {record.state.line(40)}: there is nothing to pay back"
    if section == "recent" and state in {"disputed", "paid back"}:
        return f"it is {state}"
    return ""


class Calendars(VendorFamily):
    """Of Google.

    Args:
        spots: The accounts with their calendars.
    """

    def __init__(self, spots: Spots[CalendarSpot]) -> None:
        super().__init__((CancelEvent(spots), RestoreEvent(spots)))
        self.spots = spots

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """See `Family.offers`: the events of the watched calendars."""
        del pane
        spot, place = self.spots.behind(row.thing), _EVENTS.fullmatch(row.section)
        if spot is None or row.record is None or place is None:
            return
        number = int(place[1])
        if number >= len(spot.calendars):
            return
        target = _event(spot, spot.calendars[number], row.record.id, row.record.title)
        gone = row.record.state.text == "cancelled"
        yield offer(CANCEL, target, "it is cancelled already" if gone else "")
        if gone:
            yield offer(RESTORE, target)

    async def target(self, verb: str, words: str) -> Target:
        """See `Family.target`."""
        del verb
        spot, rest = self.spots.named(words)
        calendar, _, event = rest.rpartition("/")
        if calendar not in spot.calendars or not event:
            known = ", ".join(spot.calendars[:4])
            raise Unplannable(f"name one of the calendars that are watched: {known}")
        found = await occasion(spot, calendar, event)
        return _event(spot, calendar, event, found.title)


def _event(spot: CalendarSpot, calendar: str, event: str, title: Foreign) -> Target:
    # All dates of a series share title and id; what stands after the underscore is the date.
    id_, _, date = event.partition("_")
    short = f"{id_[-4:]}-{date[:_SHORT]}" if date else id_[-_SHORT:]
    return spot.target("event", f"{calendar}/{event}", title, short)
