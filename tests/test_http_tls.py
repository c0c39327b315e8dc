"""TLS is verified, always, and each refusal says why (P17, P26)."""

import datetime as dt
import random
import socket
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.clock import SystemClock
from providers.errors import BadAnswer, ProviderError, Unreachable
from providers.http import Api
from providers.http_address import parse_address
from providers.secrets import Secret
from providers.tls import shared_context
from providers.tls_certificate import MONTHS, certificate_time, parsed, read_untrusted
from tests.examples import examples
from tests.servers import Authority, Script, Talk, answer, sending, serving

_ALERT_PROTOCOL_VERSION = bytes.fromhex("15 03 01 00 02 02 46")
_ALERT_HANDSHAKE_FAILURE = bytes.fromhex("15 03 03 00 02 02 28")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def _failure(url: str, ca_file: str | None = None, deadline_s: float = 3.0) -> ProviderError:
    api = Api(system="V", base_url=url, clock=SystemClock(), ca_file=ca_file, deadline_s=deadline_s)
    with pytest.raises(ProviderError) as raised:
        await api.get("x", "/")
    return raised.value


async def test_a_private_ca(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1")
    async with serving(sending(answer(b"1")), tls=tls) as server:
        api = Api(
            system="V",
            base_url=server.url(),
            clock=SystemClock(),
            ca_file=authority.ca_file(tmp_path),
        )
        assert (await api.get("x", "/")).value == 1


async def test_the_system_does_not_trust_it(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1")
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url())
    assert isinstance(error, Unreachable)
    assert error.reason.startswith("TLS: certificate of an unknown CA (issued by Quarterdeck test")
    assert "ca_file" in error.advice
    assert server.requests == []


async def test_another_ca_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    """Not even one of the same name."""
    tls = authority.server(tmp_path, "127.0.0.1")
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url(), Authority().ca_file(tmp_path))
    assert error.reason.startswith("TLS: certificate")
    assert server.requests == []


async def test_expired(authority: Authority, tmp_path: Path) -> None:
    ends = dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC)
    tls = authority.server(tmp_path, "127.0.0.1", ends=ends)
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url(), authority.ca_file(tmp_path))
    assert error.reason == "TLS: certificate expired on 2026-03-04"
    assert error.advice == "renew the certificate"
    assert server.requests == []


async def test_self_signed(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1", self_signed=True)
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url(), authority.ca_file(tmp_path))
    assert error.reason.startswith("TLS: self-signed certificate (issued by 127.0.0.1, ends 20")


async def test_wrong_host(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "other.example", "more.example")
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url(), authority.ca_file(tmp_path))
    assert error.reason == (
        "TLS: certificate is for other.example, more.example, not for 127.0.0.1"
    )
    assert server.requests == []


async def test_hostile_names_in_a_certificate(authority: Authority, tmp_path: Path) -> None:
    Secret("known-to-a-certificate")
    name = "\x1b]0;x\x07[@click=app.quit] known-to-a-certificate"
    tls = authority.server(tmp_path, name, self_signed=True)
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url())
        seen = await read_untrusted(parse_address(server.url()).origin, 5.0)
    assert "\x1b" not in error.sentence
    assert "\x07" not in error.sentence
    assert seen is not None
    assert seen.subject.line() == seen.issuer.line() == "␛]0;x␇[@click=app.quit] •••"


async def _silent(talk: Talk) -> None:
    await talk.hang()


async def _deaf(talk: Talk) -> None:
    await talk.reader.read(65_536)


async def _reset(talk: Talk) -> None:
    talk.reset()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (sending(answer()), "TLS: not a TLS server"),
        (sending(b"SSH-2.0-OpenSSH\r\n"), "TLS: not a TLS server"),
        (sending(_ALERT_PROTOCOL_VERSION), "TLS: protocol too old"),
        (sending(_ALERT_HANDSHAKE_FAILURE), "TLS: no cipher in common"),
        (_deaf, "TLS: closed during the handshake"),
        (_reset, "connection reset by the other side"),
        (_silent, "no complete answer within 1.5 s, during the TLS handshake"),
        (sending(b"\x16\x03\x03\xff\xff" + b"\0" * 70_000), "TLS: "),
        (sending(b"\x16\x03\x01\x00\x04\x02\x00\x00\x00"), "TLS: "),
    ],
)
async def test_handshakes_that_fail(script: Script, words: str) -> None:
    async with serving(script, read_head=False) as server:
        deadline_s = 1.5 if script is _silent else 20.0
        error = await _failure(server.url().replace("http:", "https:"), deadline_s=deadline_s)
    assert error.reason.startswith(words), error.reason
    assert len(error.reason) > len("TLS: ")


async def test_only_old_protocols(authority: Authority, tmp_path: Path) -> None:
    """A server that stops at TLS 1.1; where the library will not even serve it, so much better."""
    tls = authority.server(tmp_path, "127.0.0.1")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url(), authority.ca_file(tmp_path))
    assert error.reason.startswith("TLS: ")
    assert server.requests == []


async def test_http_on_a_tls_port(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1")
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url().replace("https:", "http:"))
    assert isinstance(error, Unreachable | BadAnswer)
    assert error.reason


async def test_a_ca_file_that_is_none(tmp_path: Path) -> None:
    absent = await _failure("https://127.0.0.1:1", str(tmp_path / "absent.pem"))
    assert "No such file" in absent.reason
    junk = tmp_path / "junk.pem"
    junk.write_text("not a certificate")
    assert "no certificate in PEM" in (await _failure("https://127.0.0.1:1", str(junk))).reason


async def test_a_changed_ca_file_is_read_again(authority: Authority, tmp_path: Path) -> None:
    path = authority.ca_file(tmp_path)
    first = await shared_context(path)
    assert await shared_context(path) is first
    Authority("Other").ca_file(tmp_path)
    assert await shared_context(path) is not first


async def test_contexts_are_shared_and_strict() -> None:
    context = await shared_context()
    assert await shared_context() is context
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert await shared_context(http2=True) is not context


async def test_session_keys_are_not_written(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    tls = authority.server(tmp_path, "127.0.0.1")
    async with serving(sending(answer()), tls=tls) as server:
        api = Api(
            system="V",
            base_url=server.url(),
            clock=SystemClock(),
            ca_file=Authority.ca_file(authority, tmp_path),
        )
        await api.get("x", "/")
    assert not keys.exists()


async def test_trust_of_the_environment_is_not_obeyed(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", authority.ca_file(tmp_path))
    tls = authority.server(tmp_path, "127.0.0.1")
    async with serving(sending(answer()), tls=tls) as server:
        error = await _failure(server.url())
    assert error.reason.startswith("TLS: certificate of an unknown CA")


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


async def test_ipv6_loopback(authority: Authority, tmp_path: Path) -> None:
    host = "::1" if _has_ipv6() else "127.0.0.1"
    tls = authority.server(tmp_path, host)
    async with serving(sending(answer(b"6")), tls=tls, host=host) as server:
        api = Api(
            system="V",
            base_url=server.url(),
            clock=SystemClock(),
            ca_file=authority.ca_file(tmp_path),
        )
        assert (await api.get("x", "/")).value == 6
    if host == "::1":
        assert f"Host: [::1]:{server.port}".encode() in server.requests[0]


def test_certificates_made_by_strangers(authority: Authority) -> None:
    """Any bytes are a certificate or none; the parser's own errors do not come out."""
    whole = authority.certificate.public_bytes(serialization.Encoding.DER)
    rng = random.Random(7)
    read = [parsed(whole)]
    for _ in range(500):
        bent = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            bent[rng.randrange(len(bent))] = rng.randrange(256)
        read.append(parsed(bytes(bent)))
    assert read[0] is not None
    assert None in read


@given(st.datetimes(timezones=st.just(dt.UTC)))
@settings(max_examples=examples(200))
def test_the_time_of_a_certificate_is_read_as_the_standard_library_does(at: dt.datetime) -> None:
    month = MONTHS[at.month - 1]
    text = f"{month} {at.day:2d} {at:%H:%M:%S} {at.year:04d} GMT"
    found = certificate_time(text)
    assert found is not None
    assert found.timestamp() == ssl.cert_time_to_seconds(text)


@pytest.mark.parametrize(
    "text", ["", "Jan  5 09:34:43 2018", "Foo  5 09:34:43 2018 GMT", "Feb 30 09:34:43 2018 GMT"]
)
def test_what_is_no_time_of_a_certificate_is_none(text: str) -> None:
    assert certificate_time(text) is None
