"""What can be read of a PagerDuty account."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from demo.vendors import pagerduty_shapes as shapes
from demo.vendors.pagerduty_models import PagerService, Window
from demo.vendors.pagerduty_request import Asked, Json, Table
from demo.vendors.pagerduty_state import refuse

Answer = tuple[int, Json]
_ABILITIES: Final = ["teams", "urgencies", "service_support_hours", "incident_priorities"]


def _time(asked: Asked, name: str) -> datetime | None:
    raw = asked.request.query_params.get(name)
    if raw is None:
        return None
    try:
        at = datetime.fromisoformat(raw)
    except ValueError as error:
        raise refuse(400, 2001, "Invalid Input Provided", f"{name} is no time") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def incidents(asked: Asked) -> Answer:
    """Of the last month, unless `date_range=all`; the newest first."""
    state, now = asked.account, asked.account.agenda.now
    since = _time(asked, "since") or now - timedelta(days=30)
    everything = asked.request.query_params.get("date_range") == "all"
    statuses, services = asked.values("statuses[]"), asked.values("service_ids[]")
    urgencies, key = asked.values("urgencies[]"), asked.request.query_params.get("incident_key")
    found = [
        one
        for one in reversed(state.incidents)
        if (everything or one.created_at >= since)
        and one.status in (statuses or ("triggered", "acknowledged", "resolved"))
        and (not services or one.service.id in services)
        and (not urgencies or one.urgency in urgencies)
        and key in {None, one.key}
    ]
    return 200, asked.page("incidents", [shapes.incident(state, one, now) for one in found])


def incident(asked: Asked) -> Answer:
    """One of them."""
    state = asked.account
    found = state.incident(asked.request.path_params["id"])
    return 200, {"incident": shapes.incident(state, found, state.agenda.now)}


def alerts(asked: Asked) -> Answer:
    """What made an incident."""
    found = asked.account.incident(asked.request.path_params["id"])
    return 200, asked.page("alerts", [shapes.alert(asked.account, found)])


def _log(asked: Asked, ids: Iterable[str]) -> Answer:
    state = asked.account
    listed = [shapes.log_entry(state, one) for one in state.log_of(ids)]
    return 200, asked.page("log_entries", listed)


def incident_log(asked: Asked) -> Answer:
    """What was done to an incident."""
    return _log(asked, [asked.account.incident(asked.request.path_params["id"]).id])


def account_log(asked: Asked) -> Answer:
    """What was done to all of them."""
    return _log(asked, [one.id for one in asked.account.incidents])


def notes(asked: Asked) -> Answer:
    """What people wrote on an incident."""
    state, id_ = asked.account, asked.account.incident(asked.request.path_params["id"]).id
    return 200, {"notes": [shapes.note(state, one) for one in reversed(state.notes.get(id_, []))]}


def on_calls(asked: Asked) -> Answer:
    """Whose turn it is; now, unless a time is named."""
    state, now = asked.account, asked.account.agenda.now
    since = _time(asked, "since") or now
    until = _time(asked, "until") or since
    wanted = asked.values("escalation_policy_ids[]")
    found = [
        one
        for policy in state.policies
        if not wanted or policy.id in wanted
        for one in shapes.on_calls(state, policy, since, until)
    ]
    return 200, asked.page("oncalls", found)


def services(asked: Asked) -> Answer:
    """What is paged for."""
    query = asked.request.query_params.get("query", "").lower()
    found = [one for one in asked.account.services if query in one.name.lower()]
    return 200, asked.page("services", [shapes.service(asked.account, one) for one in found])


def service(asked: Asked) -> Answer:
    """One of them."""
    return 200, {"service": shapes.service(asked.account, service_of(asked))}


def service_of(asked: Asked) -> PagerService:
    """The service of the path.

    Raises:
        Refusal: There is none.
    """
    id_ = asked.request.path_params["id"]
    for one in asked.account.services:
        if one.id == id_:
            return one
    raise refuse(404, 2100, "Not Found", "Service Not Found")


def policies(asked: Asked) -> Answer:
    """Who is paged first, and who then."""
    state = asked.account
    listed = [shapes.policy(state, one) for one in state.policies]
    return 200, asked.page("escalation_policies", listed)


def schedules(asked: Asked) -> Answer:
    """People who take turns."""
    state = asked.account
    return 200, asked.page("schedules", [shapes.schedule(state, one) for one in state.schedules])


def windows(asked: Asked) -> Answer:
    """Maintenance windows by what is asked for."""
    state, now = asked.account, asked.account.agenda.now
    wanted = asked.request.query_params.get("filter", "all")
    services = asked.values("service_ids[]")
    kinds: dict[str, Callable[[Window], bool]] = {
        "past": lambda one: one.ends_at <= now,
        "future": lambda one: one.starts_at > now,
        "ongoing": lambda one: one.starts_at <= now < one.ends_at,
        "open": lambda one: one.ends_at > now,
        "all": lambda _: True,
    }
    if wanted not in kinds:
        raise refuse(400, 2001, "Invalid Input Provided", "filter is unknown")
    found = [
        shapes.window(state, one)
        for one in state.windows
        if kinds[wanted](one) and (not services or {s.id for s in one.services} & set(services))
    ]
    return 200, asked.page("maintenance_windows", found)


def priorities(asked: Asked) -> Answer:
    """P1 to P5."""
    listed = [
        shapes.priority(asked.account, name, place)
        for place, name in enumerate(shapes.PRIORITIES, start=1)
    ]
    return 200, asked.page("priorities", listed)


def me(asked: Asked) -> Answer:
    """Whose key it is; the account's has nobody."""
    if asked.key.user is None:
        raise refuse(400, 2001, "Invalid Input Provided", "The key belongs to no user")
    return 200, {"user": shapes.user(asked.account, asked.key.user)}


def abilities(_asked: Asked) -> Answer:
    """What the account's plan has in it."""
    return 200, {"abilities": list(_ABILITIES)}


READS: Final[Table] = (
    ("GET", "/incidents", incidents),
    ("GET", "/incidents/{id}", incident),
    ("GET", "/incidents/{id}/alerts", alerts),
    ("GET", "/incidents/{id}/log_entries", incident_log),
    ("GET", "/incidents/{id}/notes", notes),
    ("GET", "/log_entries", account_log),
    ("GET", "/oncalls", on_calls),
    ("GET", "/services", services),
    ("GET", "/services/{id}", service),
    ("GET", "/escalation_policies", policies),
    ("GET", "/schedules", schedules),
    ("GET", "/maintenance_windows", windows),
    ("GET", "/priorities", priorities),
    ("GET", "/users/me", me),
    ("GET", "/abilities", abilities),
)
