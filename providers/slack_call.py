"""One call of Slack's Web API: HTTP 200 may still mean no.

Source: Slack's Web API, "evaluating responses": `ok` decides, `error` is a word.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    ServerFailed,
    Unauthorized,
)
from providers.fields import Fields
from providers.http import Answer, Api
from providers.limiter import USUAL_WAIT_S

SYSTEM: Final = "Slack"

_NEW_TOKEN: Final = "install the app anew and take its new bot token"  # noqa: S105 - words
_INVITE: Final = "write /invite @the-app in the channel"
_AGAIN: Final = "it goes on by itself"

_WORDS: Final[Mapping[str, tuple[type[ProviderError], str, str]]] = {
    "not_authed": (Unauthorized, "no token came with the request", "check the account's secret"),
    "invalid_auth": (Unauthorized, "the token was refused", _NEW_TOKEN),
    "token_revoked": (Unauthorized, "the token was revoked", _NEW_TOKEN),
    "token_expired": (Unauthorized, "the token has expired", _NEW_TOKEN),
    "account_inactive": (Unauthorized, "the token's user or workspace is gone", _NEW_TOKEN),
    "not_allowed_token_type": (
        Unauthorized,
        "this kind of token may not do this",
        "use a bot token (xoxb-…)",
    ),
    "access_denied": (Unauthorized, "the workspace forbids this", "ask its administrators"),
    "missing_scope": (Unauthorized, "the token lacks a scope", "add it under OAuth & Permissions"),
    "not_in_channel": (Unauthorized, "the app is not in the channel", _INVITE),
    "channel_not_found": (
        NotFound,
        "there is no such channel, or it is private and the app is not in it",
        f"check the channel's id; for a private one {_INVITE}",
    ),
    "is_archived": (NotFound, "the channel is archived", "choose another one"),
    "restricted_action": (
        Unauthorized,
        "the workspace's settings forbid the app to post there",
        "ask its administrators",
    ),
    "user_not_found": (NotFound, "there is no such user", ""),
    "user_not_visible": (NotFound, "the user is not visible to the app", ""),
    "internal_error": (ServerFailed, "it reports an error of its own", _AGAIN),
    "fatal_error": (ServerFailed, "it reports an error of its own", _AGAIN),
    "service_unavailable": (ServerFailed, "it is not available", _AGAIN),
    "team_added_to_org": (ServerFailed, "the workspace is being moved", _AGAIN),
    "request_timeout": (ServerFailed, "it did not get the whole request", _AGAIN),
}
"""By `error`; each with what to do."""

_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})


async def ask(
    api: Api, operation: str, method: str, params: Sequence[tuple[str, str]] = ()
) -> tuple[Fields, Answer]:
    """Call a method that reads.

    Args:
        api: The account's client.
        operation: For the errors.
        method: Such as `auth.test`.
        params: The query.

    Raises:
        ProviderError: The request failed, or Slack said `ok: false`.
    """
    answer = await api.get(operation, f"/{method}", params=params)
    return accepted(answer.value, operation), answer


def accepted(value: object, operation: str) -> Fields:
    """The fields of an answer that says `ok: true`.

    Args:
        value: The decoded answer.
        operation: For the errors.

    Raises:
        ProviderError: Slack said `ok: false`.
    """
    fields = Fields(value, SYSTEM, operation)
    if fields.flag("ok"):
        return fields
    raise _refusal(fields, operation)


def _refusal(fields: Fields, operation: str) -> ProviderError:
    word = fields.word("error", "no reason given")
    error = _error(word, fields, operation)
    error.code = word
    return error


def _error(word: str, fields: Fields, operation: str) -> ProviderError:
    if word in _LIMITED:
        reason = f"asked too often, to wait {USUAL_WAIT_S:.0f} s"
        return RateLimited(SYSTEM, operation, reason, retry_after_s=USUAL_WAIT_S, advice=_AGAIN)
    kind, reason, advice = _WORDS.get(
        word, (BadAnswer, f"it says {word}", "look the word up in the method's documentation")
    )
    needed = fields.optional_word("needed")
    if word == "missing_scope" and needed:
        reason = f"the token lacks the scope {needed}"
    return kind(SYSTEM, operation, reason, advice=advice)
