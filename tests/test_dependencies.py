"""Which alert follows from which: every row of the truth table, and what holds for any alerts."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.alert_passes import Context, finished
from monitor.alert_track import AlertTrack
from monitor.alert_view import AlertView
from monitor.business import ResponseRule
from monitor.dependencies import Links, Topology, linked, together, topology_of
from monitor.verdicts import Level, Phase
from monitor.words import follow_words
from monitor.workspace import (
    CheckSpec,
    EndpointRowSpec,
    EnvironmentSpec,
    KpiSpec,
    SeriesRef,
    ServiceSpec,
    SeveritySpec,
    Statistic,
    WorkspaceSpec,
)
from providers.clock import Moment
from providers.probe_readings import Role
from providers.readings import SourceId
from tests.fakes import START

PROD, STG = "production", "staging"
ROLES = {
    "live": Role.LIVENESS,
    "ready": Role.READINESS,
    "health": Role.DEEP,
    "numbers": Role.METRICS,
}
CRITICAL, WARNING = Level.CRITICAL, Level.WARNING


def moment(minutes: float) -> Moment:
    return Moment(at=START + timedelta(minutes=minutes), tick_s=1_000 + minutes * 60)


def kpi(key: str, statistic: Statistic = Statistic.RATIO, grouped: str = "") -> KpiSpec:
    return KpiSpec(
        key=key, title=key, environment=PROD, unit="%", statistic=statistic, window_s=300,
        series=(SeriesRef(source=SourceId("lma/production/api/numbers"), metric=key),),
        bands=(), grouped=grouped,
    )  # fmt: skip


def check(environment: str, service: str, name: str) -> CheckSpec:
    source = SourceId(f"lma/{environment}/{service}/{name}")
    return CheckSpec(source=source, role=ROLES.get(name, Role.SITE), slow_ms=None)


SPEC = WorkspaceSpec(
    name="lma",
    title="LMA",
    environments=(
        EnvironmentSpec(name=PROD, label="PROD", production=True),
        EnvironmentSpec(name=STG, label="STG", production=False),
    ),
    services=(
        ServiceSpec(name="web", title="Web", depends_on=("api",)),
        ServiceSpec(name="api", title="API", depends_on=("main",)),
        ServiceSpec(name="jobs", title="Jobs", depends_on=("main", "ring")),
        ServiceSpec(name="ring", title="Ring", depends_on=("jobs",)),
        ServiceSpec(name="lone", title="Lone"),
    ),
    rows=tuple(
        EndpointRowSpec(
            key=f"{service}/{name}",
            title=name,
            service=service,
            checks={each: check(each, service, name) for each in (PROD, STG)},
        )
        for service in ("web", "api", "jobs", "ring", "lone")
        for name in (*ROLES, "home", "shop")
    ),
    kpis=(kpi("errors"), kpi("uptime", Statistic.UPTIME), kpi("by-path", grouped="path")),
    databases=(),
    deploy_sources=(),
    vendor_sources=(),
)
TOPOLOGY = topology_of(SPEC)


def view(key: str, service: str, began: float, level: Level, phase: Phase) -> AlertView:
    kind, _, rest = key.partition("/")
    return AlertView(
        key=key,
        title=key,
        level=level,
        phase=phase,
        severity="",
        environment=rest.split("/")[1] if kind in {"check", "unreachable", "long"} else PROD,
        since=moment(began),
        onset=moment(began),
        why="",
        elapsed_s=0,
        required_s=0,
        failures=3,
        runbook="",
        source=SourceId(rest) if kind in {"check", "unreachable", "long"} else None,
        kpi=rest.split("/")[1] if kind == "kpi" else "",
        service=service,
    )


def of(
    service: str,
    name: str,
    began: float = 0,
    level: Level = CRITICAL,
    phase: Phase = Phase.FIRING,
    environment: str = PROD,
) -> AlertView:
    """The alert of a check."""
    return view(f"check/lma/{environment}/{service}/{name}", service, began, level, phase)


def number(
    key: str,
    service: str = "api",
    began: float = 0,
    level: Level = CRITICAL,
    phase: Phase = Phase.FIRING,
) -> AlertView:
    """The alert of a KPI."""
    return view(f"kpi/lma/{key}", service, began, level, phase)


def gone(began: float = 0, level: Level = CRITICAL, phase: Phase = Phase.FIRING) -> AlertView:
    """The database does not answer."""
    return view("unreachable/lma/production/db/main", "main", began, level, phase)


def queries(began: float = 0) -> AlertView:
    return view("long/lma/production/db/main", "main", began, CRITICAL, Phase.FIRING)


HEALTH = of("api", "health", 1)
MILD = number("c", "main", 0, WARNING)
CERTIFICATE = view("certificate/production/x", "api", 0, CRITICAL, Phase.FIRING)
TABLE = [
    # what it is about, what may be the cause, what may follow from it, whether it does
    ("a database it depends on", gone(), HEALTH, True),
    ("through another service", gone(), of("web", "home", 1), True),
    ("the service it depends on", of("api", "health"), of("web", "home", 1), True),
    ("not the other way round", of("web", "home"), HEALTH, False),
    ("of nothing it depends on", of("lone", "home"), HEALTH, False),
    ("in another environment", of("api", "health", environment=STG), of("web", "home", 1), False),
    ("of no service", replace(gone(), service=""), HEALTH, False),
    ("what follows is of no service", gone(), replace(HEALTH, service=""), False),
    ("a ring", of("ring", "home"), of("jobs", "home", 1), False),
    ("a ring, the other way", of("jobs", "home"), of("ring", "home", 1), False),
    ("what a ring depends on", gone(), of("ring", "home", 1), True),
    ("pending", gone(phase=Phase.PENDING), HEALTH, False),
    ("recovering", gone(phase=Phase.RECOVERING), HEALTH, True),
    ("flapping", gone(phase=Phase.FLAPPING), HEALTH, True),
    ("not seen, was firing", of("api", "health", phase=Phase.UNKNOWN), of("web", "home", 1), True),
    ("what follows is pending", gone(), of("api", "health", 1, WARNING, Phase.PENDING), True),
    ("a warning under a critical one", gone(), of("api", "health", 1, WARNING), True),
    ("a warning under a warning", MILD, number("errors", "api", 1, WARNING), True),
    ("a critical one under a warning", MILD, HEALTH, False),
    ("noticed two minutes later", gone(3), HEALTH, True),
    ("noticed later than that", gone(3.02), HEALTH, False),
    ("long before", gone(-10_000), HEALTH, True),
    ("a number", number("connections", "main"), HEALTH, True),
    ("a number for an hour", number("connections", "main", -59), HEALTH, True),
    ("a number for longer", number("connections", "main", -59.02), HEALTH, False),
    ("queries", queries(), HEALTH, True),
    ("queries for longer", queries(-60), HEALTH, False),
    ("not alive, so not ready", of("api", "live"), of("api", "ready"), True),
    ("not ready, so not alive", of("api", "ready"), of("api", "live"), False),
    ("not ready, so not healthy", of("api", "ready"), HEALTH, True),
    ("not healthy, so no page", HEALTH, of("api", "home", 1), False),
    ("two pages", of("api", "home"), of("api", "shop"), False),
    ("not healthy, so errors", of("api", "health"), number("errors", began=1), True),
    ("errors, so not healthy", number("errors"), HEALTH, False),
    ("two numbers of one service", number("errors"), number("p95", began=1), False),
    ("no answer of the database, so numbers of it", gone(), number("connections", "main", 1), True),
    ("no numbers, so an outage", of("api", "numbers"), number("errors", began=1), False),
    ("no numbers, so no data", of("api", "numbers"), number("errors/no-data", began=1), True),
    ("no numbers, so another service", of("api", "numbers"), of("web", "home", 1), False),
    ("uptime is no cause", number("uptime"), of("web", "home", 1), False),
    ("a burning budget is no cause", number("uptime/burn-1h"), of("web", "home", 1), False),
    ("uptime follows", gone(), number("uptime", began=1), True),
    ("no data is no cause", number("errors/no-data"), of("web", "home", 1), False),
    ("one of several is no cause", number("by-path/x"), of("web", "home", 1), False),
    ("one of several does not follow", gone(), number("by-path/x", began=1), False),
    ("a certificate is no cause", CERTIFICATE, of("web", "home", 1), False),
    ("a certificate does not follow", gone(), replace(CERTIFICATE, level=WARNING), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "other", "follows"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_every_row_of_the_table(cause: AlertView, other: AlertView, follows: bool) -> None:
    for given_ in ((cause, other), (other, cause)):
        found = {one.key: one for one in linked(TOPOLOGY, given_)}
        assert found[other.key].cause == (cause.key if follows else "")
        assert (other.key in found[cause.key].followers) is follows
        assert not (follows and found[cause.key].cause)


def test_a_chain_is_shown_under_its_root() -> None:
    web, errors, api = of("web", "home", 2), number("errors", began=3), HEALTH
    found = linked(TOPOLOGY, (web, api, errors, gone()))
    assert [one.key for one in found] == [gone().key, web.key, api.key, errors.key]
    assert {one.cause for one in found} == {"", gone().key}
    assert found[0].followers == (web.key, api.key, errors.key)


def test_a_follower_stands_for_itself_as_soon_as_its_cause_clears() -> None:
    during = linked(TOPOLOGY, (gone(), HEALTH))
    assert [bool(one.cause) for one in during] == [False, True]
    assert linked(TOPOLOGY, (HEALTH,)) == (HEALTH,)


def test_of_several_causes_the_worst_counts_then_the_first() -> None:
    web = of("web", "home", 5, WARNING)
    mild, bad = number("c", "main", 0, WARNING), of("api", "live", 4)
    later = of("api", "ready", 3)
    assert {one.key: one.cause for one in linked(TOPOLOGY, (web, mild, bad))}[web.key] == bad.key
    found = {one.key: one.cause for one in linked(TOPOLOGY, (web, bad, later))}
    # What is not ready may come from what is not alive, noticed up to two minutes later.
    assert found == {web.key: bad.key, bad.key: "", later.key: bad.key}


def test_what_follows_has_no_clock_and_comes_behind_its_root() -> None:
    fired = {gone().key: moment(0).at, HEALTH.key: moment(1).at}
    spec = replace(SPEC, response_by_level={CRITICAL: ResponseRule(within_s=900)})
    lone = of("lone", "home", 2)
    found = finished(spec, (HEALTH, lone, gone()), Context(fired=fired), moment(5))
    assert [one.key for one in found] == [gone().key, HEALTH.key, lone.key]
    assert [one.clock is not None for one in found] == [True, False, False]


def test_a_root_has_the_severity_of_the_most_urgent_one_it_stands_for() -> None:
    scheme = (
        SeveritySpec(label="SEV1", title="", response_s=900),
        SeveritySpec(label="SEV2", title="", response_s=3_600),
    )
    by_level = {CRITICAL: ResponseRule(within_s=900), WARNING: ResponseRule(within_s=14_400)}
    spec = replace(SPEC, severities=scheme, response_by_level=by_level)

    def root(
        first: AlertView, *others: tuple[str, Phase], level: Level = CRITICAL
    ) -> tuple[str, str]:
        behind = (
            replace(of("api", name, 1, level, phase), severity=severity)
            for name, (severity, phase) in zip(("ready", "health"), others, strict=False)
        )
        every = (replace(first, level=level), *behind)
        context = Context(fired={one.key: START for one in every})
        found = finished(spec, every, context, moment(5))[0]
        assert found.key == first.key
        return found.severity, found.clock.words if found.clock else ""

    firing, waiting = Phase.FIRING, Phase.PENDING
    assert root(gone(), ("SEV2", firing), ("SEV1", firing)) == ("SEV1", "15m")
    assert root(gone(), ("SEV2", firing)) == ("", "15m"), "it is as urgent by itself"
    assert root(gone(), ("SEV2", firing), level=WARNING) == ("SEV2", "1h")
    assert root(gone(), ("SEV1", waiting), level=WARNING) == ("", "4h")
    mine = replace(gone(), severity="SEV1")
    assert root(mine, ("SEV2", firing)) == ("SEV1", "15m")


def test_the_alerts_of_a_workspace_come_linked() -> None:
    track = AlertTrack(SPEC)
    root, behind = track.view([HEALTH, gone()], moment(2), offline=False)
    assert root.followers == (HEALTH.key,)
    assert behind.cause == root.key
    (alone,) = track.view([HEALTH], moment(3), offline=False)
    assert not alone.cause


def test_words() -> None:
    assert [follow_words(count) for count in (1, 2)] == ["1 follows", "2 follow"]


NAMES = st.sampled_from(("web", "api", "jobs", "ring", "lone", "main", ""))
PHASES = st.sampled_from([one for one in Phase if one is not Phase.OK])
BEGAN = st.floats(-120, 120, allow_nan=False)
LEVELS = st.sampled_from((Level.UNKNOWN, WARNING, CRITICAL))
CHECKS = st.builds(
    of, NAMES, st.sampled_from((*ROLES, "home", "unknown")), BEGAN, LEVELS, PHASES,
    st.sampled_from((PROD, STG)),
)  # fmt: skip
NUMBERS = st.builds(
    number,
    st.sampled_from(("errors", "uptime", "errors/no-data", "uptime/burn-1h", "by-path/x", "c")),
    NAMES, BEGAN, LEVELS, PHASES,
)  # fmt: skip
GONE = st.builds(gone, BEGAN, LEVELS, PHASES)
ALERTS = st.lists(st.one_of(CHECKS, NUMBERS, GONE), max_size=14, unique_by=lambda one: one.key)
EDGES = st.lists(st.tuples(NAMES, NAMES), max_size=10)


@given(ALERTS, EDGES)
def test_no_alert_is_lost_and_the_worst_is_never_hidden(
    alerts: Sequence[AlertView], edges: Sequence[tuple[str, str]]
) -> None:
    # Any graph at all, rings and all.
    names = {one for edge in edges for one in edge}
    services = tuple(
        ServiceSpec(name=name, title=name, depends_on=tuple(b for a, b in edges if a == name))
        for name in sorted(names)
    )
    topology = topology_of(replace(SPEC, services=services))
    found = linked(topology, alerts)
    bare = [replace(one, cause="", followers=()) for one in found]
    assert sorted(one.key for one in bare) == sorted(one.key for one in alerts)
    assert all(one in alerts for one in bare)
    by_key = {one.key: one for one in found}
    for one in found:
        assert not (one.cause and one.followers)
        if one.cause:
            root = by_key[one.cause]
            assert not root.cause
            assert one.key in root.followers
            assert root.level >= one.level
            assert root.phase is not Phase.PENDING
            assert root.environment == one.environment
        for key in one.followers:
            assert by_key[key].cause == one.key
    roots = [one for one in found if not one.cause]
    if alerts:
        assert max(one.level for one in roots) == max(one.level for one in alerts)
    assert together(found) == found


@given(ALERTS, st.randoms(use_true_random=False))
def test_the_order_of_the_alerts_does_not_decide_what_follows(
    alerts: list[AlertView], dice: Random
) -> None:
    mixed = list(alerts)
    dice.shuffle(mixed)
    first = {one.key: one.cause for one in linked(TOPOLOGY, alerts)}
    assert {one.key: one.cause for one in linked(TOPOLOGY, mixed)} == first


def test_a_ring_of_all_services_explains_nothing() -> None:
    services = tuple(
        ServiceSpec(name=f"s{n}", title="", depends_on=(f"s{(n + 1) % 9}",)) for n in range(9)
    )
    topology = topology_of(replace(SPEC, services=services))
    assert topology.needs == {f"s{n}": frozenset() for n in range(9)}
    assert isinstance(topology, Topology)


def test_links_notice_every_change() -> None:
    links = Links(TOPOLOGY)
    steps = (
        (gone(), HEALTH),
        (gone(), HEALTH),
        (gone(phase=Phase.PENDING), HEALTH),
        (gone(level=WARNING), HEALTH),
        (gone(9), HEALTH),
        (HEALTH,),
        (HEALTH, gone()),
    )
    for alerts in steps:
        assert links.of(alerts) == linked(TOPOLOGY, alerts)
