"""Revoking all access is all or nothing, whatever breaks, and what is said of it is the truth."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.database.audit_row import ProductAudit, audit_deed
from actions.database.transactions import Transactions
from actions.people.access import RevokeAccess
from actions.people.person import user_target, veiled
from actions.people.settings import Communities, Community
from actions.plan import Plan, Request, SqlStep
from actions.verbs import Outcome, State, Unplannable
from providers.clock import SystemClock
from providers.errors import ProviderError
from providers.text import Foreign
from tests.action_database import line_to
from tests.database_rig import as_role, ground_of
from tests.people_rig import ACTING, EVE, NAME, ROOT, SEED, Rig, standing
from tests.postgres_fixtures import People
from tests.waiting import until

NOTHING, ALL = (False, 3, 4, 0), (True, 0, 0, 1)


def reached(people: People, community: Community, port: int) -> Community:
    options = replace(as_role(people.cluster, NAME, ACTING), port=port)
    return replace(community, ground=ground_of(people.cluster, NAME, options=options))


def verb_of(community: Community, transactions: Transactions) -> RevokeAccess:
    return RevokeAccess(Communities([community]), transactions, SystemClock(), "ana")


async def end_ours(admin: asyncpg.Connection, at: int, number: int) -> None:
    """End the session of the action from the other side, before its message comes through."""
    if number != at:
        return

    async def gone() -> bool:
        sql = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE usename = $1"""
        return bool(await admin.fetchval(sql, ACTING) == 0)

    await until(gone)


@pytest.mark.timeout(240)
async def test_all_or_nothing_in_more_than_a_hundred_faults(people: People, tmp_path: Path) -> None:
    async with standing(people, tmp_path) as rig:
        plan = (await rig.door.proposed("revoke-access", await rig.target())).plan
        async with line_to(people.cluster.port) as line:
            through = verb_of(reached(people, rig.community, line.port), Transactions())
            await through.send(plan, "count")
            said = list(enumerate(line.seen, 1))
            begin = next(number for number, one in said if one.startswith("Q BEGIN"))
            commit = next(number for number, one in said if one.startswith("Q COMMIT"))
        assert await rig.state() == ALL
        faults, whole = 0, 0
        for number in range(1, commit + 1):
            for how in ("cut_before", "cut_after", "ended"):
                if how == "ended" and number < begin:
                    continue
                await rig.admin.execute(SEED)
                faults += 1
                whole += await _one_fault(people, rig, plan, how, number) == ALL
        assert faults >= 100
        # Only one of them all reaches the server: COMMIT, whose answer is lost.
        assert whole == 1


async def _one_fault(people: People, rig: Rig, plan: Plan, how: str, number: int) -> Any:
    request = Request(id=f"{how}-{number}", at=SystemClock().now().at, operator="ana", reason="x")
    plan, transactions = replace(plan, request=request), Transactions()
    given: dict[str, Any] = {how: number}
    if how == "ended":
        given = {"before": partial(end_ours, rig.admin, number)}
    async with line_to(people.cluster.port, **given) as line:
        through = verb_of(reached(people, rig.community, line.port), transactions)
        with pytest.raises(ProviderError):
            await through.send(plan, request.id)
    # Every other time as after a crash, when nothing is remembered.
    remembered = transactions if number % 2 else Transactions()
    found = await _settled(verb_of(rig.community, remembered), plan)
    state = await rig.state()
    assert state in {NOTHING, ALL}, (how, number)
    assert found is (State.DONE if state == ALL else State.FAILED), (how, number)
    return state


async def _settled(verb: RevokeAccess, plan: Plan) -> State:
    found: list[State] = []

    async def over() -> bool:
        found.append((await verb.settled(plan, None)).state)
        # A server takes a moment to see that its client is gone.
        return found[-1] not in {State.PENDING, State.UNDER_WAY}

    await until(over)
    return found[-1]


@pytest.mark.parametrize(
    ("kind", "swallowed", "outcome", "left"),
    [
        (b"Q", False, Outcome.DONE, ALL),  # COMMIT arrived, its answer was lost
        (b"Q", True, Outcome.FAILED, NOTHING),  # COMMIT never arrived
        (b"E", False, Outcome.FAILED, NOTHING),  # dropped inside the transaction
    ],
)
async def test_the_door_tells_what_became_of_it(
    people: People, tmp_path: Path, kind: bytes, swallowed: bool, outcome: Outcome, left: Any
) -> None:
    async with line_to(
        people.cluster.port, trigger=b'INSERT INTO "public"."audit_logs"', lost_kind=kind,
        swallowed=swallowed,
    ) as line:  # fmt: skip
        options = replace(as_role(people.cluster, NAME, ACTING), port=line.port)
        ground = ground_of(people.cluster, NAME, options=options)
        async with standing(people, tmp_path, ground=ground) as rig:
            done = await rig.door.done("revoke-access", await rig.target())
            assert line.cut.is_set()
            assert done.outcome is outcome, done.words
            assert await rig.state() == left
            if outcome is Outcome.FAILED:
                assert "nothing was changed" in done.words


async def test_a_server_that_is_gone_after_commit_stays_unknown(
    people: People, tmp_path: Path
) -> None:
    async with line_to(
        people.cluster.port, trigger=b'INSERT INTO "public"."audit_logs"', lost_kind=b"Q"
    ) as line:
        options = replace(as_role(people.cluster, NAME, ACTING), port=line.port)
        ground = ground_of(people.cluster, NAME, options=options)
        async with standing(people, tmp_path, ground=ground) as rig:
            proposal = await rig.door.proposed("revoke-access", await rig.target())
            rig.door.runner.limits = replace(rig.door.runner.limits, reconciled_s=0.3)
            task = asyncio.ensure_future(rig.door.confirmed(proposal))
            await line.cut.wait()
            line.refused = True
            done = await task
            assert done.outcome is Outcome.UNKNOWN
            assert EVE in done.words
            assert "not sent again" in done.words


async def test_a_trigger_that_refuses_the_audit_row_takes_all_back(
    people: People, tmp_path: Path
) -> None:
    async with standing(people, tmp_path) as rig:
        await rig.admin.execute("""CREATE OR REPLACE FUNCTION public.no() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'quota of rows'; END $$;
            CREATE TRIGGER no BEFORE INSERT ON public.audit_logs
            FOR EACH ROW EXECUTE FUNCTION public.no()""")
        try:
            done = await rig.door.done("revoke-access", await rig.target())
            assert done.outcome is Outcome.FAILED
            assert "quota of rows" in done.words
            assert await rig.state() == NOTHING
        finally:
            await rig.admin.execute("DROP TRIGGER no ON public.audit_logs")


async def test_nobody_signs_in_between_the_statements(people: People, tmp_path: Path) -> None:
    """Somebody who signs in at this very moment is waited for, and then counted."""
    async with standing(people, tmp_path) as rig:
        plan = (await rig.door.proposed("revoke-access", await rig.target())).plan
        other = await people.connect("GoTrue", database=NAME)
        await other.execute("BEGIN")
        await other.execute(
            "INSERT INTO auth.sessions (id, user_id) VALUES (md5('late')::uuid, $1)", EVE
        )
        task = asyncio.ensure_future(rig.door.verbs["revoke-access"].send(plan, "k"))
        await until(partial(_waits, rig.admin))
        await other.execute("COMMIT")
        with pytest.raises(ProviderError, match="4 rows instead of 3"):
            await task
        assert (await rig.state())[:2] == (False, 4)


async def _waits(admin: asyncpg.Connection) -> bool:
    sql = """SELECT count(*) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND usename = $1"""
    return bool(await admin.fetchval(sql, ACTING))


HOSTILE = [
    "'; DROP TABLE auth.users; --@example.com",
    'x"); DELETE FROM auth.sessions; --@example.com',
    "$1@example.com",
    "{users}@example.com",
    "a@b@evil.example",
    "\u202egro.elpmaxe@example.com",
    "п\u0430yпа\u04cf@example.com",
    "[@click=app.quit]x[/]@example.com",
    "x@exa\u200bmple.com",
    "\x1b]52;c;AAAA\x07@example.com",
]


@pytest.mark.parametrize("email", HOSTILE)
async def test_a_hostile_address_changes_nothing_but_its_own_user(
    people: People, tmp_path: Path, email: str
) -> None:
    async with standing(people, tmp_path) as rig:
        await rig.admin.execute("UPDATE auth.users SET email = $2 WHERE id = $1", EVE, email)
        target = await rig.target()
        plan = await rig.door.runner.plan("revoke-access", target, {})
        usual = await _statements(rig)
        assert [one.statement for one in plan.steps if isinstance(one, SqlStep)] == usual
        assert email not in str(plan)
        done = await rig.door.done("revoke-access", target)
        assert done.outcome is Outcome.DONE
        assert await rig.state() == ALL
        assert await rig.admin.fetchval("SELECT count(*) FROM auth.users") == 4
        if "@" in email and email == email.lower():
            assert (await rig.target(email)).identity == EVE
        else:
            with pytest.raises(Unplannable):
                await rig.target(email)


async def _statements(rig: Rig) -> list[str]:
    """Of a user with an ordinary address."""
    other = user_target(rig.community, ROOT, Foreign("root"))
    plan = await rig.door.runner.plan("revoke-access", other, {})
    return [one.statement for one in plan.steps if isinstance(one, SqlStep)]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_of_an_address_nothing_is_left_that_finds_the_person(text: str) -> None:
    local, _, domain = Foreign(text).text.rpartition("@")
    found = veiled(Foreign(text)).text
    assert len(found) <= 100
    if len(local) > 2 and local not in domain and local not in "…@no address":
        assert local not in found


@settings(max_examples=150)
@given(st.text(max_size=60), st.text(max_size=60))
def test_names_of_columns_can_not_leave_their_quotes(column_name: str, value: str) -> None:
    if "\0" in column_name or not column_name:
        return
    audit = ProductAudit(action=column_name, actor="", details="")
    deed = audit_deed(audit, value, {}, None, as_json=False)
    quoted = '"' + column_name.replace('"', '""') + '"'
    head, tail = 'INSERT INTO "public"."audit_logs" (', ', "created_at") VALUES ($1, '
    assert deed.sql == head + quoted + tail + "pg_catalog.now())"
    assert deed.values == (value,)
