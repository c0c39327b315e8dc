"""Times, sources and verdicts that all made-up snapshots share."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from monitor.snapshot import (
    PaneState,
    PaneStatus,
)
from monitor.verdicts import Band, Level, Phase, Verdict
from providers.clock import Moment
from providers.readings import (
    SourceId,
)

NOW = Moment(at=datetime(2025, 1, 31, 16, 32, 49, tzinfo=UTC), tick_s=10_000.0)
PROD, STG = "production", "staging"
LIVE = PaneStatus(state=PaneState.LIVE)


def ago(seconds: float) -> Moment:
    """The moment so long before `NOW`."""
    return Moment(at=NOW.at - timedelta(seconds=seconds), tick_s=NOW.tick_s - seconds)


def at(seconds: float) -> datetime:
    """Wall time so long before `NOW`."""
    return ago(seconds).at


def fine(why: str = "") -> Verdict:
    return Verdict(level=Level.OK, phase=Phase.OK, why=why)


def firing(level: Level, why: str, since_s: float, failures: int = 0) -> Verdict:
    return Verdict(level=level, phase=Phase.FIRING, why=why, since=ago(since_s), failures=failures)


def pending(why: str, elapsed_s: float, required_s: float, band: Band | None = None) -> Verdict:
    return Verdict(
        level=Level.WARNING,
        phase=Phase.PENDING,
        why=why,
        since=ago(elapsed_s),
        elapsed_s=elapsed_s,
        required_s=required_s,
        band=band,
    )


def wave(base: float, swing: Sequence[int], count: int = 20) -> tuple[float | None, ...]:
    return tuple(base * (1 + swing[step % len(swing)] / 100) for step in range(count))


def source(environment: str, row: str) -> SourceId:
    return SourceId(f"lma/{environment}/{row}")
