"""What Google remembers in the shapes of Calendar API v3."""

import json
from collections.abc import Mapping
from datetime import datetime

from demo.vendors.google_state import OWNER, Calendar, Event
from demo.vendors.wire import iso, iso_seconds

Shape = dict[str, object]


def error_body(status: int, code: str, message: str, _extra: Mapping[str, object]) -> bytes:
    """Google's error shape; `code` is the reason of the one error in it."""
    reasons = {
        "unauthorized": "authError",
        "forbidden": "insufficientPermissions",
        "not_found": "notFound",
        "rate_limited": "rateLimitExceeded",
        "unavailable": "backendError",
    }
    reason = reasons.get(code, code) or "invalid"
    errors = [{"domain": "global", "reason": reason, "message": message}]
    said = {"code": status, "message": message, "errors": errors}
    return json.dumps({"error": said}).encode()


def entry(calendar: Calendar) -> Shape:
    """A line of the calendar list."""
    return {
        "kind": "calendar#calendarListEntry",
        "etag": '"1"',
        "id": calendar.id,
        "summary": calendar.summary,
        "accessRole": calendar.right,
        "primary": calendar.primary,
        "timeZone": "Europe/Berlin",
        "selected": True,
    }


def calendar(shown: Calendar) -> Shape:
    """A calendar itself."""
    return {
        "kind": "calendar#calendar",
        "etag": '"1"',
        "id": shown.id,
        "summary": shown.summary,
        "timeZone": "Europe/Berlin",
    }


def event(shown: Event) -> Shape:
    """An event."""
    said: Shape = {
        "kind": "calendar#event",
        "etag": shown.etag,
        "id": shown.id,
        "status": shown.status,
        "htmlLink": f"https://www.google.com/calendar/event?eid={shown.id}",
        "created": iso(shown.updated),
        "updated": iso(shown.updated),
        "summary": shown.title,
        "creator": {"email": OWNER},
        "organizer": {"email": OWNER, "self": True},
        "start": _when(shown.start, all_day=shown.all_day),
        "end": _when(shown.end, all_day=shown.all_day),
        "eventType": "default",
    }
    if shown.guests:
        said["attendees"] = [
            {"email": guest.email, "responseStatus": guest.answer} for guest in shown.guests
        ]
    if shown.repeats:
        said["recurrence"] = [shown.repeats]
    if shown.series:
        said["recurringEventId"] = shown.series
        said["originalStartTime"] = _when(shown.start, all_day=shown.all_day)
    return said


def _when(at: datetime, *, all_day: bool) -> Shape:
    if all_day:
        return {"date": f"{at:%Y-%m-%d}"}
    return {"dateTime": iso_seconds(at), "timeZone": "Europe/Berlin"}


def events(shown: Calendar, items: list[Event], after: str | None) -> Shape:
    """A page of events."""
    said: Shape = {
        "kind": "calendar#events",
        "etag": '"1"',
        "summary": shown.summary,
        "timeZone": "Europe/Berlin",
        "accessRole": shown.right,
        "items": [event(each) for each in items],
    }
    return {**said, "nextPageToken": after} if after else {**said, "nextSyncToken": "sync"}
