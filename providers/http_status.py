"""What a vendor's refusal means: from status, headers and body to the error tree."""

import re
from collections.abc import Mapping
from typing import Final

from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    ServerFailed,
    Unauthorized,
)
from providers.http_body import decode_json, looks_like_html
from providers.limiter import USUAL_WAIT_S
from providers.secrets import redact
from providers.text import EMPTY, Foreign

LONGEST_DETAIL: Final = 300
_NOBODY_KNOWS: Final = frozenset({408, 425, 499})
"""What gives up on the way: the request may have been heard all the same."""

_AGAIN: Final = "nothing to mend here; it is asked again by itself"
_CHECK_REQUEST: Final = "check the address and the ids in the configuration"
_TITLE: Final = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_HOST: Final = re.compile(r"https?://([A-Za-z0-9.-]{1,120})(?![^/?#:])")
"""A plain host at the start of a `Location`; anything fancier is not quoted."""

_SLOW_DOWN: Final = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"}
)
"""What Google says with HTTP 403 when it means "too often"; other words there mean "may not"."""

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_MESSAGE_KEYS: Final = ("message", "error_description", "detail", "title", "msg", "code", "error")

_REFUSALS: Final[Mapping[int, tuple[type[ProviderError], str, str]]] = {
    401: (
        Unauthorized,
        "the credential was refused (HTTP 401)",
        "it may be wrong, expired or revoked: make a new one",
    ),
    402: (
        Unauthorized,
        "the account's plan does not include this (HTTP 402)",
        "see its plan and bills",
    ),
    403: (
        Unauthorized,
        "the credential may not do this (HTTP 403)",
        "check its scopes and the team or account in the configuration",
    ),
    404: (
        NotFound,
        "not there, or hidden from this credential (HTTP 404)",
        "check the id in the configuration, and the team or account",
    ),
    407: (BadAnswer, "a proxy asks for a login (HTTP 407)", "none is configured"),
    409: (Refused, "it is in conflict with something under way (HTTP 409)", _AGAIN),
    410: (NotFound, "it is gone for good (HTTP 410)", "check the id in the configuration"),
    422: (Refused, "the request was not accepted (HTTP 422)", _CHECK_REQUEST),
    451: (Unauthorized, "withheld for legal reasons (HTTP 451)", "ask who runs it"),
}

_CHECK_ADDRESS: Final = "check the address in the configuration"
_ANONYMOUS: Final[Mapping[int, tuple[type[ProviderError], str, str]]] = {
    **_REFUSALS,
    401: (Unauthorized, "it asks for a credential, and none is sent (HTTP 401)", _CHECK_ADDRESS),
    403: (Unauthorized, "it lets nobody see this (HTTP 403)", _CHECK_ADDRESS),
    404: (NotFound, "not there (HTTP 404)", _CHECK_ADDRESS),
}
"""The same where no credential is sent, as to a status page."""


def refusal(
    system: str,
    operation: str,
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    wait_s: float | None,
    *,
    anonymous: bool = False,
) -> ProviderError:
    """The error for an answer that is no success.

    Args:
        system: For the error.
        operation: For the error.
        status: Anything but 2xx.
        body: Decoded.
        headers: Names in lower case.
        wait_s: Seconds the limiter read out of it, or None.
        anonymous: Whether no credential was sent.
    """
    error = _refusal(system, operation, status, body, headers, wait_s, anonymous=anonymous)
    error.code = code_of(body)
    return error


def _refusal(
    system: str,
    operation: str,
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    wait_s: float | None,
    *,
    anonymous: bool,
) -> ProviderError:
    detail = said(body)
    code = code_of(body)
    if status == 403 and wait_s is None and code in _SLOW_DOWN:
        wait_s = USUAL_WAIT_S
    if status == 429 or (status == 403 and wait_s is not None):
        return _limited(system, operation, f"HTTP {status}", code, wait_s or 0.0, detail)
    if status >= 500:
        page = ", an HTML page" if looks_like_html(body) else ""
        reason = f"it reports an error of its own (HTTP {status}{page})"
        return ServerFailed(system, operation, reason, advice=_AGAIN, detail=detail)
    if 300 <= status < 400:
        return _moved(system, operation, status, headers.get("location", ""))
    known = _ANONYMOUS if anonymous else _REFUSALS
    other = Refused if 400 <= status < 500 and status not in _NOBODY_KNOWS else BadAnswer
    kind, reason, advice = known.get(
        status, (other, f"the request was not accepted (HTTP {status})", _CHECK_REQUEST)
    )
    return kind(system, operation, reason, advice=advice, detail=detail)


def _limited(
    system: str, operation: str, status: str, code: str, wait_s: float, detail: Foreign
) -> RateLimited:
    named = f"{status} {code}" if code else status
    return RateLimited(
        system,
        operation,
        f"asked too often, to wait {wait_s:.0f} s ({named})",
        retry_after_s=wait_s,
        advice="it goes on by itself",
        detail=detail,
    )


def _moved(system: str, operation: str, status: int, location: str) -> BadAnswer:
    """A redirect is not followed; where it leads helps to put the address right."""
    plain = _HOST.match(location)
    where = f"to {plain[1]}" if plain else "elsewhere"
    return BadAnswer(
        system,
        operation,
        f"it redirects {where}, which is not followed (HTTP {status})",
        advice="check the base address in the configuration",
    )


def said(body: bytes) -> Foreign:
    """What the other side says of its failure: a message out of JSON, a title, a first line."""
    if looks_like_html(body):
        title = _TITLE.search(body[:16_384])
        return _short(title.group(1).decode("utf-8", "replace")) if title else EMPTY
    try:
        value = decode_json("", "", body[:65_536])
    except BadAnswer:
        return _short(body[:4_096].decode("utf-8", "replace").strip().partition("\n")[0])
    return _short(_message(value, 4))


def code_of(body: bytes) -> str:
    """The other side's own word for its refusal; empty when it has none.

    Google's `errors[].reason`, Stripe's `error.code` or `error.type`, OAuth's `error`, Resend's
    `name`: whatever stands there and is one plain word.
    """
    if looks_like_html(body):
        return ""
    try:
        value = decode_json("", "", body[:65_536])
    except BadAnswer:
        return ""
    if not isinstance(value, dict):
        return ""
    error = value.get("error")
    inner = error if isinstance(error, dict) else value
    errors = inner.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    listed = first.get("reason") if isinstance(first, dict) else None
    words = (listed, inner.get("code"), inner.get("type"), inner.get("name"), error)
    found = (word for word in words if isinstance(word, str) and _CODE.fullmatch(word))
    return redact(next(found, ""))


def _message(value: object, depth: int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and depth:
        return _message(value[0], depth - 1)
    if not isinstance(value, dict) or not depth:
        return ""
    for name in ("error", "errors"):
        if isinstance(value.get(name), dict | list) and (inner := _message(value[name], depth - 1)):
            return inner
    return next((text for key in _MESSAGE_KEYS if isinstance(text := value.get(key), str)), "")


def _short(text: str) -> Foreign:
    return Foreign(Foreign(redact(text[: LONGEST_DETAIL * 4])).line(LONGEST_DETAIL))
