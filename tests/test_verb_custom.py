"""Actions of the configuration: requests, statements and programs, through the real runner."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.custom.by_http import ByHttp, HttpTemplate, ReadByHttp
from actions.custom.by_script import ByScript
from actions.custom.by_sql import BySql, ReadBySql, StatementTemplate
from actions.custom.definition import Definition, Means, On, ReadBack, Where
from actions.custom.family import CustomFamily
from actions.custom.templates import BadTemplate, body, body_of, path, query, words
from actions.custom.values import Value, Wanted, checked
from actions.custom.verb import CustomVerb, target_of
from actions.database.ground import Ground
from actions.database.transactions import Transactions
from actions.families import ParameterKind
from actions.limits import Limits
from actions.plan import Danger, HttpStep, ScriptStep, SqlStep, Target, plan_json, plan_of
from actions.scripts.records import Records
from actions.verbs import Outcome, State, Unplannable
from demo.postgres_cluster import Cluster
from providers.clock import SystemClock
from providers.endpoint_options import AssertionSpec
from providers.http import Api
from providers.postgres.options import DatabaseOptions
from providers.script_values import ScriptSpec
from providers.secrets import Secret
from tests.config_texts import problems, small
from tests.runs_rig import Bench, blocked, words_of
from tests.vendor_server import Asked, Reply, VendorServer, json_reply, vendor_server

QUICK = Limits(poll_s=0.02, reconciled_s=0.3)
USER = Wanted(name="user", title="User", pattern="[a-z0-9/. %-]*")
DAYS = Wanted(name="days", title="Days", kind=ParameterKind.NUMBER, minimum=1, maximum=30)
LOUD = Wanted(name="loud", title="Loud", kind=ParameterKind.FLAG)


def value(text: str) -> Value:
    return Value(text=text, json=text)


def definition(means: Means, verify: ReadBack | None = None, **more: object) -> Definition:
    where = Where(environment="production", production=True, means=means, verify=verify)
    fields = {
        "name": "custom.ban", "workspace": "lma", "title": "Ban a user", "on": On.NONE,
        "danger": Danger.CHANGE, "cool_down_s": 0.0, "parameters": (USER, DAYS, LOUD),
        "where": {"production": where}, **more,
    }  # fmt: skip
    return Definition(**fields)  # type: ignore[arg-type]


def bench(tmp_path: Path, *definitions: Definition) -> Bench:
    clock = SystemClock()
    verbs = [CustomVerb(one, clock) for one in definitions]
    for verb in verbs:
        verb.settle_s = min(verb.settle_s, 5.0)
    return Bench(verbs, tmp_path / "audit.jsonl", clock, QUICK)


def target(of: Definition, row: str = "") -> Target:
    return target_of(of, of.where["production"], row)


class Users:
    """A service that bans users, and may lose its answers."""

    def __init__(self) -> None:
        self.banned: dict[str, object] = {}
        self.lose = ""

    def __call__(self, asked: Asked) -> Reply:
        if asked.method == "GET":
            return json_reply({"banned": asked.value("user") in self.banned})
        self.banned[asked.raw_path] = json.loads(asked.body)
        self.banned["ana"] = True
        if self.lose == "reset":
            return Reply(reset=True)
        return Reply(status=500) if self.lose == "500" else json_reply({"ok": True}, 202)


@asynccontextmanager
async def banning(users: Users, **more: object) -> AsyncIterator[tuple[VendorServer, Definition]]:
    async with vendor_server(users) as server:
        api = Api(system="Users", base_url=f"{server.url}/v1", clock=SystemClock(), deadline_s=2)
        template = HttpTemplate(
            method="POST", path="/users/{user}/ban", query={"notify": "{loud}"},
            body=body_of('{"days": "{days}", "note": "for {days} days", "deep": ["{loud}"]}'),
        )  # fmt: skip
        means = ByHttp(api, f"{server.url}/v1", "users", template)
        asked = HttpTemplate(method="GET", path="/state", query={"user": "{user}"})
        verify = ReadByHttp(api, asked, (AssertionSpec(path="banned", equals=True),))
        yield server, definition(means, verify, **more)
        await api.aclose()


async def test_a_request_is_sent_once_and_read_back(tmp_path: Path) -> None:
    users = Users()
    async with banning(users) as (server, made):
        at = bench(tmp_path, made)
        proposal = await at.proposed("custom.ban", target(made), user="ana", days="7", loud="true")
        running = await at.confirmed(proposal)
        entries = await at.entries("intent", "outcome")
        await at.aclose()
        posts = [one for one in server.asked if one.method == "POST"]

    assert running.outcome is Outcome.DONE, running.words
    assert "read back" in running.words
    (post,) = posts
    assert (post.path, post.query) == ("/v1/users/ana/ban", (("notify", "true"),))
    assert json.loads(post.body) == {"days": 7, "note": "for 7 days", "deep": [True]}
    step = proposal.plan.steps[0]
    assert isinstance(step, HttpStep)
    assert step.url.endswith("/v1/users/ana/ban?notify=true")
    assert json.loads(step.body) == json.loads(post.body)
    assert words_of(entries) == [("intent", ""), ("outcome", "done")]


async def test_without_a_read_back_done_means_accepted_and_says_so(tmp_path: Path) -> None:
    async with banning(Users()) as (_server, made):
        where = replace(made.where["production"], verify=None)
        plain = replace(made, where={"production": where})
        at = bench(tmp_path, plain)
        running = await at.done("custom.ban", target(plain), user="ana", days="7")
        await at.aclose()

    assert running.outcome is Outcome.DONE
    assert "nothing is read back" in running.words


@pytest.mark.parametrize("lose", ["reset", "500"])
async def test_a_lost_answer_is_settled_by_the_read_back_alone(tmp_path: Path, lose: str) -> None:
    users = Users()
    async with banning(users) as (server, made):
        users.lose = lose
        at = bench(tmp_path, made)
        read = await at.done("custom.ban", target(made), user="ana", days="7")
        again = await at.done("custom.ban", target(made), user="ana", days="8")
        where = replace(made.where["production"], verify=None)
        blind = replace(made, name="custom.blind", where={"production": where})
        at.runner.verbs = {**at.runner.verbs, "custom.blind": CustomVerb(blind, at.clock)}
        unread = await at.done("custom.blind", target(blind), user="ana", days="9")
        await at.aclose()
        posts = [one for one in server.asked if one.method == "POST"]

    assert read.outcome is Outcome.DONE, read.words
    # It was so before: that it is so now proves nothing.
    assert again.outcome is Outcome.UNKNOWN
    assert unread.outcome is Outcome.UNKNOWN
    assert len(posts) == 3


async def test_what_is_refused_is_failed(tmp_path: Path) -> None:
    async with vendor_server(lambda _asked: json_reply({"message": "no"}, 422)) as server:
        api = Api(system="Users", base_url=server.url, clock=SystemClock())
        means = ByHttp(api, server.url, "users", HttpTemplate(method="DELETE", path="/x/{user}"))
        made = definition(means, parameters=(USER,))
        at = bench(tmp_path, made)
        running = await at.done("custom.ban", target(made), user="ana")
        await at.aclose()

    assert running.outcome is Outcome.FAILED
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({"user": "ana", "days": "31"}, "at most 30"),
        ({"user": "ana", "days": "1.5"}, "whole number"),
        ({"user": "ana", "days": "NaN"}, "a number"),
        ({"user": "ana", "days": "1e400"}, "a number"),
        ({"user": "ana", "days": "7", "loud": "yes"}, "true or false"),
        ({"user": "ANA", "days": "7"}, "has to look like"),
        ({"days": "7"}, "is needed"),
        ({"user": "..", "days": "7"}, "leave out a part"),
        ({"user": "ana", "days": "7", "role": "admin"}, "no parameter"),
        ({"user": "ana\u202e", "days": "7"}, "can not be seen"),
    ],
)
async def test_what_does_not_fit_is_not_planned(given_: dict[str, str], why: str) -> None:
    async with banning(Users()) as (server, made):
        with pytest.raises(Unplannable, match=why):
            await CustomVerb(made, SystemClock()).plan(target(made), given_)
        assert [one.method for one in server.asked if one.method != "GET"] == []


async def test_the_inverse_is_another_action_with_what_both_have(tmp_path: Path) -> None:
    async with banning(Users(), undo="custom.unban", undo_takes=frozenset({"user"})) as (_, made):
        at = bench(tmp_path, made)
        running = await at.done("custom.ban", target(made), user="ana", days="7")
        await at.aclose()

    assert running.undo is not None
    assert running.undo.verb == "custom.unban"
    assert running.undo.parameters == (("user", "ana"),)
    assert running.undo.target.identity == "custom.unban@lma/production/"
    assert running.undo.target.name.text == made.undo_title, "not what it takes back"


@asynccontextmanager
async def orders(cluster: Cluster) -> AsyncIterator[tuple[asyncpg.Connection, Ground]]:
    way = {
        "host": cluster.host, "port": cluster.port, "user": cluster.user,
        "password": cluster.password, "database": "postgres", "ssl": False,
    }  # fmt: skip
    admin = await asyncpg.connect(**way)
    await admin.execute("DROP SCHEMA IF EXISTS own CASCADE; CREATE SCHEMA own")
    await admin.execute("CREATE TABLE own.orders (id int PRIMARY KEY, status text, who text)")
    await admin.execute("INSERT INTO own.orders VALUES (1, 'open'), (2, 'open')")
    secret = Secret(cluster.password)

    async def password() -> Secret:
        return secret

    options = DatabaseOptions(
        host=cluster.host, port=cluster.port, database="postgres", user=cluster.user,
        password=password, tls="disable",
    )  # fmt: skip
    ground = Ground(
        workspace="lma", environment="production", production=True, database="main",
        title="Database", options=options, source="",
    )  # fmt: skip
    yield admin, ground
    await admin.execute("DROP SCHEMA own CASCADE")
    await admin.close()


def closing(ground: Ground, rows: int = 1) -> Definition:
    update = StatementTemplate(
        title="close it", rows=rows, values=("user", "reason", "days"),
        sql="UPDATE own.orders SET status = $1, who = $2 WHERE id <= $3 AND status = 'open'",
    )  # fmt: skip
    look = StatementTemplate(
        title="closed", sql="SELECT status = $1 FROM own.orders WHERE id = $2",
        values=("user", "days"),
    )  # fmt: skip
    status = replace(USER, pattern="")
    return definition(
        BySql(ground, (update,), Transactions()),
        ReadBySql(ground, look),
        parameters=(status, DAYS),
    )


HOSTILE = "x'; DROP TABLE orders; --"


async def test_statements_bind_values_and_count_rows(tmp_path: Path, postgres: Cluster) -> None:
    async with orders(postgres) as (admin, ground):
        made = closing(ground)
        at = bench(tmp_path, made)
        proposal = await at.proposed("custom.ban", target(made), user=HOSTILE, days="1")
        running = await at.confirmed(proposal)
        after = await admin.fetch("SELECT * FROM own.orders ORDER BY id")
        await at.aclose()

    step = proposal.plan.steps[0]
    assert isinstance(step, SqlStep)
    assert "$1" in step.statement
    assert HOSTILE not in step.statement
    assert step.parameters == (HOSTILE, "(your reason)", "1")
    assert running.outcome is Outcome.DONE, running.words
    assert [tuple(row) for row in after] == [(1, HOSTILE, "due"), (2, "open", None)]


async def test_another_number_of_rows_rolls_everything_back(
    tmp_path: Path, postgres: Cluster
) -> None:
    async with orders(postgres) as (admin, ground):
        made = closing(ground)
        at = bench(tmp_path, made)
        running = await at.done("custom.ban", target(made), user="closed", days="2")
        left = await admin.fetchval("SELECT count(*) FROM own.orders WHERE status = 'open'")
        await at.aclose()

    assert running.outcome is Outcome.FAILED
    assert "2 rows instead of 1" in running.words
    assert left == 2


async def test_what_is_so_already_is_said_before(tmp_path: Path, postgres: Cluster) -> None:
    async with orders(postgres) as (admin, ground):
        made = closing(ground)
        await admin.execute("UPDATE own.orders SET status = 'closed' WHERE id = 1")
        at = bench(tmp_path, made)
        proposal = await at.proposed("custom.ban", target(made), user="closed", days="1")
        await at.aclose()

    assert "warns:wanted" in {one.code for one in proposal.decision.warnings}
    assert not blocked(proposal)


def program(tmp_path: Path, *args: str, code: str = "import sys; print(sys.argv[1:])") -> ByScript:
    spec = ScriptSpec(
        name="lma-custom-warm-production", argv=(sys.executable, "-c", code, *args),
        folder=str(tmp_path), timeout_s=20.0,
    )  # fmt: skip
    (tmp_path / "state").mkdir(exist_ok=True)
    return ByScript(spec, Records(tmp_path / "state" / "scripts"))


async def test_a_program_gets_its_words_and_no_shell_sees_them(tmp_path: Path) -> None:
    made = definition(program(tmp_path, "--user={user}", "{days}"), parameters=(USER, DAYS))
    made = replace(made, parameters=(replace(USER, pattern=""), DAYS))
    at = bench(tmp_path, made)
    proposal = await at.proposed("custom.ban", target(made), user="$(id); a b", days="7")
    running = await at.confirmed(proposal)
    verb = at.runner.verbs["custom.ban"]
    fields = plan_json(proposal.plan)
    del fields["fingerprint"]
    found = await verb.settled(plan_of(fields), None)
    await at.aclose()

    step = proposal.plan.steps[0]
    assert isinstance(step, ScriptStep)
    assert step.argv[-2:] == ("--user=$(id); a b", "7")
    assert running.outcome is Outcome.DONE, running.words
    assert str(["--user=$(id); a b", "7"]) in running.words
    assert found.state is State.DONE


async def test_a_program_that_fails_is_failed(tmp_path: Path) -> None:
    means = program(tmp_path, code="print('no'); raise SystemExit(2)")
    made = definition(means, parameters=())
    at = bench(tmp_path, made)
    running = await at.done("custom.ban", target(made))
    await at.aclose()

    assert running.outcome is Outcome.FAILED
    assert "exit 2" in running.words


texts = st.text(max_size=40)


@given(texts, texts)
def test_no_value_changes_the_structure_of_a_path(one: str, two: str) -> None:
    template = "/v1/users/{one}/notes-{two}/end"
    values = {"one": value(one), "two": value(two)}
    try:
        made = path(template, values)
    except (Unplannable, UnicodeEncodeError):
        return
    parts = urlsplit(f"https://api.example.com{made}")
    assert parts.netloc == "api.example.com"
    assert (parts.query, parts.fragment) == ("", "")
    segments = parts.path.split("/")
    assert len(segments) == 6
    assert [unquote(segments[3]), unquote(segments[4])] == [one, f"notes-{two}"]
    assert not {".", ".."} & set(segments)


@given(texts, texts)
def test_no_value_changes_the_structure_of_a_query(one: str, two: str) -> None:
    made = query({"a": "{one}", "b": "x{two}"}, {"one": value(one), "two": value(two)})

    assert made == (("a", one), ("b", f"x{two}"))


@given(texts, st.integers(-10, 10))
def test_no_value_changes_the_structure_of_json(one: str, number: int) -> None:
    tree = body_of('{"a": "{one}", "b": ["x {one}", {"c": "{number}", "d": null}]}')
    values = {"one": value(one), "number": Value(text=str(number), json=number)}
    made = json.loads(json.dumps(body(tree, values)))

    assert made == {"a": one, "b": [f"x {one}", {"c": number, "d": None}]}


@given(texts, texts)
def test_no_value_changes_how_many_words_there_are(one: str, two: str) -> None:
    argv = ("/bin/tool", "--a={one}", "{two}", "plain", "{one}{two}")
    try:
        made = words(argv, {"one": value(one), "two": value(two)})
    except Unplannable:
        assert "-" in {one[:1], two[:1]}
        return
    assert len(made) == len(argv)
    assert (made[0], made[3]) == ("/bin/tool", "plain")
    assert made[1] == f"--a={one}"


@given(st.text(max_size=60))
def test_a_value_that_is_taken_is_of_its_type(text: str) -> None:
    try:
        found = checked((DAYS,), {"days": text})["days"]
    except Unplannable:
        return
    assert isinstance(found.json, int)
    assert 1 <= found.json <= 30
    assert found.text == str(found.json)


def test_a_name_in_json_takes_no_value() -> None:
    with pytest.raises(BadTemplate, match="takes no value"):
        body_of('{"{one}": 1}')
    with pytest.raises(BadTemplate, match="no JSON"):
        body_of('{"a": {one}}')


def custom(action: str) -> list[str]:
    text = small("    kpis:\n", f"    actions:\n      custom:\n        try:\n{action}    kpis:\n")
    return [one.partition("custom.")[2] for one in problems(text)]


HEAD = "          title: Try\n          environments: [production]\n"


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ("", "try: one of http, sql, script is needed"),
        ("http: {account: nobody, path: /x}", "try.http.account: no such account"),
        ("http: {account: web, path: '/x/{user}'}", "try.http.path: {user} is no value"),
        ("http: {account: web, path: '/x?a=b'}", "what follows ? belongs into query"),
        ("http: {account: web, path: /x, json: '{a'}", "try.http.json: no JSON"),
        ("script: {argv: [tool]}", "try.script.argv[0]: name the whole path"),
        ("script: {argv: [/bin/x, '{nope}']}", "{nope} is no value"),
        (
            "sql: {database: main, statements: [{title: a, sql: COMMIT, rows: 1}]}",
            "COMMIT is not carried out",
        ),
        (
            "sql: {database: main, statements: [{title: a, sql: 'UPDATE t SET a = $1', rows: 1}]}",
            "it has $1, and there are 0 values",
        ),
        (
            "sql: {database: gone, statements: [{title: a, sql: DELETE FROM t, rows: 1}]}",
            "no such database",
        ),
        ("script: {argv: [/bin/x]}\n          undo: try", "not its own inverse"),
        ("script: {argv: [/bin/x]}\n          undo: gone", "no such action of your own"),
        (
            "script: {argv: [/bin/x]}\n          parameters: {a: {title: A, type: choice}}",
            "a choice needs choices",
        ),
        (
            "script: {argv: [/bin/x]}\n          parameters: {a: {title: A, pattern: '('}}",
            "no regular expression",
        ),
        (
            "script: {argv: [/bin/x]}\n          parameters: {reason: {title: A}}",
            "says something else already",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(action: str, problem: str) -> None:
    line = f"          {action}\n" if action else ""
    found = custom(f"{HEAD}{line}")

    assert any(problem in one for one in found), found


def test_a_sound_one_has_no_problem() -> None:
    text = "          http: {account: web, path: '/x/{service}'}\n          target: service\n"
    assert custom(f"{HEAD}{text}") == []


async def test_targets_by_name_and_hostile_ids(tmp_path: Path) -> None:
    means = program(tmp_path)
    row = Where(environment="production", production=True, means=means, rows={"api": "API"})
    service = definition(means, on=On.SERVICE, where={"production": row})
    user = definition(means, name="custom.user", on=On.USER, parameters=())
    family = CustomFamily((service, user), SystemClock())

    assert (await family.target("custom.ban", "lma/production/api")).short_name == "api"
    assert (await family.target("custom.user", "lma/production/u-1")).short_name == "u-1"
    for words_ in ("lma/production/web", "lma/production", "lma/staging/api"):
        with pytest.raises(Unplannable, match="known: lma/production/api"):
            await family.target("custom.ban", words_)
    with pytest.raises(Unplannable, match="no id"):
        await family.target("custom.user", "lma/production/a\x1b[2Jb")
