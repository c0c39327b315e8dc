"""Every verb on databases, users and projects in the demo world, by its own configuration."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import bcrypt
import pytest
from msgspec import Struct

from actions.families import Catalogue
from actions.verbs import Outcome
from demo.incident import CALM
from demo.supabase_world import project_of
from demo.vendors.supabase_state import Status, Timing
from demo.world import World
from providers.clock import SystemClock
from tests.database_rig import Door
from tests.postgres_fixtures import blank
from tests.waiting import until
from tui import wire_verbs_database, wire_verbs_people, wire_verbs_supabase
from tui.config.load import load
from tui.wire_clients import action_apis, clients

VICTIM = "user17@example.com"
QUICK = Timing(pause_s=0.2, restore_s=0.3, come_up_s=0.2, restart_s=1.5)
HOLDER = """SELECT pid FROM pg_stat_activity
    WHERE application_name = 'billing-worker' AND state = 'idle in transaction'"""
REPORT = "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'"


class Ground(Struct):
    world: World
    door: Door
    catalogue: Catalogue

    async def rows(self, statement: str, *values: object) -> Any:
        return await self.world.run(self.world.databases["lma"].read(statement, *values))

    async def value(self, statement: str, *values: object) -> Any:
        rows = await self.rows(statement, *values)
        return rows[0][0] if rows else None

    async def done(self, verb: str, words: str, **parameters: str) -> str:
        """Carried out by its name and target, as on the command line."""
        family = self.catalogue.family_of(verb)
        assert family is not None
        done = await self.door.done(verb, await family.target(verb, words), parameters)
        assert done.outcome is Outcome.DONE, f"{verb}: {done.words}"
        return done.words


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Ground]:
    world, clock = World(script=CALM, blank=blank()), SystemClock()
    await world.start(folder)
    try:
        world.estate.supabase.timing = QUICK
        config = load(world.config_path)
        shared = clients(config, clock)
        apis = action_apis(config, shared, clock)
        made = Catalogue(
            [
                family
                for module in (wire_verbs_database, wire_verbs_supabase, wire_verbs_people)
                for family in module.families(config, apis, shared, clock)
            ]
        )
        door = Door(tuple(made.verbs.values()), folder / "door", who="dana")
        yield Ground(world=world, door=door, catalogue=made)
        await door.aclose()
        await shared.aclose()
    finally:
        await world.stop()


@pytest.mark.timeout(120)
async def test_every_verb_has_one_effect_in_the_demo_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    async with standing(tmp_path) as here:
        await _sessions(here)
        await _people(here)
        await _project(here)
        entries = await here.door.entries()
        done = [one.action for one in entries if one.outcome == "done"]
        intents = [one.action for one in entries if one.kind.value == "intent"]
        assert done == intents
        assert set(done) == set(here.catalogue.verbs)


async def _sessions(here: Ground) -> None:
    await here.world.run(here.world.databases["lma"].set_load("incident"))

    async def under_way() -> bool:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return bool(await here.value(waiting) and await here.value(REPORT, "report-cron"))

    await until(under_way)
    holder, report = await here.value(HOLDER), await here.value(REPORT, "report-cron")
    await here.done("end-session", f"lma/production/main/{holder}")
    assert await here.value(HOLDER) is None
    await here.done("cancel-query", f"lma/production/main/{report}")
    assert await here.value(REPORT, "report-cron") is None


async def _people(here: Ground) -> None:
    who = f"lma/production/{VICTIM}"
    sessions = """SELECT count(*) FROM auth.sessions AS s JOIN auth.users AS u ON u.id = s.user_id
        WHERE u.email = $1"""
    everybody = await here.value("SELECT count(*) FROM auth.sessions")
    theirs = await here.value(sessions, VICTIM)
    assert await here.done("revoke-sessions", who) == f"{theirs} sessions revoked"
    assert await here.value(sessions, VICTIM) == 0
    assert await here.value("SELECT count(*) FROM auth.sessions") == everybody - theirs
    await here.done("suspend-user", who, **{"for": "1d"})
    await _known_to_the_auth_server(here, suspended=True)
    await here.done("enable-user", who)
    await _known_to_the_auth_server(here, suspended=False)
    await here.done("recovery-link", who)
    people = project_of(here.world.estate.supabase, "lma").people
    assert people.recoveries == [await here.value("SELECT id::text FROM auth.users "
                                                  "WHERE email = $1", VICTIM)]  # fmt: skip
    hashed = "SELECT encrypted_password FROM auth.users WHERE email = $1"
    words = await here.done("reset-password", who)
    file = words.removeprefix("the new password is in ").partition(":")[0]
    password = (await asyncio.to_thread(Path(file).read_text)).strip()
    assert bcrypt.checkpw(password.encode(), (await here.value(hashed, VICTIM)).encode())
    await here.done("grant-admin", who, **{"for": "1h"})
    role = """SELECT r.role FROM public.user_roles AS r JOIN auth.users AS u ON u.id = r.user_id
        WHERE u.email = $1"""
    assert await here.value(role, VICTIM) == "admin"
    await here.done("revoke-admin", who)
    assert await here.value(role, VICTIM) == "user"
    assert "0 sessions revoked" in await here.done("revoke-access", who)
    audit = (
        "SELECT action FROM public.audit_logs WHERE details->>'tool' = 'quarterdeck' ORDER BY id"
    )
    assert [row["action"] for row in await here.rows(audit)] == [
        "sessions_revoked", "account_suspended", "account_enabled", "password_reset",
        "emergency_admin_access_granted", "emergency_admin_access_revoked",
        "account_suspended_security",
    ]  # fmt: skip


async def _known_to_the_auth_server(here: Ground, *, suspended: bool) -> None:
    """The auth server tells of it as well, which the security board shows."""
    people = project_of(here.world.estate.supabase, "lma").people

    async def known() -> bool:
        user = people.by_email(VICTIM)
        return user is not None and (user.banned_until is not None) == suspended

    await until(known)


async def _project(here: Ground) -> None:
    project = project_of(here.world.estate.supabase, "lma")
    before = project.generation
    begun = await here.value("SELECT pg_catalog.pg_postmaster_start_time()")
    assert "ACTIVE_HEALTHY again" in await here.done("restart-database", "lma/production/main")
    assert project.generation == before + 2

    async def anew() -> bool:
        # Its server went with it, and everybody's connections.
        with suppress(OSError, asyncpg.PostgresError):
            return bool(await here.value("SELECT pg_catalog.pg_postmaster_start_time()") > begun)
        return False

    await until(anew)
    project.status = Status.INACTIVE
    await here.done("resume-database", "lma/production/main")
    assert project.generation == before + 5
