"""reset-password: off unless allowed, and nobody but a file of one's own has the password."""

import hashlib
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from actions.people.family import PeopleFamily
from actions.people.settings import Communities
from actions.plan import Danger
from actions.verbs import Outcome, Unplannable
from providers.clock import SystemClock
from providers.errors import ProviderError
from tests.database_rig import Door, ground_of, reasons
from tests.people_rig import EVE, NAME, Rig, standing
from tests.postgres_fixtures import People

STAND_INS = """
CREATE OR REPLACE FUNCTION extensions.gen_salt(text, integer) RETURNS text LANGUAGE sql
    AS $$ SELECT '$2a$10$' $$;
CREATE OR REPLACE FUNCTION extensions.crypt(text, text) RETURNS text LANGUAGE sql
    AS $$ SELECT $2 || md5($1) $$
"""
"""The server of the tests has no pgcrypto; these are called as its functions are."""


@asynccontextmanager
async def allowed(people: People, folder: Path) -> AsyncIterator[tuple[Rig, Door]]:
    ground = ground_of(people.cluster, NAME)
    more = {"ground": ground, "schema": "auth", "direct_password": True}
    async with standing(people, folder, **more) as rig:
        family = PeopleFamily(Communities([rig.community]), SystemClock(), "ana", folder / "kept")
        door = Door(family.verbs, folder / "door")
        yield rig, door
        await door.aclose()
        await rig.admin.execute("DROP FUNCTION IF EXISTS extensions.crypt(text, text)")


async def test_it_is_not_offered_unless_it_is_allowed(people: People, tmp_path: Path) -> None:
    async with standing(people, tmp_path) as rig:
        family = PeopleFamily(Communities([rig.community]), SystemClock(), "ana", tmp_path)
        assert "reset-password" not in {card.name for card in family.cards}
        with pytest.raises(Unplannable, match="no action"):
            await rig.door.proposed("reset-password", await rig.target())


async def test_a_password_is_set_and_kept_for_one_person_alone(
    people: People, tmp_path: Path
) -> None:
    async with allowed(people, tmp_path) as (rig, door):
        await rig.admin.execute(STAND_INS)
        proposal = await door.proposed("reset-password", await rig.target())
        assert proposal.plan.danger is Danger.FINAL
        done = await door.confirmed(proposal)
        assert done.outcome is Outcome.DONE
        (file,) = (tmp_path / "kept").iterdir()
        assert str(file) in done.words
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        password = file.read_text().strip()
        assert len(password) == 24
        stored = await rig.admin.fetchval(
            "SELECT encrypted_password FROM auth.users WHERE id = $1", UUID(EVE)
        )
        assert stored == "$2a$10$" + hashlib.md5(password.encode()).hexdigest()  # noqa: S324 - as the stand-in
        said = (tmp_path / "door" / "audit.jsonl").read_text() + str(done)
        said += str(await rig.admin.fetch("SELECT * FROM public.audit_logs"))
        said += str(await rig.admin.fetch("SELECT query FROM pg_stat_activity"))
        assert password not in said


async def test_without_pgcrypto_it_is_refused(people: People, tmp_path: Path) -> None:
    async with allowed(people, tmp_path) as (rig, door):
        await rig.admin.execute("DROP FUNCTION IF EXISTS extensions.crypt(text, text)")
        proposal = await door.proposed("reset-password", await rig.target())
        assert reasons(proposal) == {"blocked:crypt"}


async def test_a_login_without_the_rights_is_told_which(people: People, tmp_path: Path) -> None:
    async with standing(people, tmp_path, direct_password=True) as rig:
        family = PeopleFamily(Communities([rig.community]), SystemClock(), "ana", tmp_path / "kept")
        door = Door(family.verbs, tmp_path / "door")
        await rig.admin.execute(STAND_INS)
        # To ask for a function of a schema without USAGE on it is an error, not an answer.
        found = reasons(await door.proposed("reset-password", await rig.target()))
        assert "blocked:crypt" in found
        assert len(found) > 1
        await door.aclose()


async def test_what_failed_leaves_no_file(people: People, tmp_path: Path) -> None:
    async with allowed(people, tmp_path) as (rig, door):
        await rig.admin.execute(STAND_INS)
        proposal = await door.proposed("reset-password", await rig.target())
        await rig.admin.execute("DELETE FROM auth.users WHERE id = $1", UUID(EVE))
        done = await door.confirmed(proposal)
        assert done.outcome is Outcome.REFUSED
        with pytest.raises(ProviderError, match="nobody asked"):
            await door.verbs["reset-password"].send(proposal.plan, "k")
        assert not (tmp_path / "kept").exists()
