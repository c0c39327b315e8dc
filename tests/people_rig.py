"""A product's users in a real database: made anew for each test, reached by the narrow login."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from actions.database.audit_row import ProductAudit
from actions.people.family import PeopleFamily
from actions.people.settings import Communities, Community, ProductRoles
from actions.plan import Target
from demo.postgres_cluster import Cluster
from providers.clock import SystemClock
from tests.action_database import fresh_database
from tests.database_rig import Door, as_role, ground_of
from tests.postgres_fixtures import People

NAME = "people"
ACTING = "quarterdeck_action"
ROLES = ("supabase_auth_admin", "lma_api", "billing", "reports", "authenticated", "service_role",
         "quarterdeck")  # fmt: skip
ANA = "00000000-0000-4000-8000-00000000000a"
EVE = "11111111-1111-4111-8111-111111111111"
KIM = "22222222-2222-4222-8222-222222222222"
SSO = "33333333-3333-4333-8333-333333333333"
ROOT = "44444444-4444-4444-8444-444444444444"

SEED = f"""
DELETE FROM auth.mfa_amr_claims; DELETE FROM auth.refresh_tokens; DELETE FROM auth.sessions;
DELETE FROM auth.users; DELETE FROM public.user_roles; DELETE FROM public.audit_logs;
INSERT INTO auth.users (id, email, is_sso_user, banned_until) VALUES
    ('{EVE}', 'eve@example.com', false, NULL),
    ('{KIM}', 'kim@example.com', false, '2099-01-01 00:00:00.123456+00'),
    ('{SSO}', 'kim@example.com', true, NULL),
    ('{ROOT}', 'root@example.com', false, NULL);
INSERT INTO auth.sessions (id, user_id, created_at, updated_at, refreshed_at, ip)
SELECT md5('eve' || g)::uuid, '{EVE}', now() - g * interval '1 hour', now(),
    now() AT TIME ZONE 'UTC', ('198.51.100.' || g)::inet FROM generate_series(1, 3) AS g;
INSERT INTO auth.sessions (id, user_id, created_at, ip)
VALUES (md5('root')::uuid, '{ROOT}', now(), '192.0.2.1');
INSERT INTO auth.refresh_tokens (token, user_id, session_id)
SELECT 'tok' || g, '{EVE}', md5('eve' || g)::uuid FROM generate_series(1, 3) AS g;
INSERT INTO auth.refresh_tokens (token, user_id, session_id)
VALUES ('loose', '{EVE}', NULL), ('other', '{ROOT}', NULL);
INSERT INTO auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method, id)
VALUES (md5('eve1')::uuid, now(), now(), 'otp', md5('claim')::uuid);
INSERT INTO public.user_roles (user_id, role) VALUES ('{EVE}', 'user'), ('{ROOT}', 'admin');
"""  # noqa: S608 - our own ids


def demo_sql(name: str) -> str:
    return files("demo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


async def filled(people: People) -> asyncpg.Connection:
    """The tables of the demo's product, the narrow login, and four users."""
    admin = await fresh_database(people, NAME)
    if not await admin.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname = 'auth'"):
        for role in ROLES:
            known = "SELECT count(*) FROM pg_roles WHERE rolname = $1"
            if not await admin.fetchval(known, role):
                await admin.execute(f"CREATE ROLE {role}")
        await admin.execute(demo_sql("auth"))
        await admin.execute(demo_sql("product"))
        await admin.execute(f"DROP ROLE IF EXISTS {ACTING}")
        await admin.execute(demo_sql("acting").format(actor=people.cluster.password))
    await admin.execute(SEED)
    return admin


def community_of(cluster: Cluster, **changes: Any) -> Community:
    """The users of production, reached by the narrow login."""
    given: dict[str, Any] = {
        "ground": ground_of(cluster, NAME, options=as_role(cluster, NAME, ACTING)),
        "schema": "quarterdeck_actions",
        "audit": ProductAudit(operators={"ana": ANA}),
        "roles": ProductRoles(),
        "boards": ("lma/production/auth_security/main",),
        **changes,
    }
    return Community(**given)


class Rig:
    """A door in front of those users."""

    def __init__(self, admin: asyncpg.Connection, community: Community, folder: Path) -> None:
        self.admin = admin
        self.community = community
        self.family = PeopleFamily(Communities([community]), SystemClock(), "ana")
        self.door = Door(self.family.verbs, folder)

    async def target(self, who: str = EVE) -> Target:
        return await self.family.target("", f"lma/production/{who}")

    async def state(self, who: str = EVE) -> tuple[bool, int, int, int]:
        """Suspended, sessions, all their refresh tokens, rows in the product's audit."""
        row = await self.admin.fetchrow(
            """SELECT COALESCE(u.banned_until > now(), false) AS banned,
                (SELECT count(*) FROM auth.sessions AS s WHERE s.user_id = u.id) AS sessions,
                (SELECT count(*) FROM auth.refresh_tokens AS t WHERE t.user_id = u.id::text)
                    AS tokens,
                (SELECT count(*) FROM public.audit_logs) AS rows
            FROM auth.users AS u WHERE u.id = $1""",
            UUID(who),
        )
        return row["banned"], row["sessions"], row["tokens"], row["rows"]

    async def role(self, who: str = EVE) -> str | None:
        found = await self.admin.fetchval(
            "SELECT role FROM public.user_roles WHERE user_id = $1", UUID(who)
        )
        return None if found is None else str(found)


@asynccontextmanager
async def standing(people: People, folder: Path, **changes: Any) -> AsyncIterator[Rig]:
    """The users, the door, and everybody gone at the end."""
    admin = await filled(people)
    made = Rig(admin, community_of(people.cluster, **changes), folder)
    try:
        yield made
    finally:
        await made.door.aclose()
