"""What Render's answers have in common: pages by cursor, filters, what is wrong."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from starlette.requests import Request

from demo.vendors.wire import Refusal, instant, number

Item = TypeVar("Item")

_PAGE: Final = 20
_LONGEST_PAGE: Final = 100


def bad(message: str) -> Refusal:
    """The vendor's answer to a request it does not understand."""
    return Refusal(400, "bad_request", message)


def page(request: Request, items: Sequence[Item], id_of: Callable[[Item], str]) -> list[Item]:
    """The items after `cursor`, at most `limit`; the cursor of an item is its id."""
    limit = number(request, "limit", bad, 1, _LONGEST_PAGE) or _PAGE
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return list(items[:limit])
    places = [place for place, item in enumerate(items) if id_of(item) == cursor]
    if not places:
        raise bad("invalid cursor")
    return list(items[places[0] + 1 :][:limit])


def listed(request: Request, name: str) -> frozenset[str]:
    """A filter given as comma list, or repeated, or both."""
    values = request.query_params.getlist(name)
    return frozenset(part for value in values for part in value.split(",") if part)


def within(request: Request, at: datetime | None, before: str, after: str) -> bool:
    """Whether an instant lies in the range of the query, if one is given."""
    start, end = instant(request, after, bad), instant(request, before, bad)
    if start is None and end is None:
        return True
    return at is not None and (start is None or at >= start) and (end is None or at <= end)
