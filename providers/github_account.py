"""Whose GitHub token is in use and what it may do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from providers.accounts import AccountView
from providers.errors import Unauthorized
from providers.fields import Fields
from providers.github import HEADERS, SYSTEM
from providers.http import Answer, Api
from providers.text import Foreign

_ENDS_SOON: Final = timedelta(days=14)
_NARROW: Final = frozenset({"public_repo", "repo:status", "repo_deployment", "notifications"})
_READING: Final = ("read:", "user:email")


async def describe(api: Api) -> AccountView:
    """Whose token it is and what it may do, for `doctor`.

    Asks for the rate limit first, which every token may and which is free; an app's own token has
    no user.

    Raises:
        ProviderError: GitHub did not say.
    """
    limits = await api.get("read rate limit", "/rate_limit", headers=HEADERS)
    try:
        answer = await api.get("read user", "/user", headers=HEADERS)
    except Unauthorized:
        return _view(api, limits, Foreign("an app installation"))
    return _view(api, answer, Fields(answer.value, SYSTEM, "read user").text("login"))


def _view(api: Api, answer: Answer, name: Foreign) -> AccountView:
    listed = answer.headers.get("x-oauth-scopes")
    scopes = None if listed is None else _scopes(listed)
    expires_at = _expiry(answer.headers.get("github-authentication-token-expiration", ""))
    return AccountView(
        system=SYSTEM,
        name=name,
        scopes=("fine-grained: GitHub does not list them",) if scopes is None else scopes,
        budget=api.budget,
        expires_at=expires_at,
        warnings=tuple(_warnings(scopes, expires_at, answer.at.at)),
    )


def _scopes(listed: str) -> tuple[str, ...]:
    words = (Foreign(word).line(40) for word in listed.split(",")[:50])
    return tuple(word for word in words if word)


def _warnings(
    scopes: tuple[str, ...] | None, expires_at: datetime | None, now: datetime
) -> Iterator[str]:
    if scopes is not None:
        wide = [word for word in scopes if word not in _NARROW and not word.startswith(_READING)]
        may = f" with {', '.join(wide)}" if wide else ""
        yield (
            f"this is a classic token{may}, for every repository of its owner: "
            "use a fine-grained one with Actions and Deployments: read on this repository"
        )
        if expires_at is None:
            yield "the token never expires"
    if expires_at is not None and expires_at - now <= _ENDS_SOON:
        yield f"the token expires on {expires_at:%Y-%m-%d}"


def _expiry(text: str) -> datetime | None:
    """GitHub writes `UTC` for some tokens and an offset for others."""
    try:
        parsed = datetime.strptime(text.replace(" UTC", " +0000"), "%Y-%m-%d %H:%M:%S %z")
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
