"""The past of some metrics, asked of the engine without holding up the screen's loop."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Final

from monitor.workspace import SeriesRef
from tui.engine_link import EngineCalls, EngineLink, HistoryPoint

WINDOWS: Final = ((900.0, "15m"), (3_600.0, "1h"), (21_600.0, "6h"), (86_400.0, "24h"))
"""Seconds and name of each window of a chart."""

USUAL: Final = 1
"""Place of the window that a chart begins with."""

_POINTS: Final = 180
"""Points of one chart: two for each column of a wide one."""

_WAIT_S: Final = 5.0


def step_s(window_s: float) -> float:
    """Seconds of one point of a chart over so many seconds."""
    return max(window_s / _POINTS, 5.0)


async def read_series(
    engine: EngineLink, refs: Collection[SeriesRef], since_s: float, step: float
) -> Mapping[SeriesRef, tuple[HistoryPoint, ...]] | None:
    """Each series over the last `since_s` seconds; None when the engine can not say now."""

    async def read(calls: EngineCalls) -> dict[SeriesRef, tuple[HistoryPoint, ...]]:
        return {ref: await calls.history.series(ref, since_s, step) for ref in refs}

    try:
        future = engine.submit(read, 0.0)
    except RuntimeError:
        return None
    answer = asyncio.wrap_future(future)
    await asyncio.wait({answer}, timeout=_WAIT_S)
    # Whatever went wrong over there costs a chart, never the screen.
    if not answer.done() or answer.cancelled() or answer.exception() is not None:
        answer.cancel()
        return None
    return answer.result()
