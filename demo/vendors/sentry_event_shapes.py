"""Sentry's JSON of single events, as its Web API writes it."""

from datetime import datetime

from demo.vendors.sentry_issues import SentryIssue, sentry_id
from demo.vendors.sentry_shapes import PLATFORMS, Json, project_id
from demo.vendors.wire import iso_seconds


def event(shown: SentryIssue, at: datetime) -> Json:
    """One event in the list of an issue."""
    id_ = f"{int(sentry_id('event', shown.id, at)):032x}"
    return {
        "id": id_,
        "event.type": "error",
        "groupID": shown.id,
        "eventID": id_,
        "projectID": project_id(shown.project),
        "message": shown.title,
        "title": shown.title,
        "location": None,
        "culprit": shown.culprit,
        "user": None,
        "tags": [{"key": "release", "value": shown.first_release}],
        "platform": PLATFORMS[shown.project],
        "dateCreated": iso_seconds(at),
        "crashFile": None,
        "metadata": {"title": shown.title},
    }


def whole_event(shown: SentryIssue, at: datetime) -> Json:
    """One event by itself."""
    short = event(shown, at)
    names = ("id", "groupID", "eventID", "projectID", "message", "title", "location", "user")
    return {
        **{name: short[name] for name in (*names, "tags", "platform", "culprit", "metadata")},
        "dateCreated": short["dateCreated"],
        "dateReceived": short["dateCreated"],
        "contexts": {},
        "size": 2_048,
        "entries": [],
        "dist": None,
        "sdk": {"name": "sentry.javascript.node", "version": "9.1.0"},
        "context": {},
        "packages": {},
        "type": "error",
        "errors": [],
        "occurrence": None,
        "_meta": {},
        "release": None,
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
        "nextEventID": None,
        "previousEventID": None,
    }
