"""The past: readings down-sampled with age, events, and the states of rules.

    readings ── 2 days ──▶ minutes ── 14 days ──▶ hours ── 400 days ──▶ forgotten

Recording never waits and never raises; questions are awaited and answer empty when there is no
past to be had. What is wrong stands in `problem`.

Several instances on one host share one file: the first holds a lock and writes; the others read
what it writes and take over when it ends.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.events import Event, EventKind
from monitor.history_blocks import Bucket
from monitor.history_steps import Point, points
from monitor.history_store import MINUTE_MS, EventRow, Keep, Store, Tier
from monitor.history_writer import Writer
from monitor.verdicts import Level
from monitor.workspace import KpiSpec, SeriesRef
from providers.clock import Clock
from providers.readings import Reading, SourceId

if TYPE_CHECKING:
    from monitor.trend import Trend

__all__ = ["History", "Keep", "Point"]

MOST_POINTS: Final = 5_000
"""A chart gets no more; a finer step is made coarser."""

_NO_POINTS: Final[tuple[Point, ...]] = ()

_DETAIL: Final = "\n"
"""Parts the short text of an event from its detail; neither holds one of its own."""


class History:
    """Opened with `History.open`; used from the engine's loop."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    @classmethod
    def open(cls, path: Path | None, clock: Clock, keep: Keep | None = None) -> "History":
        """Open the file in the background; returns at once.

        Args:
            path: The file, made with its folder if need be (0600 in 0700); None keeps all in
                memory.
            clock: The time.
            keep: How long what is kept.
        """
        return cls(Writer(path, clock, keep or Keep()), clock)

    @property
    def problem(self) -> str:
        """Why history can not be written, in words; empty when it can."""
        return self._writer.problem

    @property
    def notice(self) -> str:
        """What happened to the file that a person should know, such as damage set aside."""
        return self._writer.notice

    def record(self, readings: Iterable[Reading]) -> None:
        """Have readings written within seconds; one without a number is kept as a gap."""
        rows = [
            (
                SeriesRef(source=one.source, metric=one.metric),
                one.unit,
                _ms(one.at.at),
                one.value,
            )
            for one in readings
        ]
        if rows:
            self._writer.put(rows)

    def record_event(self, event: Event) -> None:
        """Have an event written; one whose key is known already is not written again."""
        self._writer.put_event(
            (
                event.key or f"{event.kind.value}@{event.at.isoformat()}/{event.text}",
                _ms(event.at),
                event.workspace,
                event.kind.value,
                int(event.level),
                f"{event.text}{_DETAIL}{event.detail}" if event.detail else event.text,
                event.environment,
                event.source,
            )
        )

    def save_states(self, states: Mapping[str, str]) -> None:
        """Have states of rules written, by key."""
        self._writer.put_states(dict(states))

    async def states(self) -> dict[str, str]:
        """All states that were saved, by key."""
        nothing: dict[str, str] = {}
        asked = self._writer.ask(lambda store: store.states(), nothing)
        return await asyncio.wrap_future(asked)

    async def series(self, ref: SeriesRef, since_s: float, step_s: float) -> tuple[Point, ...]:
        """The last `since_s` seconds of one metric in steps of `step_s`, oldest first.

        Steps lie on a fixed grid, so that a chart drawn again a second later shows the same
        points. Older parts are as coarse as they were kept. Gaps are points without a value.
        """
        now_ms = _ms(self._clock.now().at)
        step_ms = max(1, int(step_s * 1000), int(since_s * 1000 / MOST_POINTS))
        start_ms = (now_ms - int(since_s * 1000)) // step_ms * step_ms
        buckets = await self.buckets(ref, start_ms, now_ms, tier_for(step_ms))
        return points([one for one in buckets if one.at_ms >= start_ms], start_ms, now_ms, step_ms)

    async def buckets(self, ref: SeriesRef, start_ms: int, now_ms: int, tier: Tier) -> list[Bucket]:
        """What is kept of a series since a time, in the grain of `tier` or coarser."""
        nothing: list[Bucket] = []
        asked = self._writer.ask(lambda store: store.buckets(ref, start_ms, now_ms, tier), nothing)
        return await asyncio.wrap_future(asked)

    async def several(
        self, wanted: Sequence[tuple[SeriesRef, int, Tier]], now_ms: int
    ) -> list[list[Bucket]]:
        """As `buckets`, of many series in one question: to hand each over costs more than to look.

        Args:
            wanted: Series, since when in ms, and in which grain.
            now_ms: Up to when.
        """

        def look(store: Store) -> list[list[Bucket]]:
            return [store.buckets(ref, start_ms, now_ms, tier) for ref, start_ms, tier in wanted]

        nothing: list[list[Bucket]] = [[] for _ in wanted]
        return await asyncio.wrap_future(self._writer.ask(look, nothing))

    async def past(self, spec: KpiSpec, since_s: float, step_s: float) -> tuple[Point, ...]:
        """What a KPI was over the last `since_s` seconds, as it is judged, in steps of `step_s`."""
        # Loaded on use: no first paint asks for it.
        from monitor.past_reader import read_past

        now_ms, nothing = _ms(self._clock.now().at), _NO_POINTS
        asked = self._writer.ask(
            lambda store: read_past(store, spec, now_ms, since_s, step_s), nothing
        )
        return await asyncio.wrap_future(asked)

    async def trend(self, spec: KpiSpec) -> "Trend":
        """How a KPI went from day to day, and when it will be full."""
        from monitor.past_reader import read_trend
        from monitor.trend import NOTHING_KNOWN

        now_ms = _ms(self._clock.now().at)
        asked = self._writer.ask(lambda store: read_trend(store, spec, now_ms), NOTHING_KNOWN)
        return await asyncio.wrap_future(asked)

    async def episodes(self, alert: str, since: datetime) -> tuple[Event, ...]:
        """When an alert began and cleared, newest first; by its key."""
        nothing: list[EventRow] = []
        key = f"alert/{alert}@"
        asked = self._writer.ask(lambda store: store.events_named(key, _ms(since)), nothing)
        rows = await asyncio.wrap_future(asked)
        return tuple(map(_event, rows))

    async def events(self, since: datetime, most: int = 400) -> tuple[Event, ...]:
        """Events since a time, newest first."""
        nothing: list[EventRow] = []
        asked = self._writer.ask(lambda store: store.events(_ms(since), most), nothing)
        rows = await asyncio.wrap_future(asked)
        return tuple(map(_event, rows))

    async def flush(self) -> None:
        """Return when everything recorded so far is written, or could not be."""
        await asyncio.wrap_future(self._writer.ask(lambda _: None, None))

    async def aclose(self) -> None:
        """Write what waits and close the file; may be called twice, waits at most 2 s."""
        ended = asyncio.wrap_future(self._writer.close())
        await asyncio.wait({ended}, timeout=2.0)


def tier_for(step_ms: int) -> Tier:
    """The coarsest grain that still fills every step."""
    if step_ms >= 60 * MINUTE_MS:
        return Tier.HOURS
    return Tier.MINUTES if step_ms >= MINUTE_MS else Tier.READINGS


def _event(row: EventRow) -> Event:
    key, at_ms, workspace, kind, level, text, environment, source = row
    known = {one.value: one for one in EventKind}
    levels = {int(one): one for one in Level}
    short, _, detail = str(text).partition(_DETAIL)
    return Event(
        at=datetime.fromtimestamp(int(at_ms or 0) / 1000, UTC),
        kind=known.get(str(kind), EventKind.SOURCE),
        level=levels.get(int(level or 0), Level.UNKNOWN),
        text=short,
        detail=detail,
        environment=str(environment),
        source=None if source is None else SourceId(str(source)),
        key=str(key),
        workspace=str(workspace),
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
