"""The sources of Supabase, each with a healthy vendor to talk to."""

from functools import partial
from typing import Any

from providers.base import Source, SourceKind
from providers.clock import Clock, SystemClock
from providers.http import Api
from providers.supabase import SupabaseOptions, SupabaseSource
from providers.supabase_advisors import SupabaseAdvisors
from providers.supabase_auth import SupabaseAuth
from providers.supabase_backups import SupabaseBackups
from providers.supabase_counts import SupabaseCounts
from providers.supabase_logs import SupabaseLogs
from providers.supabase_metrics import SupabaseMetrics
from providers.supabase_setup import SupabaseSetup
from providers.supabase_sign_ins import SupabaseSignIns
from tests import vendor_data_supabase as data
from tests.vendor_data_supabase import REF
from tests.vendor_rig import Rig, rig_of, spec_of
from tests.vendor_server import Asked, Reply

SYSTEM = partial(spec_of, kind=SourceKind.SYSTEM)


def project(api: Api, **changes: Any) -> SupabaseSource:
    options = SupabaseOptions(**({"ref": REF} | changes))
    return SupabaseSource(SYSTEM("Supabase"), options, api)


def setup(api: Api) -> SupabaseSetup:
    return SupabaseSetup(SYSTEM("Supabase setup"), REF, api)


def backups(api: Api) -> SupabaseBackups:
    return SupabaseBackups(SYSTEM("Supabase backups"), REF, api)


def advisors(api: Api) -> SupabaseAdvisors:
    return SupabaseAdvisors(SYSTEM("Supabase advisors"), REF, api)


def counts(api: Api) -> SupabaseCounts:
    return SupabaseCounts(SYSTEM("Supabase counts"), REF, api)


def sign_ins(api: Api, clock: Clock | None = None) -> SupabaseSignIns:
    return SupabaseSignIns(SYSTEM("Supabase sign-ins"), REF, api, clock or SystemClock())


def logs(api: Api, kind: str = "logs-auth", clock: Clock | None = None) -> SupabaseLogs:
    spec = spec_of("Supabase logs", SourceKind.LOGS)
    return SupabaseLogs(spec, REF, kind, api, clock or SystemClock())


def metrics(api: Api) -> SupabaseMetrics:
    return SupabaseMetrics(SYSTEM("Supabase metrics"), api)


def auth(api: Api) -> SupabaseAuth:
    return SupabaseAuth(SYSTEM("Supabase Auth"), api)


def metrics_reply(_asked: Asked | None = None, text: str = data.METRICS) -> Reply:
    return Reply(body=text.encode(), headers=(("Content-Type", "text/plain; version=0.0.4"),))


_API = "/analytics/endpoints"


def _logs(kind: str, row: Any) -> Rig:
    def build(api: Api) -> Source:
        return logs(api, kind)

    return rig_of(f"Supabase {kind}", build, (f"{_API}/logs.all", {"result": [row]}))


SUPABASE_RIGS = (
    rig_of(
        "Supabase",
        project,
        ("/health", data.health()),
        ("/readonly", data.read_only()),
        ("/config/disk/util", data.disk_use()),
        (REF, data.project()),
    ),
    rig_of(
        "Supabase setup",
        setup,
        ("/config/database/pooler", [data.pooler()]),
        ("/billing/addons", data.addons()),
        ("/config/disk", data.disk()),
        ("/config/database/postgres", {"max_connections": 90, "statement_timeout": "120s"}),
    ),
    rig_of("Supabase backups", backups, ("/database/backups", data.backups(data.backup()))),
    rig_of(
        "Supabase advisors",
        advisors,
        ("/advisors/security", data.lints(data.lint())),
        ("/advisors/performance", data.lints(data.lint("INFO"))),
    ),
    rig_of("Supabase counts", counts, (f"{_API}/usage.api-counts", data.counts(data.bucket()))),
    rig_of(
        "Supabase sign-ins",
        sign_ins,
        (f"{_API}/logs.all", {"result": [{"ip": "192.0.2.7", "attempts": 4}]}),
    ),
    _logs("logs-auth", data.auth_row()),
    _logs("logs-postgres", data.postgres_row()),
    _logs("logs-api", data.edge_row()),
    rig_of(
        "Supabase Auth",
        auth,
        ("/admin/users", data.users(data.user(banned_until="2026-12-31T00:00:00Z"))),
        ("/health", data.server()),
    ),
)

METRICS_RIG = Rig(vendor="Supabase metrics", build=metrics, healthy=metrics_reply)
"""Answers in text, so the suite about JSON is not for it."""
