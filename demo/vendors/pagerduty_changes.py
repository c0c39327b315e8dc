"""What can be done in a PagerDuty account."""

from typing import Final

from demo.vendors import pagerduty_shapes as shapes
from demo.vendors.pagerduty_models import PagerIncident, PagerUser, Policy
from demo.vendors.pagerduty_request import Asked, Json, Table
from demo.vendors.pagerduty_state import refuse
from demo.vendors.wire import iso_seconds

Answer = tuple[int, Json]
_MOST_AT_ONCE: Final = 250
_STATUSES: Final = ("triggered", "acknowledged", "resolved")


def _shown(asked: Asked, one: PagerIncident) -> Json:
    return shapes.incident(asked.account, one, asked.account.agenda.now)


def create(asked: Asked) -> Answer:
    """Open an incident; one of the same key that is open already is in the way."""
    state, actor, wanted = asked.account, asked.actor(), asked.part("incident")
    named = wanted.get("service")
    id_ = named.get("id") if isinstance(named, dict) else None
    service = next((one for one in state.services if one.id == id_), None)
    title = str(wanted.get("title") or "")
    if service is None or not title:
        raise refuse(400, 2001, "Invalid Input Provided", "Service and title are required")
    key = str(wanted.get("incident_key") or f"{title}-{len(state.incidents)}")
    if any(one.key == key for one in state.open(service)):
        words = "Open incident with matching dedup key already exists on this service"
        raise refuse(400, 2001, "Invalid Input Provided", words)
    made = state.trigger(
        service,
        title,
        key=key,
        urgency=str(wanted.get("urgency") or "high"),
        details=_details(wanted),
        by=actor,
        policy=_policy(asked, wanted),
        assignee=_assignee(asked, wanted),
    )
    return 201, {"incident": _shown(asked, made)}


def _policy(asked: Asked, wanted: Json) -> Policy | None:
    named = wanted.get("escalation_policy")
    if named is None:
        return None
    id_ = named.get("id") if isinstance(named, dict) else None
    found = next((one for one in asked.account.policies if one.id == id_), None)
    if found is None:
        raise refuse(400, 2001, "Invalid Input Provided", "Escalation Policy Not Found")
    return found


def _assignee(asked: Asked, wanted: Json) -> PagerUser | None:
    listed = wanted.get("assignments")
    if not isinstance(listed, list) or not listed:
        return None
    named = listed[0].get("assignee") if isinstance(listed[0], dict) else None
    id_ = named.get("id") if isinstance(named, dict) else None
    found = next((one for one in asked.account.users if one.id == id_), None)
    if found is None:
        raise refuse(400, 2001, "Invalid Input Provided", "Assignee Not Found")
    return found


def _details(wanted: Json) -> str:
    body = wanted.get("body")
    return str(body.get("details", "")) if isinstance(body, dict) else ""


def _changed(asked: Asked, id_: str, wanted: Json) -> PagerIncident:
    state, actor = asked.account, asked.actor()
    status = wanted.get("status")
    if status is not None and status not in _STATUSES:
        raise refuse(400, 2001, "Invalid Input Provided", "Status is invalid")
    state.incident(id_)
    texts: dict[str, str] = {
        name: str(wanted[name]) for name in ("title", "urgency") if name in wanted
    }
    priority = wanted.get("priority")
    if isinstance(priority, dict) and priority.get("name"):
        texts["priority"] = str(priority["name"])
    if texts:
        state.change(id_, **texts)
    if status is not None:
        state.set_status(id_, str(status), actor)
    resolution = wanted.get("resolution")
    if resolution:
        state.add_note(id_, f"Resolution Note: {resolution}", actor)
    return state.incident(id_)


def update(asked: Asked) -> Answer:
    """Acknowledge, resolve or rename one."""
    made = _changed(asked, asked.request.path_params["id"], asked.part("incident"))
    return 200, {"incident": _shown(asked, made)}


def update_many(asked: Asked) -> Answer:
    """The same for up to 250."""
    listed = asked.body.get("incidents")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise refuse(400, 2001, "Invalid Input Provided", "incidents is required")
    if len(listed) > _MOST_AT_ONCE:
        raise refuse(413, 2001, "Request Entity Too Large", "at most 250 incidents")
    made = [_changed(asked, str(each.get("id")), each) for each in listed]
    return 200, asked.page("incidents", [_shown(asked, one) for one in made])


def add_note(asked: Asked) -> Answer:
    """Write on an incident."""
    content = str(asked.part("note").get("content") or "")
    if not content:
        raise refuse(400, 2001, "Invalid Input Provided", "Content cannot be empty")
    made = asked.account.add_note(asked.request.path_params["id"], content, asked.actor())
    return 200, {"note": shapes.note(asked.account, made)}


def snooze(asked: Asked) -> Answer:
    """Quiet for some seconds."""
    seconds = asked.body.get("duration")
    if not isinstance(seconds, int) or not 1 <= seconds <= 604_800:
        raise refuse(400, 2001, "Invalid Input Provided", "Duration is invalid")
    made = asked.account.snooze(asked.request.path_params["id"], seconds, asked.actor())
    return 201, {"incident": _shown(asked, made)}


def page_people(asked: Asked) -> Answer:
    """Ask more people to come."""
    state = asked.account
    incident = state.incident(asked.request.path_params["id"])
    requester = next((o for o in state.users if o.id == asked.body.get("requester_id")), None)
    if requester is None:
        raise refuse(400, 2001, "Invalid Input Provided", "Requester User Not Found")
    message, now = str(asked.body.get("message", "")), iso_seconds(state.agenda.now)
    state.add_note(incident.id, f"Responders asked for: {message}", requester)
    requested = {
        "incident": shapes.reference(state, "incident", incident.id, incident.title),
        "requester": shapes.reference(state, "user", requester.id, requester.name),
        "requested_at": now,
        "message": message,
        "responder_request_targets": [],
    }
    return 200, {"responder_request": requested}


CHANGES: Final[Table] = (
    ("POST", "/incidents", create),
    ("PUT", "/incidents", update_many),
    ("PUT", "/incidents/{id}", update),
    ("POST", "/incidents/{id}/notes", add_note),
    ("POST", "/incidents/{id}/snooze", snooze),
    ("POST", "/incidents/{id}/responder_requests", page_people),
)
