"""While something is under way at a source, it is asked sooner, and not one read longer."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from demo.agenda import Agenda
from demo.estate import LMA_TEAM, Estate
from demo.vendors.vercel import VercelApi
from monitor.poller import Poller
from monitor.schedule import SOONEST_S, paced_s
from providers.clock import Moment
from providers.deploys import IN_FLIGHT_S, harvest_of, soon_s
from providers.errors import Unreachable
from providers.harvest import Harvest
from providers.http import RateBudget
from providers.readings import SourceId
from tests.contract.asgi import answering
from tests.fakes import ManualClock, ScriptedSource, probe, settle, source_spec
from tests.vendor_data import (
    T0_MS,
    alias_request,
    vercel_deployment,
    vercel_list,
    vercel_live,
    vercel_project,
)
from tests.vendor_rigs import TOKEN, client, vercel
from tests.vendor_server import Asked, Reply, json_reply, vendor_server

NOW = datetime.fromtimestamp(T0_MS / 1000, UTC)


def harvested(clock: ManualClock, again_s: float | None) -> Harvest:
    return Harvest(payload=probe(), at=clock.now(), again_s=again_s)


def asking(clock: ManualClock, again_s: float | None) -> object:
    async def step() -> Harvest:
        return harvested(clock, again_s)

    return step


async def gaps_of(*steps: object, clock: ManualClock, seconds: float, **spec: float) -> list[float]:
    source = ScriptedSource(source_spec("lma/production/api", **spec), clock, steps)  # type: ignore[arg-type]  # named by the test
    poller = Poller([source], clock, random.Random(3))

    async def keep_turning() -> None:
        while True:
            await poller.turn(1.0)

    task = asyncio.create_task(keep_turning())
    await clock.run(seconds)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await poller.aclose()
    return source.gaps_s


async def test_asked_every_5_s_while_a_deploy_runs_and_at_the_interval_again_after() -> None:
    clock = ManualClock()
    steps = [*[asking(clock, 5.0)] * 4, asking(clock, None)]

    gaps = await gaps_of(*steps, clock=clock, seconds=200, interval_s=30.0)

    assert len(gaps) > 7
    assert all(4.0 <= gap <= 6.0 for gap in gaps[:4]), gaps
    assert all(26.0 <= gap <= 34.0 for gap in gaps[4:]), gaps


async def test_a_failure_ends_the_hurry() -> None:
    clock = ManualClock()
    failing = Unreachable("Vercel", "list deployments", "connection refused")

    gaps = await gaps_of(asking(clock, 5.0), failing, clock=clock, seconds=150, interval_s=30.0)

    assert 4.0 <= gaps[0] <= 6.0
    assert all(gap >= 26.0 for gap in gaps[1:]), gaps


def test_the_hint_only_hastens_and_only_so_far() -> None:
    spec = source_spec(interval_s=10.0)

    assert paced_s(spec, 5.0, seen=True) == 5.0
    assert paced_s(spec, 60.0, seen=True) == 10.0
    assert paced_s(spec, 0.0, seen=True) == SOONEST_S
    assert paced_s(spec, None, seen=True) == 10.0


@pytest.mark.parametrize(
    ("limit", "remaining", "moving", "expected"),
    [
        (100, 100, True, IN_FLIGHT_S),
        (100, 21, True, IN_FLIGHT_S),
        (100, 20, True, None),
        (100, 100, False, None),
        (None, None, True, IN_FLIGHT_S),
    ],
)
def test_only_while_the_allowance_lasts(
    limit: int | None, remaining: int | None, moving: bool, expected: float | None
) -> None:
    at = Moment(at=NOW, tick_s=0.0)
    budget = RateBudget(limit=limit, remaining=remaining, reset_at=None, at=at)

    assert soon_s(budget, moving=moving) == expected
    assert soon_s(None, moving=moving) == (IN_FLIGHT_S if moving else None)


@pytest.mark.parametrize(
    ("state", "later", "request_status", "used", "expected"),
    [
        ("READY", 60.0, None, 0, None),
        ("BUILDING", 60.0, None, 0, IN_FLIGHT_S),
        ("QUEUED", 60.0, None, 0, IN_FLIGHT_S),
        ("BUILDING", 7_200.0, None, 0, None),
        ("BUILDING", 60.0, None, 90, None),
        ("READY", 3_700.0, "in-progress", 0, IN_FLIGHT_S),
        ("READY", 3_700.0, "succeeded", 0, None),
        ("READY", 9_000.0, "pending", 0, None),
    ],
)
async def test_vercel_asks_to_be_read_again_while_something_moves(
    state: str, later: float, request_status: str | None, used: int, expected: float | None
) -> None:
    request = alias_request(request_status) if request_status else None

    def answer(asked: Asked) -> Reply:
        newest = vercel_deployment("dpl_9", readyState=state, readySubstate=None)
        listing = asked.path == "/v7/deployments"
        project = vercel_project(vercel_live(), lastAliasRequest=request)
        return json_reply(
            vercel_list(newest) if listing else project,
            X_RateLimit_Limit="100",
            X_RateLimit_Remaining=str(100 - used),
        )

    clock = ManualClock(NOW + timedelta(seconds=later))
    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        harvest = await vercel(api).read()

    assert harvest.again_s == expected


def test_a_list_without_anything_under_way_asks_for_nothing() -> None:
    at = Moment(at=NOW, tick_s=0.0)

    assert harvest_of(SourceId("a/-/b"), (), at=at).again_s is None


async def test_a_real_deploy_is_followed_from_its_queue_to_its_end() -> None:
    """The poller, Vercel's source and the demo's Vercel, over real connections."""
    clock = ManualClock(NOW)
    estate = Estate(Agenda(clock))
    web = estate.web("lma-web")
    asked: list[float] = []
    app = answering(VercelApi(estate.vercel, {TOKEN: LMA_TEAM}).app())

    async def answer(one: Asked) -> Reply:
        if one.path == "/v7/deployments":
            asked.append(clock.now().tick_s)
        reply = app(one)
        return reply if isinstance(reply, Reply) else await reply

    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        poller = Poller([vercel(api, project="lma-web", team=LMA_TEAM)], clock, random.Random(5))
        task = asyncio.create_task(turning(poller))
        await passed(poller, clock, 65)
        head = estate.vercel.of(web.id)[0].commit
        begun_s = clock.now().tick_s
        estate.vercel.create(web.id, head)
        poller.refresh()
        await passed(poller, clock, 150)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await poller.aclose()

    gaps = list(zip(asked, (b - a for a, b in pairwise(asked)), strict=False))
    hurried = [gap for at, gap in gaps if begun_s < at <= begun_s + 11]
    calm = [gap for at, gap in gaps if at > begun_s + 12]
    assert len(hurried) >= 2
    assert all(4.0 <= gap <= 6.5 for gap in hurried), gaps
    assert len(calm) >= 3
    assert all(26.0 <= gap <= 35.0 for gap in calm), gaps


async def turning(poller: Poller) -> None:
    while True:
        await poller.turn(1.0)


async def passed(poller: Poller, clock: ManualClock, seconds: int) -> None:
    """Let time pass second by second, and each read come to its end."""
    for _ in range(seconds):
        clock.advance(1.0)
        await settle()
        while poller.under_way:
            await settle()
