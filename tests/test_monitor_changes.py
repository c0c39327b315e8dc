"""What changed lately: over deploys, alerts, vendors and systems; what is blind tells nothing."""

from datetime import timedelta

from msgspec.structs import replace

from monitor.changes import changes
from monitor.events import Event, EventKind
from monitor.verdicts import Level
from providers.base import Area
from providers.deploy_readings import DeployState
from providers.system_readings import Condition, Section
from providers.text import Foreign
from tests import snapshot_values as values
from tests.values_common import NOW, at
from tests.values_systems import record, sentry, stripe, system

VIEW = replace(values.incident(), timeline=(), deploys=())


def event(seconds: float, kind: EventKind, text: str) -> Event:
    return Event(at=at(seconds), kind=kind, level=Level.WARNING, text=text, key=text)


def test_only_marked_records_count_newest_first() -> None:
    found = changes(replace(VIEW, systems=(stripe(), sentry())), NOW)
    assert [(one.what, one.environment) for one in found] == [
        ("Sentry · new issues", "production"),
        ("Stripe · webhook endpoints", ""),
    ]
    assert found[1].level is Level.CRITICAL
    assert found[1].url == "https://dashboard.stripe.com/webhooks/we_1"


def test_what_is_older_than_asked_or_still_to_come_is_left_out() -> None:
    events = Section(key="events", title="events", records=(
        record("old", at=at(901), change=True),
        record("edge", at=at(900), change=True),
        record("future", at=NOW.at + timedelta(seconds=5), change=True),
        record("undated", change=True),
    ))  # fmt: skip
    view = replace(VIEW, systems=(system("Render", Area.PLATFORM, Condition.FINE, events),))
    assert [one.text.text for one in changes(view, NOW)] == ["edge"]
    assert [one.text.text for one in changes(view, NOW, 3600)] == ["edge", "old"]


def test_a_system_that_is_no_longer_believed_tells_nothing() -> None:
    blind = replace(sentry(), condition=Condition.UNKNOWN, level=Level.UNKNOWN)
    assert changes(replace(VIEW, systems=(blind,)), NOW) == ()


def test_a_deploy_is_told_once_and_alerts_beside_it() -> None:
    told = (
        event(30, EventKind.ALERT, "API /health 503"),
        event(60, EventKind.DEPLOY, "API live"),
        event(2000, EventKind.VENDOR, "Stripe degraded"),
    )
    view = replace(VIEW, timeline=told, deploys=values.incident().deploys)
    found = changes(view, NOW)
    assert [one.what for one in found].count("alert") == 1
    deploys = [one for one in found if one.what == "deploy"]
    assert len(deploys) == len({one.key for one in deploys}) > 0
    assert all(one.at >= NOW.at - timedelta(seconds=900) for one in found)
    assert not any("Stripe" in one.text.text for one in found)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_a_deploy_says_who_before_its_subject_and_marks_a_failure() -> None:
    one = values.incident().deploys[0]
    message = Foreign("pool: raise max to 4\n\nWorked well on staging.")
    failed = replace(one, onset="", deploy=replace(one.deploy, state=DeployState.FAILED,
                                                   message=message))  # fmt: skip
    (found,) = changes(replace(VIEW, deploys=(failed,), timeline=(), systems=()), NOW, 1e9)
    assert found.text.text.endswith(f"by {one.deploy.author.text}: pool: raise max to 4")
    assert found.level is Level.WARNING
