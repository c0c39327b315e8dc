"""Alerts of what runs in a database: sessions that block others, queries that run long; pure."""

from collections.abc import Iterable
from datetime import timedelta

from monitor.sessions import age_s
from monitor.snapshot import AlertView, DatabaseView, QueryRow
from monitor.verdicts import Level, Phase
from monitor.words import duration_words, span_words
from providers.clock import Moment


def query_alerts(view: DatabaseView, now: Moment) -> Iterable[AlertView]:
    """One for each root that keeps others waiting, and one for all queries that are merely long."""
    if view.at is None:
        return
    blocking = [row for row in view.rows if row.depth == 0 and row.waiters]
    for row in blocking:
        if row.level >= Level.WARNING:
            waiting = f"{row.waiters} session{'s' if row.waiters > 1 else ''}"
            yield _query_alert(
                view,
                now,
                key=f"blocking/{view.spec.source}/{row.session.key}",
                title=f"{view.spec.title} pid {row.session.pid} blocks {waiting}",
                fact=f"pid {row.session.pid} blocks {row.waiters}",
                level=row.level,
                why=_why(row),
                oldest_s=age_s(row.session),
            )
    long = [row for row in view.rows if _is_long(view, row)]
    if long:
        oldest_s = max(age_s(row.session) or 0.0 for row in long)
        count = "1 query" if len(long) == 1 else f"{len(long)} queries"
        yield _query_alert(
            view,
            now,
            key=f"long/{view.spec.source}",
            title=f"{view.spec.title} {count} over {span_words(view.spec.long_query_s)}",
            fact=f"{count} over {span_words(view.spec.long_query_s)}",
            level=Level.WARNING,
            why=f"the oldest for {duration_words(oldest_s)}",
            oldest_s=oldest_s - view.spec.long_query_s,
        )


def _why(row: QueryRow) -> str:
    """What it does while others wait, and for how long where that is worth telling."""
    age, state = age_s(row.session), row.session.state.value
    return state if age is None or age < 1 else f"{state} for {duration_words(age)}"


def _is_long(view: DatabaseView, row: QueryRow) -> bool:
    age = age_s(row.session)
    return row.level >= Level.WARNING and age is not None and age >= view.spec.long_query_s


def _query_alert(
    view: DatabaseView,
    now: Moment,
    *,
    key: str,
    title: str,
    fact: str,
    level: Level,
    why: str,
    oldest_s: float | None,
) -> AlertView:
    seen = view.at or now
    since_s = oldest_s or 0.0
    return AlertView(
        key=key,
        title=title,
        subject=view.spec.title,
        fact=fact,
        level=level,
        phase=Phase.FIRING,
        severity="",
        environment=view.spec.environment,
        since=Moment(at=seen.at - timedelta(seconds=since_s), tick_s=seen.tick_s - since_s),
        why=why,
        elapsed_s=0.0,
        required_s=0.0,
        failures=0,
        runbook=view.spec.runbook,
        source=view.spec.source,
        service=view.spec.name,
    )
