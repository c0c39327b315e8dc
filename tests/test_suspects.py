"""Who may be behind an alert: nearness to the onset, and never what came after it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.events import EventKind
from monitor.suspect_changes import changes_of, suspicion_of
from monitor.suspects import (
    NOTED_S,
    RELATIONS,
    WINDOW_S,
    Change,
    Kind,
    Relation,
    Trouble,
    nearness,
    needs_of,
    suspicion,
    users_of,
)
from monitor.workspace import ServiceSpec
from tests import snapshot_values as values
from tui.wiring import changed_event

ONSET = datetime(2025, 1, 31, 16, 28, 9, tzinfo=UTC)
TROUBLE = Trouble(
    onset=ONSET,
    environment="production",
    service="api",
    needs=frozenset({"main", "cache"}),
    users=frozenset({"shop"}),
)


def change(
    before_s: float, service: str = "api", kind: Kind = Kind.DEPLOY, environment: str = "production"
) -> Change:
    return Change(
        key=f"{kind.value}/{service}/{environment}/{before_s}",
        at=ONSET - timedelta(seconds=before_s),
        kind=kind,
        words=f"{service} {before_s}",
        did="went live",
        environment=environment,
        service=service,
    )


def ranked(*changes: Change) -> list[str]:
    return [one.change.key for one in suspicion(TROUBLE, changes).suspects]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # All else equal the nearer comes first.
        (change(40), change(400)),
        # At the same distance: the service itself, what it needs, nobody's, another one.
        (change(60), change(60, "main")),
        (change(60, "main"), change(60, "shop")),
        (change(60, "shop"), change(60, "")),
        (change(60, ""), change(60, "web")),
        # At the same distance a deploy before a vendor, that before people, those before limits.
        (change(60), change(60, kind=Kind.VENDOR)),
        (change(60, kind=Kind.VENDOR), change(60, kind=Kind.OPERATOR)),
        (change(60, kind=Kind.OPERATOR), change(60, kind=Kind.CONFIG)),
        # A deploy of what it depends on just before it outranks one of its own long before.
        (change(30, "main"), change(3000)),
    ],
)
def test_which_of_two_comes_first(first: Change, second: Change) -> None:
    assert ranked(second, first) == [first.key, second.key]


def test_the_words_say_when_and_the_reason_shows_its_numbers() -> None:
    (found,) = suspicion(TROUBLE, [change(40)]).suspects
    assert found.words == "went live 40s before the onset"
    assert found.reason == "0.99 = near 0.99 × same service 1.00"
    assert found.relation is Relation.SAME


@pytest.mark.parametrize(
    ("before_s", "suspected", "noted"),
    [
        (0, True, False),
        (WINDOW_S, True, False),
        (WINDOW_S + 1, False, False),
        (-1, False, True),
        (-NOTED_S, False, True),
        (-NOTED_S - 1, False, False),
    ],
)
def test_the_edges_of_the_window(before_s: float, suspected: bool, noted: bool) -> None:
    found = suspicion(TROUBLE, [change(before_s)])
    assert bool(found.suspects) is suspected
    assert bool(found.later) is noted


def test_another_environment_is_no_suspect_and_none_is_everywhere() -> None:
    assert ranked(change(40, environment="staging")) == []
    assert len(ranked(change(40, environment=""))) == 1


def test_the_same_change_told_twice_is_one() -> None:
    assert len(ranked(change(40), change(40))) == 1


def test_one_commit_in_three_places_at_once_is_one_suspect() -> None:
    web = [replace(change(600 + n, f"web{n}"), batch="a1f3c9e") for n in range(3)]
    earlier = replace(change(3000, "web9"), batch="a1f3c9e")
    found = suspicion(TROUBLE, [*web, earlier, change(40)]).suspects
    assert [(one.change.service, one.also) for one in found] == [
        ("api", 0), ("web0", 2), ("web9", 0),
    ]  # fmt: skip


def test_what_a_service_needs_is_found_through_others_and_rings_end() -> None:
    services = (
        ServiceSpec(name="web", title="Web", depends_on=("api",)),
        ServiceSpec(name="api", title="API", depends_on=("main", "web")),
    )
    spec = replace(values.workspace_spec(), services=services)
    assert needs_of(spec, "web") == {"api", "main"}
    assert needs_of(spec, "main") == frozenset()
    assert users_of(spec, "main") == {"api", "web"}
    assert users_of(spec, "") == frozenset()


def test_of_the_incident_the_deploy_forty_seconds_before_is_named_first() -> None:
    view = values.incident()
    found = suspicion_of(replace(view.alerts[0], service="api"), view)
    assert found.suspects[0].change.words == "API 7d20b5e by maria: pool: raise max to 40"
    assert found.suspects[0].words == "went live 40s before the onset"
    assert {one.kind for one in found.later} == {Kind.OPERATOR, Kind.VENDOR}
    assert not any("alert" in one.key for one in changes_of(view))


def test_a_changed_configuration_is_suspected_and_an_acknowledgement_is_not() -> None:
    view = values.incident()
    alert = view.alerts[0]
    began = alert.began
    changed = changed_event(began - timedelta(seconds=30))
    acked = replace(changed, kind=EventKind.OPERATOR, key="care/1", text="dana acknowledged it")
    others = replace(changed, workspace="localloop", text="theirs")
    found = suspicion_of(alert, replace(view, deploys=(), timeline=()), (changed, acked, others))
    assert [one.change.words for one in found.suspects] == ["the configuration changed"]
    assert found.suspects[0].words == "was loaded 30s before the onset"


KINDS, SERVICES = st.sampled_from(list(Kind)), st.sampled_from(["api", "main", "web", ""])
AGES = st.floats(-7_200, 7_200)


@given(st.lists(st.builds(change, AGES, SERVICES, KINDS), max_size=12))
def test_what_came_after_the_onset_is_never_a_suspect(changes: list[Change]) -> None:
    found = suspicion(TROUBLE, changes)
    assert all(one.change.at <= ONSET for one in found.suspects)
    assert all(one.at > ONSET for one in found.later)
    assert all(0 <= one.score <= 1 for one in found.suspects)


@given(st.floats(0, WINDOW_S), st.floats(0, WINDOW_S), SERVICES, KINDS)
def test_nearer_in_time_never_ranks_lower(
    one: float, other: float, service: str, kind: Kind
) -> None:
    near, far = sorted((one, other))
    first, second = change(near, service, kind), change(far, service, kind)
    by_key = {each.change.key: each for each in suspicion(TROUBLE, [second, first]).suspects}
    assert by_key[first.key].score >= by_key[second.key].score


@given(AGES, AGES)
def test_nearness_falls_with_distance(one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert 0 <= nearness(far) <= nearness(near) <= 1


def test_relations_are_in_order() -> None:
    assert list(RELATIONS) == list(Relation)
    assert sorted(RELATIONS.values(), reverse=True) == list(RELATIONS.values())
