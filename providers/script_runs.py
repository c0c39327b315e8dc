"""What is known of a product's scripts: how each last ended, and what runs now. In memory."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.clock import Clock
from providers.scripts import OnLine, ScriptLine, ScriptResult, ScriptSpec, run

MOST_RUNS: Final = 20
"""Runs that are remembered of each script."""

LAST_LINES: Final = 5


class RunView(Struct, frozen=True, kw_only=True):
    """One run, under way or over."""

    name: str
    began_at: datetime
    running_s: float
    """So far, or altogether."""

    result: ScriptResult | None
    """None while it runs."""

    lines: tuple[ScriptLine, ...]
    """The last few."""


class _Run(Struct):
    began_at: datetime
    began_tick_s: float
    lines: deque[ScriptLine]
    result: ScriptResult | None = None


class ScriptRuns:
    """The runs of one system's scripts, whoever started them.

    Args:
        clock: Tells when.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._runs: dict[str, deque[_Run]] = {}

    async def run(
        self, spec: ScriptSpec, args: Sequence[str] = (), on_line: OnLine | None = None
    ) -> ScriptResult:
        """Run a script as `scripts.run` does, and remember it.

        Raises:
            BadAnswer: It could not be started; then there was no run.
        """
        now = self._clock.now()
        lines: deque[ScriptLine] = deque(maxlen=LAST_LINES)
        run_ = _Run(began_at=now.at, began_tick_s=now.tick_s, lines=lines)
        mine = self._runs.setdefault(spec.name, deque(maxlen=MOST_RUNS))
        mine.append(run_)

        def heard(line: ScriptLine) -> None:
            lines.append(line)
            if on_line is not None:
                on_line(line)

        try:
            result = run_.result = await run(spec, args, heard)
        finally:
            if run_.result is None and run_ in mine:
                mine.remove(run_)
        return result

    def last(self) -> Mapping[str, RunView]:
        """The newest run of each script that ever ran."""
        return {name: self._view(name, runs[-1]) for name, runs in self._runs.items() if runs}

    def of(self, name: str) -> tuple[RunView, ...]:
        """All remembered runs of a script, the newest first."""
        return tuple(self._view(name, each) for each in reversed(self._runs.get(name, ())))

    def _view(self, name: str, run_: _Run) -> RunView:
        passed_s = self._clock.now().tick_s - run_.began_tick_s
        result = run_.result
        return RunView(
            name=name,
            began_at=run_.began_at,
            running_s=result.duration_s if result is not None else passed_s,
            result=result,
            lines=tuple(run_.lines),
        )
