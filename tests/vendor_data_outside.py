"""Healthy answers of CrUX, PageSpeed Insights and the status pages of Google, Slack and Stripe."""

from typing import Any

Json = dict[str, Any]


def crux(lcp: Any = 1980, inp: Any = 151, cls: Any = "0.04", **key: str) -> Json:
    p75 = {
        "largest_contentful_paint": lcp,
        "interaction_to_next_paint": inp,
        "cumulative_layout_shift": cls,
    }
    metrics = {
        name: {
            "histogram": [{"start": 0, "end": 2500, "density": 0.8}],
            "percentiles": {"p75": value},
        }
        for name, value in p75.items()
        if value is not None
    }
    day = {"year": 2026, "month": 11, "day": 16}
    return {
        "record": {
            "key": key or {"url": "https://localloop.com/", "formFactor": "PHONE"},
            "metrics": metrics,
            "collectionPeriod": {"firstDate": {**day, "month": 10, "day": 20}, "lastDate": day},
        }
    }


def google_error(code: int, status: str, message: str, reason: str = "") -> Json:
    detail = [{"domain": "global", "reason": reason, "message": message}]
    return {"error": {"code": code, "message": message, "status": status, "errors": detail}}


NO_RECORD = google_error(404, "NOT_FOUND", "chrome ux report data not found")


def lighthouse(score: Any = 0.93, **changes: Any) -> Json:
    result = {
        "requestedUrl": "https://localloop.com/",
        "categories": {"performance": {"id": "performance", "score": score}},
        "audits": {
            "largest-contentful-paint": {"displayValue": "2.1 s", "numericValue": 2100.4},
            "cumulative-layout-shift": {"displayValue": "0.05"},
            "total-blocking-time": {"displayValue": "30 ms"},
        },
    }
    return {"kind": "pagespeedonline#result", "lighthouseResult": result | changes}


def google_incident(id_: str = "aB3", **changes: Any) -> Json:
    made: Json = {
        "id": id_,
        "begin": "2026-11-18T10:02:00+00:00",
        "created": "2026-11-18T10:05:00+00:00",
        "modified": "2026-11-18T10:40:00+00:00",
        "external_desc": "Calendar is slow to load",
        "most_recent_update": {
            "when": "2026-11-18T10:40:00+00:00",
            "status": "SERVICE_DISRUPTION",
            "text": "We are looking into it.",
        },
        "status_impact": "SERVICE_DISRUPTION",
        "severity": "medium",
        "service_name": "Google Calendar",
        "affected_products": [{"title": "Google Calendar", "id": "n5hV"}],
        "uri": "incidents/aB3",
    }
    return made | changes


def slack(*incidents: Json, status: str = "active") -> Json:
    return {
        "status": status if incidents else "ok",
        "date_created": "2026-11-18T10:00:00-08:00",
        "date_updated": "2026-11-18T10:30:00-08:00",
        "active_incidents": list(incidents),
    }


def slack_incident(**changes: Any) -> Json:
    made: Json = {
        "id": 1742,
        "date_created": "2026-11-18T10:00:00-08:00",
        "date_updated": "2026-11-18T10:30:00-08:00",
        "title": "Trouble sending messages",
        "type": "incident",
        "status": "active",
        "url": "https://slack-status.com/2026-11/1742",
        "services": ["Messaging"],
        "notes": [],
    }
    return made | changes


def stripe(uptime: str = "up", **warnings: bool) -> Json:
    parts = warnings or {"api": False, "webhooks": False}
    return {
        "UptimeStatus": uptime,
        "message": "All services are online.",
        "uptimeData": [
            {"key": key, "title": key.title(), "warning": warning} for key, warning in parts.items()
        ],
    }
