"""Addresses of HTTP services: read by one parser, refused in our own words."""

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from msgspec import Struct

from providers.http_resolve import literal

if TYPE_CHECKING:
    from providers.http_libraries import ParseResult

LONGEST: Final = 4_096
"""Characters of an address; servers refuse longer ones, and only harm is that long."""

_NAME: Final = re.compile(
    r"(?!.{254})(?:(?!xn--(?:\.|$))[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.(?!$)|$))+"
)
"""Labels of at most 63 characters, 253 in all (RFC 1035, 2.3.4); `_` is met in private zones."""

_PLAIN: Final = re.compile(
    r"(https?)://((?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*|127\.0\.0\.1)(?::([1-9][0-9]{0,4}))?"
    r"((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?)"
    r"(?:\?((?:[A-Za-z0-9._~=&-]|%[0-9A-F]{2})+))?"
)
"""An address that can be read in one way only, as nearly all are: a name, a port, a path of signs
that need no quoting, a query that is quoted already. To load what reads all the others would delay
the first requests by 5 ms, and its reading takes five times as long."""

_PORTS: Final = {"http": 80, "https": 443}


class Origin(Struct, frozen=True, kw_only=True):
    """What a credential belongs to (promise P16)."""

    scheme: str
    """`http` or `https`."""

    host: str
    """ASCII, lower case, an IPv6 address without brackets."""

    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORTS[self.scheme]
        return f"{self.scheme}://{host}" if usual else f"{self.scheme}://{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether it can only be this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def private_to_us(self) -> bool:
        """Whether a credential may go there: encrypted, or never leaving this machine."""
        return self.scheme == "https" or self.loopback


class Address(Struct, frozen=True, kw_only=True):
    """One parsed address. Its query may hold a secret: only `shown` is for people."""

    origin: Origin
    target: bytes
    """Path and query as sent."""

    shown: str
    """Without query, fit for panes and logs."""


def parse_address(text: str) -> Address:
    """Take an address apart.

    Raises:
        ValueError: It is no address of ours; the message says why in words and quotes nothing.
    """
    if len(text) > LONGEST:
        raise ValueError(f"the address is longer than {LONGEST} characters")
    if (plain := _PLAIN.fullmatch(text)) is not None:
        scheme, host, port, path, query = plain.groups()
        return _named(scheme, host, int(port) if port else None, path or "/", query)
    return read_address(text)


def read_address(text: str) -> Address:
    """As `parse_address`, of an address of any kind."""
    from providers.http_libraries import InvalidURL, urlparse

    try:
        url = urlparse(text)
        host = url.host.encode("ascii").decode("ascii").lower()
    except (InvalidURL, ValueError):
        # The parser's own message may quote a password; IDNAError is a ValueError.
        raise ValueError("the address can not be read") from None
    return _checked(url, host)


def join_address(base: Address, reference: str) -> Address:
    """The address a `Location` header means, seen from `base`.

    Raises:
        ValueError: As `parse_address`.
    """
    if len(reference) > LONGEST:
        raise ValueError(f"the address is longer than {LONGEST} characters")
    from providers.http_libraries import InvalidURL, urlparse

    try:
        here = f"{base.origin}{base.target.decode('ascii', 'replace')}"
        # Both are read by the one parser before they are joined.
        url = urlparse(urljoin(str(urlparse(here)), str(urlparse(reference))))
        text = str(url.copy_with(fragment=None))
    except (InvalidURL, ValueError):
        raise ValueError("the address can not be read") from None
    return parse_address(text)


def _checked(url: "ParseResult", host: str) -> Address:
    if url.scheme not in _PORTS:
        raise ValueError("the address must begin with http:// or https://")
    if not host:
        raise ValueError("the address names no host")
    if url.userinfo:
        raise ValueError("a user name or password in the address is not used: name a secret")
    return _named(url.scheme, host, url.port, url.path or "/", url.query)


def _named(
    scheme: str, host: str, port: int | None, path: str, query: str | None = None
) -> Address:
    if not _NAME.fullmatch(host.rstrip(".")) and not literal(host):
        raise ValueError("the address names no host that can be looked up")
    port = _PORTS[scheme] if port is None else port
    if not 0 < port < 65_536:
        raise ValueError("the port must lie between 1 and 65535")
    origin = Origin(scheme=scheme, host=host, port=port)
    target = path if query is None else f"{path}?{query}"
    return Address(origin=origin, target=target.encode("ascii"), shown=f"{origin}{path}")
