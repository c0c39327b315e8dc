"""Resuming and restarting a project, on the demo's management API, through the door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from actions.families import Row
from actions.plan import Danger, HttpStep, Request
from actions.supabase.family import SupabaseFamily
from actions.supabase.projects import Site, Sites
from actions.verbs import Outcome, State, Unplannable
from demo.postgres_cluster import Cluster
from demo.supabase_world import project_of
from demo.vendors.supabase_state import Project, Status
from providers.readings import SourceId
from tests.contract.presence import folder, presence
from tests.database_rig import ground_of
from tests.demo_rig import Stage
from tests.demo_specification import vendor_file
from tests.postgres_fixtures import People
from tests.runs_rig import Bench, Lost, SteppingClock, api_of, blocked, words_of
from tests.snapshot_values import incident

PLACE = "lma/production/main"


class Ground(Struct):
    stage: Stage
    vendor: Lost
    bench: Bench
    family: SupabaseFamily
    site: Site

    @property
    def project(self) -> Project:
        return project_of(self.stage.estate.supabase, "lma")


@asynccontextmanager
async def standing(
    path: Path, *, database: bool = False, cluster: Cluster | None = None
) -> AsyncIterator[Ground]:
    stage = Stage(clock=SteppingClock())
    async with api_of(stage, "supabase", "Supabase", stage.credentials.supabase_lma) as vendor:
        project = project_of(stage.estate.supabase, "lma")
        site = Site(
            workspace="lma",
            environment="production",
            production=True,
            name="main",
            title="LMA database",
            ref=project.ref,
            api=vendor.api,
            url=vendor.url,
            source="lma/production/supabase/main",
            ground=ground_of(cluster, "postgres") if database and cluster else None,
        )
        family = SupabaseFamily(Sites([site]), stage.clock)
        bench = Bench(family.verbs, path / "audit.jsonl", stage.clock)
        yield Ground(stage=stage, vendor=vendor, bench=bench, family=family, site=site)
        await bench.aclose()


async def test_a_paused_project_is_resumed(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        here.project.status = Status.INACTIVE
        target = await here.family.target("resume-database", PLACE)
        done = await here.bench.done("resume-database", target)
        assert (done.outcome, done.words) == (Outcome.DONE, "the project is ACTIVE_HEALTHY")
        said = [one.words for one in done.log]
        assert "the project is RESTORING" in said
        assert here.project.generation == 3
        assert words_of(await here.bench.entries("intent", "outcome")) == [
            ("intent", ""), ("outcome", "done"),
        ]  # fmt: skip


async def test_only_a_paused_one_is_resumed_and_only_a_running_one_restarted(
    tmp_path: Path,
) -> None:
    async with standing(tmp_path) as here:
        target = await here.family.target("", PLACE)
        refused = await here.bench.proposed("resume-database", target)
        assert set(blocked(refused)) == {"blocked:status"}
        here.project.status = Status.PAUSING
        for verb in ("resume-database", "restart-database"):
            assert "PAUSING" in (await here.bench.proposed(verb, target)).decision.words
        assert here.project.generation == 0


async def test_a_restart_is_an_outage_and_seen_to_end(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        target = await here.family.target("", PLACE)
        proposal = await here.bench.proposed("restart-database", target)
        plan = proposal.plan
        assert plan.danger is Danger.OUTAGE
        (step,) = plan.steps
        assert isinstance(step, HttpStep)
        assert step.url.endswith(f"/v1/projects/{here.site.ref}/restart")
        assert plan.target.short_name == "lma-production-main"
        done = await here.bench.confirmed(proposal)
        assert (done.outcome, done.words) == (
            Outcome.DONE, "it was away, and is ACTIVE_HEALTHY again",
        )  # fmt: skip
        assert here.project.generation == 2


async def test_a_project_that_changed_since_it_was_shown_is_left_alone(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        target = await here.family.target("", PLACE)
        proposal = await here.bench.proposed("restart-database", target)
        here.project.status = Status.INACTIVE
        done = await here.bench.confirmed(proposal)
        assert done.outcome is Outcome.REFUSED
        assert here.project.generation == 0


@pytest.mark.parametrize("deed", ["reset", "500"])
@pytest.mark.parametrize("verb", ["resume-database", "restart-database"])
async def test_the_answer_is_lost_after_the_vendor_acted(
    tmp_path: Path, deed: str, verb: str
) -> None:
    async with standing(tmp_path) as here:
        if verb == "resume-database":
            here.project.status = Status.INACTIVE
        here.vendor.lossy.deed = deed
        done = await here.bench.done(verb, await here.family.target("", PLACE))
        assert done.outcome is Outcome.DONE, done.words
        # Begun once: each step of the way counts.
        assert here.project.generation == (3 if verb == "resume-database" else 2)


async def test_a_refusal_of_the_vendor_is_told(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        here.project.status = Status.INACTIVE
        target = await here.family.target("", PLACE)
        proposal = await here.bench.proposed("resume-database", target)
        verb = next(one for one in here.family.verbs if one.name == "resume-database")
        here.project.status = Status.COMING_UP
        with pytest.raises(Exception, match="Project is not paused") as caught:
            await verb.send(proposal.plan, "k")
        assert not getattr(caught.value, "after_sending", True)


async def test_after_a_crash_the_project_tells(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        target = await here.family.target("", PLACE)
        restart = next(one for one in here.family.verbs if one.name == "restart-database")
        now = here.stage.clock.now().at
        request = Request(id="r-1", at=now, operator="ana", reason="it hangs")
        plan = replace(await restart.plan(target, {}), request=request)
        earlier = replace(request, id="r-0", at=now - timedelta(minutes=30))
        found = await restart.settled(plan, None)
        assert (found.state, found.words) == (State.PENDING, "no restart of ours is seen")
        here.stage.estate.supabase.restart(here.project)
        assert (await restart.settled(plan, None)).state is State.UNDER_WAY
        assert (await restart.settled(replace(plan, request=earlier), None)).state is not State.DONE
        here.stage.clock.advance(60)
        assert (await restart.settled(plan, None)).state is State.DONE
        others = await restart.settled(replace(plan, request=earlier), None)
        assert (others.state, others.words) == (State.PENDING, "no restart of ours is seen")
        resume = next(one for one in here.family.verbs if one.name == "resume-database")
        here.project.status = Status.INACTIVE
        plan = await resume.plan(target, {})
        assert (await resume.settled(plan, None)).state is State.PENDING
        here.stage.estate.supabase.restore(here.project)
        assert (await resume.settled(plan, None)).state is State.UNDER_WAY
        here.project.status = Status.INACTIVE
        fell = await resume.settled(plan, None)
        assert (fell.state, fell.words) == (State.FAILED, "it fell back to paused")


async def test_the_server_itself_says_that_it_was_started_anew(
    people: People, tmp_path: Path
) -> None:
    """Connections that would break are counted; a start after the request is the proof."""
    await people.connect("somebody")
    async with standing(tmp_path, database=True, cluster=people.cluster) as here:
        target = await here.family.target("", PLACE)
        proposal = await here.bench.proposed("restart-database", target)
        (effect,) = proposal.plan.effects
        assert effect.number is not None
        assert effect.number >= 1
        broken = replace(here.site, ground=ground_of(people.cluster, "no-such-database"))
        other = SupabaseFamily(Sites([broken]), here.stage.clock)
        plan = await other.verbs[1].plan(target, {})
        assert plan.effects[0].number is None
        assert "no such database" in plan.effects[0].reason


async def test_offers_stand_on_the_project_and_on_its_database(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        pane = incident()
        on_board = Row(thing=None, source=SourceId("lma/production/supabase/main"))
        assert [one.card.name for one in here.family.offers(pane, on_board)] == [
            "resume-database", "restart-database",
        ]  # fmt: skip
        alert = pane.alerts[0]
        assert not list(here.family.offers(pane, Row(thing=alert)))
        mine = replace(alert, source=SourceId("lma/production/supabase/main"))
        assert list(here.family.offers(pane, Row(thing=mine)))
        with pytest.raises(Unplannable, match="known: lma/production/main"):
            await here.family.target("", "lma/production/other")


def test_the_calls_stand_in_the_vendor_s_file() -> None:
    file = vendor_file("supabase")
    if file is None:
        assert "supabase.json" in presence(folder())
        return
    for call in ("restart", "restore"):
        assert f"POST /v1/projects/{{ref}}/{call}" in file.operations
