"""How old what is known of a target is, from the newest snapshot."""

import pytest
from msgspec.structs import replace

from actions.facts import OLDEST_S, UNNAMED_S, facts
from actions.guard import decide
from actions.guard_values import Verdict
from actions.plan import Plan, oddities, typable
from providers.base import SourceKind
from providers.readings import SourceId
from tests.snapshot_values import NOW, offline, snapshot, source_view
from tests.values_actions import plan, question
from tests.values_common import PROD, source

API = source(PROD, "api-health")


def named(*names: str) -> Plan:
    return replace(plan(), sources=names)


def test_it_is_as_old_as_the_last_good_answer_of_its_sources() -> None:
    found = facts(named(API), snapshot(), NOW)
    assert found.data_age_s == pytest.approx(3.0)
    assert found.fresh_s == 35.0
    slow = SourceId("lma/production/deploys/api")
    view = source_view(slow, SourceKind.DEPLOYS, interval_s=3_600, age_s=301)
    both = replace(snapshot(), sources={**snapshot().sources, slow: view})
    found = facts(named(API, slow), both, NOW)
    assert found.data_age_s == pytest.approx(301.0)
    assert found.fresh_s == 35.0
    assert facts(named(slow), both, NOW).fresh_s == OLDEST_S


def test_a_source_that_never_answered_or_is_not_there_is_not_known() -> None:
    never = replace(snapshot().sources[API], last_success=None)
    silent = replace(snapshot(), sources={API: never})
    assert facts(named(API), silent, NOW).data_age_s is None
    assert facts(named("lma/production/nobody"), snapshot(), NOW).data_age_s is None
    assert facts(named(API), None, NOW).data_age_s is None
    refused = decide(question(facts=facts(named(API), silent, NOW)))
    assert refused.verdict is Verdict.REFUSE


def test_without_sources_it_is_as_old_as_the_snapshot() -> None:
    found = facts(plan(), snapshot(), NOW)
    assert found.data_age_s == pytest.approx(1.0)
    assert found.fresh_s == UNNAMED_S


def test_while_we_are_offline_it_says_so() -> None:
    assert facts(named(API), offline(), NOW).offline == "no connection to 1.1.1.1:443"
    silent = replace(offline(), offline_reason="")
    assert facts(named(API), silent, NOW).offline


@pytest.mark.parametrize(
    ("name", "identity", "typed"),
    [
        ("api", "srv-1", "api"),
        ("k***@example.com", "u_8f31", "u_8f31"),
        ("\u0430pi", "srv-1", "srv-1"),
        ("Customer Web", "prj_1", "prj_1"),
        ("", "pid 15136 since 16:20:45Z", "pid-15136-since-16-20-45Z"),
        ("\u200b", "\u202e", "\u202e"),
    ],
)
def test_what_is_typed_can_be_typed(name: str, identity: str, typed: str) -> None:
    found = typable(name, identity)
    assert found.isascii()
    assert found == typed if typed.isascii() else len(found) == 8


def test_a_name_that_is_not_what_it_looks_like_is_told() -> None:
    assert oddities("api") == ()
    assert oddities("Café Łódź") == ()
    assert oddities("Αθήνα") == ()
    assert "cyrillic small letter a" in oddities("\u0430pi")[0]
    assert "invisible" in oddities("a<U+200B>pi")[0]
    assert oddities("ａpi")
    assert oddities("a–b")
