"""PostgreSQL killed, frozen and full, seen by the engine beside everything else that goes on."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator

import asyncpg
import pytest

from monitor.snapshot import PaneState, Snapshot, SourceView
from monitor.states import Freshness
from providers.readings import SourceId
from tests.whole_world import Ground, Tree, Watched, ground, patient, watched

pytestmark = [pytest.mark.xdist_group("whole-database"), pytest.mark.timeout(180)]

DATABASE = SourceId("lma/production/db/main")
OTHERS = ("localloop/production/db/main", "lma/production/web/site", "lma/-/status/stripe")

BY_NAME = "application_name = 'quarterdeck'"
OURS = "FROM pg_catalog.pg_stat_activity WHERE usename = 'quarterdeck'"

Holds = Callable[[Snapshot], bool]


def often(tree: Tree) -> None:
    """Databases are looked at each second, and not for long; all else takes the time it needs."""
    patient(tree)
    for workspace in tree["workspaces"].values():
        database = workspace["databases"]["main"]["environments"]["production"]
        database |= {"every": "1s", "timeout": "2s", "statement_timeout": "1s"}


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground() as made:
        yield made


@pytest.fixture(scope="module")
def engine(world: Ground) -> Iterator[Watched]:
    with watched(world.file("often.yaml", often)) as made:
        made.until(lambda s: all(v.freshness is Freshness.LIVE for v in s.sources.values()))
        yield made


def failing(*words: str) -> Holds:
    def holds(snapshot: Snapshot) -> bool:
        failure = snapshot.sources[DATABASE].failure
        return failure is not None and any(word in failure.sentence for word in words)

    return holds


def well(snapshot: Snapshot) -> bool:
    view = snapshot.sources[DATABASE]
    pane = snapshot.workspaces["lma"].queries_status
    return (
        view.failure is None
        and view.freshness is Freshness.LIVE
        and pane.state in {PaneState.LIVE, PaneState.EMPTY_AND_FINE}
    )


def told(engine: Watched, *words: str) -> Snapshot:
    """Wait for the failure in words, and see that it is told whole, and nobody else is blamed."""
    fails = failing(*words)
    snapshot = engine.until(
        lambda s: fails(s) and all(others_live(s)), lambda: engine.source(DATABASE)
    )
    view = snapshot.sources[DATABASE]
    pane = snapshot.workspaces["lma"].queries_status
    assert view.failure is not None
    assert view.failing_since is not None
    assert view.failure.sentence.startswith("PostgreSQL: ")
    assert pane.state is not PaneState.EMPTY_AND_FINE
    assert pane.message
    return snapshot


def others_live(snapshot: Snapshot) -> Iterator[bool]:
    for name in OTHERS:
        other = snapshot.sources[SourceId(name)]
        yield other.failure is None and other.freshness is Freshness.LIVE


def recovered(engine: Watched) -> None:
    """Wait until it is well again; nobody asks by hand."""
    engine.until(well, lambda: engine.source(DATABASE))


def test_all_that_looks_at_a_database_takes_two_connections(world: Ground, engine: Watched) -> None:
    asked = [name for name, one in engine.latest.sources.items() if on_the_database(one)]
    assert len(asked) >= 3
    counted: list[int] = []

    async def count() -> None:
        admin = await world.world.databases["lma"]._admin()
        while not over.is_set():
            counted.append(await admin.fetchval(f"SELECT count(*) {OURS} AND {BY_NAME}"))
            await asyncio.sleep(0.005)
        await admin.close()

    def all_anew(snapshot: Snapshot) -> bool:
        return all(anew(snapshot.sources[name], before) for name in asked)

    over = threading.Event()
    counting = world.world._thread.submit(count())
    try:
        for _ in range(2):
            before = engine.latest
            engine.until(all_anew, refresh=asked)
    finally:
        over.set()
        counting.result(20)
    assert 1 <= max(counted) <= 2


def on_the_database(view: SourceView) -> bool:
    """Whether it looks at the one database, by a connection of its own or a shared one."""
    return view.spec.system == "PostgreSQL" and str(view.spec.id).startswith("lma/production/")


def anew(view: SourceView, before: Snapshot) -> bool:
    """Whether it was read well since."""
    then, now = before.sources[view.spec.id].last_success, view.last_success
    return now is not None and then is not None and now.tick_s > then.tick_s


def test_a_killed_server_is_told_and_found_again(world: Ground, engine: Watched) -> None:
    database = world.world.databases["lma"]
    world.do(database.kill())
    try:
        told(engine, "refused")
    finally:
        world.do(database.restart())
    recovered(engine)


def test_a_frozen_server_is_told_within_the_time_limit(world: Ground, engine: Watched) -> None:
    database = world.world.databases["lma"]
    world.do(database.freeze())
    try:
        snapshot = told(engine, "within", "no answer")
        assert (snapshot.sources[DATABASE].took_ms or 0) < 10_000
    finally:
        world.do(database.thaw())
    recovered(engine)


def test_a_full_server_is_told_with_what_to_do(world: Ground, engine: Watched) -> None:
    crowd: list[asyncpg.Connection] = []

    async def fill() -> None:
        """Take every place, also those kept for us, until no session of ours is left."""
        database = world.world.databases["lma"]
        admin = await database._admin()
        crowd.append(admin)
        for _ in range(50):
            with contextlib.suppress(asyncpg.TooManyConnectionsError):
                while True:
                    crowd.append(await database._admin())
            # Ours may have been quicker than we in taking the place it had.
            if not await admin.fetch(f"SELECT pid {OURS}"):
                return
            await admin.execute(f"SELECT pg_catalog.pg_terminate_backend(pid) {OURS}")
        raise AssertionError("the dashboard holds on to its place")

    async def leave() -> None:
        for connection in crowd:
            connection.terminate()

    world.do(fill())
    try:
        snapshot = told(engine, "too many")
        failure = snapshot.sources[DATABASE].failure
        assert failure is not None
        assert failure.advice
    finally:
        world.do(leave())
    recovered(engine)
