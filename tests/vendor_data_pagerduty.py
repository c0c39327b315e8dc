"""Answers of PagerDuty as plain JSON values, by its specification."""

from typing import Any

from tests.vendor_data import T0_ISO

Json = dict[str, Any]


def reference(kind: str, id_: str, summary: str) -> Json:
    """How one thing names another."""
    return {
        "id": id_,
        "type": f"{kind}_reference",
        "summary": summary,
        "self": f"https://api.pagerduty.com/{kind}s/{id_}",
        "html_url": f"https://lma.pagerduty.com/{kind}s/{id_}",
    }


DANA = reference("user", "PDANA01", "Dana Reyes")
IVAN = reference("user", "PIVAN01", "Ivan Petrov")
SERVICE = reference("service", "PSERV01", "lma-production")
POLICY = reference("escalation_policy", "PPOLI01", "LMA on call")
SCHEDULE = reference("schedule", "PSCHE01", "API primary")


def page(name: str, *items: Json, more: bool = False) -> Json:
    return {name: list(items), "limit": 100, "offset": 0, "more": more, "total": None}


def incident(incident_id: str = "PINC001", **changes: Any) -> Json:
    return {
        **reference("incident", incident_id, "[#1041] /health fails"),
        "type": "incident",
        "incident_number": 1041,
        "title": "/health fails",
        "created_at": T0_ISO,
        "updated_at": T0_ISO,
        "status": "triggered",
        "incident_key": "api/health",
        "service": SERVICE,
        "assignments": [{"at": T0_ISO, "assignee": DANA}],
        "assigned_via": "escalation_policy",
        "last_status_change_at": T0_ISO,
        "first_trigger_log_entry": reference("trigger_log_entry", "RLOG001", "Triggered"),
        "alert_counts": {"all": 1, "triggered": 1, "resolved": 0},
        "is_mergeable": True,
        "incident_type": {"name": "incident_default"},
        "escalation_policy": POLICY,
        "teams": [],
        "pending_actions": [],
        "acknowledgements": [],
        "urgency": "high",
        "priority": reference("priority", "PPRIO01", "P1"),
    } | changes


def acknowledged(incident_id: str = "PINC002", **changes: Any) -> Json:
    given = {"acknowledgements": [{"at": T0_ISO, "acknowledger": IVAN}], "status": "acknowledged"}
    return incident(incident_id, **(given | changes))


def on_call(
    level: int = 1, user: Json = DANA, start: str | None = T0_ISO, end: str | None = None
) -> Json:
    made: Json = {
        "escalation_policy": POLICY,
        "escalation_level": level,
        "user": user,
    }
    if start:
        made |= {"schedule": SCHEDULE, "start": start}
    return made | ({"end": end} if end else {})


def service(name: str = "lma-production", id_: str = "PSERV01", **changes: Any) -> Json:
    return {
        **reference("service", id_, name),
        "type": "service",
        "name": name,
        "auto_resolve_timeout": 14_400,
        "acknowledgement_timeout": 1_800,
        "created_at": T0_ISO,
        "status": "active",
        "last_incident_timestamp": T0_ISO,
        "escalation_policy": POLICY,
        "teams": [],
    } | changes


def policy(levels: int = 2, **changes: Any) -> Json:
    rules = [
        {"id": f"PRULE0{level}", "escalation_delay_in_minutes": 5, "targets": [DANA]}
        for level in range(1, levels + 1)
    ]
    return {
        **POLICY,
        "type": "escalation_policy",
        "name": "LMA on call",
        "num_loops": 0,
        "escalation_rules": rules,
        "services": [SERVICE],
        "teams": [],
    } | changes


def window(**changes: Any) -> Json:
    return {
        **reference("maintenance_window", "PWIND01", "network"),
        "type": "maintenance_window",
        "sequence_number": 1,
        "start_time": "2026-11-18T11:00:00Z",
        "end_time": "2026-11-18T13:00:00Z",
        "description": "network",
        "services": [SERVICE],
        "teams": [],
        "created_by": IVAN,
    } | changes


def user(role: str = "read_only_user") -> Json:
    made = {**DANA, "type": "user", "name": "Dana Reyes", "email": "dana@example.test"}
    return {"user": made | {"role": role}}
