"""The KPIs of the demo configuration's workspace `lma`."""

from demo.config_parts import Tree


def _of_api(name: str) -> list[Tree]:
    return [{"check": "api/metrics", "metric": name}]


def kpis() -> Tree:
    """What the API tells of itself, held against the limits of runbook A."""
    return {
        "error-rate": {
            "title": "Error rate",
            "environment": "production",
            "unit": "%",
            "from": _of_api("errors"),
            "of": _of_api("requests"),
            "statistic": "ratio",
            "window": "30s",
            "minimum_attempts": 20,
            "bands": {
                "target": {"below": 0.5, "runbook": "A:253"},
                "review": {"below": 1, "runbook": "A:53"},
                "warning": {"above": 2, "for": "90s", "severity": "SEV2", "runbook": "A:292"},
                "critical": {"above": 5, "for": "30s", "severity": "SEV1", "runbook": "A:275"},
            },
        },
        "response-p95": {
            "title": "P95 response",
            "environment": "production",
            "unit": "s",
            "from": _of_api("p95_ms"),
            "statistic": "average",
            "window": "30s",
            "scale": 0.001,
            "bands": {
                "target": {"below": 2, "runbook": "A:252"},
                "warning": {"above": 5, "for": "90s", "severity": "SEV2", "runbook": "A:291"},
                "critical": {"above": 10, "for": "30s", "severity": "SEV1", "runbook": "A:276"},
            },
        },
        "uptime": {
            "title": "Uptime",
            "environment": "production",
            "unit": "%",
            "from": [{"check": "api/health", "metric": "up"}],
            "statistic": "average",
            "window": "1d",
            "scale": 100,
            "span": [90, 100],
            "bands": {"target": {"at_least": 99.9, "runbook": "A:254"}},
        },
        "query-average": {
            "title": "DB query avg",
            "environment": "production",
            "unit": "ms",
            "from": _of_api("query_average_ms"),
            "statistic": "average",
            "window": "30s",
            "bands": {
                "target": {"below": 50, "runbook": "A:255"},
                "review": {"below": 100, "runbook": "A:55"},
                "warning": {"above": 200, "for": "90s", "severity": "SEV3", "runbook": "A:293"},
            },
        },
        "memory": {
            "title": "Memory",
            "environment": "production",
            "unit": "%",
            "from": _of_api("memory_percent"),
            "window": "30s",
            "span": [0, 100],
            "bands": {
                "target": {"below": 85, "runbook": "A:265"},
                "warning": {"above": 90, "for": "3m", "severity": "SEV3", "runbook": "A:297"},
            },
        },
        "pool-waiting": {
            "title": "Waiting for pool",
            "environment": "production",
            "unit": "count",
            "from": _of_api("pool_waiting"),
            "window": "30s",
            "runbook": "B:175",
        },
    }


def database_kpis() -> Tree:
    """What the database tells."""
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
                "warning": {"above": 80, "for": "3m", "severity": "SEV2", "runbook": "A:296"},
            },
        },
        "blocked": {
            "title": "Blocked sessions",
            "environment": "production",
            "unit": "count",
            "from": [{"database": "main", "metric": "blocked"}],
            "window": "30s",
            "runbook": "B:245",
        },
    }
