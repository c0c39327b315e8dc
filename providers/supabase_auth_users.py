"""Users of a Supabase project as its auth server tells of them, and looking one up.

Source: the vendor's specification of `GET /admin/users`, `GET /admin/users/{id}`.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from providers.clock import Moment
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.http import Answer, Api
from providers.text import EMPTY, Foreign
from providers.vendor import Sorted, entries, segment, sort_out

SYSTEM: Final = "Supabase Auth"
PAGE: Final = 200
MOST_PAGES: Final = 10
"""The server can not filter; so a list of users has an end, and says so."""


class AuthUser(Struct, frozen=True, kw_only=True):
    """One user; nothing that opens anything is read."""

    id: str
    email: Foreign
    phone: Foreign
    created_at: datetime | None
    last_sign_in_at: datetime | None
    banned_until: datetime | None
    anonymous: bool
    sso: bool
    factors: int
    """Verified second factors."""

    deleted: bool

    @property
    def name(self) -> Foreign:
        """How a person would call them."""
        return self.email or self.phone or Foreign(self.id)

    def banned(self, now: datetime) -> bool:
        """Whether they may not sign in at this instant."""
        return self.banned_until is not None and self.banned_until > now


class Users(Struct, frozen=True, kw_only=True):
    """The newest users, as many as we read."""

    users: tuple[AuthUser, ...]
    total: int | None
    """All there are; None when the server does not tell."""

    complete: bool
    """Whether these are all of them."""

    at: Moment
    """When the last of them was told."""

    notice: str = ""


class Matches(Struct, frozen=True, kw_only=True):
    """Who has an address. It is unique among those without single sign-on only."""

    users: tuple[AuthUser, ...]
    complete: bool
    """False: there are more users than we looked at, so another may have it too."""


def user_of(fields: Fields) -> AuthUser:
    """One user.

    Raises:
        BadAnswer: It has no id, or a time that is none.
    """
    return AuthUser(
        id=fields.word("id"),
        email=fields.text("email", EMPTY),
        phone=fields.text("phone", EMPTY),
        created_at=fields.optional_moment_iso("created_at"),
        last_sign_in_at=fields.optional_moment_iso("last_sign_in_at"),
        banned_until=fields.optional_moment_iso("banned_until"),
        anonymous=fields.optional_flag("is_anonymous") or False,
        sso=_sso(fields),
        factors=_verified(fields),
        deleted=fields.optional_moment_iso("deleted_at") is not None,
    )


def _sso(fields: Fields) -> bool:
    providers = (one.optional_word("provider") or "" for one in _listed(fields, "identities"))
    return any(name.startswith("sso:") for name in providers)


def _verified(fields: Fields) -> int:
    return sum(one.optional_word("status") == "verified" for one in _listed(fields, "factors"))


def _listed(fields: Fields, name: str) -> list[Fields]:
    return fields.optional_items(name) or []


async def newest_users(api: Api, most_pages: int = MOST_PAGES) -> Users:
    """The newest users, page by page and at most `most_pages` of them.

    Raises:
        ProviderError: A page could not be had.
    """
    first = last = await _page(api, 1)
    notice, page = first.users.notice, 1
    found = {one.id: one for one in first.users.readable()}
    grown = bool(found)
    while last.size == PAGE and grown and page < most_pages:
        page += 1
        last = await _page(api, page)
        notice = notice or last.users.notice
        before = len(found)
        found |= {one.id: one for one in last.users.readable()}
        grown = len(found) > before
    complete = last.size < PAGE
    return Users(
        at=last.at,
        users=tuple(found.values()),
        total=len(found) if complete and first.total is None and not notice else first.total,
        complete=complete,
        notice=notice,
    )


class _Page(Struct, frozen=True, kw_only=True):
    """A page as values: as JSON it would still be in memory while the next one is read."""

    at: Moment
    users: Sorted[AuthUser]
    size: int
    total: int | None


async def _page(api: Api, page: int) -> _Page:
    operation = "list users"
    params = [("page", str(page)), ("per_page", str(PAGE))]
    answer = await api.get(operation, "/admin/users", params=params, listed="users")
    listed = entries(answer.value, "users", SYSTEM, operation)
    users = sort_out(listed, user_of, "user")
    return _Page(at=answer.at, users=users, size=len(listed), total=_total(answer))


def _total(answer: Answer) -> int | None:
    told = answer.headers.get("x-total-count", "").strip()
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else None


async def user_by_id(api: Api, user_id: str) -> AuthUser:
    """One user.

    Raises:
        ValueError: That is no id of a user.
        ProviderError: There is none, or it could not be had.
    """
    wanted = str(UUID(user_id))
    operation = "read user"
    answer = await api.get(operation, f"/admin/users/{segment(wanted)}")
    user = user_of(Fields(answer.value, SYSTEM, operation))
    if user.id != wanted:
        raise BadAnswer(SYSTEM, operation, "$.id: another user than the one asked for")
    return user


async def users_by_email(api: Api, email: str) -> Matches:
    """Everybody with exactly this address, which the server keeps in lower case.

    Raises:
        ProviderError: The users could not be read.
    """
    wanted = email.strip(" ").lower()
    found = await newest_users(api)
    matching = tuple(one for one in found.users if one.email.text == wanted and not one.deleted)
    return Matches(users=matching, complete=found.complete)
