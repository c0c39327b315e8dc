"""The users of a product are in its database; its auth server tells of the same ones."""

import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from demo.postgres import DemoDatabase
from demo.vendors.supabase_people import People, User

VICTIM: Final = 17
"""Whose account somebody gets into: `user17@example.com`."""

_PUT_IN: Final = """INSERT INTO auth.users
    (id, aud, role, email, email_confirmed_at, created_at, updated_at, last_sign_in_at,
     banned_until, raw_app_meta_data, raw_user_meta_data)
    SELECT u.id, 'authenticated', 'authenticated', u.email, u.created, u.created, u.created,
        u.seen, u.banned, '{}', '{}'
    FROM json_to_recordset($1::text::json) AS u(
        id uuid, email text, created timestamptz, seen timestamptz, banned timestamptz
    ) ON CONFLICT (id) DO NOTHING"""
_SESSIONS: Final = """INSERT INTO auth.sessions (id, user_id, created_at, updated_at, aal, ip)
    SELECT md5(u.id::text || g)::uuid, u.id, now() - g * interval '1 hour', now(), 'aal1',
        ('203.0.113.' || g)::inet
    FROM json_to_recordset($1::text::json) AS u(id uuid, sessions integer)
    CROSS JOIN LATERAL generate_series(1, u.sessions) AS g
    ON CONFLICT (id) DO NOTHING"""
_SUSPENDED: Final = "SELECT id, banned_until FROM auth.users WHERE banned_until IS NOT NULL"
_VICTIM_IS: Final = "SELECT id, email, created_at FROM auth.users WHERE email = $1"


class Mirror:
    """Keeps the two alike: who is suspended in one is so in the other.

    Args:
        database: Of the product.
        people: What its auth server remembers.
    """

    def __init__(self, database: DemoDatabase, people: People) -> None:
        self._database = database
        self._people = people
        self._seen: dict[str, datetime | None] | None = None

    async def look(self) -> None:
        """Take over what changed since the last look.

        Raises:
            OSError: or another of `postgres_crowd.TROUBLE`: the database is not there.
        """
        if not self._database.running:
            return
        if self._seen is None:
            await self._begin()
        rows = await self._database.read(_SUSPENDED)
        now = {str(row["id"]): row["banned_until"] for row in rows}
        before = self._seen or {}
        for id_, user in list(self._people.users.items()):
            if now.get(id_) != before.get(id_):
                self._people.users[id_] = replace(user, banned_until=now.get(id_))
        self._seen = now

    async def _begin(self) -> None:
        """Put the auth server's users into the database, and the victim into its memory."""
        users = list(self._people.users.values())
        rows = json.dumps([_row(one) for one in users])
        await self._database.write([(_PUT_IN, (rows,)), (_SESSIONS, (rows,))])
        self._seen = {one.id: one.banned_until for one in users if one.banned_until is not None}
        for row in await self._database.read(_VICTIM_IS, f"user{VICTIM}@example.com"):
            self._remember(row["id"], row["email"], row["created_at"])

    def _remember(self, id_: UUID, email: str, created_at: datetime) -> None:
        self._people.users[str(id_)] = User(
            id=str(id_),
            email=email,
            created_at=created_at,
            updated_at=created_at,
            last_sign_in_at=created_at + timedelta(hours=1),
            sessions=2,
        )


def _row(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "email": user.email,
        "created": user.created_at.isoformat(),
        "seen": _iso(user.last_sign_in_at),
        "banned": _iso(user.banned_until),
        "sessions": user.sessions,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
