"""Every fault that can be switched on behaves on the wire as its name says."""

import asyncio
import contextlib
import json
import zlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from demo.distort import HOSTILE_TEXTS
from demo.faults import Fault, FaultKind
from demo.misbehave import BOMB_BYTES, Misbehave
from demo.serve import Listener, served
from demo.services import Trap, error_body_of
from demo.supabase_world import project_of
from demo.vendors.supabase_state import Status
from providers.clock import SystemClock
from tests.demo_rig import NO_TLS, Stage, ok

NAME = "render"
PATH = "/v1/users"
PATIENCE_S = 10.0


@contextlib.asynccontextmanager
async def faulty(
    stage: Stage, kind: FaultKind, service: str = NAME, **more: object
) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """A service with one fault on it, by the real clock; its address and its credential."""
    stage.faults.on(Fault(service=service, kind=kind, **more))  # type: ignore[arg-type]
    app = Misbehave(
        stage.services.apps()[service],
        service,
        stage.faults,
        SystemClock(),
        error_body=error_body_of(service),
    )
    async with served(app) as url:
        yield url, stage.headers(service, None)


async def get(url: str, headers: dict[str, str], path: str = PATH) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE_S) as client:
        return await client.get(url + path, headers=headers)


@contextlib.asynccontextmanager
async def raw(
    url: str, headers: dict[str, str]
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection with a request on it, for answers no HTTP library would take."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"GET {PATH} HTTP/1.1\r\nhost: {address.netloc}\r\n{head}\r\n".encode())
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def head_of(reader: asyncio.StreamReader) -> str:
    async with asyncio.timeout(PATIENCE_S):
        return (await reader.readuntil(b"\r\n\r\n")).decode().lower()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.UNAUTHORIZED, 401),
        (FaultKind.FORBIDDEN, 403),
        (FaultKind.NOT_FOUND, 404),
        (FaultKind.RATE_LIMITED, 429),
        (FaultKind.UNAVAILABLE, 503),
    ],
)
async def test_a_refusal_has_the_vendors_own_shape(kind: FaultKind, status: int) -> None:
    async with faulty(Stage(), kind, seconds=17) as (url, headers):
        answer = await get(url, headers)

    assert answer.status_code == status
    assert set(answer.json()) == {"id", "code", "message"}
    assert answer.headers.get("retry-after") == ("17" if status == 429 else None)


@pytest.mark.parametrize(
    ("kind", "status"), [(FaultKind.SERVER_ERROR_HTML, 500), (FaultKind.HTML, 200)]
)
async def test_a_page_comes_instead_of_json(kind: FaultKind, status: int) -> None:
    async with faulty(Stage(), kind) as (url, headers):
        answer = await get(url, headers)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html>" in answer.text


async def test_nothing_comes_instead_of_json() -> None:
    async with faulty(Stage(), FaultKind.EMPTY) as (url, headers):
        answer = await get(url, headers)

    assert (answer.status_code, answer.content) == (200, b"")


async def test_the_connection_is_reset() -> None:
    async with faulty(Stage(), FaultKind.RESET) as (url, headers), raw(url, headers) as (reader, _):
        with pytest.raises(ConnectionResetError):
            async with asyncio.timeout(PATIENCE_S):
                await reader.read()


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR_AFTER, FaultKind.LOST_ANSWER])
async def test_it_is_done_and_nobody_is_told(kind: FaultKind) -> None:
    stage = Stage()
    supabase = stage.estate.supabase
    project = project_of(supabase, "lma")
    async with (
        faulty(stage, kind, "supabase") as (url, _),
        httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE_S) as client,
    ):
        token = {"authorization": f"Bearer {stage.credentials.supabase_lma}"}
        asked = client.post(f"{url}/v1/projects/{project.ref}/restart", headers=token)
        if kind is FaultKind.LOST_ANSWER:
            with pytest.raises(httpx.TransportError):
                await asked
        else:
            assert (await asked).status_code == 500

    assert project.status is Status.RESTARTING


async def test_no_answer_comes() -> None:
    async with faulty(Stage(), FaultKind.HANG) as (url, headers), raw(url, headers) as (reader, _):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.read(1)


async def test_the_body_drips_and_does_not_end() -> None:
    async with faulty(Stage(), FaultKind.DRIP) as (url, headers), raw(url, headers) as (reader, _):
        head = await head_of(reader)
        async with asyncio.timeout(PATIENCE_S):
            drops = [await reader.readuntil(b"\r\n") for _ in range(6)]

    assert "transfer-encoding: chunked" in head
    assert drops[1::2] == [b"[\r\n", b" \r\n", b" \r\n"]


async def test_half_a_body_comes() -> None:
    async with (
        faulty(Stage(), FaultKind.HALF_BODY) as (url, headers),
        raw(url, headers) as (
            reader,
            _,
        ),
    ):
        head = await head_of(reader)
        async with asyncio.timeout(PATIENCE_S):
            body = await reader.read()

    claimed = int(head.split("content-length: ")[1].split("\r\n")[0])
    assert 0 < len(body) < claimed


async def test_ten_gigabytes_are_claimed() -> None:
    async with (
        faulty(Stage(), FaultKind.HUGE_CLAIM) as (url, headers),
        raw(url, headers) as (
            reader,
            _,
        ),
    ):
        head = await head_of(reader)

    assert "content-length: 10000000000" in head


async def test_the_body_never_ends() -> None:
    wanted = 8_000_000
    async with (
        faulty(Stage(), FaultKind.ENDLESS) as (url, headers),
        raw(url, headers) as (
            reader,
            _,
        ),
    ):
        await head_of(reader)
        async with asyncio.timeout(PATIENCE_S):
            body = await reader.readexactly(wanted)

    assert len(body) == wanted


async def test_a_small_body_becomes_a_large_one() -> None:
    squeezed = bytearray()
    async with (
        faulty(Stage(), FaultKind.GZIP_BOMB) as (url, headers),
        httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE_S) as client,
        client.stream("GET", url + PATH, headers=headers) as answer,
    ):
        async for piece in answer.aiter_raw():
            squeezed += piece

    puffed, unzip = 0, zlib.decompressobj(zlib.MAX_WBITS | 16)
    rest = bytes(squeezed)
    while rest and puffed < 4 * len(squeezed):
        puffed += len(unzip.decompress(rest, 1 << 20))
        rest = unzip.unconsumed_tail
    assert answer.headers["content-encoding"] == "gzip"
    assert len(squeezed) < BOMB_BYTES / 200
    assert puffed >= 4 * len(squeezed)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.NULLS, {"email": None, "name": None}),
        (FaultKind.WRONG_TYPES, {"email": 17, "name": 17}),
    ],
)
async def test_the_json_is_bent(kind: FaultKind, expected: dict[str, object]) -> None:
    async with faulty(Stage(), kind) as (url, headers):
        answer = await get(url, headers)

    assert answer.status_code == 200
    assert answer.json() == expected


async def test_states_nobody_has_heard_of() -> None:
    stage = Stage()
    path = "/v1/services"
    async with faulty(stage, FaultKind.UNKNOWN_ENUM) as (url, headers):
        services = ok(await get(url, headers, path))

    assert services[0]["service"]["suspended"] == "quantum_entangled"
    assert services[0]["service"]["name"] == "lma-api-production"


async def test_text_that_means_harm() -> None:
    stage = Stage()
    deploys = f"/v1/services/{next(iter(stage.estate.render.services))}/deploys?limit=100"
    async with faulty(stage, FaultKind.HOSTILE_TEXT) as (url, headers):
        answer = await get(url, headers, deploys)

    messages = {each["deploy"]["commit"]["message"] for each in json.loads(answer.text)}
    assert messages <= set(HOSTILE_TEXTS)
    assert len(messages) > 1


async def test_numbers_that_are_none() -> None:
    stage = Stage()
    async with faulty(stage, FaultKind.NOT_A_NUMBER, "lma-api-production") as (url, headers):
        answer = await get(url, headers, "/health/metrics")

    assert "NaN" in answer.text or "Infinity" in answer.text


async def test_a_redirect_leads_to_another_origin() -> None:
    trap = Trap()
    async with served(trap.app()) as elsewhere:
        async with faulty(
            Stage(), FaultKind.REDIRECT_ELSEWHERE, location=f"{elsewhere}/caught"
        ) as (url, headers):
            answer = await get(url, headers)
        await get(elsewhere, {"authorization": "Bearer leaked"}, "/caught")

    assert (answer.status_code, answer.headers["location"]) == (307, f"{elsewhere}/caught")
    assert [(each.path, each.credentials) for each in trap.caught] == [
        ("/caught", ("authorization",))
    ]


async def test_slow_is_late_and_right() -> None:
    stage = Stage()
    clock = SystemClock()
    begun_s = clock.now().tick_s
    async with faulty(stage, FaultKind.SLOW, seconds=0.2) as (url, headers):
        answer = await get(url, headers)

    assert answer.status_code == 200
    assert clock.now().tick_s - begun_s >= 0.2


async def test_a_fault_strikes_its_path_and_as_often_as_it_was_told() -> None:
    stage = Stage()
    async with faulty(stage, FaultKind.FORBIDDEN, path="/v1/u*", times=2) as (url, headers):
        codes = [
            (await get(url, headers, path)).status_code for path in (PATH, "/v1/owners", PATH, PATH)
        ]

    assert codes == [403, 200, 403, 200]
    assert stage.faults.active == ()


async def test_a_closed_port_refuses_and_opens_again_in_the_same_place() -> None:
    listener = Listener(Stage().services.apps()["trap"], SystemClock())
    url = await listener.open()
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
        first = await client.get(url)
        await listener.refuse()
        with pytest.raises(httpx.TransportError):
            await client.get(url)
        with pytest.raises(httpx.ConnectError):
            await client.get(url)
        again = await listener.open()
        second = await client.get(url)
    await listener.close()

    assert (first.status_code, second.status_code, again) == (200, 200, url)
