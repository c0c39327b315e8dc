"""Status pages in the shapes of Google and Slack, over the memory that all pages have."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.agenda import Agenda
from demo.vendors.statuspage_state import PageIncident, StatusPage

SHAPED: Final = {
    "slack": ("Slack", "https://slack-status.com", ("Messaging", "Workflows", "Apps/APIs")),
    "google": (
        "Google",
        "https://www.google.com/appsstatus/dashboard",
        ("Google Calendar", "Gmail"),
    ),
}
PATHS: Final = {"slack": "/api/v2.0.0/current", "google": "/incidents.json"}
_SLACK_TYPES: Final = {"critical": "outage", "major": "incident"}
_GOOGLE_IMPACTS: Final = {"critical": "SERVICE_OUTAGE", "major": "SERVICE_DISRUPTION"}
_SEVERITIES: Final = {"critical": "high", "major": "medium"}


def shaped_pages(agenda: Agenda) -> dict[str, StatusPage]:
    """A page a vendor, all well."""
    pages: dict[str, StatusPage] = {}
    for name, (title, url, components) in SHAPED.items():
        pages[name] = StatusPage(agenda, name=title, url=url)
        pages[name].add_components(*components)
    return pages


def shaped_app(name: str, page: StatusPage) -> Starlette:
    """The ASGI app of one of them."""
    make: Callable[[StatusPage], object] = slack if name == "slack" else google

    async def answer(_request: Request) -> Response:
        page.agenda.settle()
        return JSONResponse(make(page))

    return Starlette(routes=[Route(PATHS[name], answer)])


def slack(page: StatusPage) -> dict[str, object]:
    """Slack's `/current`."""
    now = page.agenda.now
    return {
        "status": "active" if page.unresolved() else "ok",
        "date_created": _time(now),
        "date_updated": _time(page.updated_at or now),
        "active_incidents": [_slack_incident(each) for each in page.unresolved()],
    }


def _slack_incident(shown: PageIncident) -> dict[str, object]:
    number = int.from_bytes(shown.id.encode()[:3], "big")
    return {
        "id": number,
        "date_created": _time(shown.updates[0].at),
        "date_updated": _time(shown.updates[-1].at),
        "title": shown.name,
        "type": _SLACK_TYPES.get(shown.impact, "notice"),
        "status": "active",
        "url": f"https://slack-status.com/2026-11/{number}",
        "services": list(shown.components),
        "notes": [{"date_created": _time(each.at), "body": each.body} for each in shown.updates],
    }


def google(page: StatusPage) -> list[dict[str, object]]:
    """Google's `incidents.json`: newest first, those that are over too."""
    return [_google_incident(each) for each in reversed(page.incidents)]


def _google_incident(shown: PageIncident) -> dict[str, object]:
    last = shown.updates[-1]
    impact = _GOOGLE_IMPACTS.get(shown.impact, "SERVICE_INFORMATION")
    status = "AVAILABLE" if shown.resolved else impact
    newest = {
        "when": _time(last.at),
        "text": last.body,
        "status": status,
        "created": _time(last.at),
    }
    ended = {"end": _time(last.at)} if shown.resolved else {}
    return {
        "id": shown.id,
        "begin": _time(shown.updates[0].at),
        **ended,
        "created": _time(shown.updates[0].at),
        "modified": _time(last.at),
        "external_desc": shown.name,
        "most_recent_update": newest,
        "updates": [newest],
        "status_impact": impact,
        "severity": _SEVERITIES.get(shown.impact, "low"),
        "service_name": shown.components[0] if shown.components else "Google",
        "affected_products": [{"title": name, "id": name.lower()} for name in shown.components],
        "uri": f"incidents/{shown.id}",
    }


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
