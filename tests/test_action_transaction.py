"""One transaction or nothing, wherever the line to the server is cut; and what became of it."""

import asyncio
from functools import partial
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from actions.database.deeds import Deed, refusal_of
from actions.database.transactions import Transactions
from actions.failures import is_certain
from demo.postgres_cluster import Cluster
from providers.errors import ProviderError, Refused, Unreachable
from providers.postgres.fate import Fate, fate_of, looking
from providers.postgres.options import DatabaseOptions
from providers.postgres.writing import Change, RolledBack, Trail, carry_out, lock_number
from tests.action_database import Line, fresh_database, line_to
from tests.postgres_fixtures import People, options_for
from tests.postgres_pooler import Pooler
from tests.test_postgres_pooler import neighbour
from tests.test_postgres_pooler import pooler as pooler
from tests.values_actions import plan
from tests.waiting import until

NAME = "boxes"
HOLD = "UPDATE public.boxes SET label = 'mine' WHERE id = 3"
FILL = """DROP TABLE IF EXISTS public.boxes; DROP TABLE IF EXISTS public.notes;
    CREATE TABLE public.boxes (id int PRIMARY KEY, label text, at timestamptz, size numeric);
    INSERT INTO public.boxes SELECT g, 'box', now(), 1 FROM generate_series(1, 5) AS g;
    CREATE TABLE public.notes (request text, action text)"""
EMPTY_BOXES = Change(
    title="empty", sql="DELETE FROM public.boxes WHERE id > $1", values=("2",), rows=3
)


def noted(request: str) -> Change:
    sql = "INSERT INTO public.notes VALUES ($1, 'emptied')"
    return Change(title="note", sql=sql, values=(request,), rows=1)


def note_of(request: str) -> Change:
    sql = "SELECT 1 AS there FROM public.notes WHERE request = $1"
    return Change(title="look", sql=sql, values=(request,))


@pytest.fixture
async def admin(people: People) -> asyncpg.Connection:
    connection = await fresh_database(people, NAME)
    await connection.execute(FILL)
    return connection


def reach(cluster: Cluster, **changes: Any) -> DatabaseOptions:
    return options_for(cluster, database=NAME, **changes)


async def counts(admin: asyncpg.Connection) -> tuple[int, int]:
    """Boxes and notes."""
    boxes = await admin.fetchval("SELECT count(*) FROM public.boxes")
    return boxes, await admin.fetchval("SELECT count(*) FROM public.notes")


def through(cluster: Cluster, line: Line) -> DatabaseOptions:
    return reach(cluster, port=line.port)


async def test_all_of_it_is_committed(postgres: Cluster, admin: asyncpg.Connection) -> None:
    trail = Trail()
    done = await carry_out(reach(postgres), "r1", [EMPTY_BOXES, noted("r1")], trail)
    assert done.counts == (3, 1)
    assert await counts(admin) == (2, 1)
    for remembered in (trail, None):
        fate = await fate_of(reach(postgres), "r1", remembered, note_of("r1"))
        assert fate is Fate.COMMITTED


async def test_another_number_of_rows_takes_all_back(
    postgres: Cluster, admin: asyncpg.Connection
) -> None:
    await admin.execute("INSERT INTO public.boxes VALUES (9)")
    trail = Trail()
    with pytest.raises(RolledBack, match="4 rows instead of 3"):
        await carry_out(reach(postgres), "r2", [noted("r2"), EMPTY_BOXES], trail)
    assert await counts(admin) == (6, 0)
    for remembered in (trail, None):
        fate = await fate_of(reach(postgres), "r2", remembered, note_of("r2"))
        assert fate is Fate.ROLLED_BACK


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(title="x", sql="DELETE FROM public.nowhere"), "does not know"),
        (Change(title="x", sql="DELETE FROM public.boxes WHERE id = $1", values=("five",)), "int4"),
        (Change(title="x", sql="DELETE FROM public.boxes; COMMIT"), "does not know"),
        (Change(title="x", sql="DELETE FROM public.boxes", values=("1",)), "0 values instead of 1"),
        (Change(title="x", sql="SELECT $1::inet", values=("::1",)), "of type inet"),
        (Change(title="x", sql="DELETE FROM public.boxes WHERE label=$1", values=("\0",)), "NUL"),
    ],
)
async def test_a_statement_that_fails_takes_all_back(
    postgres: Cluster, admin: asyncpg.Connection, change: Change, words: str
) -> None:
    with pytest.raises(RolledBack, match=words) as caught:
        await carry_out(reach(postgres), "r3", [noted("r3"), change], Trail())
    assert not caught.value.after_sending
    assert await counts(admin) == (5, 0)


async def test_values_take_the_types_of_their_places(
    postgres: Cluster, admin: asyncpg.Connection
) -> None:
    change = Change(
        title="insert",
        sql="INSERT INTO public.boxes VALUES ($1, $2, $3, $4)",
        values=("7", "'; DROP TABLE boxes; --", "2026-11-22T03:00:00+00:00", "1.50"),
    )
    await carry_out(reach(postgres), "r4", [change], Trail())
    row = await admin.fetchrow("SELECT label, size::text, at FROM public.boxes WHERE id = 7")
    assert row["label"] == "'; DROP TABLE boxes; --"
    assert (row["size"], row["at"].isoformat()) == ("1.50", "2026-11-22T03:00:00+00:00")


async def test_a_word_of_a_type_of_their_own_is_taken(
    postgres: Cluster, admin: asyncpg.Connection
) -> None:
    await admin.execute("""DROP TABLE IF EXISTS public.moods; DROP TYPE IF EXISTS public.mood;
        CREATE TYPE public.mood AS ENUM ('calm', 'busy'); CREATE TABLE public.moods (m mood)""")
    insert = Change(title="mood", sql="INSERT INTO public.moods VALUES ($1)", values=("busy",))
    await carry_out(reach(postgres), "m1", [insert], Trail())
    assert await admin.fetchval("SELECT m::text FROM public.moods") == "busy"
    wrong = replace(insert, values=("'); DROP TABLE public.moods; --",))
    with pytest.raises(RolledBack, match="nothing was changed"):
        await carry_out(reach(postgres), "m2", [wrong], Trail())


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("COMMIT", "COMMIT"),
        (" /* a */ -- b\n rollback", "ROLLBACK"),
        ("set local role x", "SET"),
        ("/*", "no statement"),
        ("/* /* */ select */ commit", "COMMIT"),
        ("-- select\rcommit", "COMMIT"),
        ("copy public.boxes to '/tmp/x'", "COPY"),
        ("(((", "no statement"),
        ("PREPARE x AS SELECT 1", "PREPARE"),
    ],
)
async def test_what_would_leave_the_transaction_is_not_begun(
    postgres: Cluster, admin: asyncpg.Connection, sql: str, word: str
) -> None:
    assert word in refusal_of(sql)
    deeds = [Deed(title="x", sql=EMPTY_BOXES.sql, values=("2",)), Deed(title="y", sql=sql)]
    with pytest.raises(Refused, match="nothing was changed"):
        await Transactions().send(reach(postgres), plan(), "k", deeds)
    assert await counts(admin) == (5, 0)


def test_what_changes_rows_is_taken() -> None:
    for sql in ("SELECT 1", "-- why\n(SELECT 1)", "With x AS (SELECT 1) DELETE FROM y", "merge x"):
        assert refusal_of(sql) == ""


async def test_a_lock_that_somebody_holds_is_waited_for_a_while(
    postgres: Cluster, admin: asyncpg.Connection, people: People
) -> None:
    await people.run("holder", "BEGIN", HOLD, database=NAME)
    with pytest.raises(RolledBack, match="a lock was not free"):
        await carry_out(reach(postgres), "r5", [EMPTY_BOXES], Trail())
    assert await counts(admin) == (5, 0)


async def test_a_role_that_only_reads_by_default_writes_all_the_same(
    postgres: Cluster, admin: asyncpg.Connection
) -> None:
    await admin.execute(f"""DROP ROLE IF EXISTS acting;
        CREATE ROLE acting LOGIN PASSWORD '{postgres.password}';
        ALTER ROLE acting SET default_transaction_read_only = on;
        GRANT DELETE, SELECT ON public.boxes TO acting""")
    try:
        own = reach(postgres, user="acting")
        done = await carry_out(own, "r6", [EMPTY_BOXES], Trail())
        assert done.counts == (3,)
        with pytest.raises(RolledBack, match="may not do this"):
            await carry_out(own, "r7", [noted("r7")], Trail())
        with pytest.raises(ProviderError, match="read-only"):
            async with looking(own, "look") as look:
                await look.rows("DELETE FROM public.boxes")
    finally:
        await admin.execute("DROP OWNED BY acting; DROP ROLE acting")


async def test_nobody_answers(postgres: Cluster) -> None:
    async with line_to(postgres.port) as line:
        pass
    with pytest.raises(Unreachable, match="nothing was changed") as caught:
        await carry_out(reach(postgres, port=line.port), "r8", [EMPTY_BOXES], Trail())
    assert not caught.value.after_sending


async def test_the_same_request_twice_at_once_is_refused(
    postgres: Cluster, admin: asyncpg.Connection, people: People
) -> None:
    await people.run(
        "other", "BEGIN", f"SELECT pg_advisory_xact_lock({lock_number('r9')})", database=NAME
    )
    with pytest.raises(RolledBack, match="already"):
        await carry_out(reach(postgres), "r9", [EMPTY_BOXES], Trail())
    assert await fate_of(reach(postgres), "r9", None, None) is Fate.UNDER_WAY


async def _messages(postgres: Cluster) -> list[str]:
    """What the client says from the first word to the last."""
    async with line_to(postgres.port) as line:
        await carry_out(through(postgres, line), "count", [EMPTY_BOXES, noted("count")], Trail())
        return line.seen


@pytest.mark.timeout(180)
async def test_the_line_is_cut_everywhere(postgres: Cluster, admin: asyncpg.Connection) -> None:
    """All or nothing, and what is said of it afterwards is what the tables say."""
    messages = await _messages(postgres)
    commit = next(at for at, one in enumerate(messages, 1) if one.startswith("Q COMMIT"))
    lost = 0
    for number in range(2, commit + 1):
        for how in ("cut_before", "cut_after"):
            await admin.execute(FILL)
            request, trail = f"{how}-{number}", Trail()
            async with line_to(postgres.port, **{how: number}) as line:
                changes = [EMPTY_BOXES, noted(request)]
                with pytest.raises(ProviderError) as caught:
                    await carry_out(through(postgres, line), request, changes, trail)
            lost += 1
            await until(partial(_is_over, postgres, request))
            state = await counts(admin)
            assert state in {(5, 0), (2, 1)}
            expected = Fate.COMMITTED if state == (2, 1) else Fate.ROLLED_BACK
            for remembered in (trail, None):
                row = note_of(request)
                assert await fate_of(reach(postgres), request, remembered, row) is expected
            if expected is Fate.COMMITTED:
                assert (how, number) == ("cut_after", commit)
                assert caught.value.after_sending
            if not caught.value.after_sending:
                assert expected is Fate.ROLLED_BACK
    assert lost >= 30


async def _is_over(postgres: Cluster, request: str) -> bool:
    return await fate_of(reach(postgres), request, None, note_of(request)) is not Fate.UNDER_WAY


async def test_an_end_of_ours_lets_go_of_the_transaction(
    postgres: Cluster, admin: asyncpg.Connection, people: People
) -> None:
    """Cancelled while it waits for a lock: the door's own time limit does this."""
    await people.run("holder", "BEGIN", HOLD, database=NAME)
    trail = Trail()
    task = asyncio.ensure_future(carry_out(reach(postgres), "r10", [EMPTY_BOXES], trail))
    await until(lambda: _waits(admin))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await people.leave()
    await until(lambda: _is_over(postgres, "r10"))
    assert await fate_of(reach(postgres), "r10", trail, None) is Fate.ROLLED_BACK


async def _waits(admin: asyncpg.Connection) -> bool:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return bool(await admin.fetchval(sql))


async def test_a_transaction_pooler_keeps_nothing(people: People, pooler: Pooler) -> None:
    admin = await people.connect("admin")
    pooled = options_for(people.cluster, port=pooler.port, pooler="transaction", user="pooled")
    for number in range(3):
        await admin.execute(FILL)
        request, trail = f"p{number}", Trail()
        done = await carry_out(pooled, request, [EMPTY_BOXES, noted(request)], trail)
        assert done.counts == (3, 1)
        assert await fate_of(pooled, request, trail, None) is Fate.COMMITTED
    await admin.execute("DROP TABLE public.boxes, public.notes")
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    assert await admin.fetchval(held) == 0
    for _ in pooler.backends:
        other = await neighbour(pooler)
        assert await other.fetchval("SHOW statement_timeout") == "0"
        assert await other.fetchval("SHOW default_transaction_read_only") == "off"
        await other.close()


def test_a_refusal_is_certain() -> None:
    assert issubclass(RolledBack, Refused)
    assert is_certain(RolledBack("PostgreSQL", "x", "y"))
