"""TLS to a database: what is trusted, and that no password goes out in clear."""

import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import Struct

from providers.errors import ProviderError, Unauthorized, Unreachable
from providers.postgres.options import TlsMode
from providers.postgres.source import DatabaseSource
from providers.postgres.tls import tls_context
from tests.postgres_fake_server import (
    SSL_REQUEST,
    Behaviour,
    asks_for_the_password_at_once,
    fake_server,
    refuses_tls_and_asks_for_the_password,
    relays_over_tls,
    speaks_tls,
)
from tests.postgres_fixtures import People, number, secret_getter

Make = Callable[..., DatabaseSource]
PASSWORD = "never-in-clear-7f3a"


class Papers(Struct, frozen=True):
    """A CA, and a certificate of it for `localhost`."""

    ca_file: Path
    certificate: bytes
    key: bytes


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("papers"))


def make_papers(folder: Path) -> Papers:
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, x509.BasicConstraints(True, None))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    own = _certificate(
        name, ca_name, key, ca_key, x509.SubjectAlternativeName([x509.DNSName("localhost")])
    )
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(ca)
    return Papers(
        ca_file=ca_file,
        certificate=own,
        key=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    began = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=2))
        .add_extension(extension, critical=False)
        .sign(signer, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
async def tls_port(people: People, papers: Papers, tmp_path: Path) -> AsyncIterator[int]:
    """A port where the real server is reached over TLS."""
    behaviour = relays_over_tls(_server_context(papers, tmp_path), people.cluster.port)
    async with fake_server(behaviour) as server:
        yield server.port


@pytest.mark.parametrize(
    ("mode", "host"),
    [("verify-full", "localhost"), ("verify-ca", "127.0.0.1"), ("require", "127.0.0.1")],
)
async def test_a_server_with_the_right_papers_is_let_in(
    sources: Make, papers: Papers, tls_port: int, mode: TlsMode, host: str
) -> None:
    source = sources(host=host, port=tls_port, tls=mode, ca_file=str(papers.ca_file))

    assert number(await source.read(), "connections_used") is not None
    await source.aclose()


@pytest.mark.parametrize(
    "case",
    [
        ("verify-full", "127.0.0.1", True),
        ("verify-full", "localhost", False),
        ("verify-ca", "localhost", False),
    ],
)
async def test_a_server_with_the_wrong_papers_is_not(
    sources: Make,
    papers: Papers,
    tmp_path: Path,
    tls_port: int,
    case: tuple[TlsMode, str, bool],
    capfd: pytest.CaptureFixture[str],
) -> None:
    mode, host, trusted = case
    ca_file = papers.ca_file if trusted else make_papers(tmp_path).ca_file

    with pytest.raises(Unreachable, match="certificate is not trusted") as caught:
        await sources(host=host, port=tls_port, tls=mode, ca_file=str(ca_file)).read()

    assert "ca_file" in caught.value.advice
    assert capfd.readouterr().err == ""


async def test_without_a_ca_file_the_systems_certificates_count(
    sources: Make, papers: Papers, tmp_path: Path
) -> None:
    async with fake_server(speaks_tls(_server_context(papers, tmp_path))) as server:
        with pytest.raises(Unreachable, match="certificate is not trusted"):
            await _own_source(sources, server.port, "verify-full", host="localhost").read()
    assert PASSWORD.encode() not in server.heard


async def test_a_server_that_nobody_knows_gets_no_password_in_clear(
    sources: Make, papers: Papers, tmp_path: Path
) -> None:
    """`require` looks at no certificate: whoever stands in between can have one."""
    async with fake_server(speaks_tls(_server_context(papers, tmp_path))) as server:
        with pytest.raises(Unauthorized) as caught:
            await _own_source(sources, server.port, "require").read()
    assert PASSWORD.encode() not in server.heard
    assert "no password was sent" in str(caught.value.detail)
    assert caught.value.advice


def _server_context(papers: Papers, folder: Path) -> ssl.SSLContext:
    chain = folder / "chain.pem"
    chain.write_bytes(papers.certificate + papers.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


def _own_source(sources: Make, port: int, tls: str, host: str = "127.0.0.1") -> DatabaseSource:
    return sources(host=host, port=port, tls=tls, password=secret_getter(PASSWORD), timeout_s=2.0)


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca", "require"])
@pytest.mark.parametrize(
    "behaviour", [refuses_tls_and_asks_for_the_password, asks_for_the_password_at_once]
)
async def test_a_server_that_refuses_tls_never_gets_the_password(
    sources: Make, mode: str, behaviour: Behaviour
) -> None:
    async with fake_server(behaviour) as server:
        with pytest.raises(Unreachable) as caught:
            await _own_source(sources, server.port, mode).read()

    assert server.heard == SSL_REQUEST
    assert "TLS" in caught.value.reason
    assert "no password was sent" in caught.value.reason


@pytest.mark.parametrize("host", ["192.0.2.7", "db.example.com", "10.0.0.5", "::ffff:192.0.2.7"])
async def test_without_tls_no_password_goes_to_another_machine(sources: Make, host: str) -> None:
    with pytest.raises(Unauthorized, match="in clear") as caught:
        await sources(host=host, tls="disable").read()

    assert "verify-full" in caught.value.advice


async def test_a_ca_file_that_is_not_there_is_told(sources: Make, tmp_path: Path) -> None:
    with pytest.raises(ProviderError) as caught:
        await sources(tls="verify-full", ca_file=str(tmp_path / "missing.pem")).read()

    assert caught.value.reason
    assert "ca_file" in caught.value.advice


async def test_a_ca_file_without_certificates_is_told(sources: Make, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing here")

    with pytest.raises(ProviderError) as caught:
        await sources(tls="verify-full", ca_file=str(empty)).read()

    assert "ca_file" in caught.value.advice


def test_the_modes_check_what_they_say(papers: Papers) -> None:
    full, ca, require = (
        tls_context(mode, str(papers.ca_file)) for mode in ("verify-full", "verify-ca", "require")
    )

    assert (full.check_hostname, full.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert (ca.check_hostname, ca.verify_mode) == (False, ssl.CERT_REQUIRED)
    assert (require.check_hostname, require.verify_mode) == (False, ssl.CERT_NONE)
    assert all(c.minimum_version is ssl.TLSVersion.TLSv1_2 for c in (full, ca, require))
