"""Reads every source exactly once, for `status`."""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from monitor.own_network import OwnNetwork
from monitor.turns import Outcome, Turn, read
from monitor.world import World
from providers.base import Source
from providers.clock import Clock

AT_MOST: Final = 20
"""Reads under way at one time."""


async def judge_once(
    world: World, sources: Sequence[Source], network: OwnNetwork, clock: Clock
) -> None:
    """Read every source once and judge it, unless we are offline ourselves: then say so."""
    outcomes = await read_once(sources, clock)
    ready = network.sift(outcomes, clock.now())
    await network.settled()
    ready += network.sift([], clock.now())
    for outcome in ready:
        world.take(outcome)
    for outcome in outcomes:
        if outcome not in ready:
            world.leave_out(outcome, network.reason)


async def read_once(sources: Sequence[Source], clock: Clock) -> list[Outcome]:
    """One outcome for each source, in the order they came; the sources stay open.

    A read that passes its deadline is stopped and is a failure; it is not waited for.
    """
    waiting = deque(Turn(source, 0.0) for source in in_turns(sources))
    under_way: dict[asyncio.Future[object], Turn] = {}
    outcomes: list[Outcome] = []
    try:
        while waiting or under_way:
            while waiting and len(under_way) < AT_MOST:
                turn = waiting.popleft()
                turn.started = clock.now()
                turn.task = asyncio.get_running_loop().create_task(read(turn.source))
                under_way[turn.task] = turn
            await _next_event(under_way, clock)
            outcomes += _ended(under_way, clock)
    finally:
        for task in under_way:
            task.cancel()
    return outcomes


def in_turns(sources: Sequence[Source]) -> list[Source]:
    """One source of each system, then the next of each.

    What asks a vendor that takes few requests a second begins early then, and nobody is asked for
    everything in one moment.
    """
    of_system: dict[str, list[Source]] = {}
    for source in sources:
        of_system.setdefault(source.spec.system, []).append(source)
    rounds = zip_longest(*of_system.values())
    return [source for each in rounds for source in each if source is not None]


async def _next_event(under_way: dict[asyncio.Future[object], Turn], clock: Clock) -> None:
    """Wait until a read ends or the nearest deadline passes."""
    nearest_s = min(turn.next_event_s for turn in under_way.values())
    sleeper = asyncio.ensure_future(_pause(clock, nearest_s - clock.now().tick_s))
    try:
        anything: set[asyncio.Future[object]] = {*under_way, sleeper}
        await asyncio.wait(anything, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeper.cancel()


async def _pause(clock: Clock, seconds: float) -> object:
    await clock.sleep(max(0.0, seconds))
    return None


def _ended(under_way: dict[asyncio.Future[object], Turn], clock: Clock) -> list[Outcome]:
    now = clock.now()
    found: list[Outcome] = []
    for task, turn in list(under_way.items()):
        outcome: Outcome | None
        if task.done() and turn.task is not None:
            outcome, _ = turn.ended(turn.task, now)
        else:
            outcome = turn.overdue(now)
        if outcome is not None:
            found.append(outcome)
            del under_way[task]
    return found
