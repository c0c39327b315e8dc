"""Whose Google credential is in use, what it may do, and what of that is too wide."""

from typing import Final

from providers.accounts import AccountView
from providers.google_credential import ServiceAccount
from providers.google_mapping import calendar_of
from providers.google_pages import paged
from providers.google_token import SCOPES, Tokens, fresh_token
from providers.http import Api
from providers.text import Foreign

SYSTEM: Final = "Google"
_BASE: Final = "https://www.googleapis.com/auth/"
_READING: Final = frozenset(
    {
        "calendar.calendarlist.readonly",
        "calendar.events.readonly",
        "calendar.events.owned.readonly",
        "calendar.events.public.readonly",
        "calendar.events.freebusy",
        "calendar.freebusy",
        "calendar.calendars.readonly",
        "calendar.readonly",
        "openid",
        "email",
        "profile",
        "userinfo.email",
        "userinfo.profile",
    }
)
"""Scopes that change nothing, without what stands before them: reading, and who one is."""


async def describe(api: Api) -> AccountView:
    """Who it is and what the token may do, for `doctor`.

    Raises:
        ProviderError: Google did not say, or no token can be bought.
    """
    token = await fresh_token(api)
    page = [("maxResults", "250")]
    calendars = await paged(
        api, "/users/me/calendarList", calendar_of, "calendar", params=page, most_pages=1
    )
    primary = next((each.name for each in calendars.items if each.primary), Foreign("Google"))
    scopes = tuple(each.removeprefix(_BASE) for each in token.scopes) if token else ()
    return AccountView(
        system=SYSTEM,
        name=await _name(api) or primary,
        scopes=tuple(Foreign(each).line(60) for each in scopes),
        budget=api.budget,
        warnings=too_wide(scopes),
    )


async def _name(api: Api) -> Foreign | None:
    """The service account's own name, which is no person's address."""
    if not isinstance(api.credential, Tokens):
        return None
    credential = await api.credential.owner()
    return Foreign(credential.email) if isinstance(credential, ServiceAccount) else None


def too_wide(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """What the scopes allow beyond reading calendars, with what to do.

    Args:
        scopes: Without `https://www.googleapis.com/auth/`; empty: Google did not say.
    """
    wide = [each for each in scopes if each not in _READING]
    if not wide:
        return ()
    named = ", ".join(Foreign(each).line(60) for each in wide)
    least = " and ".join(each.removeprefix(_BASE) for each in SCOPES)
    return (f"the token may do more than read ({named}): consent anew with {least} alone",)
