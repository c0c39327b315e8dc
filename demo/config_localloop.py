"""The demo configuration's workspace `localloop`, after runbook A."""

from collections.abc import Mapping

from demo.config_parts import (
    ENVIRONMENTS,
    SHORTENED,
    Tree,
    database,
    link,
    metric,
    page_check,
    status_pages,
)
from demo.eye import Address
from demo.history import LOCALLOOP_REPO
from demo.services import project_of

_STATUS = "site/system-status"


def localloop(urls: Mapping[str, str], address: Address | None) -> Tree:
    """The workspace."""
    tree: Tree = {
        "title": "LocalLoop",
        "runbook": {
            "id": "A",
            "title": f"LocalLoop Operations Runbook ({SHORTENED})",
            "reviewed": "2025-01",
            "review_every": "30d",
        },
        "environments": ENVIRONMENTS,
        "severities": _severities(),
        "services": {"site": _site(urls, with_database=address is not None)},
        "status_pages": status_pages(urls, "vercel", "supabase", "stripe", "resend"),
        "kpis": _kpis(),
        "contacts": _contacts(),
        "dashboards": _dashboards(),
        "links": [link("Supabase status", "https://status.supabase.com", "A:361")],
    }
    if address is not None:
        tree["databases"] = database(address, "localloop-database", "A:84")
        tree["kpis"] = {**_kpis(), **_database_kpis()}
    return tree


def _severities() -> list[Tree]:
    return [
        {"label": "P0", "title": "Critical", "response": "15m", "runbook": "A:511"},
        {"label": "P1", "title": "High", "response": "1h", "runbook": "A:520"},
        {
            "label": "P2",
            "title": "Medium",
            "response": "4h",
            "business_hours": True,
            "runbook": "A:529",
        },
        {
            "label": "P3",
            "title": "Low",
            "response": "next business day",
            "business_hours": True,
            "runbook": "A:538",
        },
    ]


def _site(urls: Mapping[str, str], *, with_database: bool) -> Tree:
    return {
        "title": "Site",
        "depends_on": ["main"] if with_database else [],
        "checks": _checks(),
        "environments": {name: _place(urls, name) for name in ENVIRONMENTS},
    }


def _place(urls: Mapping[str, str], environment: str) -> Tree:
    place: Tree = {
        "url": urls[f"localloop-{environment}"],
        "deploys": {
            "account": "vercel-localloop",
            "project": project_of("localloop", environment),
            "target": "production",
            "every": "10s",
        },
    }
    if environment == "production":
        place["runs"] = {"account": "github", "repo": LOCALLOOP_REPO, "every": "10s"}
    return place


def _checks() -> Tree:
    common: Tree = {"every": "10s", "timeout": "5s"}
    admin: Tree = {"secret": "localloop-admin"}
    return {
        "home": page_check("Home page", "/", "A:20", "P0"),
        "health": {
            "title": "/api/health",
            "path": "/api/health",
            "role": "liveness",
            **common,
            "severity": "P0",
            "runbook": "A:42",
            "assert": [{"path": "status", "equals": "ok"}],
            "version": {"path": "version"},
        },
        "database": {
            "title": "/api/health/database",
            "path": "/api/health/database",
            "role": "deep",
            **common,
            "severity": "P0",
            "runbook": "A:358",
        },
        "system-status": {
            "title": "System status",
            "path": "/api/admin/system-status",
            "role": "metrics",
            **common,
            **admin,
            "severity": "P1",
            "runbook": "A:45",
            "metrics": _numbers(),
        },
        "prometheus": {
            "title": "/api/metrics",
            "path": "/api/metrics",
            "role": "metrics",
            "environments": ["production"],
            **common,
            **admin,
            "severity": "P3",
            "metrics_format": "prometheus",
            "metrics": [
                metric("requests_per_minute", "http_requests_per_minute", "count"),
                metric("database_latency_s", "database_latency_seconds", "s"),
            ],
        },
        "analytics": page_check(
            "Analytics", "/admin/analytics", "A:310", "P3", environments=["production"], **admin
        ),
    }


def _numbers() -> list[Tree]:
    return [
        metric("requests", "requests.last_minute", "count"),
        metric("errors", "errors.last_minute", "count"),
        metric("p95_ms", "response_time_ms.p95", "ms"),
        metric("memory_percent", "memory.percent", "%"),
        metric("mails_sent", "email.sent_last_hour", "count"),
        metric("mails_delivered", "email.delivered_last_hour", "count"),
        metric("payments", "payments.attempted_last_hour", "count"),
        metric("payments_failed", "payments.failed_last_hour", "count"),
        metric("registrations", "activity.registrations_today", "count"),
        metric("events_created", "activity.events_created_today", "count"),
    ]


def _kpi(title: str, unit: str, name: str, bands: Tree | None = None, **more: object) -> Tree:
    kpi: Tree = {
        "title": title,
        "environment": "production",
        "unit": unit,
        "from": [{"check": _STATUS, "metric": name}],
        "window": "30s",
        **more,
    }
    return kpi if bands is None else {**kpi, "bands": bands}


def _share(title: str, part: str, whole: str, bands: Tree, **more: object) -> Tree:
    of = [{"check": _STATUS, "metric": whole}]
    return _kpi(title, "%", part, bands, statistic="ratio", of=of, minimum_attempts=5, **more)


def _kpis() -> Tree:
    return {
        "response-p95": _kpi(
            "P95 response",
            "s",
            "p95_ms",
            {
                "target": {"below": 2, "runbook": "A:252"},
                "warning": {"above": 5, "for": "90s", "severity": "P2", "runbook": "A:291"},
                "critical": {"above": 10, "for": "30s", "severity": "P0", "runbook": "A:276"},
            },
            scale=0.001,
            statistic="average",
        ),
        "error-rate": _share(
            "Error rate",
            "errors",
            "requests",
            {
                "target": {"below": 0.5, "runbook": "A:253"},
                "review": {"below": 1, "runbook": "A:53"},
                "warning": {"above": 2, "for": "90s", "severity": "P2", "runbook": "A:292"},
                "critical": {"above": 5, "for": "30s", "severity": "P0", "runbook": "A:275"},
            },
        ),
        "memory": _kpi(
            "Memory",
            "%",
            "memory_percent",
            {
                "target": {"below": 85, "runbook": "A:265"},
                "warning": {"above": 90, "for": "3m", "severity": "P2", "runbook": "A:297"},
            },
            span=[0, 100],
        ),
        "email-delivery": _share(
            "Email delivery",
            "mails_delivered",
            "mails_sent",
            {
                "target": {"above": 98, "runbook": "A:261"},
                "warning": {"below": 95, "for": "6m", "severity": "P2", "runbook": "A:301"},
            },
            span=[90, 100],
        ),
        "payment-failures": _share(
            "Payment failures",
            "payments_failed",
            "payments",
            {"warning": {"above": 5, "for": "6m", "severity": "P2", "runbook": "A:302"}},
        ),
        "registrations": _kpi("Registrations today", "count", "registrations", runbook="A:260"),
    }


def _database_kpis() -> Tree:
    return {
        "connections": {
            "title": "DB connections",
            "environment": "production",
            "unit": "%",
            "from": [{"database": "main", "metric": "connections_percent"}],
            "window": "30s",
            "span": [0, 100],
            "bands": {
                "target": {"below": 80, "runbook": "A:264"},
                "warning": {"above": 80, "for": "3m", "severity": "P2", "runbook": "A:296"},
            },
        }
    }


def _contacts() -> list[Tree]:
    return [
        {"role": "Technical Lead", "name": "Ana Sousa", "reach": {"slack": "@ana"}},
        {"role": "Product Owner", "name": "Tom Becker", "reach": {"slack": "@tom"}},
    ]


def _dashboards() -> list[Tree]:
    return [
        link("Vercel dashboard", "https://vercel.com/dashboard", "A:28"),
        link("Supabase projects", "https://app.supabase.com/projects", "A:29"),
        link("Stripe dashboard", "https://dashboard.stripe.com", "A:30"),
        link("Google Cloud console", "https://console.cloud.google.com", "A:31"),
    ]
