"""Who am I: whose credential it is, what it may do, and what of that is too wide."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from providers import github_account, render_account, vercel_account
from providers.accounts import AccountView
from providers.errors import BadAnswer, Unauthorized
from tests import vendor_data as data
from tests.vendor_rigs import client, shifted_clock
from tests.vendor_server import Asked, Reply, json_reply, vendor_server

LIMITS = {"resources": {}, "rate": {"limit": 5000, "remaining": 4999, "reset": 0, "used": 1}}


async def vercel_view(user: Mapping[str, Any]) -> AccountView:
    reply = json_reply({"user": dict(user)}, X_RateLimit_Limit="500", X_RateLimit_Remaining="499")
    async with vendor_server(lambda _asked: reply) as server, client(server.url) as api:
        return await vercel_account.describe(api)


async def test_vercel_token_of_a_person() -> None:
    view = await vercel_view({"id": "u1", "username": "maria", "email": "m@example.test"})

    assert view.system == "Vercel"
    assert view.name.text == "maria"
    assert view.scopes == ("every team of its owner",)
    assert view.budget is not None
    assert (view.budget.limit, view.budget.remaining) == (500, 499)
    assert "no read-only token" in view.warnings[0]
    assert "not limited to one team" in view.warnings[1]


async def test_vercel_token_limited_to_a_team() -> None:
    view = await vercel_view({"username": "bot", "limited": True})

    assert view.scopes == ("one team",)
    assert len(view.warnings) == 1


async def test_render_key() -> None:
    reply = json_reply({"email": "ops@example.test", "name": "Ops"})
    async with vendor_server(lambda _asked: reply) as server, client(f"{server.url}/v1") as api:
        view = await render_account.describe(api)

    assert server.asked[0].path == "/v1/users"
    assert view.name.text == "ops@example.test"
    assert view.scopes == ("every workspace of its owner",)
    assert "no read-only key" in view.warnings[0]


async def github_view(user: Reply, **limit_headers: str) -> AccountView:
    def answer(asked: Asked) -> Reply:
        return user if asked.path == "/user" else json_reply(LIMITS, 200, **limit_headers)

    async with (
        vendor_server(answer) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        return await github_account.describe(api)


async def test_github_fine_grained_token() -> None:
    user = json_reply(
        data.github_user(),
        x_ratelimit_limit="5000",
        x_ratelimit_remaining="4990",
        github_authentication_token_expiration="2027-01-31 00:00:00 UTC",
    )

    view = await github_view(user)

    assert view.name.text == "maria"
    assert view.scopes == ("fine-grained: GitHub does not list them",)
    assert view.expires_at == datetime(2027, 1, 31, tzinfo=UTC)
    assert view.warnings == ()
    assert view.budget is not None
    assert view.budget.remaining == 4990


async def test_github_classic_token_is_too_wide() -> None:
    view = await github_view(
        json_reply(data.github_user(), X_OAuth_Scopes="repo, read:org, workflow")
    )

    assert view.scopes == ("repo", "read:org", "workflow")
    assert "classic token with repo, workflow" in view.warnings[0]
    assert "fine-grained one with Actions and Deployments: read" in view.warnings[0]
    assert view.warnings[1] == "the token never expires"


async def test_github_classic_token_without_scopes() -> None:
    view = await github_view(json_reply(data.github_user(), X_OAuth_Scopes=""))

    assert view.scopes == ()
    assert "this is a classic token, for" in view.warnings[0]


@pytest.mark.parametrize(
    ("expiry", "warned"),
    [
        ("2026-11-25 00:00:00 UTC", True),
        ("2026-11-25 02:00:00 +0200", True),
        ("2026-12-25 00:00:00 UTC", False),
        ("2020-01-01 00:00:00 UTC", True),
        ("soon", False),
    ],
)
async def test_github_token_that_ends_soon(expiry: str, warned: bool) -> None:
    user = json_reply(data.github_user(), github_authentication_token_expiration=expiry)

    view = await github_view(user)

    assert any("expires on" in warning for warning in view.warnings) is warned


async def test_github_expiry_with_an_offset_is_turned_into_utc() -> None:
    expiry = "2026-11-25 01:30:00 +0200"
    user = json_reply(data.github_user(), github_authentication_token_expiration=expiry)

    assert (await github_view(user)).expires_at == datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


async def test_github_app_has_no_user() -> None:
    user = json_reply({"message": "Resource not accessible by integration"}, 403)

    view = await github_view(user, x_ratelimit_limit="15000", x_ratelimit_remaining="15000")

    assert view.name.text == "an app installation"
    assert view.budget is not None
    assert view.budget.limit == 15_000


@pytest.mark.parametrize("describe", [vercel_account, render_account, github_account])
async def test_refused_credential(describe: Any) -> None:
    refused = json_reply({"message": "Bad credentials"}, 401)
    async with vendor_server(lambda _asked: refused) as server, client(server.url) as api:
        with pytest.raises(Unauthorized):
            await describe.describe(api)


@pytest.mark.parametrize("describe", [vercel_account, render_account, github_account])
async def test_another_shape(describe: Any) -> None:
    odd = json_reply({"user": 5})
    async with vendor_server(lambda _asked: odd) as server, client(server.url) as api:
        with pytest.raises(BadAnswer, match=r"\$\."):
            await describe.describe(api)
