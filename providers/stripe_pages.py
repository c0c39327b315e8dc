"""Stripe's lists, page by page and within bounds."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Generic, TypeVar

from msgspec import Struct

from providers.clock import Moment
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.http import Api
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
    unread: str
    """Why nothing may be counted, also no share: some came and could not be read."""

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
    query = [*params, ("limit", str(PAGE))]
    page = await _page(api, path, f"list {noun}s", query, sorting)
    for _ in range(most_pages - 1):
        if page.after is None:
            break
        onward = [*query, ("starting_after", page.after)]
        page = await _page(api, path, f"list {noun}s", onward, sorting, before=page.after)
    found = sorting.found()
    cut = f"only the newest {sorting.count} {noun}s read" if page.more else ""
    return Listed(
        items=found.readable(),
        whole=not page.more and not found.notice,
        notice=found.notice or cut,
        unread=found.notice,
        at=page.at,
        version=page.version,
    )


class _Page(Struct, frozen=True, kw_only=True):
    """What is left to know of a page that has been read."""

    at: Moment
    version: str
    more: bool
    """Stripe has older ones."""

    after: str | None
    """Where they begin; None: they can not be asked for."""


async def _page(
    api: Api,
    path: str,
    operation: str,
    query: Sequence[tuple[str, str]],
    into: Sorting[Item],
    before: str | None = None,
) -> _Page:
    """Read one page, of which nothing is left in memory when the next is asked for."""
    answer = await api.get(operation, path, params=query, listed="data")
    page = entries(answer.value, "data", SYSTEM, operation)
    into.take(page)
    more = Fields(answer.value, SYSTEM, operation).flag("has_more", default=False)
    last = _identity(page[-1]) if page else None
    return _Page(
        at=answer.at,
        version=answer.headers.get("stripe-version", ""),
        more=more,
        after=last if more and last != before else None,
    )


def since(at: datetime) -> tuple[str, str]:
    """The filter for what came into being from then on."""
    return "created[gte]", str(int(at.timestamp()))


def _identity(entry: Entry) -> str | None:
    try:
        return entry.fields().optional_word("id")
    except BadAnswer:
        return None
