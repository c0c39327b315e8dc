"""LocalLoop on loopback as a test says it does: its site, its vendors, its PostgreSQL.

What the program asks is answered over real HTTP and by a real database. Only the time is the
test's: an hour passes as fast as its questions are answered.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import yaml
from msgspec import Struct, field

from demo.postgres_cluster import Cluster
from monitor.engine import Engine
from monitor.history import History
from monitor.snapshot import Snapshot, WorkspaceView
from providers.base import Source
from providers.clock import Moment
from tests import vendor_data_resend as resend
from tests import vendor_data_stripe as stripe
from tests import vendor_data_supabase as supabase
from tests.fakes import ManualClock, settle
from tests.sixteen_rules import EXAMPLE, WORKSPACE
from tests.vendor_server import Asked, Reply, json_reply, vendor_server
from tui.config.load import load
from tui.config.model import Config
from tui.wire_clients import clients
from tui.wiring import asked, watched

Tree = dict[str, Any]
PASSWORD = "loopback-pass"
LATE_S = 40.0
LATE_BY_S = 3.0
"""The engine turns so much late, as on a machine that is busy; it notices a sleep from 5 s on."""

RECORDED = "failed-logins-recorded"

ROLE = """
DROP SCHEMA IF EXISTS "Ext ensions" CASCADE; CREATE SCHEMA "Ext ensions";
CREATE TABLE "Ext ensions".times (average float8, calls float8, ms float8);
INSERT INTO "Ext ensions".times VALUES (40, extract(epoch FROM clock_timestamp()) * 1e6, 0);
CREATE FUNCTION "Ext ensions".pg_stat_statements(boolean)
    RETURNS TABLE (dbid oid, calls bigint, total_exec_time float8) LANGUAGE sql
    AS $$ SELECT d.oid, c.calls::bigint, t.ms + (c.calls::bigint - t.calls) * t.average
          FROM "Ext ensions".times t, pg_database d,
               (SELECT extract(epoch FROM clock_timestamp()) * 1e6 AS calls) c
          WHERE d.datname = current_database() $$;
SET allow_system_table_mods = on;
DELETE FROM pg_extension WHERE oid = 99999;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    SELECT 99999, 'pg_stat_statements', 10, n.oid, false, '1.10'
    FROM pg_namespace n WHERE n.nspname = 'Ext ensions';
DROP TABLE IF EXISTS public.sign_in_attempts;
CREATE TABLE public.sign_in_attempts (created_at timestamptz DEFAULT now(), ip_address inet,
    account_hash text DEFAULT 'x', outcome text DEFAULT 'failed');
DROP ROLE IF EXISTS story_guest;
CREATE ROLE story_guest LOGIN PASSWORD 'loopback-pass' IN ROLE pg_monitor;
GRANT USAGE ON SCHEMA "Ext ensions" TO story_guest;
GRANT SELECT ON ALL TABLES IN SCHEMA "Ext ensions" TO story_guest;
GRANT SELECT ON public.sign_in_attempts TO story_guest;
"""
UNDO = """
DELETE FROM pg_extension WHERE oid = 99999; DROP SCHEMA IF EXISTS "Ext ensions" CASCADE;
DROP TABLE IF EXISTS public.sign_in_attempts;
DROP OWNED BY story_guest; DROP ROLE IF EXISTS story_guest;
"""


class Truth(Struct):
    """How LocalLoop does: what its site and its vendors answer."""

    health: int = 200
    errors_of_1000: int = 2
    p95_ms: float = 1_000
    timeouts: int = 0
    memory_percent: float = 60
    by_source: dict[str, int] = field(default_factory=lambda: {"192.0.2.10": 61})
    delivered_of_1000: int = 995
    payments_failed_of_100: int = 1
    disk_percent: float = 60
    refused: dict[str, int] = field(default_factory=lambda: {"192.0.2.10": 2})


class Vendors:
    """Answers for the site, Stripe, Resend and Supabase; one server is all of them."""

    def __init__(self, truth: Truth, clock: ManualClock) -> None:
        self._truth = truth
        self._clock = clock

    def __call__(self, request: Asked) -> Reply:
        reply = self._answer(request.path)
        # Each answer ends its connection.
        return Reply(
            status=reply.status, body=reply.body, headers=(*reply.headers, ("Connection", "close"))
        )

    def _answer(self, path: str) -> Reply:
        truth = self._truth
        if path == "/api/health":
            return json_reply({"status": "ok"}, truth.health)
        if path == "/api/admin/system-status":
            return json_reply(self._system_status())
        if path == "/v1/charges":
            return json_reply(self._charges())
        if path == "/v1/balance":
            return json_reply(stripe.balance(usd=5))
        if path.startswith("/v1/") and "/projects/" not in path:
            return json_reply(stripe.listing(path))
        if path == "/emails/metrics":
            late = 1_000 - truth.delivered_of_1000
            totals = {"sent": 1_000, "delivered": truth.delivered_of_1000, "bounced": late}
            return json_reply(resend.metrics(**totals, complained=0))
        if path == "/emails":
            return json_reply(resend.listing())
        return self._supabase(path)

    def _supabase(self, path: str) -> Reply:
        truth = self._truth
        if path.endswith("/logs.all"):
            rows = [{"ip": ip, "attempts": count} for ip, count in truth.refused.items()]
            return json_reply({"result": rows})
        if path.endswith("/config/disk/util"):
            return json_reply(supabase.disk_use(truth.disk_percent * 1e8, 1e10))
        if path.endswith("/health"):
            return json_reply(supabase.health())
        if path.endswith("/readonly"):
            return json_reply(supabase.read_only())
        return json_reply(supabase.project())

    def _system_status(self) -> Tree:
        truth = self._truth
        return {
            "requests": {"last_minute": 1_000, "by_source_last_minute": truth.by_source},
            "errors": {"last_minute": truth.errors_of_1000},
            "response_time_ms": {"p95": truth.p95_ms},
            "database": {"timeouts_last_5_minutes": truth.timeouts},
            "memory": {"percent": truth.memory_percent},
            "activity": {"revenue_today": 1, "registrations_today": 1, "events_created_today": 1},
        }

    def _charges(self) -> Tree:
        """A hundred, five minutes old."""
        at_s = int(self._clock.now().at.timestamp()) - 300
        failed = self._truth.payments_failed_of_100
        return stripe.charges(
            *(
                (stripe.failed if number < failed else stripe.charge)(f"ch_{number}", created=at_s)
                for number in range(100)
            )
        )


class SourcesTime:
    """The time as the sources see it: pauses between two requests of theirs take none of it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def now(self) -> Moment:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class LocalLoop:
    """An engine over the example's LocalLoop, and what it has published."""

    def __init__(
        self,
        engine: Engine,
        clock: ManualClock,
        truth: Truth,
        admin: asyncpg.Connection,
        cluster: Cluster,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.truth = truth
        self.admin = admin
        self.published: list[tuple[Moment, WorkspaceView]] = []
        engine.on_snapshot = self._keep
        self._cluster = cluster
        self._held: list[asyncpg.Connection] = []

    @property
    def view(self) -> WorkspaceView:
        return self.engine.latest.workspaces[WORKSPACE]

    def _keep(self, snapshot: Snapshot) -> None:
        self.published.append((self.clock.now(), snapshot.workspaces[WORKSPACE]))

    def value(self, key: str) -> float | None:
        """What a KPI stands at."""
        return next(kpi.value for kpi in self.view.kpis if kpi.spec.key == key)

    async def until(self, holds: Callable[[], bool], within_s: float) -> None:
        """Let time pass until something holds."""
        for _ in range(int(within_s)):
            if holds():
                return
            await self.run(1)
        raise AssertionError(f"not within {within_s:g} s")

    async def run(self, seconds: float) -> None:
        """Let time pass, a few seconds at a time; it stands still while an answer is on its way."""
        end_s = self.clock.now().tick_s + seconds
        await self._answered()
        while (due_s := max(self.clock.next_due_s, self.clock.now().tick_s + LATE_BY_S)) < end_s:
            self.clock.advance(due_s - self.clock.now().tick_s)
            await self._answered()
        self.clock.advance(end_s - self.clock.now().tick_s)
        await self._answered()

    async def _answered(self) -> None:
        await settle(6)
        poller = self.engine._poller
        async with asyncio.timeout(LATE_S):
            while poller is not None and poller.under_way:
                reads = [turn.task for turn in poller._reading.values() if turn.task is not None]
                if reads:
                    await asyncio.wait(reads)
                await settle(1)
        await settle(6)

    async def average_query_ms(self, average: float) -> None:
        """From now on statements take so long."""
        await self.admin.execute(
            """UPDATE "Ext ensions".times SET ms = ms + (n.calls - times.calls) * average,
               calls = n.calls, average = $1::float8
               FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1e6)::bigint AS calls) n""",
            average,
        )

    async def refuse_sign_ins(self, counts: Mapping[str, int]) -> None:
        """So many were refused in the last minutes, as Supabase's log and the database have it."""
        self.truth.refused = dict(counts)
        await self.admin.execute("TRUNCATE public.sign_in_attempts")
        for address, count in counts.items():
            await self.admin.execute(
                """INSERT INTO public.sign_in_attempts (ip_address)
                   SELECT $1::text::inet FROM generate_series(1, $2)""",
                address,
                count,
            )

    async def hold_connections(self, count: int) -> None:
        """People come who do nothing but stay."""
        for _ in range(count):
            self._held.append(await connected(self._cluster))

    def release_connections(self) -> None:
        """They go."""
        for connection in self._held:
            connection.terminate()
        self._held = []

    async def let_in(self, allowed: bool) -> None:
        """Whether the database takes the dashboard's connections; those that are there end."""
        await self.admin.execute(f"ALTER ROLE story_guest {'LOGIN' if allowed else 'NOLOGIN'}")
        await self.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'story_guest'"
        )


async def connected(cluster: Cluster) -> asyncpg.Connection:
    return await asyncpg.connect(
        host=cluster.host,
        port=cluster.port,
        user=cluster.user,
        password=cluster.password,
        database="postgres",
        ssl=False,
    )


def configured(tmp_path: Path, url: str, cluster: Cluster) -> Config:
    """The example with its addresses on loopback; of LocalLoop what its 16 rules need.

    Nothing about a rule or a check is changed. The database is asked every 15 s instead of every 5:
    an hour of it is what takes longest.
    """
    tree: Tree = yaml.load(EXAMPLE.read_bytes(), yaml.CSafeLoader)
    space = tree["workspaces"][WORKSPACE]
    tree["workspaces"] = {WORKSPACE: space}
    tree["settings"] = {"connectivity": {"targets": []}}
    tree.pop("keys", None)
    base = {"stripe": url, "resend": url, "supabase": f"{url}"}
    tree["accounts"] = {
        name: account | {"base_url": base[account["kind"]]}
        for name, account in tree["accounts"].items()
        if name.startswith(WORKSPACE) and account["kind"] in base
    }
    site = space["services"]["site"]
    site["environments"] = {"production": {"url": url}, "staging": {}}
    site["checks"] = {name: site["checks"][name] for name in ("health", "system-status")}
    _database(space["databases"]["main"], cluster)
    kinds = ("stripe", "resend", "supabase", "auth_security")
    space["systems"] = {kind: space["systems"][kind] for kind in kinds}
    del space["systems"]["supabase"]["main"]["metrics_secret"]
    space["status_pages"] = {}
    space.pop("actions", None)
    space["kpis"] = {key: kpi for key, kpi in space["kpis"].items() if _stays(kpi, space)}
    # The same rule once more, over what the product itself records in its database.
    recorded = {"system": "auth_security/main", "metric": "failed_sign_ins_5m_by_address"}
    space["kpis"][RECORDED] = space["kpis"]["failed-logins"] | {"from": [recorded]}
    tree["secrets"] = {name: {"file": str(tmp_path / name)} for name in _secrets(tree)}
    for name in tree["secrets"]:
        (tmp_path / name).write_text(PASSWORD)
        (tmp_path / name).chmod(0o600)
    path = tmp_path / "config.yaml"
    # JSON is YAML in which every text stands in quotes.
    path.write_text(json.dumps(tree))
    return load(path)


def _database(database: Tree, cluster: Cluster) -> None:
    database["depth"] = {"enabled": False}
    database["environments"]["production"] = {
        "host": cluster.host,
        "port": cluster.port,
        "user": "story_guest",
        "password": "localloop-db",
        "tls": "disable",
        "every": "15s",
    }


def _stays(kpi: Tree, space: Tree) -> bool:
    """Whether all that a KPI is made of is still there."""
    for one in (*kpi["from"], *kpi.get("of", ())):
        check = one.get("check", "").partition("/")[2]
        kind = one.get("system", "").partition("/")[0]
        if check and check not in space["services"]["site"]["checks"]:
            return False
        if kind and kind not in space["systems"]:
            return False
        if one["metric"] == "database_growth_bytes_per_day":
            return False
    return True


def _secrets(tree: Tree) -> set[str]:
    used = {account["secret"] for account in tree["accounts"].values()}
    return used | {"localloop-db", "localloop-admin"}


def needed(config: Config, sources: list[Source]) -> tuple[list[Source], list[Source]]:
    """The sources that a check or a KPI reads, and the others."""
    (spec,) = watched(config, WORKSPACE)
    wanted = {ref.source for kpi in spec.kpis for ref in (*kpi.series, *kpi.denominator)}
    wanted |= {check.source for row in spec.rows for check in row.checks.values()}
    return (
        [source for source in sources if source.spec.id in wanted],
        [source for source in sources if source.spec.id not in wanted],
    )


@contextlib.asynccontextmanager
async def localloop(tmp_path: Path, cluster: Cluster) -> AsyncIterator[LocalLoop]:
    """The engine and all that it asks, for the length of a `with`."""
    clock, truth = ManualClock(), Truth()
    admin = await connected(cluster)
    await admin.execute(ROLE)
    try:
        async with vendor_server(Vendors(truth, clock)) as server:
            config = configured(tmp_path, server.url, cluster)
            async with running(config, clock) as engine:
                place = LocalLoop(engine, clock, truth, admin, cluster)
                yield place
                place.release_connections()
    finally:
        await admin.execute("ALTER ROLE story_guest NOLOGIN")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'story_guest'"
        )
        await admin.execute(UNDO)
        await admin.close()


@contextlib.asynccontextmanager
async def running(config: Config, clock: ManualClock) -> AsyncIterator[Engine]:
    """An engine of what the wiring builds of a configuration."""
    time = SourcesTime(clock)
    shared = clients(config, time)
    await shared.look_up_secrets()
    kept, others = needed(config, asked(config, time, WORKSPACE, shared))
    for source in others:
        await source.aclose()
    engine = Engine(watched(config, WORKSPACE), kept, History.open(None, clock), clock)
    task = asyncio.create_task(engine.run())
    try:
        for _ in range(60):
            await engine.history.flush()
            await settle()
        yield engine
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await shared.aclose()
