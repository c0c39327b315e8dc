"""Google Calendar's lists, page by page and within bounds."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from providers.errors import BadAnswer, Unauthorized
from providers.fields import Fields
from providers.google_mapping import SYSTEM
from providers.google_token import forget_token
from providers.http import Answer, Api
from providers.text import EMPTY, Foreign
from providers.vendor import Entry, entries, sort_out

Item = TypeVar("Item")


class Paged(Struct, Generic[Item], frozen=True, kw_only=True):
    """A list as far as it was read."""

    items: tuple[Item, ...]
    more: bool
    """There are others that were not asked for."""

    notice: str
    title: Foreign
    """What the list calls itself: the calendar's name."""


async def paged(
    api: Api,
    path: str,
    parse: Callable[[Fields], Item],
    noun: str,
    *,
    params: Sequence[tuple[str, str]] = (),
    most_pages: int = 1,
) -> Paged[Item]:
    """A list from its beginning.

    Raises:
        ProviderError: Google did not give it. A used-up quota is `RateLimited`, a right that is
            missing `Unauthorized`, though both are HTTP 403.
    """
    operation = f"list {noun}s"
    raw: list[Entry] = []
    token: str | None = None
    seen: set[str] = set()
    answer = await _asked(api, operation, path, [*params])
    fields = Fields(answer.value, SYSTEM, operation)
    for number in range(most_pages):
        if number:
            answer = await _asked(api, operation, path, [*params, ("pageToken", token or "")])
        fields = Fields(answer.value, SYSTEM, operation)
        raw += _items(answer, fields, operation)
        token = _next(fields)
        if token is None or token in seen:
            break
        seen.add(token)
    found = sort_out(raw, parse, noun)
    return Paged(
        items=found.readable(),
        more=token is not None,
        notice=found.notice,
        title=fields.text("summary", EMPTY),
    )


async def _asked(api: Api, operation: str, path: str, params: Sequence[tuple[str, str]]) -> Answer:
    try:
        return await api.get(operation, path, params=params)
    except Unauthorized as error:
        # A token that was revoked is no longer good before its time.
        forget_token(api)
        if error.code in {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
            error.advice = "consent anew with calendarlist.readonly and calendar.events.readonly"
        elif error.code == "accessNotConfigured":
            error.advice = "switch the Google Calendar API on in the project's console"
        raise


def _items(answer: Answer, fields: Fields, operation: str) -> list[Entry]:
    """Google may leave an empty list out; what says nothing of itself is still no list."""
    if "items" not in fields and "kind" in fields:
        return []
    return entries(answer.value, "items", SYSTEM, operation)


def _next(fields: Fields) -> str | None:
    token = fields.raw("nextPageToken")
    if token is None or token == "":
        return None
    if not isinstance(token, str) or len(token) > 4_096 or not token.isprintable():
        raise BadAnswer(SYSTEM, "turn the page", f"{fields.path}.nextPageToken: not a token")
    return token
