"""What the wall tells in few words: alerts, notices, events, and over how long figures reach."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.events import Event, EventKind
from monitor.history import History
from monitor.sessions import order
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.workspace import Statistic
from providers.deploy_readings import DeploysReading, DeployState
from providers.probe_readings import AssertionResult, ProbeReading
from providers.readings import Failure, Trouble
from providers.text import EMPTY, Foreign
from tests.fakes import START, ManualClock, probe
from tests.test_monitor_assemble import (
    DATABASE,
    DEPLOYS,
    PROD,
    SPEC,
    STAGE,
    Scene,
    database,
    deploy,
    session,
)
from tests.test_monitor_kpis import Track, kpi
from tests.test_monitor_kpis import at as kpi_at

SILENT = replace(
    probe(),
    status=None,
    status_expected=False,
    failure=Failure(trouble=Trouble.TIMED_OUT, sentence="no answer in 5 s", advice=""),
)
UNTRUE = AssertionResult(expectation="status = ok", passed=False, found=Foreign("down"))


def body_trouble(trouble: Trouble) -> ProbeReading:
    failure = Failure(trouble=trouble, sentence="its body went past 1 MiB", advice="")
    return replace(probe(), failure=failure)


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (probe(503), "503"),
        (SILENT, "timed out"),
        (body_trouble(Trouble.BAD_ANSWER), "200, unreadable body"),
        (body_trouble(Trouble.TIMED_OUT), "200, body timed out"),
        (replace(body_trouble(Trouble.BAD_ANSWER), assertions=(UNTRUE,)), "200, wrong answer"),
    ],
)
def test_an_endpoint_s_alert_is_its_name_and_what_was_wrong(
    answer: ProbeReading, fact: str
) -> None:
    scene = Scene()
    scene.all_well()
    scene.now_s = 10
    scene.bring(PROD, answer)
    (alert,) = scene.view().alerts
    assert (alert.subject, alert.fact, alert.failures, alert.needed) == ("API /health", fact, 1, 3)
    assert alert.brief == f"API /health {fact}"
    assert alert.title == "API /health failing"


def test_alerts_of_a_database_say_who_and_how_many() -> None:
    scene = Scene()
    scene.all_well()
    scene.bring(DATABASE, database(session(1, 400), session(2, 390, (1,))))
    briefs = [alert.brief for alert in scene.view().alerts]
    assert briefs == ["Database pid 1 blocks 1", "Database 2 queries over 5m"]


def test_a_blocker_stands_above_what_is_merely_older() -> None:
    rows = order(SPEC.databases[0], database(session(7, 900), session(1, 600), session(2, 5, (1,))))
    assert [row.session.pid for row in rows] == [1, 2, 7]


def test_notices_say_whose_they_are_and_stand_with_the_live_deploy() -> None:
    scene = Scene()
    scene.all_well()
    deploys = (deploy("b", DeployState.FAILED), deploy("a", DeployState.LIVE, 300))
    words = "auto-assignment is off after a rollback"
    scene.bring(DEPLOYS, DeploysReading(deploys=deploys, live_id="a", notices=(words,)))
    view = scene.view()
    assert view.deploys_status.notices == (f"API production: {words}",)
    assert [each.notices for each in view.deploys] == [(), (words,)]


def test_a_run_is_no_event_of_its_own_where_the_vendor_tells_of_the_deploy() -> None:
    scene = Scene()
    scene.all_well()
    run = replace(deploy("r", DeployState.SUCCEEDED), live_at=START - timedelta(seconds=60))
    other = "lma/production/runs/api"
    scene.bring(DEPLOYS, DeploysReading(deploys=(run,)))
    own = scene.view()
    assert [one.text for one in own.timeline] == ["API 7d20b5e ended well, maria"]
    view = Scene().view()
    made = replace(own.deploys[0], source=type(DEPLOYS)(other))
    fresh = Scene()
    fresh.timeline.observe(replace(view, deploys=(made,)), kpi_at(0))
    assert fresh.timeline.of("lma") == ()


def test_an_event_is_short_and_keeps_its_sentence() -> None:
    scene = Scene()
    scene.all_well()
    for _ in range(3):
        scene.now_s += 10
        scene.bring(STAGE, probe(503))
    (event,) = scene.view().timeline
    assert event.text == "API /health 503"
    assert event.detail.startswith("API /health down: answers 503")


async def test_the_sentence_of_an_event_survives_a_restart(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "history.db"
    told = Event(
        at=clock.now().at, kind=EventKind.ALERT, level=Level.WARNING, text="short",
        detail="the whole sentence", key="k",
    )  # fmt: skip
    history = History.open(path, clock)
    history.record_event(told)
    history.record_event(replace(told, key="l", detail=""))
    await history.aclose()
    again = History.open(path, clock)
    events = {one.key: one for one in await again.events(clock.now().at - timedelta(hours=1))}
    await again.aclose()
    assert (events["k"].text, events["k"].detail) == ("short", "the whole sentence")
    assert (events["l"].text, events["l"].detail) == ("short", "")


def test_a_month_seen_for_minutes_says_so() -> None:
    track = Track(kpi(Statistic.AVERAGE, window_s=2_592_000, bands=()), {})
    track.feed(0, 1)
    track.feed(120, 0)
    assert track.view(kpi_at(120)).covers_s == pytest.approx(120)
    short = Track(kpi(Statistic.AVERAGE, window_s=300, bands=()), {})
    short.feed(0, 1)
    assert short.view(kpi_at(0)).covers_s is None


def test_a_recovering_rule_counts_the_time_back_inside() -> None:
    band = Band(
        name=BandName.WARNING, comparison=Comparison.ABOVE, limit=5, clear_for_s=300, for_s=0
    )
    track = Track(kpi(Statistic.LAST, bands=(band,)), {})
    for seconds, value in ((0, 9.0), (15, 1.0), (30, 1.0)):
        track.feed(seconds, value)
        verdict = track.view(kpi_at(seconds)).verdict
    assert verdict.phase is Phase.RECOVERING
    assert (verdict.elapsed_s, verdict.required_s) == (15, 300)


def test_what_is_over_is_called_by_what_lasts() -> None:
    scene = Scene()
    scene.all_well()
    scene.bring(DATABASE, database(session(1, 400), session(2, 390, (1,))))
    scene.view()
    scene.bring(DATABASE, database())
    cleared = sorted(one.text for one in scene.view().timeline if one.kind is EventKind.CLEARED)
    assert cleared == [
        "Database 2 queries over 5m cleared",
        "Database pid 1 blocks 1 cleared",
    ]


def test_a_database_that_answers_again_is_one_line() -> None:
    for failures, kind in ((3, EventKind.CLEARED), (2, EventKind.SOURCE)):
        scene = Scene()
        scene.all_well()

        def look(scene: Scene = scene) -> list[Event]:
            view, now = scene.view(), kpi_at(scene.now_s)
            source = scene.world.sources[DATABASE].view(now, reading=False, due_s=None)
            scene.timeline.observe_sources({DATABASE: source}, now)
            scene.timeline.take_fresh()
            return [one for one in scene.timeline.of(view.spec.name) if "again" in one.text]

        for _ in range(failures):
            scene.now_s += 10
            scene.fail(DATABASE, "connection refused")
            assert look() == []
        scene.now_s += 10
        scene.bring(DATABASE, database())
        assert [(one.kind, one.level) for one in look()] == [(kind, Level.OK)]
        assert {one.detail for one in look()} <= {"", "Database answers again"}
        # Nothing of it is left that would hide the next time.
        assert len(look()) == 1


def test_nobody_calls_cleared_what_a_silent_database_hides() -> None:
    scene = Scene()
    scene.all_well()
    scene.bring(DATABASE, database(session(1, 400), session(2, 390, (1,))))
    scene.view()
    for _ in range(3):
        scene.now_s += 60
        scene.fail(DATABASE, "connection refused")
    gone = [one for one in scene.view().timeline if one.kind is EventKind.CLEARED]
    assert sorted((one.text, one.level) for one in gone) == [
        ("Database 2 queries over 5m out of sight", Level.UNKNOWN),
        ("Database pid 1 blocks 1 out of sight", Level.UNKNOWN),
    ]


def test_a_roll_back_is_told_as_one() -> None:
    scene = Scene()
    scene.all_well()
    again = replace(deploy("a", DeployState.LIVE), trigger=Foreign("rollback"))
    scene.bring(DEPLOYS, DeploysReading(deploys=(again,), live_id="a"))
    (event,) = scene.view().timeline
    assert event.text == "API rolled back to 7d20b5e"


def test_an_alert_that_clears_is_worst_without_a_duration() -> None:
    scene = Scene()
    scene.all_well()
    for _ in range(3):
        scene.now_s += 10
        scene.bring(PROD, probe(503))
    scene.now_s += 10
    scene.bring(PROD, probe())
    view = scene.view()
    assert (view.worst, view.worst_since) == ("API /health production clearing", None)
    assert view.alerts[0].brief == "API /health answers again"


def test_an_author_who_becomes_known_later_is_told_after_all() -> None:
    scene = Scene()
    scene.all_well()
    for author in (EMPTY, Foreign("maria"), EMPTY):
        live = replace(deploy("a", DeployState.LIVE), author=author)
        scene.bring(DEPLOYS, DeploysReading(deploys=(live,), live_id="a"))
        (event,) = scene.view().timeline
    assert event.text == "API 7d20b5e live, maria"
