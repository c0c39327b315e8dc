"""PagerDuty's JSON, as its REST API v2 writes it."""

from datetime import datetime
from typing import Final

from demo.vendors.pagerduty_models import (
    LogEntry,
    Note,
    PagerIncident,
    PagerService,
    PagerUser,
    Policy,
    Schedule,
    Window,
    pager_id,
)
from demo.vendors.pagerduty_state import PagerDuty
from demo.vendors.wire import iso_seconds

Json = dict[str, object]
API: Final = "https://api.pagerduty.com"
PRIORITIES: Final = ("P1", "P2", "P3", "P4", "P5")

_PLACES: Final = {"service": "services", "user": "users", "schedule": "schedules"}


def reference(state: PagerDuty, kind: str, id_: str, summary: str) -> Json:
    """How one thing names another."""
    plural = _PLACES.get(kind, "policies" if kind == "policy" else f"{kind}s")
    place = "escalation_policies" if kind == "escalation_policy" else plural
    web = "service-directory" if kind == "service" else place
    return {
        "id": id_,
        "type": f"{kind}_reference",
        "summary": summary,
        "self": f"{API}/{place}/{id_}",
        "html_url": f"https://{state.subdomain}.pagerduty.com/{web}/{id_}",
    }


def _user(state: PagerDuty, shown: PagerUser) -> Json:
    return reference(state, "user", shown.id, shown.name)


def _service(state: PagerDuty, shown: PagerService) -> Json:
    return reference(state, "service", shown.id, shown.name)


def _policy(state: PagerDuty, shown: Policy) -> Json:
    return reference(state, "escalation_policy", shown.id, shown.name)


def _priority(state: PagerDuty, name: str) -> Json:
    return reference(state, "priority", pager_id("priority", name), name)


def incident(state: PagerDuty, shown: PagerIncident, now: datetime) -> Json:
    """One incident."""
    made: Json = {
        **reference(state, "incident", shown.id, f"[#{shown.number}] {shown.title}"),
        "type": "incident",
        "incident_number": shown.number,
        "title": shown.title,
        "created_at": iso_seconds(shown.created_at),
        "updated_at": iso_seconds(shown.changed_at),
        "status": shown.status,
        "incident_key": shown.key,
        "service": _service(state, shown.service),
        "assigned_via": "direct_assignment" if shown.assignee else "escalation_policy",
        **_progress(state, shown, now),
        "is_mergeable": True,
        "incident_type": {"name": "incident_default"},
        "escalation_policy": _policy(state, shown.policy),
        "teams": [],
        "pending_actions": [],
        "urgency": shown.urgency,
    }
    if shown.priority:
        made["priority"] = _priority(state, shown.priority)
    return made


def _progress(state: PagerDuty, shown: PagerIncident, now: datetime) -> Json:
    """How far an incident has come, and who has it."""
    resolved = shown.status == "resolved"
    called = shown.assignee or state.on_call(shown.policy, shown.level(now))
    assignee = _user(state, called)
    agent = _user(state, shown.by) if shown.by else _service(state, shown.service)
    first = next(one for one in state.log if one.incident_id == shown.id)
    assigned = {"at": iso_seconds(shown.created_at), "assignee": assignee}
    changed = iso_seconds(shown.changed_at)
    return {
        "assignments": [] if resolved else [assigned],
        "last_status_change_at": changed,
        "last_status_change_by": agent,
        "first_trigger_log_entry": reference(state, "trigger_log_entry", first.id, first.summary),
        "alert_counts": {"all": 1, "triggered": int(not resolved), "resolved": int(resolved)},
        "acknowledgements": [
            {"at": iso_seconds(at), "acknowledger": _user(state, user)}
            for user, at in shown.acknowledged
        ],
        **({"resolved_at": changed} if resolved else {}),
    }


def alert(state: PagerDuty, shown: PagerIncident) -> Json:
    """What made the incident."""
    id_ = pager_id("alert", shown.id)
    return {
        "id": id_,
        "type": "alert",
        "summary": shown.title,
        "self": f"{API}/incidents/{shown.id}/alerts/{id_}",
        "html_url": f"https://{state.subdomain}.pagerduty.com/alerts/{id_}",
        "created_at": iso_seconds(shown.created_at),
        "status": "resolved" if shown.status == "resolved" else "triggered",
        "alert_key": shown.key,
        "service": _service(state, shown.service),
        "body": {"type": "alert_body", "contexts": [], "details": {"text": shown.details}},
        "incident": {"id": shown.id, "type": "incident_reference"},
        "suppressed": False,
        "severity": shown.severity,
    }


def log_entry(state: PagerDuty, shown: LogEntry) -> Json:
    """Something that happened to an incident."""
    of = state.incident(shown.incident_id)
    agent = _user(state, shown.agent) if shown.agent else _service(state, of.service)
    return {
        "id": shown.id,
        "type": f"{shown.kind}_log_entry",
        "summary": shown.summary,
        "self": f"{API}/log_entries/{shown.id}?incident_id={of.id}",
        "html_url": f"https://{state.subdomain}.pagerduty.com/incidents/{of.id}/log_entries",
        "created_at": iso_seconds(shown.at),
        "agent": agent,
        "service": _service(state, of.service),
        "incident": reference(state, "incident", of.id, f"[#{of.number}] {of.title}"),
        "teams": [],
        "contexts": [],
        "event_details": {"description": of.title},
    }


def note(state: PagerDuty, shown: Note) -> Json:
    """What somebody wrote."""
    return {
        "id": shown.id,
        "user": _user(state, shown.user),
        "channel": {"summary": "The PagerDuty website or APIs"},
        "content": shown.content,
        "created_at": iso_seconds(shown.at),
        "updated_at": iso_seconds(shown.at),
    }


def service(state: PagerDuty, shown: PagerService) -> Json:
    """A thing that is paged for."""
    last = [one.created_at for one in state.incidents if one.service.id == shown.id]
    made: Json = {
        **_service(state, shown),
        "type": "service",
        "name": shown.name,
        "description": shown.description,
        "auto_resolve_timeout": 14_400,
        "acknowledgement_timeout": 1_800,
        "created_at": "2025-02-03T09:00:00Z",
        "status": state.status_of(shown),
        "alert_creation": "create_alerts_and_incidents",
        "integrations": [],
        "escalation_policy": _policy(state, shown.policy),
        "teams": [],
        "incident_urgency_rule": {"type": "constant", "urgency": "severity_based"},
        "scheduled_actions": [],
    }
    if last:
        made["last_incident_timestamp"] = iso_seconds(max(last))
    return made


def policy(state: PagerDuty, shown: Policy) -> Json:
    """An escalation policy."""
    return {
        **_policy(state, shown),
        "type": "escalation_policy",
        "name": shown.name,
        "on_call_handoff_notifications": "if_has_services",
        "num_loops": 1,
        "escalation_rules": [
            {
                "id": pager_id("rule", shown.name, level),
                "escalation_delay_in_minutes": shown.delay_minutes,
                "targets": [_target(state, target)],
            }
            for level, target in enumerate(shown.levels, start=1)
        ],
        "services": [_service(state, one) for one in state.services if one.policy == shown],
        "teams": [],
    }


def _target(state: PagerDuty, target: Schedule | PagerUser) -> Json:
    if isinstance(target, PagerUser):
        return _user(state, target)
    return reference(state, "schedule", target.id, target.name)


def schedule(state: PagerDuty, shown: Schedule) -> Json:
    """People who take turns."""
    return {
        **reference(state, "schedule", shown.id, shown.name),
        "type": "schedule",
        "name": shown.name,
        "time_zone": "Etc/UTC",
        "description": f"{len(shown.users)} people in turn",
        "escalation_policies": [
            _policy(state, one) for one in state.policies if shown in one.levels
        ],
        "users": [_user(state, one) for one in shown.users],
    }


def on_calls(state: PagerDuty, shown: Policy, since: datetime, until: datetime) -> list[Json]:
    """Whose turn it is between two times, level by level; who is always on call has no times."""
    found: list[Json] = []
    for level, target in enumerate(shown.levels, start=1):
        common = {"escalation_policy": _policy(state, shown), "escalation_level": level}
        if isinstance(target, PagerUser):
            found.append({**common, "user": _user(state, target)})
            continue
        found += [
            {
                **common,
                "user": _user(state, user),
                "schedule": reference(state, "schedule", target.id, target.name),
                "start": iso_seconds(start),
                "end": iso_seconds(end),
            }
            for user, start, end in target.shifts(since, until)
        ]
    return found


def window(state: PagerDuty, shown: Window) -> Json:
    """A maintenance window."""
    return {
        **reference(state, "maintenance_window", shown.id, shown.description),
        "type": "maintenance_window",
        "sequence_number": 1,
        "start_time": iso_seconds(shown.starts_at),
        "end_time": iso_seconds(shown.ends_at),
        "description": shown.description,
        "services": [_service(state, one) for one in shown.services],
        "teams": [],
        "created_by": _user(state, shown.created_by),
    }


def priority(state: PagerDuty, name: str, place: int) -> Json:
    """One of five."""
    made = {**_priority(state, name), "type": "priority", "name": name}
    return {**made, "description": f"{name}, number {place} of five"}


def user(state: PagerDuty, shown: PagerUser) -> Json:
    """Somebody, whole."""
    return {
        **_user(state, shown),
        "type": "user",
        "name": shown.name,
        "email": shown.email,
        "time_zone": "Europe/Berlin",
        "color": "green",
        "role": shown.role,
        "avatar_url": "https://pd-static-assets.pagerduty.com/users/blank-avatar.png",
        "description": None,
        "invitation_sent": False,
        "contact_methods": [],
        "notification_rules": [],
        "teams": [],
    }
