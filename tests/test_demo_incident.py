"""The script plays to its end on a clock that the test moves, and what follows follows."""

import pytest

from demo.commits import POOL_RAISE
from demo.estate import API_PRODUCTION
from demo.incident import (
    CALM,
    INCIDENT,
    LOOP,
    POOLER_INCIDENT,
    DeployApi,
    Incident,
    ReportOnPage,
    Script,
)
from demo.postgres_crowd import Level
from demo.vendors.github_models import Conclusion
from demo.vendors.render_models import DeployStatus
from demo.vendors.vercel_state import ReadyState
from demo.weather import Weather, load_of
from demo.workflows import DEPLOY_API
from tests.demo_rig import Stage


class Play:
    """A script on a stage, looked at every second."""

    def __init__(self, script: Script = INCIDENT) -> None:
        self.stage = Stage()
        self.estate = self.stage.estate
        self.incident = Incident(script, self.estate)
        self.pulse = self.stage.services.pulses["production"]
        self.incident.begin()

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.stage.clock.advance(1)
            self.pulse.strain()

    @property
    def live(self) -> str:
        deploy = self.estate.live_api(API_PRODUCTION)
        return deploy.commit.short if deploy else ""

    def run_until_strain(self, wanted: float) -> int:
        for second in range(600):
            if self.pulse.strain() >= wanted:
                return second
            self.run(1)
        raise AssertionError("the strain never came")


def at(script: Script, kind: type) -> float:
    return next(step.at_s for step in script.steps if isinstance(step.act, kind))


def test_it_is_calm_first_so_that_there_is_a_past_to_see() -> None:
    play = Play()
    play.run(round(at(INCIDENT, DeployApi)) - 1)

    assert at(INCIDENT, DeployApi) >= 20
    assert play.live == "51b9a02"
    assert play.pulse.strain() == 0


def test_the_bad_deploy_goes_through_github_and_render() -> None:
    play = Play()
    play.run(60)
    repo = play.estate.github.repos[DEPLOY_API.repo]
    run = play.estate.github.of(repo, DEPLOY_API)[0]
    deploy = play.estate.render.live(API_PRODUCTION)

    assert play.live == POOL_RAISE
    assert (run.conclusion, run.actor.login) == (Conclusion.SUCCESS, "maria")
    assert deploy is not None
    assert (deploy.trigger, deploy.commit.sha) == ("api", run.commit.sha)
    assert run.updated_at == deploy.finished_at


def test_a_staging_build_fails_meanwhile_and_staging_stays_as_it_was() -> None:
    play = Play()
    project = play.estate.web("lma-web-staging")
    play.run(60)
    newest = play.estate.vercel.of(project.id)[0]

    assert newest.state is ReadyState.ERROR
    assert newest.error_code == "BUILD_FAILED"
    assert play.estate.web("lma-web-staging").live_id == project.live_id


def test_the_script_reaches_its_end() -> None:
    play = Play()
    play.run(round(INCIDENT.steps[-1].at_s) + 1)

    assert [step.title for step in play.incident.played] == [step.title for step in INCIDENT.steps]
    assert play.live == POOL_RAISE
    assert play.pulse.strain() == 1


def test_the_vendor_writes_later_than_it_hurts() -> None:
    play = Play()
    hurts_at_s = play.run_until_strain(0.6)
    page = play.estate.pages["supabase"]
    before = page.indicator()[0]
    play.run(round(at(INCIDENT, ReportOnPage)) - hurts_at_s + 1)

    assert before == "none"
    assert page.indicator()[0] == "minor"
    assert page.components["Connection Pooler"].status == "degraded_performance"


def test_a_rollback_ends_it_for_good() -> None:
    play = Play()
    play.run(200)
    render = play.estate.render
    service = render.services[API_PRODUCTION]
    good = next(each for each in render.of(service.id) if each.status is DeployStatus.DEACTIVATED)
    render.roll_back(service, good)
    play.run(600)

    assert play.live == good.commit.short
    assert play.pulse.strain() == 0


def test_the_loop_mends_itself_and_begins_anew() -> None:
    play = Play(LOOP)
    play.run(800)
    mended, strain = play.live, play.pulse.strain()
    unresolved = len(play.estate.pages["supabase"].unresolved())
    play.run(200)
    again, incidents = play.live, len(play.estate.pages["supabase"].incidents)
    assert LOOP.again_after_s is not None
    play.run(2 * round(LOOP.again_after_s) - 1000 + 200)

    assert (mended, again) == ("51b9a02", POOL_RAISE)
    assert (strain, unresolved, incidents) == (0, 0, 1)
    assert play.estate.pages["supabase"].incidents[-1].name == POOLER_INCIDENT
    assert len(play.incident.played) > 2 * len(LOOP.steps)


def test_the_loop_leaves_a_person_alone_who_is_already_at_it() -> None:
    play = Play(LOOP)
    play.run(300)
    render = play.estate.render
    service = render.services[API_PRODUCTION]
    render.suspend(service)
    play.run(500)

    assert play.estate.live_api(API_PRODUCTION) is None
    assert render.running(API_PRODUCTION) is None


def test_nothing_happens_in_the_calm() -> None:
    play = Play(CALM)
    runs = len(play.estate.github.runs)
    play.run(900)

    assert play.incident.played == []
    assert len(play.estate.github.runs) == runs
    assert play.pulse.strain() == 0


@pytest.mark.parametrize(
    ("strain", "before", "after"),
    [
        (0.0, "calm", "calm"),
        (0.3, "calm", "building"),
        (0.7, "building", "incident"),
        (0.5, "incident", "incident"),
        (0.1, "incident", "calm"),
        (0.1, "building", "calm"),
    ],
)
def test_the_load_does_not_flicker(strain: float, before: Level, after: Level) -> None:
    assert load_of(strain, before) == after


class Recorder:
    """A database that writes down what it is asked to carry; the first time it is not there."""

    def __init__(self) -> None:
        self.asked: list[Level] = []

    async def set_load(self, level: Level) -> None:
        self.asked.append(level)
        if len(self.asked) == 1:
            raise ConnectionRefusedError("killed")


async def test_the_databases_load_follows_the_api_and_is_asked_for_again() -> None:
    play, database = Play(), Recorder()
    weather = Weather(play.pulse, database, play.stage.clock)
    for _ in range(200):
        play.run(1)
        await weather.look()

    assert database.asked == ["building", "building", "incident"]
    assert weather.load == "incident"
