"""Answers of Google Calendar as plain JSON values."""

from typing import Any

Json = dict[str, Any]


def calendar(calendar_id: str = "dana@localloop.test", **changes: Any) -> Json:
    return {
        "kind": "calendar#calendarListEntry",
        "etag": '"1"',
        "id": calendar_id,
        "summary": "LocalLoop events",
        "accessRole": "writer",
        "timeZone": "Europe/Berlin",
    } | changes


def calendars(*items: Json, **changes: Any) -> Json:
    return {"kind": "calendar#calendarList", "etag": '"1"', "items": list(items)} | changes


def event(event_id: str = "ev1", **changes: Any) -> Json:
    return {
        "kind": "calendar#event",
        "etag": '"1"',
        "id": event_id,
        "status": "confirmed",
        "htmlLink": "https://www.google.com/calendar/event?eid=ZXYx",
        "created": "2026-11-01T10:00:00.000Z",
        "updated": "2026-11-02T10:00:00.000Z",
        "summary": "Jazz in the park",
        "start": {"dateTime": "2026-11-19T19:00:00+01:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-11-19T21:30:00+01:00", "timeZone": "Europe/Berlin"},
        "attendees": [
            {"email": "ivan@example.test", "responseStatus": "accepted"},
            {"email": "maria@example.test", "responseStatus": "needsAction"},
        ],
    } | changes


def events(*items: Json, **changes: Any) -> Json:
    return {
        "kind": "calendar#events",
        "etag": '"1"',
        "summary": "LocalLoop events",
        "timeZone": "Europe/Berlin",
        "items": list(items),
    } | changes


def refusal(code: int, reason: str, message: str = "no") -> Json:
    errors = [{"domain": "global", "reason": reason, "message": message}]
    return {"error": {"code": code, "message": message, "errors": errors}}
