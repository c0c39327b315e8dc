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
from providers.vendor import Entry, entries, sort_out

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
    operation = f"list {noun}s"
    raw: list[Entry] = []
    answer = await api.get(operation, path, params=[*params, ("limit", str(PAGE))])
    more, after = False, None
    for number in range(most_pages):
        if number:
            query = [*params, ("limit", str(PAGE)), ("starting_after", after or "")]
            answer = await api.get(operation, path, params=query)
        page = entries(answer.value, "data", SYSTEM, operation)
        raw += page
        more = Fields(answer.value, SYSTEM, operation).flag("has_more", default=False)
        last = _identity(page[-1]) if page else None
        if not more or last is None or last == after:
            break
        after = last
    found = sort_out(raw, parse, noun)
    return Listed(
        items=found.readable(),
        whole=not more and not found.notice,
        notice=found.notice or ("" if not more else f"only the newest {len(raw)} {noun}s read"),
        at=answer.at,
        version=answer.headers.get("stripe-version", ""),
    )


def since(at: datetime) -> tuple[str, str]:
    """The filter for what came into being from then on."""
    return "created[gte]", str(int(at.timestamp()))


def _identity(entry: Entry) -> str | None:
    try:
        return entry.fields().optional_word("id")
    except BadAnswer:
        return None
