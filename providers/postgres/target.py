"""Where a database is and how it may be spoken to; a DSN is taken apart here, and only here.

A DSN is a secret as a whole: no message quotes any part of it. The driver's own parser does, and
with `@` in a password it looks up the rest of the password in DNS.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from msgspec import Struct
from msgspec.structs import replace

from providers.errors import NotFound, Unauthorized
from providers.postgres.options import DatabaseOptions, PoolerMode, TlsMode
from providers.secrets import Secret

SYSTEM: Final = "PostgreSQL"
OPERATION: Final = "read the configuration"
_POOLER_PORTS: Final = frozenset({6543, 6432})
"""Supavisor's transaction mode, and PgBouncer's usual port."""

_SUPABASE_POOLER: Final = ".pooler.supabase.com"
_STRENGTH: Final[tuple[TlsMode, ...]] = ("disable", "require", "verify-ca", "verify-full")
_ENCODING: Final = "write / as %2F, # as %23, ? as %3F, @ as %40, : as %3A and % as %25"


class BadDsn(Unauthorized):
    """A DSN that can not be understood; the reason says where, never what."""

    word = "bad DSN"

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(SYSTEM, OPERATION, reason, advice=advice)


class Target(Struct, frozen=True, kw_only=True):
    """Everything needed to connect once."""

    host: str
    port: int
    database: str
    user: str
    password: Secret | None
    tls: TlsMode
    ca_file: str | None
    pooler: PoolerMode
    """Never `auto`."""

    @property
    def transaction_pooled(self) -> bool:
        """Whether another client may have the server connection after our transaction."""
        return self.pooler == "transaction"

    @property
    def unix_socket(self) -> bool:
        """Whether the host is a folder with a socket."""
        return self.host.startswith("/")

    @property
    def place(self) -> str:
        """`host:port`, fit for a message."""
        return self.host if self.unix_socket else f"{self.host}:{self.port}"


class _Parts(Struct, frozen=True, kw_only=True):
    host: str = ""
    port: int | None = None
    database: str = ""
    user: str = ""
    password: str | None = None
    tls: TlsMode | None = None
    pooled: bool = False


async def resolve_target(options: DatabaseOptions) -> Target:
    """The target of these options, with its secrets looked up.

    Raises:
        Unauthorized: A secret is missing, the DSN is not understood, or a password would go out
            in clear.
        NotFound: No host or no user is given.
    """
    parts = parse_dsn((await options.dsn()).reveal()) if options.dsn else _Parts()
    password = Secret(parts.password) if parts.password is not None else None
    if password is None and options.password is not None:
        password = await options.password()
    host = parts.host or options.host
    user = parts.user or options.user
    if not host or not user:
        lacking = "host" if not host else "user"
        raise NotFound(SYSTEM, OPERATION, f"no {lacking} is configured for this database")
    target = Target(
        host=host,
        port=parts.port or options.port,
        database=parts.database or options.database or user,
        user=user,
        password=password,
        tls=_stricter(options.tls, parts.tls),
        ca_file=options.ca_file,
        pooler="transaction" if parts.pooled else options.pooler,
    )
    _refuse_clear_password(target)
    return replace(target, pooler=_pooler(target))


def parse_dsn(dsn: str) -> _Parts:
    """The parts of `postgresql://user:password@host:port/database?sslmode=…`.

    Raises:
        BadDsn: It is not one; the reason quotes nothing of it.
    """
    scheme, separator, rest = dsn.strip().partition("://")
    if not separator or scheme not in {"postgresql", "postgres"}:
        raise BadDsn("the DSN does not start with postgresql://")
    if any(character.isspace() or not character.isprintable() for character in rest):
        raise BadDsn("the DSN holds a blank or a control character", "write it percent-encoded")
    _refuse_stray_characters(rest)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    path, _, query = rest[len(authority) :].partition("?")
    credentials, _, place = authority.rpartition("@")
    user, colon, password = credentials.partition(":")
    host, port = _host_and_port(place)
    parts = _Parts(
        host=host,
        port=port,
        database=_decoded(path.removeprefix("/")),
        user=_decoded(user),
        password=_decoded(password) if colon and password else None,
    )
    return _with_query(parts, query)


def _refuse_stray_characters(rest: str) -> None:
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if rest.count("@") > 1 or ("@" in rest and "@" not in authority) or "#" in rest:
        raise BadDsn("the password or user in the DSN holds a character that ends it", _ENCODING)


def _host_and_port(place: str) -> tuple[str, int | None]:
    if "," in place:
        raise BadDsn("the DSN names several hosts", "name one; each database is one source")
    found = re.fullmatch(
        r"(?:\[(?P<v6>[0-9A-Fa-f:.%]+)\]|(?P<name>[^:\[\]]*))(?::(?P<port>.*))?", place
    )
    if found is None:
        raise BadDsn("the host in the DSN is not understood", "an IPv6 address stands in [ ]")
    host = found["v6"] or _decoded(found["name"] or "")
    return host, _port(found["port"])


def _port(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):
        raise BadDsn("the port in the DSN is not a number from 1 to 65535", _ENCODING)
    return int(text)


def _decoded(text: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise BadDsn("the DSN holds a % that encodes nothing", "write % as %25")
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadDsn("the DSN's percent-encoding is not UTF-8") from None
    if "\0" in decoded:
        raise BadDsn("the DSN holds a NUL")
    return decoded


def _with_query(parts: _Parts, query: str) -> _Parts:
    values = dict(parse_qsl(query, keep_blank_values=True))
    port = _port(values.get("port"))
    mode = values.get("sslmode")
    return replace(
        parts,
        host=values.get("host") or parts.host,
        port=port or parts.port,
        database=values.get("dbname") or parts.database,
        user=values.get("user") or parts.user,
        password=values.get("password") or parts.password,
        tls=next((known for known in _STRENGTH if known == mode), None),
        pooled=values.get("pgbouncer") == "true",
    )


def _stricter(configured: TlsMode, asked: TlsMode | None) -> TlsMode:
    # Everybody's connection strings say sslmode=require or less: they may only ask for more.
    if asked is None or _STRENGTH.index(asked) < _STRENGTH.index(configured):
        return configured
    return asked


def is_loopback(host: str) -> bool:
    """Whether nothing said to this host leaves the machine."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_clear_password(target: Target) -> None:
    if target.tls == "disable" and target.password is not None and not is_loopback(target.host):
        raise Unauthorized(
            SYSTEM,
            OPERATION,
            "TLS is disabled, and a password does not go out in clear",
            advice="set tls: verify-full (with ca_file if the server has a CA of its own)",
        )


def _pooler(target: Target) -> PoolerMode:
    if target.pooler != "auto":
        return target.pooler
    if target.unix_socket:
        return "none"
    if target.port in _POOLER_PORTS:
        return "transaction"
    return "session" if target.host.endswith(_SUPABASE_POOLER) else "none"
