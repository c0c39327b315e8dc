"""Supabase by the vendor's words: our requests, answers of any shape, the demo's own answers."""

import random
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.agenda import Agenda
from demo.estate import Estate
from demo.supabase_world import project_of
from demo.vendors.supabase import Grant, SupabaseApi
from demo.vendors.supabase_project import ProjectSite
from demo.vendors.supabase_state import Project, Status
from providers import supabase_account, supabase_auth_account
from providers.base import Source
from providers.log_readings import LogsReading
from providers.supabase_advisors import CONDITIONS as LEVELS
from providers.supabase_auth_users import user_by_id, users_by_email
from providers.supabase_backups import CONDITIONS as BACKUPS
from providers.supabase_mapping import HEALTH, STATES
from providers.supabase_parts import Part
from providers.system_readings import Condition, Section, SystemReading
from tests import vendor_data_supabase as data
from tests.contract.answers import made
from tests.contract.asgi import answering
from tests.contract.examples import Examples
from tests.contract.held import held
from tests.contract.specification import specification
from tests.vendor_data_supabase import REF
from tests.vendor_rig import Rig
from tests.vendor_rigs import TOKEN, numbers_of, shifted_clock
from tests.vendor_rigs_supabase import (
    SUPABASE_RIGS,
    advisors,
    auth,
    backups,
    counts,
    logs,
    project,
    setup,
    sign_ins,
)
from tests.vendor_server import Asked, Reply, json_reply
from tui.config.model_supabase import Service

pytestmark = pytest.mark.contract

ONE = "/v1/projects/{ref}"
SEEDS = st.integers(min_value=0, max_value=2**32)
THOROUGH = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
GIB = 2**30


def vendor_of(rig: Rig) -> str:
    return "supabase-auth" if rig.vendor == "Supabase Auth" else "supabase"


@pytest.mark.parametrize("rig", SUPABASE_RIGS, ids=str)
async def test_every_request_and_our_own_answers(rig: Rig) -> None:
    async with held(vendor_of(rig), rig.healthy, clock=shifted_clock()) as (api, keeper):
        await rig.build(api).read()

    assert len(keeper.asked) == len(rig.bodies)


async def test_upgrade() -> None:
    answers = {
        REF: data.project("UPGRADING"),
        "health": data.health(),
        "readonly": data.read_only(),
        "util": data.disk_use(),
        "status": data.upgrade(),
    }

    def answer(asked: Asked) -> Reply:
        return json_reply(answers[asked.path.rpartition("/")[2]])

    async with held("supabase", answer, clock=shifted_clock()) as (api, keeper):
        await project(api, services=get_args(Service)).read()

    assert any(asked.path.endswith("/upgrade/status") for asked in keeper.asked)
    asked = next(asked for asked in keeper.asked if asked.path.endswith("/health"))
    assert [value for name, value in asked.query if name == "services"] == list(get_args(Service))


async def test_accounts() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/v1/organizations":
            return json_reply([{"id": "lma", "slug": "lma", "name": "LMA"}])
        return json_reply([data.project()])

    def auth_answer(asked: Asked) -> Reply:
        return json_reply(data.server() if asked.path.endswith("/health") else data.users())

    async with held("supabase", answer) as (api, _keeper):
        assert (await supabase_account.describe(api)).warnings
    async with held("supabase-auth", auth_answer) as (api, _keeper):
        assert (await supabase_auth_account.describe(api)).warnings


async def test_one_user() -> None:
    def answer(asked: Asked) -> Reply:
        listed = asked.path.endswith("/users")
        return json_reply(data.users(data.user()) if listed else data.user())

    async with held("supabase-auth", answer) as (api, _keeper):
        found = await users_by_email(api, "maya@example.com")
        assert (await user_by_id(api, found.users[0].id)) == found.users[0]


def by_template(seed: int, *templates: str) -> Any:
    """Answers made from the vendor's schemas, by the path."""
    answers = {template: made("supabase", template, seed) for template in templates}

    def answer(asked: Asked) -> Reply:
        template = asked.path.replace(REF, "{ref}")
        return json_reply(answers[template])

    return answer


async def read(source: Source) -> SystemReading:
    payload = (await source.read()).payload
    assert isinstance(payload, SystemReading)
    return payload


def unread(reading: SystemReading) -> list[str]:
    blind = [f"{each.key}: {each.blind}" for each in reading.sections if each.blind]
    return blind + [one for one in reading.notices if "could not be read" in one]


@given(seed=SEEDS)
@THOROUGH
async def test_any_project_the_specification_allows(seed: int) -> None:
    answer = by_template(
        seed, ONE, f"{ONE}/health", f"{ONE}/readonly", f"{ONE}/config/disk/util",
        f"{ONE}/upgrade/status",
    )  # fmt: skip
    async with held("supabase", answer) as (api, _keeper):
        reading = await read(project(api))

    assert [one for one in unread(reading) if "not asked" not in one] == []


@pytest.mark.parametrize(
    ("make", "templates"),
    [
        (
            setup,
            (
                f"{ONE}/config/database/pooler",
                f"{ONE}/billing/addons",
                f"{ONE}/config/disk",
                f"{ONE}/config/database/postgres",
            ),
        ),
        (advisors, (f"{ONE}/advisors/security", f"{ONE}/advisors/performance")),
    ],
)
@given(seed=SEEDS)
@THOROUGH
async def test_any_part_the_specification_allows(
    make: Any, templates: tuple[str, ...], seed: int
) -> None:
    async with held("supabase", by_template(seed, *templates)) as (api, _keeper):
        reading = await read(make(api))

    assert unread(reading) == []


@given(seed=SEEDS)
@THOROUGH
async def test_any_backups_the_specification_allows(seed: int) -> None:
    listed = made("supabase", f"{ONE}/database/backups", seed)
    for number, one in enumerate(listed["backups"]):
        # The specification has plain text here, which its own examples make anything.
        one["inserted_at"] = f"2026-11-{number + 1:02}T02:17:00.123456+00:00"
    async with held("supabase", lambda _asked: json_reply(listed)) as (api, _keeper):
        reading = await read(backups(api))

    assert unread(reading) == []
    assert len(reading.sections[0].records) == len(listed["backups"])


@given(seed=SEEDS)
@THOROUGH
async def test_any_counts_the_specification_allows(seed: int) -> None:
    spec = specification("supabase")
    schema = spec.dereferenced(spec.schema(f"{ONE}/analytics/endpoints/usage.api-counts"))
    rows = Examples(spec, random.Random(seed)).value(schema["properties"]["result"])
    async with held("supabase", lambda _asked: json_reply({"result": rows})) as (api, _keeper):
        reading = await read(counts(api))

    assert unread(reading) == []


@given(seed=SEEDS)
@THOROUGH
async def test_any_users_the_specification_allows(seed: int) -> None:
    spec = specification("supabase-auth")
    listing = made("supabase-auth", "/admin/users", seed)
    for number, one in enumerate(listing.setdefault("users", [])):
        one["id"] = f"11111111-2222-4333-8444-{number:012}"
        # The validator knows no numbers of telephones, so the examples' words are none.
        one.pop("phone", None)
        for each in one.get("factors", []):
            each.pop("phone", None)
        _with_ids(one)
    health = Examples(spec, random.Random(seed), fullness=1.0).value(spec.schema("/health"))

    def answer(asked: Asked) -> Reply:
        return json_reply(health if asked.path.endswith("/health") else listing)

    async with held("supabase-auth", answer) as (api, _keeper):
        reading = await read(auth(api))

    assert unread(reading) == []


def _with_ids(value: Any) -> None:
    """Ids by their format, which the examples do not know."""
    parts = value if isinstance(value, list) else value.values()
    if isinstance(value, dict):
        for name in {"id", "identity_id", "user_id"} & set(value):
            if len(str(value[name])) != 36:
                value[name] = "11111111-2222-4333-8444-555555555555"
    for part in parts:
        if isinstance(part, dict | list):
            _with_ids(part)


def words_of(template: str, *path: str) -> set[str]:
    spec = specification("supabase")
    schema: Any = spec.dereferenced(spec.schema(template))
    for step in path:
        schema = spec.dereferenced(schema["items"] if step == "[]" else schema["properties"][step])
    return set(schema["enum"])


def test_every_word_of_the_vendor_has_a_meaning() -> None:
    assert set(STATES) == words_of(ONE, "status")
    assert set(HEALTH) == words_of(f"{ONE}/health", "[]", "status")
    assert set(get_args(Service)) == words_of(f"{ONE}/health", "[]", "name")
    assert set(BACKUPS) == words_of(f"{ONE}/database/backups", "backups", "[]", "status")
    assert set(LEVELS) == words_of(f"{ONE}/advisors/security", "lints", "[]", "level")


class World:
    """The demo's projects at a time that stands still until told."""

    def __init__(self) -> None:
        self.clock = shifted_clock()
        self.estate = Estate(Agenda(self.clock))
        self.lma: Project = project_of(self.estate.supabase, "lma")
        self.lma.secret_key = TOKEN

    def api(self) -> Any:
        app = SupabaseApi(self.estate.supabase, {TOKEN: Grant(organizations=("lma",))}).app()
        return held("supabase", answering(app), clock=self.clock)

    def auth(self) -> Any:
        app = ProjectSite(self.lma, self.estate.agenda).app()
        return held("supabase-auth", answering(app), clock=self.clock)

    def moved(self, make: Any, *rest: Any) -> Any:
        """One of the rigs' sources, pointed at the demo's project."""

        def build(api: Any) -> Any:
            source = make(api, *rest)
            assert isinstance(source, Part)
            source._path = source._path.replace(REF, self.lma.ref)
            return source

        return build


@pytest.mark.parametrize("make", [setup, backups, advisors, counts])
async def test_demo_s_slow_parts(make: Any) -> None:
    world = World()
    async with world.api() as (api, _keeper):
        reading = await read(world.moved(make)(api))

    assert unread(reading) == []
    assert reading.condition in {Condition.FINE, Condition.NOTABLE}


async def test_demo_project_that_is_paused_and_woken_again() -> None:
    world = World()
    supabase = world.estate.supabase
    seen: list[Condition] = []
    async with world.api() as (api, _keeper):
        source = project(api, ref=world.lma.ref)
        seen.append((await read(source)).condition)
        supabase.pause(world.lma)
        seen.append((await read(source)).condition)
        world.clock.advance(60)
        seen.append((await read(source)).condition)
        supabase.restore(world.lma)
        seen.append((await read(source)).condition)
        world.clock.advance(60)
        seen.append((await read(source)).condition)

    assert seen == [
        Condition.FINE,
        Condition.PAUSED,
        Condition.PAUSED,
        Condition.DEGRADED,
        Condition.FINE,
    ]
    assert world.lma.status is Status.ACTIVE_HEALTHY


async def test_demo_disk_that_fills_up_makes_it_read_only() -> None:
    world = World()
    async with world.api() as (api, _keeper):
        source = project(api, ref=world.lma.ref)
        world.estate.supabase.fill_disk(world.lma, 0.97)
        harvest = await source.read()
        world.estate.supabase.lift_read_only(world.lma)
        lifted = await read(source)

    assert numbers_of(harvest)["disk_used_percent"] == pytest.approx(97)
    assert numbers_of(harvest)["read_only"] == 1.0
    assert isinstance(harvest.payload, SystemReading)
    assert harvest.payload.condition is Condition.BROKEN
    assert lifted.condition is Condition.DEGRADED


@pytest.mark.parametrize("kind", ["logs-auth", "logs-postgres", "logs-api"])
async def test_demo_logs_come_once(kind: str) -> None:
    world = World()
    async with world.api() as (api, _keeper):
        source = world.moved(logs, kind, world.clock)(api)
        first = (await source.read()).payload
        world.clock.advance(300)
        second = (await source.read()).payload

    assert isinstance(first, LogsReading)
    assert isinstance(second, LogsReading)
    assert first.notices == () or "newest 200" in first.notices[0]
    assert {line.id for line in first.lines}.isdisjoint(line.id for line in second.lines)
    assert second.lines
    assert all(
        earlier.at <= later.at
        for earlier, later in zip(second.lines, second.lines[1:], strict=False)
    )


async def test_demo_attack_shows_in_the_refused_sign_ins() -> None:
    world = World()
    async with world.api() as (api, _keeper):
        source = world.moved(sign_ins, world.clock)(api)
        before = numbers_of(await source.read())["failed_sign_ins_worst_ip"]
        world.estate.supabase.attack(world.lma, "203.0.113.77", per_minute=60)
        world.clock.advance(300)
        harvest = await source.read()

    assert before is not None
    assert before < 20
    worst = numbers_of(harvest)["failed_sign_ins_worst_ip"]
    assert worst is not None
    assert 250 <= worst <= 320
    assert isinstance(harvest.payload, SystemReading)
    assert "203.0.113.77" in harvest.payload.summary.text


def banned(reading: SystemReading) -> Section:
    return next(each for each in reading.sections if each.key == "banned")


async def test_demo_user_who_is_suspended_and_let_in_again() -> None:
    world = World()
    people = world.lma.people
    user = next(iter(people.users.values()))
    async with world.auth() as (api, _keeper):
        before = await read(auth(api))
        people.ban(user, "168h")
        during = await read(auth(api))
        people.ban(people.user(user.id), "none")
        after = await read(auth(api))
        found = await users_by_email(api, user.email)

    assert user.id not in {one.id for one in banned(before).records}
    assert user.id in {one.id for one in banned(during).records}
    assert banned(after).records == banned(before).records
    assert [one.id for one in found.users] == [user.id]
    assert found.complete
