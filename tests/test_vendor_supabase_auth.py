"""Supabase Auth: who is suspended, as far as we looked; looking a user up; whose key it is."""

import base64
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers import supabase_account, supabase_auth_account
from providers.accounts import AccountView
from providers.errors import BadAnswer, NotFound, Unauthorized
from providers.harvest import Harvest
from providers.http import Api
from providers.secrets import Secret
from providers.supabase_auth import SupabaseAuth
from providers.supabase_auth_users import (
    MOST_PAGES,
    PAGE,
    Matches,
    user_by_id,
    users_by_email,
)
from providers.supabase_key import claims_of
from providers.system_readings import Condition, Section, SystemReading
from tests import vendor_data_supabase as data
from tests.vendor_data_supabase import USER
from tests.vendor_rig import spec_of
from tests.vendor_rigs import TOKEN, client, numbers_of, shifted_clock, token
from tests.vendor_rigs_supabase import auth
from tests.vendor_server import Answering, Asked, Reply, json_reply, vendor_server

LATER = "2026-11-20T00:00:00Z"
EARLIER = "2026-11-18T12:00:00Z"
"""Half an hour before the tests' clock: a suspension that is over."""


def server_with(*users: Any, total: str | None = None) -> Answering:
    """An auth server that hands its users out by the page."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/health"):
            return json_reply(data.server())
        page, size = int(asked.value("page") or 1), int(asked.value("per_page") or 50)
        shown = users[(page - 1) * size : page * size]
        headers = {} if total is None else {"x_total_count": total}
        return json_reply(data.users(*shown), 200, **headers)

    return answer


def crowd(count: int) -> list[Any]:
    return [data.user(f"user-{n}", f"user{n}@example.com") for n in range(count)]


async def harvest_of(answer: Answering) -> tuple[Harvest, list[Asked]]:
    async with (
        vendor_server(answer) as server,
        client(server.url, system="Supabase Auth", clock=shifted_clock()) as api,
    ):
        return await auth(api).read(), server.asked


def section(harvest: Harvest, key: str) -> Section:
    assert isinstance(harvest.payload, SystemReading)
    return next(each for each in harvest.payload.sections if each.key == key)


async def test_suspended_now_and_no_longer() -> None:
    users = [
        data.user("a", "ana@example.com", banned_until=LATER),
        data.user("b", "bo@example.com", banned_until=EARLIER),
        data.user("c", "", phone="+491234", banned_until="2026-11-19T00:00:00Z"),
        data.user("d", "dee@example.com", factors=[{"status": "verified"}], is_anonymous=True),
        data.user("e", "eli@example.com", created_at="2026-01-01T00:00:00Z"),
    ]
    harvest, _ = await harvest_of(server_with(*users, total="5"))

    shown = section(harvest, "banned").records
    assert [(one.id, one.title.text) for one in shown] == [
        ("c", "phone …34"),
        ("a", "a…@example.com"),
    ]
    assert shown[0].state.text == "until 2026-11-19 00:00Z"
    assert numbers_of(harvest) == {
        "users": 5.0,
        "banned_users": 2.0,
        "users_with_factor": 1.0,
        "anonymous_users": 1.0,
        "registrations_24h": 4.0,
        "key_days": None,
    }
    assert isinstance(harvest.payload, SystemReading)
    assert harvest.payload.summary.text == "5 users, 2 banned, GoTrue v2.189.0"
    assert harvest.payload.condition is Condition.FINE


async def test_pages_until_the_last_one() -> None:
    harvest, asked = await harvest_of(server_with(*crowd(PAGE + 5)))

    pages = [one.value("page") for one in asked if one.path.endswith("users")]
    assert pages == ["1", "2"]
    assert numbers_of(harvest)["users"] == PAGE + 5


async def test_endless_users_are_cut_and_said_and_no_count_of_some_passes_for_all() -> None:
    users = crowd(MOST_PAGES * PAGE + 3)
    harvest, asked = await harvest_of(server_with(*users, total="9999"))

    numbers = numbers_of(harvest)
    assert len([one for one in asked if one.path.endswith("users")]) == MOST_PAGES
    assert numbers["users"] == 9999.0
    assert numbers["banned_users"] is None
    assert numbers["registrations_24h"] is None
    assert isinstance(harvest.payload, SystemReading)
    assert harvest.payload.notices == ("only the newest 2,000 users were looked at",)
    assert "among the newest 2,000" in section(harvest, "banned").empty


async def test_server_that_gives_the_same_page_for_ever() -> None:
    page = data.users(*crowd(PAGE))

    def answer(asked: Asked) -> Reply:
        return json_reply(data.server() if asked.path.endswith("/health") else page)

    harvest, asked = await harvest_of(answer)

    assert len([one for one in asked if one.path.endswith("users")]) == 2
    assert numbers_of(harvest)["users"] is None


async def test_without_the_server_s_own_word() -> None:
    def answer(asked: Asked) -> Reply:
        sick = asked.path.endswith("/health")
        return json_reply({}, 503) if sick else json_reply(data.users(data.user()))

    harvest, _ = await harvest_of(answer)

    assert section(harvest, "server").blind
    assert isinstance(harvest.payload, SystemReading)
    assert harvest.payload.condition is Condition.DEGRADED


@pytest.mark.parametrize("total", ["", "many", "-3", "2.5", "9" * 30])
async def test_total_that_is_no_number(total: str) -> None:
    harvest, _ = await harvest_of(server_with(*crowd(2), total=total))

    assert numbers_of(harvest)["users"] == 2.0


async def matches(email: str, *users: Any) -> Matches:
    async with vendor_server(server_with(*users)) as server, client(server.url) as api:
        return await users_by_email(api, email)


async def test_everybody_with_an_address_and_nobody_else() -> None:
    found = await matches(
        " Ana@Example.com ",
        data.user("a", "ana@example.com"),
        data.user("b", "ana@example.com", identities=[{"provider": "sso:1"}]),
        data.user("c", "ana@example.com.evil.test"),
        data.user("d", "ana@example.com", deleted_at=EARLIER),
        data.user("e", "\u0430na@example.com"),
    )

    assert [(one.id, one.sso) for one in found.users] == [("a", False), ("b", True)]
    assert found.complete


async def test_looking_up_among_too_many_says_so() -> None:
    assert not (await matches("ana@example.com", *crowd(MOST_PAGES * PAGE))).complete


async def test_user_by_id() -> None:
    user = data.user(banned_until=LATER)
    async with vendor_server(lambda _asked: json_reply(user)) as server, client(server.url) as api:
        found = await user_by_id(api, USER.upper())
        with pytest.raises(ValueError, match="badly formed"):
            await user_by_id(api, "../admin")
        with pytest.raises(BadAnswer, match="another user"):
            await user_by_id(api, "22222222-2222-4333-8444-555555555555")

    assert found.email.text == "maya@example.com"
    assert server.asked[0].path == f"/admin/users/{USER}"


async def test_user_that_is_not_there_is_told_in_the_server_s_words() -> None:
    body = {"code": 404, "error_code": "user_not_found", "msg": "User not found"}
    async with (
        vendor_server(lambda _asked: json_reply(body, 404)) as server,
        client(server.url) as api,
    ):
        with pytest.raises(NotFound, match="User not found"):
            await user_by_id(api, USER)


async def test_key_goes_out_twice() -> None:
    async with vendor_server(server_with(data.user())) as server:
        api = Api(
            system="Supabase Auth",
            base_url=server.url,
            clock=shifted_clock(),
            secret=token,
            plain_secret_headers=("apikey",),
        )
        view = await supabase_auth_account.describe(api)
        await api.aclose()

    assert view.name.text == "GoTrue v2.189.0"
    assert "a secret key may do everything" in view.warnings[0]
    for asked in server.asked:
        assert asked.headers["apikey"] == TOKEN
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"


async def view_of(projects: Any, organizations: Reply) -> AccountView:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/v1/organizations":
            return organizations
        return json_reply(projects, 200, X_RateLimit_Limit="120", X_RateLimit_Remaining="119")

    async with (
        vendor_server(answer) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        return await supabase_account.describe(api)


async def test_management_token_that_is_scoped() -> None:
    view = await view_of([data.project()], json_reply({"message": "Forbidden"}, 403))

    assert view.name.text == "lma"
    assert view.scopes == ("projects seen: 1, organisations: 1",)
    assert view.warnings == ()
    assert view.budget is not None


async def test_management_token_that_may_more_than_it_should() -> None:
    projects = [data.project(), data.project(ref="z" * 20, organization_slug="other")]
    view = await view_of(projects, json_reply([{"slug": "lma", "id": "1", "name": "LMA"}]))

    assert "a token of the old kind" in view.warnings[0]
    assert "infra_disk_config_read" in view.warnings[0]
    assert "more than one organisation" in view.warnings[1]


async def test_management_token_that_is_refused() -> None:
    refused = json_reply({"message": "Unauthorized"}, 401)
    async with vendor_server(lambda _asked: refused) as server, client(server.url) as api:
        with pytest.raises(Unauthorized):
            await supabase_account.describe(api)


def old_key(**claims: Any) -> str:
    parts = ({"alg": "HS256"}, claims, "signature")
    coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join(part.rstrip("=") for part in coded)


ENDS_S = 1_795_005_000 + 86_400 * 3
"""Three days after the tests' clock."""


@pytest.mark.parametrize(
    ("key", "days", "condition", "words"),
    [
        (old_key(role="service_role", exp=ENDS_S), 3.0, Condition.FINE, "until 2026-11-21 12:30Z"),
        (
            old_key(role="service_role", exp=ENDS_S - 86_400 * 5),
            -2.0,
            Condition.BROKEN,
            "ended 2026-11-16 12:30Z",
        ),
        (old_key(role="anon", exp=ENDS_S), 3.0, Condition.BROKEN, "until 2026-11-21 12:30Z"),
        (old_key(role="service_role"), None, Condition.FINE, "without an end"),
    ],
)
async def test_key_of_the_old_kind_tells_its_end(
    key: str, days: float | None, condition: Condition, words: str
) -> None:
    async def getter() -> Secret:
        return Secret(key)

    async with (
        vendor_server(server_with(data.user())) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        harvest = await SupabaseAuth(spec_of("Supabase Auth"), api, getter).read()

    assert isinstance(harvest.payload, SystemReading)
    assert harvest.payload.condition is condition
    assert numbers_of(harvest)["key_days"] == days
    record = next(one for one in section(harvest, "server").records if one.id == "key")
    assert record.state.text == words
    assert key not in repr(harvest)


@given(st.text(max_size=60) | st.builds(lambda middle: f"a.{middle}.c", st.text(max_size=60)))
@example(old_key(exp="soon"))
@example(old_key(exp=10**30))
@example(old_key(role=5))
@example("eyJ." + base64.urlsafe_b64encode(b"[" * 2_000).decode() + ".x")
def test_any_other_key_claims_nothing_and_breaks_nothing(key: str) -> None:
    claims = claims_of(key)

    assert claims is None or claims.ends_at is None
