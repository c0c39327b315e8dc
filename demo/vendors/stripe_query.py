"""What a request to Stripe asks for: forms, filters, pages."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from demo.vendors import stripe_shapes as shapes
from demo.vendors.stripe_state import Payment, Stripe
from demo.vendors.wire import Refusal

_LIST: Final = frozenset({"limit", "starting_after", "ending_before", "expand", "created"})


async def read_form(request: Request) -> dict[str, str]:
    """The form of a body; nothing else is taken."""
    raw = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0]
    if raw and kind != "application/x-www-form-urlencoded":
        raise Refusal(415, "", "Only forms are taken (application/x-www-form-urlencoded).")
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


def amount_of(form: Mapping[str, str]) -> int | None:
    """What is asked back; None: all that is left."""
    raw = form.get("amount")
    if raw is None:
        return None
    if not raw.isascii() or not raw.isdigit():
        raise Refusal(400, "parameter_invalid_integer", f"Invalid integer: {raw[:40]}")
    return int(raw)


def metadata_of(form: Mapping[str, str]) -> dict[str, str]:
    """What stands in `metadata[…]`."""
    return {
        name[len("metadata[") : -1]: value
        for name, value in form.items()
        if name.startswith("metadata[") and name.endswith("]")
    }


def is_of(request: Request, payment: str) -> bool:
    """Whether the query asks for this payment, or for any."""
    query = request.query_params
    by_charge = query.get("charge") in {None, f"ch_{payment}"}
    return by_charge and query.get("payment_intent") in {None, f"pi_{payment}"}


def payment_of(state: Stripe, name: str) -> Payment:
    """The payment of a charge or of a payment intent."""
    found = state.payments.get(name[3:]) if name.startswith(("ch_", "pi_")) else None
    if found is None:
        raise Refusal(404, "resource_missing", f"No such charge: '{name[:80]}'")
    return found


def found_in(known: Mapping[str, shapes.Item], name: str) -> shapes.Item:
    """One of those that there are."""
    if name not in known:
        raise Refusal(404, "resource_missing", f"No such object: '{name[:80]}'")
    return known[name]


def wanted_payments(request: Request, state: Stripe) -> list[Payment]:
    """Payments that the query asks for, the newest first."""
    wanted = request.query_params.get("payment_intent")
    newest = since(request, state.newest_payments())
    return [each for each in remaining(request, newest) if wanted in {None, f"pi_{each.id}"}]


def remaining(request: Request, newest: Sequence[Payment]) -> Sequence[Payment]:
    """Payments from the one on which the page before ended with: those before it need no shape."""
    _, _, token = request.query_params.get("starting_after", "").partition("_")
    ended = next((place for place, each in enumerate(newest) if each.id == token), 0)
    return newest[ended:]


def since(request: Request, newest_first: Iterable[shapes.Timed]) -> list[shapes.Timed]:
    """Those whose `created` lies within the bounds that the query names."""
    low = whole(request, "created[gte]", 0)
    low = max(low, whole(request, "created[gt]", -1) + 1)
    high = whole(request, "created[lte]", 2**53)
    high = min(high, whole(request, "created[lt]", 2**53) - 1)
    return [each for each in newest_first if low <= shapes.seconds(each.at) <= high]


def whole(request: Request, name: str, default: int) -> int:
    """A whole number of the query."""
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not raw.isascii() or not raw.isdigit():
        raise Refusal(400, "parameter_invalid_integer", f"Invalid integer: {raw[:40]}")
    return int(raw)


def page(
    request: Request, newest_first: Iterable[shapes.Shape], *filters: str
) -> dict[str, object]:
    """A page of a list, as the query wants it."""
    allowed = {*_LIST, *filters, "customer", "payment_intent", "transfer_group"}
    for name in request.query_params:
        if name.partition("[")[0] not in allowed:
            message = f"Received unknown parameter: {name[:60]}"
            raise Refusal(400, "parameter_unknown", message, extra={"param": name[:60]})
    limit, after = whole(request, "limit", 10), request.query_params.get("starting_after")
    if not 1 <= limit <= 100:
        raise Refusal(400, "parameter_invalid_integer", "limit must be from 1 to 100")
    # Made one by one as they are taken: a page is a small part of a day's payments.
    rest = iter(newest_first)
    if after is not None and not any(each["id"] == after for each in rest):
        raise Refusal(400, "resource_missing", f"No such object: '{after[:80]}'")
    data = list(itertools.islice(rest, limit))
    more = next(rest, None) is not None
    return {"object": "list", "data": data, "has_more": more, "url": request.url.path}
