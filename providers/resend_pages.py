"""Resend's lists and counts, one request each."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from msgspec import Struct

from providers.errors import Unauthorized
from providers.fields import Fields
from providers.http import Answer, Api
from providers.resend_values import SYSTEM
from providers.vendor import entries, sort_out

RESTRICTED: Final = "restricted_api_key"
_ADVICE: Final = (
    "Resend has no read-only key: reading needs one with full access; keep it apart from the "
    "product's own and revoke it when the dashboard goes"
)

Item = TypeVar("Item")


class Shown(Struct, Generic[Item], frozen=True, kw_only=True):
    """A list as far as it was read, the newest first."""

    items: tuple[Item, ...]
    more: bool
    """There are older ones."""

    notice: str


async def asked(
    api: Api, operation: str, path: str, params: Sequence[tuple[str, str]] = ()
) -> Answer:
    """Ask once; a key that may only send is told as what it is.

    Raises:
        ProviderError: Resend did not answer as it should.
    """
    try:
        return await api.get(operation, path, params=params)
    except Unauthorized as error:
        if error.code != RESTRICTED:
            raise
        reason = "the key may send and not read"
        told = Unauthorized(error.system, operation, reason, advice=_ADVICE, detail=error.detail)
        told.code = error.code
        raise told from error


async def shown(
    api: Api,
    path: str,
    parse: Callable[[Fields], Item],
    noun: str,
    *,
    limit: int = 100,
) -> Shown[Item]:
    """A list from its newest entry on; only the first page is ever asked for.

    Raises:
        ProviderError: Resend did not give it.
    """
    operation = f"list {noun}s"
    answer = await asked(api, operation, path, [("limit", str(limit))])
    found = sort_out(entries(answer.value, "data", SYSTEM, operation), parse, noun)
    more = Fields(answer.value, SYSTEM, operation).flag("has_more", default=False)
    return Shown(items=found.readable(), more=more, notice=found.notice)


def span(start: datetime, end: datetime) -> list[tuple[str, str]]:
    """The two filters of a time span."""
    return [("start_date", _iso(start)), ("end_date", _iso(end))]


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
