"""What Sentry counts: errors by the minute, outcomes and sessions by the hour."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request

from demo.vendors.sentry_shapes import project_id
from demo.vendors.sentry_state import HOUR, MINUTE, PROJECTS, Sentry
from demo.vendors.wire import Refusal, iso_seconds

Json = dict[str, object]
_PERIOD: Final = re.compile(r"([0-9]{1,4})([mhdw])")
_UNITS: Final = {"m": MINUTE, "h": HOUR, "d": 24 * HOUR, "w": 168 * HOUR}
_DATASETS: Final = ("errors", "spans", "logs")
_USUAL_HOURS: Final = 24


def _refuse(message: str) -> Refusal:
    return Refusal(400, "bad_request", message)


def _period(raw: str) -> timedelta:
    found = _PERIOD.fullmatch(raw)
    if found is None:
        raise _refuse(f"Invalid statsPeriod: '{raw}'")
    return int(found[1]) * _UNITS[found[2]]


def _projects(request: Request) -> Sequence[str]:
    wanted = request.query_params.getlist("project")
    if not wanted or "-1" in wanted:
        return PROJECTS
    return [slug for slug in PROJECTS if {slug, project_id(slug)} & set(wanted)]


def _quiet(request: Request) -> bool:
    return "staging" in request.query_params.getlist("environment")


def timeseries(state: Sentry, request: Request) -> Json:
    """Errors by the interval; the last minutes are still being counted."""
    query = request.query_params
    if query.get("dataset") not in _DATASETS:
        raise _refuse("dataset: is invalid")
    now = state.agenda.now
    step = timedelta(milliseconds=int(query.get("interval", "60000")))
    if step < MINUTE:
        raise _refuse("interval: is too small")
    first = _floor(now - _period(query.get("statsPeriod", "1h")), step)
    projects, quiet = _projects(request), _quiet(request)
    values = []
    while first <= now:
        count = 0.0 if quiet else _sum(state, first, step, projects, now)
        value: Json = {
            "timestamp": first.timestamp() * 1000,
            "value": count,
            "incomplete": first + step > now,
        }
        values.append(value)
        first += step
    series = {
        "values": values,
        "yAxis": query.get("yAxis", "count()"),
        "meta": {
            "valueUnit": None,
            "valueType": "integer",
            "interval": step.total_seconds() * 1000,
        },
    }
    times = {"start": values[0]["timestamp"], "end": now.timestamp() * 1000}
    return {"meta": {"dataset": query["dataset"], **times}, "timeSeries": [series]}


def _floor(at: datetime, step: timedelta) -> datetime:
    seconds = step.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, at.tzinfo)


def _sum(
    state: Sentry, start: datetime, step: timedelta, projects: Sequence[str], now: datetime
) -> float:
    minutes = min(step, now - start) / MINUTE
    whole = sum(state.kept(start + number * MINUTE, projects) for number in range(int(minutes)))
    return whole + round(state.kept(start, projects) * (minutes % 1) if minutes < 1 else 0)


def outcomes(state: Sentry, request: Request) -> Json:
    """What became of the errors of each hour."""
    query = request.query_params
    if "outcome" not in query.getlist("groupBy") or not query.get("field"):
        raise _refuse("groupBy and field are required")
    now = state.agenda.now
    hours = [
        now.replace(minute=0, second=0, microsecond=0) - back * HOUR
        for back in reversed(range(_hours(query.get("statsPeriod", "24h"))))
    ]
    kept, dropped = _hourly(state, hours, _projects(request), now)
    filtered = [round(count * 0.04) for count in kept]
    field = query["field"]
    groups = [
        {
            "by": {"outcome": word},
            "totals": {field: sum(counts)},
            "series": {field: counts},
        }
        for word, counts in (("accepted", kept), ("filtered", filtered), ("rate_limited", dropped))
        if any(counts)
    ]
    return {
        "start": iso_seconds(hours[0]),
        "end": iso_seconds(now),
        "intervals": [iso_seconds(hour) for hour in hours],
        "groups": groups,
    }


def _hours(period: str) -> int:
    return max(1, min(_USUAL_HOURS, int(_period(period) / HOUR)))


def _hourly(
    state: Sentry, hours: Sequence[datetime], projects: Sequence[str], now: datetime
) -> tuple[list[int], list[int]]:
    """Let in and dropped; hours before the first bad minute need no looking at each minute."""
    kept, dropped = [], []
    for start in hours:
        if state.began_at is None or start + HOUR < state.began_at:
            part = min(HOUR, now - start) / HOUR
            kept.append(round(60 * part * state.kept(start, projects)))
            dropped.append(0)
            continue
        minutes = [start + n * MINUTE for n in range(60) if start + (n + 1) * MINUTE <= now]
        kept.append(round(sum(state.kept(minute, projects) for minute in minutes)))
        sent = sum(state.sent(minute, projects) for minute in minutes)
        dropped.append(max(0, round(sent) - kept[-1]))
    return kept, dropped


def sessions(state: Sentry, request: Request) -> Json:
    """How many visits went well."""
    now, fields = state.agenda.now, request.query_params.getlist("field")
    if not fields:
        raise _refuse("field: is required")
    hour = now.replace(minute=0, second=0, microsecond=0)
    totals = {field: 0.998 if field.startswith("crash_free") else 41_200.0 for field in fields}
    group = {
        "by": {},
        "totals": totals,
        "series": {field: [value] for field, value in totals.items()},
    }
    return {
        "start": iso_seconds(hour),
        "end": iso_seconds(now),
        "intervals": [iso_seconds(hour)],
        "groups": [group],
        "query": "",
    }


def table(state: Sentry, request: Request) -> Json:
    """Issues as rows, with the fields that are asked for."""
    fields = request.query_params.getlist("field")
    if not fields or request.query_params.get("dataset") not in _DATASETS:
        raise _refuse("field and dataset are required")
    now = state.agenda.now
    minutes = min(60, int(_period(request.query_params.get("statsPeriod", "1h")) / MINUTE))
    rows = []
    for issue in state.issues.values():
        known: Json = {
            "issue": issue.short_id,
            "issue.id": int(issue.id),
            "title": issue.title,
            "transaction": issue.culprit,
            "project": issue.project,
            "release": issue.first_release,
            "count()": sum(
                state.came(issue, now - back * MINUTE) for back in range(1, minutes + 1)
            ),
        }
        rows.append({field: known.get(field) for field in fields})
    if "count()" in request.query_params.get("sort", ""):
        rows.sort(key=lambda row: -float(str(row.get("count()") or 0)))
    return {"data": rows, "meta": {"fields": dict.fromkeys(fields, "string"), "dataset": "errors"}}
