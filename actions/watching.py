"""After an action is done: follows what should recover, tells how it goes, writes the verdict."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.plan import Plan
from actions.record import Record, about
from actions.running import Running
from actions.verbs import Outcome
from actions.watch import Look, Watch, Watched, WatchVerdict, lasting_s, looks, subjects
from monitor.snapshot import Snapshot, WorkspaceView
from providers.clock import Clock

_PARTING_S: Final = 2.0

Latest = Callable[[], Snapshot | None]


class Watching:
    """Used in the engine's loop.

    Args:
        record: Where the verdict is written.
        latest: The newest snapshot.
        clock: The time.
        tell: Told each change, with the action as it stands.
        every_s: Between two looks.
    """

    def __init__(
        self,
        record: Record,
        latest: Latest,
        clock: Clock,
        tell: Callable[[Running], None],
        every_s: float,
    ) -> None:
        self._record = record
        self._latest = latest
        self._clock = clock
        self._tell = tell
        self._every_s = every_s
        self._before: dict[str, tuple[Look, ...]] = {}

    def began(self, running: Running) -> None:
        """Remember how everything stood when an action was confirmed."""
        view = self._view(running.plan)
        if view is not None:
            self._before[running.id] = looks(subjects(running.plan, view), view)

    def wanted(self, running: Running) -> bool:
        """Whether there is anything to follow, now that an action is over."""
        if running.outcome is not Outcome.DONE or not self._before.get(running.id):
            self._before.pop(running.id, None)
            return False
        return True

    async def follow(self, running: Running) -> None:
        """Follow it to a verdict; when cancelled, that stands in the audit too."""
        plan, before = running.plan, self._before.pop(running.id)
        view, since = self._view(plan), self._clock.now()
        keys = [one.key for one in before]
        lasts_s = 0.0 if view is None else lasting_s(plan, view, keys)
        watch = Watch(before, since, lasts_s)
        try:
            watched = await self._followed(running, watch, keys)
        except asyncio.CancelledError:
            words = f"the program ended {since.age_s(self._clock.now()):.0f} s after: {watch.words}"
            ended = Watched(words=words, until=watch.until, verdict=WatchVerdict.UNKNOWN)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PARTING_S):
                    await self._written(running, ended)
            raise
        await self._written(running, watched)

    async def _followed(self, running: Running, watch: Watch, keys: list[str]) -> Watched:
        told: Watched | None = None
        while True:
            view = self._view(running.plan)
            watched = watch.take(looks(keys, view) if view is not None else (), self._clock.now())
            if watched.verdict is not None:
                return watched
            if watched != told:
                told = watched
                self._tell(replace(running, watch=watched))
            await self._clock.sleep(self._every_s)

    async def _written(self, running: Running, watched: Watched) -> None:
        verdict = WatchVerdict.UNKNOWN if watched.verdict is None else watched.verdict
        draft = about(AuditKind.WATCH, running.plan, running.id, reason=running.reason)
        await self._record.insist(replace(draft, outcome=verdict.value, words=watched.words))
        self._tell(replace(running, watch=watched))

    def _view(self, plan: Plan) -> WorkspaceView | None:
        snapshot = self._latest()
        return None if snapshot is None else snapshot.workspaces.get(plan.target.workspace)
