"""Reads every source at its pace, each in a task of its own, and lets none delay another.

One wheel wakes when something is due, starts at most five reads at a time (more would wait for each
other's CPU, which falsifies their latencies), enforces deadlines, and hands what came to its owner
in his coroutine: at once what presses, else with all that ended in the same second. A read that
ignores its cancellation is left alone, never joined by a second one.
"""

import asyncio
import heapq
import itertools
import random
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from monitor.alarm import Alarm
from monitor.failures import wait_asked_s
from monitor.group_pace import GroupPace
from monitor.pauses import Pauses
from monitor.schedule import gathered_s, next_start_s, paced_s
from monitor.turns import Outcome, Turn, close, forget_error, read
from providers.base import Source, SourceKind
from providers.clock import Clock, Moment
from providers.readings import SourceId

GROUP: Final = 5
"""Reads started together."""

BY_HAND_S: Final = 1.0
"""A source is read by hand at most once in this time."""

SPREAD_S: Final = 5.0
"""After a pause everything is read again within this time, not at once."""

CLOSE_S: Final = 0.3
"""Seconds that stopped reads, and then closing sources, are waited for at the end."""


class Poller:
    """Keeps reading its sources until `aclose`.

    Not thread-safe: everything happens in one event loop.

    Args:
        sources: What to read; closed by the poller.
        clock: The time, also for deadlines.
        rng: Where jitter comes from.
    """

    def __init__(self, sources: Iterable[Source], clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        self._turns: dict[SourceId, Turn] = {}
        self._reading: dict[SourceId, Turn] = {}
        self._queue: list[tuple[float, int, Turn]] = []
        self._order = itertools.count()
        self._ended: deque[tuple[Turn, asyncio.Task[object], Moment]] = deque()
        self._told: list[tuple[Turn, Outcome]] = []
        self._wake = asyncio.Event()
        self._alarm = Alarm(clock, self._wake)
        self._pace = GroupPace()
        self._pauses = Pauses()
        self._looked_at: frozenset[SourceId] = frozenset()
        for source in sources:
            self._add(source)

    @property
    def hung(self) -> tuple[SourceId, ...]:
        """Sources whose read does not end though it was stopped."""
        return tuple(key for key, turn in self._reading.items() if turn.told_hung)

    @property
    def under_way(self) -> int:
        """How many reads have begun and not ended."""
        return sum(turn.task is not None and not turn.task.done() for turn in self._turns.values())

    @property
    def pauses(self) -> int:
        """How often the machine was seen to have slept or had its clock set."""
        return self._pauses.count

    def wake(self) -> None:
        """Make `turn` come back early."""
        self._wake.set()

    def is_reading(self, source: SourceId) -> bool:
        """Whether a read of this source is under way."""
        return source in self._reading

    def due_s(self, source: SourceId) -> float | None:
        """Tick at which the next read begins; None while one is under way."""
        turn = self._turns.get(source)
        return None if turn is None or turn.task is not None else turn.due_s

    def look_at(self, ids: frozenset[SourceId]) -> None:
        """Read these at their own pace from now on, and the others that can wait at theirs."""
        now_s = self._clock.now().tick_s
        for key in ids - self._looked_at:
            turn = self._turns.get(key)
            if turn is not None and turn.task is None and turn.spec.unseen_interval_s:
                due_s = max(turn.begun_s + turn.spec.interval_s, turn.wait_until_s, now_s)
                self._plan_at(turn, min(turn.due_s, due_s))
        self._looked_at = ids
        self._wake.set()

    def refresh(self, ids: Collection[SourceId] | None = None) -> tuple[SourceId, ...]:
        """Make sources due now, and say which.

        Left out are those being read, those read by hand less than a second ago, and those whose
        vendor asked us to wait.
        """
        self._gather()
        now_s = self._clock.now().tick_s
        chosen = [
            turn
            for turn in map(self._turns.get, self._turns if ids is None else ids)
            if turn is not None
            and turn.task is None
            and now_s >= turn.wait_until_s
            and now_s - turn.asked_by_hand_s >= BY_HAND_S
        ]
        for turn in chosen:
            turn.by_hand = True
            turn.asked_by_hand_s = now_s
            self._plan_at(turn, float("-inf"))
        if chosen:
            self._wake.set()
        return tuple(turn.spec.id for turn in chosen)

    def spread(self) -> None:
        """Read everything again soon, spread over some seconds, with back-off forgotten."""
        now_s = self._clock.now().tick_s
        for turn in self._turns.values():
            turn.failures = 0
            if turn.task is None:
                reach = min(SPREAD_S, turn.spec.interval_s / 2)
                soon = min(turn.due_s, now_s + self._rng.uniform(0, reach))
                # Due in the past would be due at once, together with all the others.
                soon = soon if soon > now_s else now_s + self._rng.uniform(0, reach)
                self._plan_at(turn, max(soon, turn.wait_until_s))
        self._wake.set()

    def begin(self, leads_s: Sequence[float]) -> None:
        """Start the first group; the next ones follow each after its lead, and then as ever."""
        self._pace.lead(leads_s)
        self._start_due(self._clock.now())

    def go_on(self) -> None:
        """Wait for no lead any more."""
        self._pace.go_on(self._clock.now().tick_s)
        self._wake.set()

    async def turn(self, at_most_s: float) -> list[Outcome]:
        """Wait until something ended, or for `at_most_s`, and tell what did."""
        now = self._notice_pause()
        backlog = self._start_due(now)
        outcomes = self._collect(now)
        if outcomes:
            return outcomes
        wait_s = self._pace.wait_s(now.tick_s) if backlog else self._patience_s(now, at_most_s)
        await self._wait(wait_s)
        return self._collect(self._notice_pause())

    async def replace(self, sources: Mapping[SourceId, Source]) -> None:
        """Read these from now on; what went is stopped and closed, what stayed keeps its turn."""
        gone = [key for key, turn in self._turns.items() if sources.get(key) is not turn.source]
        left = [self._turns.pop(key) for key in gone]
        for turn in left:
            self._reading.pop(turn.spec.id, None)
        for key, source in sources.items():
            if key not in self._turns:
                self._add(source)
        self._wake.set()
        await close(left, CLOSE_S)

    async def aclose(self) -> None:
        """Stop all reads, wait for them a bounded time, and close the sources."""
        self._alarm.stop()
        await close(list(self._turns.values()), CLOSE_S)

    def _add(self, source: Source) -> None:
        turn = Turn(source, 0.0)
        self._turns[source.spec.id] = turn
        self._plan_at(turn, self._clock.now().tick_s)

    def _plan_at(self, turn: Turn, due_s: float) -> None:
        turn.due_s = due_s
        heapq.heappush(self._queue, (due_s, next(self._order), turn))

    def _due_now(self, now: Moment) -> Turn | None:
        """The source that is due longest; leaves out plans that were changed since."""
        while self._queue:
            due_s, _, turn = self._queue[0]
            known = self._turns.get(turn.spec.id) is turn
            stale = not known or turn.task is not None or turn.due_s != due_s
            if not stale and due_s > now.tick_s:
                return None
            heapq.heappop(self._queue)
            if not stale:
                return turn
        return None

    def _start_due(self, now: Moment) -> bool:
        """Start a group of what is due once the last had its time; says whether more may be due."""
        if self._pace.wait_s(now.tick_s) > 0:
            return True
        for _ in range(GROUP):
            if (turn := self._due_now(now)) is None:
                return False
            self._start(turn, now)
        self._pace.began(now.tick_s)
        return True

    def _start(self, turn: Turn, now: Moment) -> None:
        turn.started = now
        turn.stopped_s = None
        turn.task = asyncio.create_task(read(turn.source), name=f"read {turn.spec.id}")
        self._reading[turn.spec.id] = turn

        def note_end(task: asyncio.Task[object]) -> None:
            self._ended.append((turn, task, self._clock.now()))
            if turn.presses(task):
                self._wake.set()

        turn.task.add_done_callback(note_end)

    def _collect(self, now: Moment) -> list[Outcome]:
        """What ended since the last look, and what has passed its deadline."""
        self._gather()
        told, self._told = self._told, []
        outcomes = [one for turn, one in told if self._turns.get(turn.spec.id) is turn]
        late = (turn.overdue(now) for turn in list(self._reading.values()))
        outcomes.extend(outcome for outcome in late if outcome is not None)
        return outcomes

    def _gather(self) -> None:
        """Take down what ended, and when it is read next."""
        while self._ended:
            turn, task, at = self._ended.popleft()
            if (outcome := self._finish(turn, task, at)) is not None:
                self._told.append((turn, outcome))

    def _finish(self, turn: Turn, task: asyncio.Task[object], at: Moment) -> Outcome | None:
        if self._reading.get(turn.spec.id) is turn:
            del self._reading[turn.spec.id]
        turn.task, now = None, self._clock.now()
        if turn.stopped_s is not None:
            # It told its failure when it was stopped; what it says now comes too late.
            turn.stopped_s = None
            turn.told_hung = False
            forget_error(task)
            self._plan_next(turn, now, failed=True, wait_s=0.0)
            return None
        outcome, error = turn.ended(task, at)
        wait_s = 0.0 if error is None else wait_asked_s(error)
        self._plan_next(turn, now, failed=error is not None, wait_s=wait_s)
        return outcome

    def _plan_next(self, turn: Turn, now: Moment, *, failed: bool, wait_s: float) -> None:
        turn.failures = turn.failures + 1 if failed else 0
        # A check that gets no answer is a reading; backing off would hide the recovery.
        counted = 0 if turn.spec.kind is SourceKind.ENDPOINT else turn.failures
        previous_s = turn.begun_s if turn.by_hand else min(turn.due_s, turn.begun_s)
        turn.wait_until_s = now.tick_s + wait_s
        turn.by_hand = False
        interval_s = paced_s(turn.spec, turn.again_s, seen=turn.spec.id in self._looked_at)
        due_s = next_start_s(interval_s, previous_s, now.tick_s, counted, wait_s, self._rng)
        self._plan_at(turn, due_s)

    def _patience_s(self, now: Moment, at_most_s: float) -> float:
        """Seconds until the next thing to do."""
        nearest = now.tick_s + at_most_s
        if self._queue:
            nearest = min(nearest, self._queue[0][0])
        if self._reading:
            nearest = min(nearest, gathered_s(now.tick_s))
        for turn in self._reading.values():
            nearest = min(nearest, turn.next_event_s)
        return max(0.0, nearest - now.tick_s)

    async def _wait(self, seconds: float) -> None:
        if not self._wake.is_set():
            until_s = self._clock.now().tick_s + seconds
            self._pauses.expect(until_s)
            self._alarm.set(until_s, seconds)
            await self._wake.wait()
        self._wake.clear()

    def _notice_pause(self) -> Moment:
        """The present; when the machine slept or its clock was set, reads are spread anew."""
        self._gather()
        now = self._clock.now()
        if self._pauses.noticed(now):
            for turn in self._reading.values():
                # The pause was ours, not theirs: a read under way gets its whole time again.
                turn.started = now if turn.stopped_s is None else turn.started
            self.spread()
        return now
