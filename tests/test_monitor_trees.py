"""Blocking trees of sessions, and the common list of deploys."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deploys import Onset, drift, live_versions, merge, short_version
from monitor.sessions import level_of, order
from monitor.states import Drift
from monitor.verdicts import Level
from monitor.workspace import DatabaseSpec, ServiceSpec
from providers.database_readings import DatabaseReading, SessionReading, SessionState
from providers.deploy_readings import DeployReading, DeploysReading, DeployState
from providers.readings import SourceId
from providers.text import EMPTY, Foreign
from tests.fakes import START as DAY

DB = DatabaseSpec(source=SourceId("lma/production/db/main"), title="DB", environment="production")


def session(
    pid: int,
    age_s: float,
    blocked_by: tuple[int, ...] = (),
    state: SessionState = SessionState.ACTIVE,
) -> SessionReading:
    return SessionReading(
        pid=pid,
        backend_start=DAY,
        database=EMPTY,
        user=EMPTY,
        application=EMPTY,
        client=EMPTY,
        state=state,
        wait=EMPTY,
        query=EMPTY,
        query_id=None,
        query_age_s=age_s,
        transaction_age_s=age_s,
        state_age_s=age_s,
        blocked_by=blocked_by,
    )


def reading(*sessions: SessionReading) -> DatabaseReading:
    return DatabaseReading(
        sessions=sessions,
        sessions_left_out=0,
        connections=None,
        server_version="18",
        in_recovery=False,
    )


IDLE = SessionState.IDLE_IN_TRANSACTION


def test_the_tree_of_the_wall() -> None:
    rows = order(
        DB,
        reading(
            session(15188, 302),
            session(15142, 520, (15137,)),
            session(15149, 378),
            session(15137, 521, (15136,)),
            session(15160, 182, (15137,)),
            session(15136, 724, state=IDLE),
        ),
    )
    assert [(row.session.pid, row.depth, row.waiters) for row in rows] == [
        (15136, 0, 3),
        (15137, 1, 2),
        (15142, 2, 0),
        (15160, 2, 0),
        (15149, 0, 0),
        (15188, 0, 0),
    ]
    assert [row.level for row in rows] == [
        Level.CRITICAL,
        Level.CRITICAL,
        Level.CRITICAL,
        Level.OK,
        Level.WARNING,
        Level.WARNING,
    ]


@pytest.mark.parametrize(
    ("age_s", "state", "waiters", "level"),
    [
        (299, SessionState.ACTIVE, 0, Level.OK),
        (300, SessionState.ACTIVE, 0, Level.WARNING),
        (480, SessionState.ACTIVE, 0, Level.CRITICAL),
        (9_999, SessionState.IDLE, 0, Level.OK),
        (60, IDLE, 0, Level.OK),
        (60, IDLE, 1, Level.CRITICAL),
        (5, IDLE, 1, Level.WARNING),
        (60, SessionState.ACTIVE, 3, Level.OK),
    ],
)
def test_levels(age_s: float, state: SessionState, waiters: int, level: Level) -> None:
    assert level_of(DB, session(1, age_s, state=state), waiters) is level


def test_a_prepared_transaction_and_an_unlisted_blocker_make_no_parent() -> None:
    rows = order(DB, reading(session(1, 10, (0,)), session(2, 20, (99,)), session(3, 5, (3,))))
    assert {(row.session.pid, row.depth) for row in rows} == {(1, 0), (2, 0), (3, 0)}


def test_a_cycle_has_the_oldest_as_its_root() -> None:
    rows = order(DB, reading(session(1, 10, (2,)), session(2, 30, (3,)), session(3, 20, (1,))))
    assert [(row.session.pid, row.depth) for row in rows] == [(2, 0), (1, 1), (3, 2)]
    assert [row.waiters for row in rows] == [2, 2, 2]


@given(
    st.dictionaries(
        st.integers(1, 12), st.lists(st.integers(0, 14), max_size=3).map(tuple), max_size=12
    )
)
def test_whatever_blocks_whatever_each_session_is_drawn_once(
    blocked: dict[int, tuple[int, ...]],
) -> None:
    sessions = [session(pid, float(pid), by) for pid, by in blocked.items()]
    rows = order(DB, reading(*sessions))
    assert sorted(row.session.pid for row in rows) == sorted(blocked)
    depth = -1
    for row in rows:
        assert row.depth <= depth + 1
        depth = row.depth


API = ServiceSpec(
    name="api",
    title="API",
    deploys={
        "production": SourceId("lma/production/deploys/api"),
        "staging": SourceId("lma/staging/deploys/api"),
    },
)
SHA, OTHER = "7d20b5e" + "0" * 33, "51b9a02" + "1" * 33


def deploy(
    identity: str,
    minutes_ago: float,
    *,
    state: DeployState = DeployState.PREVIOUS,
    commit: str = SHA,
    vendor: str = "Render",
    environment: str = "production",
) -> DeployReading:
    at = DAY - timedelta(minutes=minutes_ago)
    return DeployReading(
        vendor=vendor,
        id=identity,
        target="api",
        environment=environment,
        state=state,
        vendor_state=EMPTY,
        commit=Foreign(commit),
        message=EMPTY,
        author=EMPTY,
        trigger=EMPTY,
        created_at=at - timedelta(minutes=2),
        live_at=None if state.running else at,
    )


def deploys(
    *some: DeployReading, live: str | None = None, source: str = "lma/production/deploys/api"
) -> dict[SourceId, DeploysReading]:
    return {SourceId(source): DeploysReading(deploys=some, live_id=live)}


def test_newest_first_over_all_vendors_with_the_live_one_marked() -> None:
    views = merge(
        [API],
        {
            **deploys(deploy("a", 5, state=DeployState.LIVE), deploy("b", 200), live="a"),
            **deploys(
                deploy("c", 60, environment="staging", state=DeployState.LIVE),
                source="lma/staging/deploys/api",
            ),
        },
    )
    assert [(view.deploy.id, view.live) for view in views] == [
        ("a", True),
        ("c", True),
        ("b", False),
    ]
    assert all(view.service is API for view in views)


def test_after_a_rollback_the_live_one_is_the_one_the_vendor_names() -> None:
    views = merge([API], deploys(deploy("new", 5), deploy("old", 200), live="old"))
    assert [view.live for view in views] == [False, True]


def test_a_run_that_ended_well_stands_with_the_deploy_it_made() -> None:
    runs = "lma/production/runs/api"
    made = deploy("run1", 6, vendor="GitHub", state=DeployState.SUCCEEDED)
    failed = deploy("run2", 3, vendor="GitHub", state=DeployState.FAILED)
    views = merge(
        [API],
        {
            **deploys(deploy("a", 5, state=DeployState.LIVE), live="a"),
            **deploys(made, failed, source=runs),
        },
    )
    assert [(view.deploy.id, view.run is made) for view in views] == [
        ("run2", False),
        ("a", True),
    ]


@pytest.mark.parametrize(
    ("environment", "minutes_ago", "onset"),
    [
        ("production", 1, "onset −1m00s"),
        ("staging", 1, ""),
        ("production", 90, ""),
        ("production", -1, ""),
    ],
)
def test_only_what_went_live_shortly_before_the_alert_is_named_with_it(
    environment: str, minutes_ago: float, onset: str
) -> None:
    some = deploys(deploy("a", minutes_ago, environment=environment), live="a")
    (view,) = merge([API], some, Onset(at=DAY, environment="production"))
    assert view.onset == onset


def test_of_two_deploys_before_an_alert_only_the_later_one_is_named() -> None:
    some = deploys(deploy("a", 3), deploy("b", 9))
    views = merge([API], some, Onset(at=DAY, environment="production"))
    assert [view.onset for view in views] == ["onset −3m00s", ""]


def test_live_versions_by_environment() -> None:
    found = live_versions([API], deploys(deploy("a", 5, commit=OTHER), live="a"))
    assert {key: one.commit for key, one in found.items()} == {("api", "production"): OTHER}


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([SHA, SHA[:7]], Drift.SAME),
        ([SHA, OTHER], Drift.DIFFERENT),
        ([SHA, SHA.upper()], Drift.SAME),
        (["1.2.3", "1.2.3"], Drift.SAME),
        (["1.2", "1.2.3"], Drift.DIFFERENT),
        ([SHA[:6], SHA], Drift.DIFFERENT),
        ([SHA, ""], Drift.UNKNOWN),
        ([SHA], Drift.UNKNOWN),
        ([], Drift.UNKNOWN),
    ],
)
def test_drift(versions: list[str], expected: Drift) -> None:
    assert drift(versions) is expected


def test_short_versions() -> None:
    assert (short_version(SHA), short_version("2025.1.4")) == ("7d20b5e", "2025.1.4")
