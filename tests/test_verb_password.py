"""reset-password: off unless allowed, and nobody but a file of one's own has the password."""

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import bcrypt
import pytest

from actions.people.family import PeopleFamily
from actions.people.settings import Communities
from actions.plan import Danger
from actions.verbs import Outcome, Unplannable
from providers.clock import SystemClock
from providers.errors import ProviderError
from tests.database_rig import Door, reasons
from tests.people_rig import ACTING, EVE, Rig, demo_sql, standing
from tests.postgres_fixtures import People

USERS = "quarterdeck_actions.users"
BACK = f"""
    REVOKE UPDATE (encrypted_password) ON {USERS} FROM {ACTING};
    GRANT SELECT ON {USERS} TO {ACTING}
"""


@asynccontextmanager
async def allowed(people: People, folder: Path) -> AsyncIterator[tuple[Rig, Door]]:
    """The narrow login, with the rights for this verb that SECURITY.md has."""
    async with standing(people, folder, direct_password=True) as rig:
        await rig.admin.execute(demo_sql("acting_password"))
        family = PeopleFamily(Communities([rig.community]), SystemClock(), "ana", folder / "kept")
        door = Door(family.verbs, folder / "door")
        yield rig, door
        await door.aclose()
        await rig.admin.execute(BACK)
        await rig.admin.execute(f"ALTER ROLE {ACTING} RESET log_statement")


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
        await rig.admin.execute(f"ALTER ROLE {ACTING} SET log_statement = 'all'")
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
        # As the auth server writes them itself.
        assert stored.startswith("$2a$10$")
        assert bcrypt.checkpw(password.encode(), stored.encode())
        others = "SELECT count(*) FROM auth.users WHERE encrypted_password IS NOT NULL"
        assert await rig.admin.fetchval(others) == 1
        said = (tmp_path / "door" / "audit.jsonl").read_text() + str(done) + str(proposal.plan)
        said += str(await rig.admin.fetch("SELECT * FROM public.audit_logs"))
        assert password not in said
        assert stored not in said
        # A server that logs all that it is sent, values too, has the hash and no more.
        log = (people.cluster.folder / "log").read_text(errors="replace")
        assert stored in log
        assert password not in log


async def test_a_login_without_the_rights_is_told_which(people: People, tmp_path: Path) -> None:
    async with allowed(people, tmp_path) as (rig, door):
        await rig.admin.execute(BACK)
        proposal = await door.proposed("reset-password", await rig.target())
        assert reasons(proposal) == {"blocked:rights"}
        lacking = f"UPDATE (encrypted_password, updated_at) on {USERS}"
        assert lacking in proposal.decision.words


async def test_the_login_can_write_a_hash_and_not_read_one(people: People, tmp_path: Path) -> None:
    async with allowed(people, tmp_path) as (rig, _):
        column = (ACTING, USERS, "encrypted_password")
        asked = "SELECT has_column_privilege($1, $2, $3, $4)"
        assert await rig.admin.fetchval(asked, *column, "UPDATE")
        assert not await rig.admin.fetchval(asked, *column, "SELECT")


async def test_what_failed_leaves_no_file(people: People, tmp_path: Path) -> None:
    async with allowed(people, tmp_path) as (rig, door):
        proposal = await door.proposed("reset-password", await rig.target())
        await rig.admin.execute("DELETE FROM auth.users WHERE id = $1", UUID(EVE))
        done = await door.confirmed(proposal)
        assert done.outcome is Outcome.REFUSED
        with pytest.raises(ProviderError, match="nobody asked"):
            await door.verbs["reset-password"].send(proposal.plan, "k")
        assert not (tmp_path / "kept").exists()
