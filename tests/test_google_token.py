"""Google's access tokens: bought once, kept while they last, and never told to anybody else."""

import asyncio
import base64
import functools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.agenda import Agenda
from demo.vendors.google import GoogleApi
from demo.vendors.google_state import READING, Client, GoogleCalendars, Machine
from providers import google_account
from providers.errors import (
    BadAnswer,
    ProviderError,
    RateLimited,
    Refused,
    ServerFailed,
    Unauthorized,
    Unreachable,
)
from providers.google_action_token import EVENTS, WRITING
from providers.google_action_token import tokens as writing
from providers.google_credential import RefreshToken, ServiceAccount, parse_credential
from providers.google_token import Tokens, token_base, tokens
from providers.http import Api
from providers.secrets import Secret, SecretGetter, redact
from tests.contract.asgi import answering
from tests.fakes import ManualClock
from tests.vendor_rigs_google import reach
from tests.vendor_server import Asked, Reply, VendorServer, dead_port, json_reply, vendor_server

CLIENT_SECRET = "GOCSPX-client-secret-of-the-test"
REFRESH = "1//refresh-token-of-the-test"
MACHINE = "quarterdeck@localloop.iam.gserviceaccount.test"
CONSENT = {
    "type": "authorized_user",
    "client_id": "1034.apps.googleusercontent.test",
    "client_secret": CLIENT_SECRET,
    "refresh_token": REFRESH,
}


@functools.cache
def key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def machine_key(**changes: Any) -> dict[str, Any]:
    return {
        "type": "service_account",
        "client_email": MACHINE,
        "private_key_id": "k1",
        "private_key": key_pair()[0],
        "token_uri": "https://elsewhere.test/token",
    } | changes


def getter(value: object) -> SecretGetter:
    async def get() -> Secret:
        return Secret(value if isinstance(value, str) else json.dumps(value))

    return get


class World:
    """The demo's Google, its token endpoint included."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.state = GoogleCalendars(agenda=Agenda(self.clock))
        self.state.seed()
        self.state.clients[REFRESH] = Client(
            id=CONSENT["client_id"], secret=CLIENT_SECRET, refresh_token=REFRESH
        )
        self.state.machines[MACHINE] = Machine(email=MACHINE, public_pem=key_pair()[1])
        self.google = GoogleApi(self.state)

    @asynccontextmanager
    async def client(self, value: object) -> AsyncIterator[tuple[Api, VendorServer]]:
        """A client of the calendars that buys its tokens with `value`."""
        answer = answering(self.google.app())
        async with vendor_server(answer) as server:
            base = f"{server.url}/calendar/v3"
            credential = tokens(getter(value), base, self.clock, None)
            api = Api(system="Google", base_url=base, clock=self.clock, secret=credential)
            yield api, server


@pytest.mark.parametrize("kind", ["consent", "machine"])
async def test_a_token_is_bought_once_and_renewed_before_it_ends(kind: str) -> None:
    world = World()
    async with world.client(CONSENT if kind == "consent" else machine_key()) as (api, server):
        harvest = await reach(api).read()
        await reach(api).read()
        bought_at_first = world.google.tokens.given
        world.clock.advance(3_599 - 60)
        await reach(api).read()

    assert "token good, 2 calendars" in str(harvest.payload)
    assert (bought_at_first, world.google.tokens.given) == (1, 2)
    paths = [asked.path for asked in server.asked]
    assert paths.count("/token") == 2
    posted = [asked for asked in server.asked if asked.path == "/token"]
    assert all("authorization" not in asked.headers for asked in posted)
    assert all("token" not in asked.raw_path.removeprefix("/token") for asked in server.asked)


async def test_two_who_ask_at_once_share_one_token() -> None:
    world = World()
    async with world.client(CONSENT) as (api, _server):
        await asyncio.gather(*(reach(api).read() for _ in range(5)))

    assert world.google.tokens.given == 1


async def test_after_a_refusal_a_new_one_is_bought() -> None:
    world = World()
    async with world.client(CONSENT) as (api, _server):
        await reach(api).read()
        world.state.passes.clear()
        with pytest.raises(Unauthorized, match="HTTP 401"):
            await reach(api).read()
        await reach(api).read()

    assert world.google.tokens.given == 2


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (CONSENT | {"refresh_token": "1//another-one"}, "invalid_grant"),
        (CONSENT | {"client_secret": "GOCSPX-another"}, "invalid_client"),
        (machine_key(client_email="nobody@else.test"), "invalid_grant"),
        (machine_key(private_key="no PEM"), "no RSA key in PEM"),
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ({"type": "external_account"}, "neither an authorized_user nor a service_account"),
        (CONSENT | {"client_secret": ""}, "no client_secret"),
    ],
)
async def test_a_credential_that_is_no_good(value: object, words: str) -> None:
    world = World()
    async with world.client(value) as (api, server):
        with pytest.raises(Unauthorized, match=words) as caught:
            await reach(api).read()

    assert caught.value.advice
    told = f"{caught.value.sentence}{caught.value.advice}{caught.value.detail}"
    assert all(each not in told for each in (REFRESH, CLIENT_SECRET, "PRIVATE KEY", "another"))
    assert all(asked.path == "/token" for asked in server.asked), "no calendar without a token"


async def test_a_clock_that_is_wrong_is_suspected() -> None:
    world = World()
    async with world.client(machine_key()) as (api, _server):
        api_clock = api.credential
        assert isinstance(api_clock, Tokens)
        api_clock._clock = ManualClock()
        world.clock.advance(4_000)
        with pytest.raises(Unauthorized, match="invalid_grant") as caught:
            await reach(api).read()

    assert "a clock that is wrong" in caught.value.advice


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (json_reply({"error": "invalid_grant", "error_description": "revoked"}, 400), Unauthorized),
        (json_reply({"error": "invalid_request"}, 400), Refused),
        (json_reply({}, 500), ServerFailed),
        (json_reply({}, 429), RateLimited),
        (json_reply({}), BadAnswer),
        (json_reply({"access_token": 5, "expires_in": 60}), BadAnswer),
        (json_reply({"access_token": "x" * 20_000, "expires_in": 60}), BadAnswer),
        (json_reply({"access_token": "ya29.x", "expires_in": "soon"}), BadAnswer),
        (json_reply([]), BadAnswer),
        (Reply(reset=True), Unreachable),
        (Reply(status=302, headers=(("Location", "http://localhost:1/"),)), BadAnswer),
    ],
)
async def test_the_endpoint_misbehaves(reply: Reply, kind: type[ProviderError]) -> None:
    async with vendor_server(lambda _asked: reply) as server:
        bought = Tokens(getter(CONSENT), server.url, ManualClock())
        with pytest.raises(kind) as caught:
            await bought.fresh()

    assert type(caught.value) is kind
    assert caught.value.operation == "refresh token"
    assert REFRESH not in caught.value.sentence


async def test_nobody_at_the_endpoint() -> None:
    bought = Tokens(getter(CONSENT), f"http://127.0.0.1:{dead_port()}", ManualClock())
    with pytest.raises(Unreachable):
        await bought.fresh()


@pytest.mark.parametrize("kind", ["consent", "machine"])
async def test_nothing_is_bought_over_a_line_that_others_read(kind: str) -> None:
    value = CONSENT if kind == "consent" else machine_key()
    bought = Tokens(getter(value), "http://tokens.test", ManualClock())
    with pytest.raises(Unauthorized, match="plain http") as caught:
        await bought.fresh()

    assert "https" in caught.value.advice


async def test_what_was_bought_is_known_to_the_redactor() -> None:
    def answer(_asked: Asked) -> Reply:
        return json_reply({"access_token": "ya29.very-own", "expires_in": 60})

    async with vendor_server(answer) as server:
        await Tokens(getter(machine_key()), server.url, ManualClock()).fresh()

    told = redact(f"ya29.very-own {key_pair()[0]} {CLIENT_SECRET}")
    assert "very-own" not in told
    assert "BEGIN" not in told


async def test_the_assertion_says_who_and_for_how_long() -> None:
    seen: list[str] = []
    world = World()
    inner = answering(world.google.app())

    async def answer(asked: Asked) -> Reply:
        if asked.path == "/token":
            seen.append(asked.body.decode())
        reply = inner(asked)
        return reply if isinstance(reply, Reply) else await reply

    async with vendor_server(answer) as server:
        value = machine_key(subject="dana@localloop.test")
        token = await Tokens(getter(value), server.url, world.clock).fresh()

    claims = seen[0].partition("assertion=")[2].split(".")[1]
    decoded = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert decoded["iss"] == MACHINE
    assert decoded["sub"] == "dana@localloop.test"
    assert decoded["aud"] == f"{server.url}/token"
    assert decoded["exp"] - decoded["iat"] == 3_600
    assert {scope.rpartition("/")[2] for scope in token.scopes} == READING


async def test_an_assertion_for_actions_asks_for_events_too() -> None:
    world = World()
    async with vendor_server(answering(world.google.app())) as server:
        value = machine_key()
        token = await writing(getter(value), server.url, world.clock, None).fresh()

    assert set(token.scopes) == {*WRITING}
    assert EVENTS in token.scopes


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.googleapis.com/calendar/v3", "https://oauth2.googleapis.com"),
        ("http://127.0.0.1:8123/calendar/v3", "http://127.0.0.1:8123"),
        ("https://proxy.test:8443/google/calendar/v3", "https://proxy.test:8443"),
    ],
)
def test_tokens_are_made_where_the_account_says(url: str, expected: str) -> None:
    assert token_base(url) == expected


def test_both_kinds_are_read() -> None:
    consent = parse_credential(Secret(json.dumps(CONSENT)))
    machine = parse_credential(Secret(json.dumps(machine_key())))

    assert isinstance(consent, RefreshToken)
    assert isinstance(machine, ServiceAccount)
    assert machine.email == MACHINE
    assert "Secret(…)" in repr(machine)
    assert "PRIVATE" not in repr(machine)


async def test_doctor_tells_whose_it_is_and_what_is_too_wide() -> None:
    world = World()
    async with world.client(machine_key()) as (api, _server):
        machine = await google_account.describe(api)
    world.state.clients[REFRESH] = Client(
        id=CONSENT["client_id"],
        secret=CLIENT_SECRET,
        refresh_token=REFRESH,
        scopes=READING | {"calendar.events"},
    )
    async with world.client(CONSENT) as (api, _server):
        person = await google_account.describe(api)

    assert machine.name.text == MACHINE
    assert machine.warnings == ()
    assert set(machine.scopes) == READING
    assert person.name.text == "LocalLoop ops"
    assert "may do more than read (calendar.events)" in person.warnings[0]
