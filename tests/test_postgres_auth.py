"""Auth security on Supabase's tables as they are: what happened, and what the role may not see."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from demo.postgres_cluster import Cluster
from providers.harvest import Harvest
from providers.postgres.auth_options import (
    Administrators,
    AuthOptions,
    ElevatedActions,
    FailedSignIns,
    Relation,
)
from providers.postgres.auth_security import auth_security_source, auth_units
from providers.postgres.thorough import ThoroughSource
from providers.system_readings import Condition
from tests.fakes import ManualClock
from tests.postgres_fixtures import number, options_for, reason, secret_getter
from tests.postgres_parts import detail, record, section, spec_of, system_of
from tui.wire_auth_security import METRICS

pytestmark = pytest.mark.xdist_group("postgres-auth")

PASSWORD = "pw-0f-auth-suite"
# A known secret is taken out of every text: it must be no word that other tests look for.
ATTEMPTS = Relation(schema="public", name="sign_in_attempts")
FAILED = FailedSignIns(
    relation=ATTEMPTS, ip="ip", account="account_hash", only=("outcome", "failed")
)
AS_SUPABASE = AuthOptions(failed=FAILED)
WITH_VIEWS = AuthOptions(schema="quarterdeck", failed=FAILED)

INTRUDER = """INSERT INTO auth.audit_log_entries (id, payload, created_at, ip_address)
    SELECT gen_random_uuid(), json_build_object('action', $1::text, 'actor_id', $2::text),
        now() - g * interval '20 seconds', CASE WHEN $3 = 0 THEN '' ELSE '203.0.113.' || g % $3 END
    FROM generate_series(1, $4) AS g"""
GUESSES = """INSERT INTO public.sign_in_attempts (account_hash, ip, outcome, created_at)
    SELECT md5('u' || g % 30), $1::text::inet, $2::text, now() - $3::text::interval
    FROM generate_series(1, $4) AS g"""


def _sql(name: str, **values: str) -> str:
    text = files("demo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return text.format(**values) if values else text


class Place:
    """A database with Supabase's schema, and roles that see more and less of it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.admin: asyncpg.Connection

    async def connect(self, database: str) -> asyncpg.Connection:
        cluster = self.cluster
        return await asyncpg.connect(
            host=cluster.host,
            port=cluster.port,
            user=cluster.user,
            password=cluster.password,
            database=database,
            ssl=False,
        )

    async def fill(self) -> None:
        """Make the database that each test gets a copy of."""
        first = await self.connect("postgres")
        await first.execute(_sql("roles", password="p", watcher=PASSWORD))
        await first.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
        await first.execute("CREATE DATABASE filled")
        await first.close()
        admin = await self.connect("filled")
        for name in ("auth", "product", "watching", "rows"):
            await admin.execute(_sql(name))
        await admin.close()

    def source(self, options: AuthOptions, user: str = "", **changes: Any) -> ThoroughSource:
        how = {"user": user, "password": secret_getter(PASSWORD)} if user else {}
        database = options_for(self.cluster, database="supabase", **how)
        return auth_security_source(
            spec_of("localloop/production/auth_security/main"),
            database,
            replace(options, **changes),
            ManualClock(),
            asyncio.Lock(),
        )

    async def look(self, options: AuthOptions, user: str = "", **changes: Any) -> Harvest:
        return await self.source(options, user, **changes).read()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server with the demo's own schema and rows."""
    made = Cluster({"max_connections": "20", "scram_iterations": "64"})
    made.start()
    try:
        asyncio.run(Place(made).fill())
        yield made
    finally:
        made.stop()


@pytest.fixture
async def place(cluster: Cluster) -> AsyncIterator[Place]:
    """A copy of it, gone with the test."""
    made = Place(cluster)
    keeper = await made.connect("postgres")
    await keeper.execute("CREATE DATABASE supabase TEMPLATE filled STRATEGY file_copy")
    made.admin = await made.connect("supabase")
    yield made
    await made.admin.close()
    await keeper.execute("DROP DATABASE supabase WITH (FORCE)")
    await keeper.close()


LOOKS: list[tuple[AuthOptions, str]] = [(AS_SUPABASE, ""), (WITH_VIEWS, "quarterdeck")]


@pytest.mark.parametrize(("options", "user"), LOOKS, ids=["as owner", "through the views"])
async def test_a_calm_day_is_read_in_full_by_owner_and_watcher_alike(
    place: Place, options: AuthOptions, user: str
) -> None:
    harvest = await place.look(options, user)

    reading = system_of(harvest)
    assert [one.key for one in reading.sections if one.blind] == []
    assert {each.metric for each in harvest.numbers} == set(auth_units()) == set(METRICS[""])
    assert reading.condition is Condition.NOTABLE
    assert number(harvest, "suspicious_accounts") == 0
    assert number(harvest, "active_sessions") == 600
    assert number(harvest, "banned_users") == 2
    assert number(harvest, "admins") == 4
    assert number(harvest, "auth_admin_actions_24h") == 3
    (fresh,) = section(harvest, "new_admins").records
    assert (fresh.state.text, fresh.change) == ("admin", True)
    assert detail(fresh, "granted by") == "emergency_access_protocol"
    assert number(harvest, "elevated_actions_24h") == 3
    actions = {each.title.text for each in section(harvest, "elevated").records}
    assert actions == {"user_role_change", "data_export", "admin_access"}
    assert "no account over 50 an hour or 5 addresses" in section(harvest, "patterns").empty


@pytest.mark.parametrize(("options", "user"), LOOKS, ids=["as owner", "through the views"])
async def test_failed_sign_ins_are_told_by_address_the_worst_first(
    place: Place, options: AuthOptions, user: str
) -> None:
    await place.admin.execute("TRUNCATE public.sign_in_attempts")
    for row in [
        ("203.0.113.66", "failed", "1 minute", 130),
        ("203.0.113.66", "failed", "40 minutes", 20),
        ("203.0.113.66", "ok", "1 minute", 500),
        ("2001:db8::1", "failed", "2 minutes", 12),
        ("192.0.2.9", "failed", "2 hours", 900),
    ]:
        await place.admin.execute(GUESSES, *row)

    harvest = await place.look(options, user)

    listed = section(harvest, "failed_sign_ins").records
    assert [each.title.text for each in listed] == ["203.0.113.66", "2001:db8::1"]
    worst = listed[0]
    assert (worst.condition, listed[1].condition) == (Condition.DEGRADED, Condition.NOTABLE)
    assert (detail(worst, "in 5 min"), detail(worst, "in 1 h")) == ("130", "150")
    assert detail(worst, "accounts") == "30"
    assert number(harvest, "failed_sign_ins_5m_worst_ip") == 130
    named = [one for one in harvest.numbers if one.metric == "failed_sign_ins_5m_by_address"]
    assert [(one.group, one.value) for one in named] == [
        ("", 130),
        ("203.0.113.66", 130),
        ("2001:db8::1", 12),
    ]
    assert number(harvest, "failed_sign_ins_5m") == 142
    assert number(harvest, "failed_sign_ins_1h") == 162
    assert system_of(harvest).condition is Condition.DEGRADED


PEOPLE = {
    # Action, addresses (0: unknown), entries within an hour, and what is unusual in that.
    "50-refreshes": ("token_refreshed", 1, 50, ""),
    "51-refreshes": ("token_refreshed", 1, 51, "51 refreshes"),
    "51-sign-ins": ("login", 1, 51, "51 sign-ins"),
    "5-addresses": ("login", 5, 10, ""),
    "6-addresses": ("login", 6, 10, "6 addresses"),
    "both": ("token_refreshed", 6, 60, "60 refreshes, 6 addresses"),
    "unknown-addresses": ("login", 0, 20, ""),
    "revoked-tokens": ("token_revoked", 9, 90, ""),
}


async def test_the_runbooks_limits_by_the_corrected_query(place: Place) -> None:
    await place.admin.execute("TRUNCATE auth.audit_log_entries")
    nobody = await place.look(WITH_VIEWS, "quarterdeck", schema="auth")
    for actor, (action, addresses, entries, _) in PEOPLE.items():
        await place.admin.execute(INTRUDER, action, actor, addresses, entries)

    harvest = await place.look(WITH_VIEWS, "quarterdeck")

    states = {each.title.text: each.state.text for each in section(harvest, "patterns").records}
    assert states == {actor: unusual for actor, (*_, unusual) in PEOPLE.items() if unusual}
    assert number(harvest, "suspicious_accounts") == 4
    assert number(harvest, "sign_ins_1h") == 51 + 10 + 10 + 20
    assert system_of(harvest).condition is Condition.DEGRADED
    assert "4 accounts sign in unusually" in system_of(harvest).summary.text
    assert number(nobody, "suspicious_accounts") is None


async def test_limits_of_ones_own_are_kept(place: Place) -> None:
    await place.admin.execute("TRUNCATE auth.audit_log_entries")
    await place.admin.execute(INTRUDER, "login", "actor-1", 3, 12)

    harvest = await place.look(AS_SUPABASE, per_hour=11, addresses=2)

    (actor,) = section(harvest, "patterns").records
    assert actor.state.text == "12 sign-ins, 3 addresses"


async def test_the_runbooks_own_query_fails_on_these_tables(place: Place) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await place.admin.fetch("SELECT user_id, event_type FROM auth.audit_log_entries")


async def test_row_security_without_a_policy_is_not_a_quiet_hour(place: Place) -> None:
    await place.admin.execute("""GRANT USAGE ON SCHEMA auth TO guest;
        GRANT SELECT ON ALL TABLES IN SCHEMA auth, public TO guest""")
    seen = await place.admin.fetchval("SELECT count(*) FROM auth.sessions")
    harvest = await place.look(AS_SUPABASE, "guest")

    assert seen
    for key in ("patterns", "sessions", "suspended", "auth_admin"):
        assert "row security hides every row" in section(harvest, key).blind
        assert "docs/providers.md" in section(harvest, key).blind
        assert section(harvest, key).records == ()
    for metric in ("suspicious_accounts", "active_sessions", "banned_users"):
        assert number(harvest, metric) is None
        assert reason(harvest, metric) == "this role can not see them"
    assert not section(harvest, "elevated").blind
    assert system_of(harvest).condition is Condition.UNKNOWN


async def test_a_policy_that_shows_a_part_is_told(place: Place) -> None:
    await place.admin.execute("""GRANT USAGE ON SCHEMA auth TO guest;
        GRANT SELECT ON auth.sessions TO guest;
        CREATE POLICY recent ON auth.sessions FOR SELECT TO guest
            USING (created_at > now() - interval '2 hours')""")
    harvest = await place.look(AS_SUPABASE, "guest")

    assert 0 < (number(harvest, "active_sessions") or 0) < 100
    assert any("shows role guest a part of auth.sessions" in each
               for each in system_of(harvest).notices)  # fmt: skip


async def test_a_view_that_hides_everything_is_found_out_by_the_statistics(place: Place) -> None:
    await place.admin.execute("""CREATE SCHEMA blindfold;
        CREATE VIEW blindfold.sessions AS SELECT * FROM auth.sessions WHERE false;
        CREATE VIEW blindfold.users AS SELECT * FROM auth.users WHERE false;
        CREATE VIEW blindfold.audit_log_entries AS SELECT * FROM auth.audit_log_entries
            WHERE false;
        ANALYZE auth.sessions, auth.users, auth.audit_log_entries;
        GRANT USAGE ON SCHEMA blindfold TO guest;
        GRANT SELECT ON ALL TABLES IN SCHEMA blindfold TO guest""")
    harvest = await place.look(AuthOptions(schema="blindfold"), "guest")

    assert (
        "holds about 600 rows by the statistics, and role guest sees none"
        in section(harvest, "sessions").blind
    )
    assert "sees none of them" in section(harvest, "patterns").blind
    assert "sees none of them" in section(harvest, "suspended").blind


async def test_an_emptied_table_with_old_statistics_is_just_empty(place: Place) -> None:
    await place.admin.execute("""ANALYZE public.sign_in_attempts, public.audit_logs;
        DELETE FROM public.sign_in_attempts; DELETE FROM public.audit_logs""")

    harvest = await place.look(AS_SUPABASE)

    assert section(harvest, "failed_sign_ins").blind == ""
    assert "none was ever recorded" in section(harvest, "failed_sign_ins").empty
    assert section(harvest, "elevated").blind == ""
    assert number(harvest, "failed_sign_ins_5m") == 0


async def test_a_role_without_any_right_is_told_which(place: Place) -> None:
    harvest = await place.look(AS_SUPABASE, "guest")

    assert "no USAGE on schema auth" in section(harvest, "patterns").blind
    assert "may not SELECT anything of public.audit_logs" in section(harvest, "elevated").blind
    assert section(harvest, "elevated").blind.endswith(
        "GRANT SELECT on a view of it to guest, and name the view under elevated:"
    )
    assert "may not SELECT anything of public.user_roles" in section(harvest, "new_admins").blind
    assert "may not SELECT" in section(harvest, "failed_sign_ins").blind
    assert system_of(harvest).condition is Condition.UNKNOWN
    assert all(each.value is None for each in harvest.numbers)


async def test_rights_on_some_columns_alone_are_told(place: Place) -> None:
    await place.admin.execute("GRANT SELECT (user_id, action) ON public.audit_logs TO guest")
    harvest = await place.look(AS_SUPABASE, "guest")

    assert "may not SELECT created_at, details of public.audit_logs" in (
        section(harvest, "elevated").blind
    )


async def test_an_audit_log_that_is_switched_off_is_not_a_quiet_one(place: Place) -> None:
    await place.admin.execute("TRUNCATE auth.audit_log_entries; ANALYZE auth.audit_log_entries")
    never = await place.look(AS_SUPABASE)
    await place.admin.execute(INTRUDER, "login", "actor-1", 1, 3)
    await place.admin.execute(
        "UPDATE auth.audit_log_entries SET created_at = now() - interval '3d'"
    )
    stopped = await place.look(AS_SUPABASE)
    await place.admin.execute("UPDATE auth.sessions SET created_at = now() - interval '4d'")
    quiet = await place.look(AS_SUPABASE)

    assert "is empty" in section(never, "patterns").blind
    assert "no longer written here" in section(stopped, "patterns").blind
    assert number(stopped, "suspicious_accounts") is None
    assert section(quiet, "patterns").blind == ""
    assert number(quiet, "suspicious_accounts") == 0


async def test_tables_of_another_name_are_told_and_then_found(place: Place) -> None:
    await place.admin.execute("""CREATE SCHEMA "My App";
        CREATE TABLE "My App"."Audit Log" ("When" timestamptz, "What" text, "Who" integer);
        INSERT INTO "My App"."Audit Log" VALUES (now(), 'it''s', 7), (now(), 'other', 8)""")
    wrong = ElevatedActions(relation=Relation(schema="public", name="audit_trail"))
    right = ElevatedActions(
        relation=Relation(schema="My App", name="Audit Log"),
        at="When", action="What", actor="Who", details="", actions=("it's",),
    )  # fmt: skip
    misspelt = Administrators(role="rolle")
    lost = await place.look(AS_SUPABASE, elevated=wrong, administrators=misspelt)
    found = await place.look(AS_SUPABASE, elevated=right)

    assert "there is no table public.audit_trail" in section(lost, "elevated").blind
    assert "has no column rolle" in section(lost, "new_admins").blind
    (action,) = section(found, "elevated").records
    assert (action.title.text, detail(action, "by"), action.change) == ("it's", "7", True)


async def test_without_a_table_of_failed_sign_ins_the_list_says_where_they_are(
    place: Place,
) -> None:
    harvest = await place.look(AS_SUPABASE, failed=None)

    assert "no entry for a failed sign-in" in section(harvest, "failed_sign_ins").blind
    assert number(harvest, "failed_sign_ins_5m_worst_ip") is None
    (unknown,) = (one for one in harvest.numbers if one.metric == "failed_sign_ins_5m_by_address")
    assert (unknown.value, unknown.group) == (None, "")
    assert unknown.reason == "not recorded in the database"
    assert system_of(harvest).condition is Condition.NOTABLE


async def test_a_database_without_supabases_schema_says_so(place: Place) -> None:
    harvest = await place.look(AuthOptions(schema="nowhere"))

    assert "there is no schema nowhere" in section(harvest, "patterns").blind


async def test_what_nobody_asks_for_is_left_out(place: Place) -> None:
    harvest = await place.look(AS_SUPABASE, elevated=None, administrators=None)

    keys = {one.key for one in system_of(harvest).sections}
    assert keys == {"failed_sign_ins", "patterns", "auth_admin", "sessions", "suspended"}


HOSTILE: list[tuple[str, Callable[[Harvest], str]]] = [
    ("\x1b]52;c;ZXZpbA==\x07", lambda harvest: section(harvest, "elevated").records[0].title.text),
    ("[@click=app.quit]x[/]", lambda harvest: section(harvest, "elevated").records[0].title.text),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
async def test_the_products_texts_are_harmless(
    place: Place, text: str, shown: Callable[[Harvest], str]
) -> None:
    await place.admin.execute(
        "INSERT INTO public.audit_logs (action, details) VALUES ($1, '{}')", text
    )

    harvest = await place.look(AS_SUPABASE, elevated=ElevatedActions(actions=(text,)))

    assert "\x1b" not in shown(harvest)
    assert "\x07" not in shown(harvest)
    assert ("click" in shown(harvest)) is ("click" in text)


async def test_no_address_no_name_and_no_token_leaves_the_database(place: Place) -> None:
    harvest = await place.look(AS_SUPABASE)

    assert "@example.com" not in repr(harvest.payload)
    assert record(harvest, "suspended", "-").title.text.count("-") == 4


async def test_the_views_of_the_documentation_are_enough(place: Place) -> None:
    text = (Path(__file__).parents[1] / "docs" / "providers.md").read_text(encoding="utf-8")
    (_, views) = re.findall(r"```sql\n(create (?:role|schema).*?)```", text, re.DOTALL)
    await place.admin.execute(f"""DROP SCHEMA quarterdeck CASCADE;
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM quarterdeck; {views}""")

    harvest = await place.look(AuthOptions(schema="quarterdeck"), "quarterdeck")

    blind = {one.key for one in system_of(harvest).sections if one.blind}
    assert blind == {"failed_sign_ins"}
    assert number(harvest, "active_sessions") == 600
