"""Stripe's lists, page by page and within bounds."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Generic, TypeVar

from msgspec import Struct

from providers.clock import Moment
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.http import Api
from providers.http_answers import Answer
from providers.stripe_values import SYSTEM
from providers.vendor import Entry, Sorting, entries

PAGE: Final = 100
"""The most that Stripe gives at once."""

Item = TypeVar("Item")


class Listed(Struct, Generic[Item], frozen=True, kw_only=True):
    """A list as far as it was read, the newest first."""

    items: tuple[Item, ...]
    whole: bool
    """False: there are older ones that were not asked for, or some could not be read."""

    notice: str
    at: Moment
    version: str
    """The version that Stripe says it answered in."""


async def listed(
    api: Api,
    path: str,
    parse: Callable[[Fields], Item],
    noun: str,
    *,
    params: Sequence[tuple[str, str]] = (),
    most_pages: int = 1,
) -> Listed[Item]:
    """A list from its newest entry on.

    Args:
        api: The account's client.
        path: Such as `/v1/charges`.
        parse: Makes a value of one entry.
        noun: What an entry is, in the singular.
        params: Filters.
        most_pages: After so many pages the rest is left out, and `whole` says so.

    Raises:
        ProviderError: Stripe did not give it.
    """
    sorting = Sorting(parse, noun)
    last, more = await _read(api, path, f"list {noun}s", params, most_pages, sorting)
    found = sorting.found()
    cut = f"only the newest {sorting.count} {noun}s read" if more else ""
    return Listed(
        items=found.readable(),
        whole=not more and not found.notice,
        notice=found.notice or cut,
        at=last.at,
        version=last.headers.get("stripe-version", ""),
    )


async def _read(
    api: Api,
    path: str,
    operation: str,
    params: Sequence[tuple[str, str]],
    most_pages: int,
    into: Sorting[Item],
) -> tuple[Answer, bool]:
    """Read page by page; gives the last answer, and whether Stripe has more."""
    query = [*params, ("limit", str(PAGE))]
    answer = await api.get(operation, path, params=query)
    more, after = False, None
    for number in range(most_pages):
        if number:
            onward = [*query, ("starting_after", after or "")]
            answer = await api.get(operation, path, params=onward)
        page = entries(answer.value, "data", SYSTEM, operation)
        into.take(page)
        more = Fields(answer.value, SYSTEM, operation).flag("has_more", default=False)
        last = _identity(page[-1]) if page else None
        if not more or last is None or last == after:
            break
        after = last
    return answer, more


def since(at: datetime) -> tuple[str, str]:
    """The filter for what came into being from then on."""
    return "created[gte]", str(int(at.timestamp()))


def _identity(entry: Entry) -> str | None:
    try:
        return entry.fields().optional_word("id")
    except BadAnswer:
        return None
