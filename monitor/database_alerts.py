"""Alerts of databases that do not answer (both runbooks call that a complete outage); pure."""

from collections.abc import Iterable
from typing import Final

from monitor.snapshot import AlertView
from monitor.tracks import SourceTrack
from monitor.verdicts import Level, Phase
from monitor.workspace import DatabaseSpec
from providers.clock import Moment
from providers.readings import Trouble

UNREACHABLE: Final = "unreachable/"
"""How the keys of these alerts begin."""

FAILURES_TO_FIRE: Final = 3
"""As for health checks (A:274)."""

_GONE: Final = (Trouble.UNREACHABLE, Trouble.TIMED_OUT, Trouble.SERVER_FAILED)
"""Troubles of the server; a refused password or a bug is ours and shows in the pane alone."""


def unreachable_alerts(
    databases: Iterable[tuple[DatabaseSpec, SourceTrack | None]], now: Moment, *, one_pass: bool
) -> Iterable[AlertView]:
    """One for each database that can not be reached, pending before the third failure in a row.

    Args:
        databases: With the source that reads them.
        now: For elapsed times.
        one_pass: There was a single look, and so a single failure is enough.
    """
    needed = 1 if one_pass else FAILURES_TO_FIRE
    for spec, track in databases:
        if track is None or track.failure is None or track.failure.trouble not in _GONE:
            continue
        firing = track.failures >= needed
        since = track.failing_since or now
        count = "" if firing else f", {track.failures} of {needed} in a row"
        yield AlertView(
            key=f"{UNREACHABLE}{spec.source}",
            title=f"{spec.title} unreachable",
            subject=spec.title,
            fact="does not answer",
            needed=needed,
            level=Level.CRITICAL if firing else Level.WARNING,
            phase=Phase.FIRING if firing else Phase.PENDING,
            severity=spec.severity,
            environment=spec.environment,
            since=since,
            why=f"{track.failure.sentence}{count}",
            elapsed_s=since.age_s(now),
            required_s=0.0,
            failures=track.failures,
            runbook=spec.runbook,
            source=spec.source,
            service=spec.name,
        )
