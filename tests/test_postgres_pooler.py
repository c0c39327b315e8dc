"""Through a transaction pooler: no errors for us, and nothing changed for others (promise P30)."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from demo.postgres_cluster import Cluster
from providers.errors import Unauthorized
from providers.postgres.source import DatabaseSource
from tests.postgres_fixtures import People, by_application, reading_of
from tests.postgres_parts import deep, system_of
from tests.postgres_pooler import Backend, Pooler, pooler_in_front_of
from tests.waiting import until

Make = Callable[..., DatabaseSource]
ROLE = "pooled"
SIZE = 3


@pytest.fixture
async def pooler(people: People) -> AsyncIterator[Pooler]:
    admin = await people.connect("setup")
    await admin.execute(f"DROP ROLE IF EXISTS {ROLE}; CREATE ROLE {ROLE} LOGIN SUPERUSER")
    rules = people.cluster.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"host all {ROLE} 127.0.0.1/32 trust\n{before}")
    await admin.execute("SELECT pg_reload_conf()")
    await until(lambda: trusted(people.cluster.port))
    async with pooler_in_front_of(people.cluster.port, ROLE, SIZE) as made:
        yield made
    rules.write_text(before)
    await admin.execute("SELECT pg_reload_conf()")
    await people.leave()


async def trusted(port: int) -> bool:
    try:
        backend = await Backend.open(port, ROLE)
    except ConnectionRefusedError:
        return False
    await backend.close()
    return True


async def neighbour(pooler: Pooler) -> asyncpg.Connection:
    return await asyncpg.connect(
        host="127.0.0.1",
        port=pooler.port,
        user=ROLE,
        database="postgres",
        password="unused",
        ssl=False,
        statement_cache_size=0,
    )


async def everywhere(pooler: Pooler, setting: str) -> list[str]:
    """What the setting is in each of the pooler's server connections."""
    clients = [await neighbour(pooler) for _ in range(SIZE)]
    transactions = [client.transaction() for client in clients]
    found = []
    for client, transaction in zip(clients, transactions, strict=True):
        await transaction.start()
        found.append(str(await client.fetchval(f"SHOW {setting}")))
    for transaction in transactions:
        await transaction.rollback()
    for client in clients:
        await client.close()
    return sorted(found)


def pooled(sources: Make, pooler: Pooler) -> DatabaseSource:
    return sources(port=pooler.port, user=ROLE, pooler="transaction", idle_in_transaction_s=0)


async def test_eight_of_us_share_three_connections_without_an_error(
    pooler: Pooler, sources: Make
) -> None:
    crowd = [pooled(sources, pooler) for _ in range(8)]

    for _ in range(5):
        harvests = await asyncio.gather(*(source.read() for source in crowd))
        assert all(reading_of(harvest).pooled for harvest in harvests)

    assert pooler.lent > 8 * 5


async def test_a_neighbours_settings_stay_and_none_of_ours_do(
    pooler: Pooler, sources: Make
) -> None:
    first = await neighbour(pooler)
    await first.execute("SET work_mem = '77MB'")
    await first.close()
    watched = ("work_mem", "statement_timeout", "lock_timeout", "search_path", "application_name")
    before = {name: await everywhere(pooler, name) for name in watched}
    assert before["work_mem"].count("77MB") == 1

    crowd = [pooled(sources, pooler) for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*(source.read() for source in crowd))
    await asyncio.gather(*(source.aclose() for source in crowd))

    assert {name: await everywhere(pooler, name) for name in watched} == before


async def test_a_thorough_look_works_and_leaves_nothing_behind(
    postgres: Cluster, pooler: Pooler
) -> None:
    watched = ("statement_timeout", "lock_timeout", "search_path", "application_name")
    before = {name: await everywhere(pooler, name) for name in watched}
    crowd = [deep(postgres, port=pooler.port, user=ROLE, pooler="transaction") for _ in range(4)]

    for _ in range(2):
        for harvest in await asyncio.gather(*(source.read() for source in crowd)):
            blind = {one.key for one in system_of(harvest).sections if one.blind}
            assert blind == {"slow_mean", "slow_total"}

    assert {name: await everywhere(pooler, name) for name in watched} == before


async def test_a_failing_look_leaves_no_transaction_open(pooler: Pooler, sources: Make) -> None:
    source = pooled(sources, pooler)
    await source.read()
    good, source._look_sql = source._look_sql, "SELECT 1 / 0"
    with pytest.raises(Exception, match="22012"):
        await source.read()
    source._look_sql = good

    reading = reading_of(await source.read())

    assert by_application(reading) == {}


async def test_a_pooler_that_was_not_recognised_is_told_with_the_remedy(
    pooler: Pooler, sources: Make
) -> None:
    with pytest.raises(Unauthorized) as caught:
        await sources(port=pooler.port, user=ROLE).read()

    assert "pooler: transaction" in caught.value.advice
