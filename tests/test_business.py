"""Business numbers out of a real database and a real endpoint, beside last week's."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from demo.postgres_cluster import Cluster
from providers.base import SourceKind
from providers.business import BusinessOptions, BusinessSource, ListOptions, NumberOptions
from providers.business_mapping import Figure, amount_words
from providers.errors import BadAnswer, ProviderError, TimedOut, Unauthorized, Unreachable
from providers.postgres.options import DatabaseOptions
from providers.system_readings import Condition, SystemReading
from tests.fakes import ManualClock
from tests.postgres_fixtures import People, options_for, secret_getter
from tests.vendor_rigs import client, numbers_of, spec_of
from tests.vendor_server import Reply, dead_port, json_reply, vendor_server
from tests.waiting import until

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
COUNT = "SELECT count(*) FROM shop.sales WHERE at >= $1 AND at < $2"
SUM = "SELECT sum(total) FROM shop.sales WHERE at >= $1 AND at < $2"


@pytest.fixture
async def shop(people: People, postgres: Cluster) -> AsyncIterator[DatabaseOptions]:
    """Three sales in the last day, two in the same day of last week, at the edges of both."""
    admin = await people.connect("setup")
    await admin.execute("""DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA shop;
        CREATE TABLE shop.sales (what text, total numeric(12, 2), at timestamptz, day date,
            plain timestamp);
        INSERT INTO shop.sales SELECT what, total, at::timestamptz, at::date, at::timestamp FROM
            (VALUES ('new', 10, '2026-11-18T11:59:59Z'), ('mid', 2.5, '2026-11-18T03:00:00Z'),
            ('edge', 1, '2026-11-17T12:00:00Z'), ('late', 100, '2026-11-18T12:00:00Z'),
            ('old', 4, '2026-11-11T09:00:00Z'), ('older', 5, '2026-11-10T12:00:00Z'))
            AS v (what, total, at)""")
    yield options_for(postgres)
    await admin.execute("DROP SCHEMA shop CASCADE")


def number(name: str, sql: str = "", **more: object) -> NumberOptions:
    return NumberOptions(name=name, title=name.title(), unit="count", sql=sql, **more)  # type: ignore[arg-type]  # named by the test


def source(
    database: DatabaseOptions | None, *numbers: NumberOptions, lists: tuple[ListOptions, ...] = ()
) -> BusinessSource:
    options = BusinessOptions(title="Shop", numbers=numbers, lists=lists, database=database)
    return BusinessSource(spec_of("Shop", SourceKind.SYSTEM), options, None, ManualClock(NOW))


async def numbers(database: DatabaseOptions, *asked: NumberOptions) -> dict[str, float | None]:
    return numbers_of(await source(database, *asked).read())


async def refusal(database: DatabaseOptions, sql: str) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await source(database, number("sales", sql)).read()
    return caught.value


async def test_a_window_and_the_same_window_a_week_ago(shop: DatabaseOptions) -> None:
    assert await numbers(shop, number("sales", COUNT), number("revenue", SUM)) == {
        "sales": 3,
        "sales_last_week": 2,
        "sales_change_percent": 50,
        "revenue": 13.5,
        "revenue_last_week": 9,
        "revenue_change_percent": 50,
    }


@pytest.mark.parametrize(("column", "count"), [("at", 3), ("plain", 3), ("day", 1)])
async def test_the_window_fits_the_column_s_own_type(
    shop: DatabaseOptions, column: str, count: int
) -> None:
    sql = f"SELECT count(*) FROM shop.sales WHERE {column} >= $1 AND {column} < $2"  # noqa: S608 - ours

    assert (await numbers(shop, number("sales", sql)))["sales"] == count


async def test_a_shorter_window_and_a_scale(shop: DatabaseOptions) -> None:
    asked = number("sales", COUNT, window_s=3_600.0, scale=1000.0)

    assert (await numbers(shop, asked))["sales"] == 1000


async def test_nothing_is_no_data_and_not_nought(shop: DatabaseOptions) -> None:
    harvest = await source(shop, number("revenue", f"{SUM} AND false")).read()

    told = {each.metric: (each.value, each.reason) for each in harvest.numbers}
    assert told["revenue"] == (None, "no data: it is null")
    assert isinstance(harvest.payload, SystemReading)
    assert harvest.payload.condition is Condition.UNKNOWN


async def test_without_a_window_there_is_no_comparison(shop: DatabaseOptions) -> None:
    harvest = await source(shop, number("sales", "SELECT count(*) FROM shop.sales")).read()

    told = {each.metric: (each.value, each.reason) for each in harvest.numbers}
    assert told == {
        "sales": (6, ""),
        "sales_last_week": (None, "last week is not told"),
        "sales_change_percent": (None, "last week is not told"),
    }


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT 1; DROP TABLE shop.sales", "cannot insert multiple commands"),
        ("DELETE FROM shop.sales", "returns no columns"),
        ("COMMIT", "returns no columns"),
        ("SET default_transaction_read_only = off", "returns no columns"),
        ("VACUUM shop.sales", "returns no columns"),
        ("SELECT count(*) FROM sales", "does not exist"),
        ("SELEC 1", "syntax error"),
        ("SELECT $1::int", "1 parameters instead of"),
        ("SELECT count(*) FROM shop.sales WHERE total >= $1 AND total < $2", "a numeric"),
        ("DELETE FROM shop.sales RETURNING total", "read-only"),
        ("SELECT nextval('shop.counter')", "does not exist"),
        (
            "WITH gone AS (DELETE FROM shop.sales RETURNING 1) SELECT count(*) FROM gone",
            "read-only",
        ),
    ],
)
async def test_only_one_select_is_asked(
    shop: DatabaseOptions, people: People, sql: str, words: str
) -> None:
    error = await refusal(shop, sql)

    assert words in f"{error.reason} {error.detail}"
    keeper = await people.connect("keeper")
    assert await keeper.fetchval("SELECT count(*) FROM shop.sales") == 6


async def test_a_transaction_cannot_be_made_writable(shop: DatabaseOptions) -> None:
    error = await refusal(shop, "SELECT set_config('transaction_read_only', 'off', false)")

    assert "read-write" in f"{error.reason} {error.detail}"


async def test_a_slow_statement_is_stopped_by_the_server(shop: DatabaseOptions) -> None:
    error = await refusal(replace(shop, statement_timeout_s=0.1), "SELECT pg_sleep(30)::text")

    assert isinstance(error, TimedOut)


async def test_a_role_without_the_right_is_told_which(
    shop: DatabaseOptions, people: People
) -> None:
    admin = await people.connect("setup")
    await admin.execute("""DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN PASSWORD 'pw-clerk';
        GRANT USAGE ON SCHEMA shop TO clerk""")
    clerk = replace(shop, user="clerk", password=secret_getter("pw-clerk"))
    error = await refusal(clerk, COUNT)

    assert isinstance(error, Unauthorized)
    assert "GRANT SELECT" in error.advice
    await admin.execute("DROP OWNED BY clerk; DROP ROLE clerk")


async def test_one_bad_statement_does_not_blind_the_others(shop: DatabaseOptions) -> None:
    latest = ListOptions(key="latest", title="Latest", sql="SELECT what FROM shop.gone")
    asked = (number("bad", "SELECT count(*) FROM shop.gone"), number("sales", COUNT))
    harvest = await source(shop, *asked, lists=(latest,)).read()

    told = numbers_of(harvest)
    assert (told["bad"], told["sales"]) == (None, 3)
    assert isinstance(harvest.payload, SystemReading)
    figures, listed = harvest.payload.sections
    assert figures.records[0].condition is Condition.UNKNOWN
    assert "shop.gone" in listed.blind


async def test_a_list_shows_its_rows(shop: DatabaseOptions) -> None:
    sql = "SELECT total, what, at FROM shop.sales ORDER BY at DESC LIMIT 3"
    latest = ListOptions(key="latest", title="Latest", sql=sql)
    harvest = await source(shop, number("sales", COUNT), lists=(latest,)).read()

    assert isinstance(harvest.payload, SystemReading)
    section = harvest.payload.sections[1]
    assert [each.title.text for each in section.records] == ["late", "new", "mid"]
    assert section.records[0].at == NOW
    assert [each.id for each in section.records][:2] == [
        "late 2026-11-18T12:00:00+00:00",
        "new 2026-11-18T11:59:59+00:00",
    ]
    assert [word.text for _, word in section.records[2].details] == ["2.50"]


async def test_hostile_rows_are_drawn_and_do_nothing(shop: DatabaseOptions) -> None:
    sql = "SELECT E'\\x1b[2J[/red]' AS \"\x1b]0;x\x07\", 'NaN'::numeric, 'infinity'::timestamptz"
    hostile = ListOptions(key="x", title="X", sql=sql)
    harvest = await source(shop, number("sales", COUNT), lists=(hostile,)).read()

    assert isinstance(harvest.payload, SystemReading)
    shown = str(harvest.payload.sections[1])
    assert "\\x1b" not in shown
    assert "\\x07" not in shown


async def test_a_dead_database(shop: DatabaseOptions) -> None:
    assert isinstance(await refusal(replace(shop, port=dead_port()), COUNT), Unreachable)


async def test_no_connection_is_left_behind(shop: DatabaseOptions, people: People) -> None:
    await numbers(shop, number("sales", COUNT))
    keeper = await people.connect("keeper")
    counted = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'quarterdeck'"

    async def gone() -> bool:
        return bool(await keeper.fetchval(counted) == 0)

    await until(gone)


def pointing(path: str, last_week_path: str = "") -> NumberOptions:
    return NumberOptions(
        name="users", title="Users", unit="count", path=path, last_week_path=last_week_path
    )


async def by_path(reply: Reply, *asked: NumberOptions) -> dict[str, float | None]:
    options = BusinessOptions(title="Shop", numbers=asked)
    async with vendor_server(lambda _asked: reply) as server:
        async with client(f"{server.url}/api/status") as api:
            spec = spec_of("Shop", SourceKind.SYSTEM)
            harvest = await BusinessSource(spec, options, api, ManualClock(NOW)).read()
        assert [each.path for each in server.asked] == ["/api/status"]
    return numbers_of(harvest)


async def test_json_with_its_own_last_week() -> None:
    reply = json_reply({"activity": {"users": 30, "users_last_week": 40}})

    told = await by_path(reply, pointing("activity.users", "activity.users_last_week"))
    assert told == {"users": 30, "users_last_week": 40, "users_change_percent": -25}


@pytest.mark.parametrize("value", [None, "30", True, [], {}])
async def test_json_that_is_no_number_is_no_data(value: object) -> None:
    told = await by_path(json_reply({"users": value}), pointing("users"))

    assert told["users"] is None


async def test_a_path_that_does_not_fit_is_told() -> None:
    with pytest.raises(BadAnswer, match="does not fit"):
        await by_path(json_reply({"users": 5}), pointing("length(users)"))


async def test_an_endpoint_that_fails_is_the_error_itself() -> None:
    with pytest.raises(ProviderError, match="HTTP 503"):
        await by_path(json_reply({}, 503), pointing("users"))


@given(present=st.floats() | st.none() | st.integers(), before=st.floats() | st.none())
def test_a_figure_never_makes_up_a_number(present: float | None, before: float | None) -> None:
    figure = Figure.of("n", "N", "count", present, before)

    change = figure.change_percent
    assert (change is None) == bool(figure.no_change)
    assert (figure.value is None) == bool(figure.reason)
    assert figure.words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "$", "—"),
        (0, "count", "0"),
        (1204.4, "$", "1,204 $"),
        (12.5, "$", "12.50 $"),
        (7, "", "7"),
    ],
)
def test_amounts(value: float | None, unit: str, words: str) -> None:
    assert amount_words(value, unit) == words
