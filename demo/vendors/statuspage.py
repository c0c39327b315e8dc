"""A status page as Atlassian Statuspage v2 serves it: no credential, cached, with an ETag."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from demo import ids
from demo.vendors.statuspage_state import Component, PageIncident, PageMaintenance, StatusPage
from demo.vendors.wire import iso

Handler = Callable[[Request], Awaitable[Response]]


class StatusPageApi:
    """The public answers of one page.

    Args:
        page: What it says.
    """

    def __init__(self, page: StatusPage) -> None:
        self._page = page

    def app(self) -> Starlette:
        """The ASGI app."""
        table: dict[str, Callable[[], dict[str, object]]] = {
            "summary": self._summary,
            "status": self._status,
            "components": self._components,
            "incidents": lambda: self._incidents(reversed(self._page.incidents)),
            "incidents/unresolved": lambda: self._incidents(self._page.unresolved()),
            "scheduled-maintenances/upcoming": lambda: self._maintenances("scheduled"),
            "scheduled-maintenances/active": lambda: self._maintenances("in_progress"),
        }
        routes = [
            Route(f"/api/v2/{name}.json", self._handler(make)) for name, make in table.items()
        ]
        return Starlette(routes=routes, exception_handlers={404: _not_found})

    def _handler(self, make: Callable[[], dict[str, object]]) -> Handler:
        async def answer(request: Request) -> Response:
            self._page.agenda.settle()
            body = json.dumps({"page": self._head(), **make()}).encode()
            tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers = {"etag": tag, "cache-control": "max-age=0, private, must-revalidate"}
            if request.headers.get("if-none-match") == tag:
                return Response(status_code=304, headers=headers)
            return Response(body, headers=headers, media_type="application/json")

        return answer

    def _head(self) -> dict[str, object]:
        updated = self._page.updated_at or _oldest(self._page)
        return {
            "id": self._page.id,
            "name": self._page.name,
            "url": self._page.url,
            "time_zone": "Etc/UTC",
            "updated_at": iso(updated),
        }

    def _status(self) -> dict[str, object]:
        indicator, description = self._page.indicator()
        return {"status": {"indicator": indicator, "description": description}}

    def _components(self) -> dict[str, object]:
        return {"components": _bodies(self._page, self._page.components)}

    def _incidents(self, incidents: Iterable[PageIncident]) -> dict[str, object]:
        return {"incidents": [_incident(self._page, each) for each in incidents]}

    def _maintenances(self, *statuses: str) -> dict[str, object]:
        now = self._page.agenda.now
        shown = [each for each in self._page.maintenances if each.status(now) in statuses]
        return {"scheduled_maintenances": [_maintenance(self._page, each, now) for each in shown]}

    def _summary(self) -> dict[str, object]:
        return {
            **self._components(),
            **self._incidents(self._page.unresolved()),
            **self._maintenances("scheduled", "in_progress"),
            **self._status(),
        }


async def _not_found(_request: Request, _error: Exception) -> Response:
    return HTMLResponse("<!DOCTYPE html><html><body><h1>Page not found</h1></body></html>", 404)


def _oldest(page: StatusPage) -> datetime:
    return min(component.since for component in page.components.values())


def _bodies(page: StatusPage, names: Iterable[str]) -> list[dict[str, object]]:
    places = list(page.components)
    return [
        _component(page, page.components[name], places.index(name) + 1)
        for name in names
        if name in page.components
    ]


def _component(page: StatusPage, shown: Component, place: int) -> dict[str, object]:
    return {
        "id": shown.id,
        "name": shown.name,
        "status": shown.status,
        "created_at": iso(shown.since - timedelta(days=400)),
        "updated_at": iso(shown.since),
        "position": place,
        "description": None,
        "showcase": True,
        "start_date": None,
        "group_id": None,
        "page_id": page.id,
        "group": False,
        "only_show_if_degraded": False,
    }


def _incident(page: StatusPage, shown: PageIncident) -> dict[str, object]:
    began, last = shown.updates[0].at, shown.updates[-1].at
    watched = next((each.at for each in shown.updates if each.status == "monitoring"), None)
    return {
        "id": shown.id,
        "name": shown.name,
        "status": shown.status,
        "impact": shown.impact,
        "created_at": iso(began),
        "updated_at": iso(last),
        "started_at": iso(began),
        "monitoring_at": iso(watched) if watched else None,
        "resolved_at": iso(last) if shown.resolved else None,
        "shortlink": f"https://stspg.io/{shown.id}",
        "page_id": page.id,
        "incident_updates": _updates(shown),
        "components": _bodies(page, shown.components),
    }


def _updates(shown: PageIncident) -> list[dict[str, object]]:
    newest_first = list(enumerate(shown.updates))[::-1]
    return [
        {
            "id": ids.token("update", shown.id, number, length=12),
            "status": each.status,
            "body": each.body,
            "incident_id": shown.id,
            "created_at": iso(each.at),
            "updated_at": iso(each.at),
            "display_at": iso(each.at),
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        }
        for number, each in newest_first
    ]


def _maintenance(page: StatusPage, shown: PageMaintenance, now: datetime) -> dict[str, object]:
    announced = shown.starts_at - timedelta(days=3)
    return {
        "id": shown.id,
        "name": shown.name,
        "status": shown.status(now),
        "impact": "maintenance",
        "created_at": iso(announced),
        "updated_at": iso(announced),
        "started_at": iso(shown.starts_at),
        "monitoring_at": None,
        "resolved_at": None,
        "shortlink": f"https://stspg.io/{shown.id}",
        "page_id": page.id,
        "scheduled_for": iso(shown.starts_at),
        "scheduled_until": iso(shown.ends_at),
        "incident_updates": [],
        "components": _bodies(page, shown.components),
    }
