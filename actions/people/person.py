"""One user as an action has to know them: read by id, by the actions' own login."""

import re
from typing import Final
from uuid import UUID

from msgspec import Struct

from actions.people.settings import Community
from actions.plan import Target
from actions.targets import target_at
from actions.verbs import Unplannable
from providers.errors import Unauthorized
from providers.postgres.auth_options import Relation
from providers.postgres.auth_sight import Sight, quoted, sight_of
from providers.postgres.fate import Looking, looking
from providers.postgres.rows import Row, flag, foreign, integer, optional_age
from providers.postgres.statements import Identifier, statement
from providers.postgres.target import SYSTEM
from providers.text import Foreign

USER: Final = "user"
_SEEN: Final = {
    "users": ("id", "email", "banned_until", "is_sso_user", "deleted_at"),
    "sessions": ("id", "user_id", "created_at", "updated_at", "refreshed_at", "ip"),
    "refresh_tokens": ("user_id", "session_id"),
}
"""The columns that are read, by table."""

_DOMAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,80}[A-Za-z0-9])?")


class Person(Struct, frozen=True, kw_only=True):
    """What an action has to know of one user."""

    id: str
    email: Foreign
    """Whole; it never leaves this module's callers but masked."""

    banned_until: str
    """As PostgreSQL reads it back; empty: not suspended."""

    banned: bool
    sso: bool
    deleted: bool
    sessions: int
    loose_tokens: int
    """Refresh tokens that belong to no session, and outlive it."""

    addresses: int
    used_s: float | None
    """Since a session of theirs was last used."""

    role: str | None = None
    """In the product; None: none was given, or it was not asked for."""

    rights: tuple[tuple[str, Row], ...] = ()
    """What the login may change, by table."""

    @property
    def name(self) -> Foreign:
        """`k…@example.com (3f2a1c9e)`: enough to know them again."""
        return Foreign(f"{veiled(self.email)} ({self.id[:8]})")


def veiled(email: Foreign) -> Foreign:
    """An address of which the person can not be found; nothing is left of what is none."""
    local, _, domain = email.text.rpartition("@")
    if not local or not domain:
        return Foreign("no address")
    known = domain if _DOMAIN.fullmatch(domain) else "…"
    first = local[0] if local[0].isascii() and local[0].isalnum() else ""
    return Foreign(f"{first}…@{known}")


def user_id(text: str) -> str:
    """The id as PostgreSQL writes it.

    Raises:
        Unplannable: It is none.
    """
    try:
        return str(UUID(text))
    except ValueError:
        raise Unplannable("a user is named by their id, or by their address") from None


def user_target(community: Community, id_: str, name: Foreign) -> Target:
    """A user as what is acted upon: by id, typed by its first eight characters."""
    return target_at(community.ground, USER, identity=id_, name=name, typed=id_[:8])


async def find(community: Community, words: str) -> Target:
    """The user that somebody names, by id or by address.

    Raises:
        Unplannable: There is none, or there are several.
        ProviderError: It could not be looked up.
    """
    if "@" not in words:
        person = await read(community, user_id(words))
        return user_target(community, person.id, person.name)
    wanted = words.strip(" ").lower()
    users = community.relation("users")
    async with looking(community.ground.options, "look for the user") as look:
        sight = await _sight(community, look, "users")
        sql = statement("action_find_person", users=quoted(users))
        rows = await look.rows(sql, wanted)
        hidden = "" if rows else await _hidden(look, sight, users)
    if not rows:
        known = f"; but {hidden}" if hidden else ""
        raise Unplannable(f"no user has the address {veiled(Foreign(wanted))}{known}")
    if len(rows) > 1:
        several = ", ".join(
            f"{row['id']}{' (single sign-on)' if row['sso'] else ''}" for row in rows
        )
        raise Unplannable(f"{len(rows)} users have this address, name one by id: {several}")
    id_ = user_id(str(rows[0]["id"]))
    name = Foreign(f"{veiled(foreign(rows[0]['email']))} ({id_[:8]})")
    return user_target(community, id_, name)


async def read(
    community: Community, id_: str, *, role: bool = False, rights: bool = False
) -> Person:
    """One user.

    Args:
        community: Whose.
        id_: Theirs.
        role: Read their role in the product as well.
        rights: Read what the login may change as well.

    Raises:
        Unplannable: There is none.
        ProviderError: It could not be read; also when row security hides everybody.
    """
    async with looking(community.ground.options, "look at the user") as look:
        sights = [await _sight(community, look, name) for name in _SEEN]
        names = {"users": "users", "sessions": "sessions", "tokens": "refresh_tokens"}
        places = {key: quoted(community.relation(name)) for key, name in names.items()}
        rows = await look.rows(statement("action_person", **places), id_)
        if not rows:
            hidden = await _hidden(look, sights[0], community.relation("users"))
            known = f"; but {hidden}" if hidden else ""
            raise Unplannable(f"there is no user {id_}{known}")
        found = await _role(community, look, id_) if role else None
        may = await _rights(community, look) if rights else ()
    return _person(rows[0], found, may)


async def _sight(community: Community, look: Looking, name: str) -> Sight:
    """How far the login sees; told apart from there being nothing."""
    sight = await sight_of(look, community.relation(name), _SEEN[name], "actions.people.schema:")
    if sight.blind:
        raise Unauthorized(SYSTEM, "look at the user", sight.blind)
    return sight


async def _hidden(look: Looking, sight: Sight, users: Relation) -> str:
    """Why somebody who was not found may be there all the same; empty: they are not."""
    (seen,) = await look.rows(statement("action_any_person", users=quoted(users)))
    return sight.notice if flag(seen, "anybody") else sight.none_seen(users) or sight.notice


async def _role(community: Community, look: Looking, id_: str) -> str | None:
    roles = community.roles
    if roles is None:
        return None
    sight = await sight_of(
        look, roles.relation, (roles.account, roles.role), "actions.people.roles:"
    )
    if sight.blind:
        raise Unauthorized(SYSTEM, "read the role", sight.blind)
    sql = statement(
        "action_person_role",
        roles=quoted(roles.relation),
        role=_name(roles.role),
        account=_name(roles.account),
    )
    rows = await look.rows(sql, id_)
    if len(rows) > 1:
        raise Unplannable("this user has several roles: the action knows how to change one")
    return foreign(rows[0]["role"]).text if rows else None


async def _rights(community: Community, look: Looking) -> tuple[tuple[str, Row], ...]:
    relations = {name: community.relation(name) for name in _SEEN}
    if community.audit is not None:
        relations["audit"] = community.audit.relation
    if community.roles is not None:
        relations["roles"] = community.roles.relation
    found = []
    for name, relation in relations.items():
        sql = statement("action_rights")
        (row,) = await look.rows(sql, relation.schema, relation.name)
        found.append((name, row))
    return tuple(found)


def _person(row: Row, role: str | None, rights: tuple[tuple[str, Row], ...]) -> Person:
    return Person(
        id=user_id(str(row["id"])),
        email=foreign(row["email"]),
        banned_until=str(row["banned_until"] or ""),
        banned=flag(row, "banned"),
        sso=flag(row, "sso"),
        deleted=flag(row, "deleted"),
        sessions=integer(row, "sessions"),
        loose_tokens=integer(row, "loose_tokens"),
        addresses=integer(row, "addresses"),
        used_s=optional_age(row, "used_s"),
        role=role,
        rights=rights,
    )


def _name(name: str) -> Identifier:
    return Identifier.quoted(name)
