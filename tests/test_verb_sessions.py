"""cancel-query and end-session on a real server, through the door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.database.family import SessionFamily
from actions.database.ground import Ground, Grounds
from actions.database.sessions import named
from actions.families import Offer, Row
from actions.plan import SqlStep, Target
from actions.verbs import Outcome, State, Unplannable
from demo.postgres_cluster import Cluster
from monitor.snapshot import QueryRow, WorkspaceView
from monitor.verdicts import Level
from providers.clock import SystemClock
from providers.database_readings import DatabaseReading
from providers.readings import SourceId
from providers.text import Foreign
from tests.action_database import line_to
from tests.database_rig import Door, as_role, ground_of, reasons, role, warnings
from tests.postgres_fixtures import Look, People, options_for
from tests.snapshot_values import calm, incident
from tests.waiting import until
from tui.dialogs.guard_lines import step_words

SLEEP = "SELECT pg_sleep(600)"


class Rig:
    """A door in front of one server, and people at work there."""

    def __init__(self, cluster: Cluster, people: People, folder: Path, **changes: Any) -> None:
        self.ground: Ground = ground_of(cluster, "postgres", **changes)
        self.family = SessionFamily(Grounds([self.ground]), SystemClock())
        self.door = Door(self.family.verbs, folder)
        self.people = people

    async def target(self, verb: str, connection: asyncpg.Connection) -> Target:
        return await self.family.target(verb, f"lma/production/main/{connection.get_server_pid()}")


@pytest.fixture
async def rig(people: People, tmp_path: Path) -> AsyncIterator[Rig]:
    admin = await people.connect("setup")
    await role(admin, people.cluster, "worker")
    await admin.close()
    made = Rig(people.cluster, people, tmp_path)
    yield made
    await made.door.aclose()


async def at_work(rig: Rig, *statements: str, user: str = "worker") -> asyncpg.Connection:
    return await rig.people.run("billing", *statements, user=user)


async def busy(rig: Rig, **how: str) -> asyncpg.Connection:
    connection = await at_work(rig, **how)
    rig.people.hang(connection, SLEEP)
    await rig.people.waits(connection, "Timeout")
    return connection


async def test_a_statement_is_cancelled_and_its_session_stays(rig: Rig) -> None:
    worker = await busy(rig)
    done = await rig.door.done("cancel-query", await rig.target("cancel-query", worker))
    assert (done.outcome, done.words) == (Outcome.DONE, "the statement has ended")
    assert await _alive(rig, worker)
    kinds = [entry.kind for entry in await rig.door.entries()]
    assert kinds[-2:] == [AuditKind.INTENT, AuditKind.OUTCOME]


async def test_a_session_is_ended_and_who_waited_goes_on(rig: Rig) -> None:
    table = "CREATE TABLE IF NOT EXISTS public.held (id int); TRUNCATE public.held"
    admin = await rig.people.run("setup", table, "INSERT INTO public.held VALUES (1)")
    await admin.execute("GRANT ALL ON public.held TO worker")
    holder = await at_work(rig, "BEGIN", "UPDATE public.held SET id = 2")
    waiters = [await at_work(rig) for _ in range(3)]
    for one in waiters:
        rig.people.hang(one, "UPDATE public.held SET id = 3")
        await rig.people.waits(one)
    target = await rig.target("end-session", holder)
    proposal = await rig.door.proposed("end-session", target)
    assert proposal.plan.effects[0].number == 3
    assert "3 waiting sessions go on" in proposal.plan.side_effects
    # A signal is not undone, and the statement is over: it waits for its COMMIT.
    assert "undone" not in step_words(proposal.plan.steps[0])
    assert "over already" in proposal.plan.changes[1].after.text
    done = await rig.door.confirmed(proposal)
    assert (done.outcome, done.words) == (Outcome.DONE, "the session is gone")
    assert not await _alive(rig, holder)
    await until(lambda: _nobody_waits(admin))
    assert await admin.fetchval("SELECT id FROM public.held") == 3
    await admin.execute("DROP TABLE public.held")


async def _nobody_waits(admin: asyncpg.Connection) -> bool:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return bool(await admin.fetchval(sql) == 0)


async def _alive(rig: Rig, one: asyncpg.Connection) -> bool:
    admin = await rig.people.connect("admin")
    sql = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
    found = await admin.fetchval(sql, one.get_server_pid())
    await admin.close()
    return bool(found)


async def test_a_pid_that_is_used_again_is_not_hit(rig: Rig) -> None:
    worker = await busy(rig)
    for verb in ("cancel-query", "end-session"):
        target = await rig.target(verb, worker)
        earlier = target.identity.replace("@20", "@19")
        assert named(earlier).pid == str(worker.get_server_pid())
        with pytest.raises(Unplannable, match="gone already"):
            await rig.door.proposed(verb, replace(target, identity=earlier))
        # Even where nobody looked: the statement itself looks once more.
        plan = await rig.door.runner.plan(verb, target, {})
        wrong = replace(plan, target=replace(target, identity=earlier))
        sent = await rig.door.verbs[verb].send(wrong, "k")
        assert "already: nothing was" in sent.words
        settled = await rig.door.verbs[verb].settled(wrong, sent)
        assert settled.state is State.DONE
    assert await _alive(rig, worker)


async def test_another_statement_of_the_session_is_not_cancelled(rig: Rig) -> None:
    worker = await busy(rig)
    target = await rig.target("cancel-query", worker)
    proposal = await rig.door.proposed("cancel-query", target)
    admin = await rig.people.connect("admin")
    await admin.execute("SELECT pg_cancel_backend($1)", worker.get_server_pid())
    await until(lambda: _state(admin, worker, "idle"))
    rig.people.hang(worker, "SELECT pg_sleep(601)")
    await rig.people.waits(worker, "Timeout")
    done = await rig.door.confirmed(proposal)
    assert done.outcome is Outcome.REFUSED
    assert "another statement" in done.words
    sent = await rig.door.verbs["cancel-query"].send(proposal.plan, "k")
    assert sent.words == "the statement was over already: nothing was cancelled"
    assert await _state(admin, worker, "active")


async def _state(admin: asyncpg.Connection, one: asyncpg.Connection, state: str) -> bool:
    sql = "SELECT state FROM pg_stat_activity WHERE pid = $1"
    return bool(await admin.fetchval(sql, one.get_server_pid()) == state)


async def test_cancelling_does_not_help_who_holds_a_transaction(rig: Rig) -> None:
    worker = await at_work(rig, "BEGIN", "SELECT 1")
    proposal = await rig.door.proposed("cancel-query", await rig.target("cancel-query", worker))
    assert reasons(proposal) == {"blocked:runs"}
    assert "end the session" in proposal.decision.words
    done = await rig.door.done("end-session", await rig.target("end-session", worker))
    assert done.outcome is Outcome.DONE


async def test_a_superuser_and_the_platform_are_left_alone(rig: Rig) -> None:
    admin = await rig.people.connect("setup")
    await role(admin, rig.people.cluster, "authenticator")
    ruler = await at_work(rig, user="")
    platform = await at_work(rig, user="authenticator")
    assert reasons(await _ending(rig, ruler)) == {"blocked:superuser"}
    assert reasons(await _ending(rig, platform)) == {"blocked:platform"}
    await platform.close()
    await until(lambda: _gone(admin, "authenticator"))
    await admin.execute("DROP ROLE authenticator")


async def _gone(admin: asyncpg.Connection, user: str) -> bool:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1"
    return bool(await admin.fetchval(sql, user) == 0)


async def _ending(rig: Rig, one: asyncpg.Connection) -> Any:
    return await rig.door.proposed("end-session", await rig.target("end-session", one))


async def test_our_own_sessions_and_protected_roles_are_left_alone(
    people: People, tmp_path: Path
) -> None:
    admin = await people.connect("setup")
    await role(admin, people.cluster, "worker")
    made = Rig(people.cluster, people, tmp_path, watchers=("worker",), protected=())
    ours = await people.run("quarterdeck", user="worker")
    assert reasons(await _ending(made, ours)) == {"blocked:own"}
    other = await people.run("quarterdeck-like", user="worker")
    assert reasons(await _ending(made, other)) == {"blocked:own"}
    guarded = Rig(people.cluster, people, tmp_path, protected=("worker",))
    worker = await at_work(guarded)
    assert reasons(await _ending(guarded, worker)) == {"blocked:platform"}
    autovacuum = await admin.fetchrow(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    )
    target = await made.family.target("end-session", f"lma/production/main/{autovacuum['pid']}")
    assert "blocked:client" in reasons(await made.door.proposed("end-session", target))
    await made.door.aclose()
    await guarded.door.aclose()


async def test_a_login_without_the_right_is_told_which(people: People, tmp_path: Path) -> None:
    admin = await people.connect("setup")
    await role(admin, people.cluster, "worker")
    await role(admin, people.cluster, "acting")
    worker = await people.run("billing", user="worker")
    made = Rig(
        people.cluster, people, tmp_path, options=as_role(people.cluster, "postgres", "acting")
    )
    with pytest.raises(Unplannable, match="GRANT pg_read_all_stats"):
        await made.target("end-session", worker)
    await admin.execute("GRANT pg_monitor TO acting")
    proposal = await _ending(made, worker)
    assert reasons(proposal) == {"blocked:permitted"}
    assert "GRANT pg_signal_backend" in proposal.decision.words
    sent = made.door.verbs["end-session"].send(proposal.plan, "k")
    with pytest.raises(Exception, match="nothing was signalled"):
        await sent
    await admin.execute("GRANT pg_signal_backend TO acting")
    done = await made.door.done("end-session", await made.target("end-session", worker))
    assert done.outcome is Outcome.DONE
    await made.door.aclose()


async def test_a_pooler_is_warned_of(rig: Rig) -> None:
    shared = await rig.people.run("Supavisor", user="worker")
    assert warnings(await _ending(rig, shared)) == {"warns:pooler"}


@pytest.mark.parametrize(
    ("verb", "call"),
    [("cancel-query", b"pg_cancel_backend("), ("end-session", b"terminate_backend(")],
)
async def test_the_answer_is_lost_and_what_happened_is_read(
    people: People, tmp_path: Path, verb: str, call: bytes
) -> None:
    admin = await people.connect("setup")
    await role(admin, people.cluster, "worker")
    async with line_to(people.cluster.port, trigger=call) as line:
        options = options_for(people.cluster, port=line.port)
        made = Rig(people.cluster, people, tmp_path, options=options)
        worker = await busy(made)
        done = await made.door.done(verb, await made.target(verb, worker))
        assert line.cut.is_set()
        assert done.outcome is Outcome.DONE
        assert "what became of it is not known" in " ".join(one.words for one in done.log)
        assert await _alive(made, worker) == (verb == "cancel-query")
        await made.door.aclose()


@pytest.mark.parametrize("verb", ["cancel-query", "end-session"])
async def test_after_a_crash_the_plan_alone_tells(rig: Rig, verb: str) -> None:
    worker = await busy(rig)
    plan = (await rig.door.proposed(verb, await rig.target(verb, worker))).plan
    found = await rig.door.verbs[verb].settled(plan, None)
    assert found.state is State.PENDING
    admin = await rig.people.connect("admin")
    await admin.execute("SELECT pg_terminate_backend($1)", worker.get_server_pid())
    await until(lambda: _is_settled(rig, verb, plan))


async def _is_settled(rig: Rig, verb: str, plan: Any) -> bool:
    return (await rig.door.verbs[verb].settled(plan, None)).state is State.DONE


async def test_hostile_texts_stay_texts(rig: Rig) -> None:
    evil = "x'; SELECT pg_terminate_backend(1); -- \x1b[31m"
    worker = await rig.people.run(evil[:60].replace("\x1b", "?"), user="worker")
    rig.people.hang(worker, "SELECT pg_sleep(600) /* '; DROP TABLE x; -- [@click=app.quit] */")
    await rig.people.waits(worker, "Timeout")
    target = await rig.target("cancel-query", worker)
    proposal = await rig.door.proposed("cancel-query", target)
    (step,) = proposal.plan.steps
    assert isinstance(step, SqlStep)
    assert "DROP" not in step.statement
    assert proposal.plan.target.short_name == str(worker.get_server_pid())
    done = await rig.door.confirmed(proposal)
    assert done.outcome is Outcome.DONE


async def test_an_offer_stands_on_the_row_as_it_was_shown(rig: Rig, look: Look) -> None:
    worker = await busy(rig)
    holder = await at_work(rig, "BEGIN", "SELECT 1")
    reading = await look(long_query_s=0.0, idle_in_transaction_s=0.0)
    pane = pane_of(reading)
    rows = {row.session.pid: row for row in pane.databases[0].rows}
    running = offers(rig, pane, rows[worker.get_server_pid()])
    assert [(one.card.key, one.refused) for one in running] == [("C", ""), ("K", "")]
    for offer in running:
        # What the row says is what the server says: planning finds the very session.
        plan = await rig.door.runner.plan(offer.card.name, offer.target, {})
        assert plan.target.identity == (await rig.target(offer.card.name, worker)).identity
    held = {one.card.key: one.refused for one in offers(rig, pane, rows[holder.get_server_pid()])}
    assert held["K"] == ""
    assert "end the session instead" in held["C"]


def pane_of(reading: DatabaseReading) -> WorkspaceView:
    """The queries pane with these sessions."""
    rows = tuple(
        QueryRow(session=one, level=Level.OK, depth=0, waiters=0) for one in reading.sessions
    )
    view = calm()
    database = replace(
        view.databases[0],
        rows=rows,
        spec=replace(view.databases[0].spec, source=SourceId("lma/production/db/main")),
    )
    return replace(view, databases=(database,))


def offers(rig: Rig, pane: WorkspaceView, row: QueryRow) -> list[Offer]:
    return list(rig.family.offers(pane, Row(thing=row)))


def test_a_row_of_the_platform_says_why_not(postgres: Cluster) -> None:
    family = SessionFamily(Grounds([ground_of(postgres, "postgres")]), SystemClock())
    pane = incident()
    first = pane.databases[0]
    spec = replace(first.spec, source=SourceId("lma/production/db/main"))
    user = Foreign("authenticator")
    rows = tuple(replace(one, session=replace(one.session, user=user)) for one in first.rows)
    pane = replace(pane, databases=(replace(first, rows=rows, spec=spec),))
    for row in rows:
        found = list(family.offers(pane, Row(thing=row)))
        assert {one.refused for one in found} == {"authenticator belongs to the platform"}
    assert not list(family.offers(pane, Row(thing=pane.alerts[0])))
