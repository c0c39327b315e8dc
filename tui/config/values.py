"""The kinds of text that settings hold, each with the rule it must keep."""

import re
from typing import Annotated, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, WithJsonSchema

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
_ENVIRONMENT_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,127}", re.ASCII)
_CITATION: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}:[0-9]{1,6}(-[0-9]{1,6})?", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?", re.ASCII)
_IPV6: Final = re.compile(r"[0-9a-fA-F:.]{2,45}", re.ASCII)
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}", re.ASCII)
_IDENTIFIER: Final = re.compile(r"^[^\x00-\x1f\"'.]{1,63}$")
_TABLE: Final = re.compile(r"^[^\x00-\x1f\"'.]{1,63}[.][^\x00-\x1f\"'.]{1,63}$")
_PORT: Final = re.compile(r"[0-9]{1,5}", re.ASCII)
_METRIC: Final = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_YEAR_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?", re.ASCII)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that no cable leads to: the only ones where a credential may travel without TLS."""


def _matching(pattern: re.Pattern[str], words: str) -> AfterValidator:
    def matches(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(words)
        return text

    return AfterValidator(matches)


def split_url(text: str) -> SplitResult | None:
    """The parts of an http(s) URL with a plain host; None when it is not one."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    plain = _HOST.fullmatch(host) or (":" in host and _IPV6.fullmatch(host))
    if parts.scheme not in {"http", "https"} or not plain or port == 0:
        return None
    return parts if all(33 <= ord(character) < 127 for character in text) else None


def is_local(host: str) -> bool:
    """Whether traffic to `host` stays on this machine: loopback or a socket's folder."""
    return host.lower() in LOOPBACK or host.startswith("/")


def _url(text: str) -> str:
    parts = split_url(text)
    if parts is None:
        raise ValueError("not a URL: write https://host/path in plain ASCII letters")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL holds no user or password: use secret: with a declared secret")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(_url(text))
    if parts.query or parts.fragment:
        raise ValueError("a base URL has no query and no #fragment")
    return text.rstrip("/")


def _path(text: str) -> str:
    if not text.startswith("/") or not all(33 <= ord(character) < 127 for character in text):
        raise ValueError("a path starts with / and holds no blanks: /health")
    if text.startswith("//") or "#" in text or "\\" in text:
        raise ValueError("a path starts with one / and has no # and no backslash")
    return text


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    named = _HOST.fullmatch(host) or (host[:1] == "[" and _IPV6.fullmatch(host[1:-1]))
    if not named or _PORT.fullmatch(port) is None or not 0 < int(port) < 65_536:
        raise ValueError('not an address: write "host:port", such as "1.1.1.1:443"')
    return text


def _host(text: str) -> str:
    if not (_HOST.fullmatch(text) or _IPV6.fullmatch(text) or text.startswith("/")):
        raise ValueError("a host name or address in plain ASCII letters, without port or scheme")
    return text


def _not_zero(number: float) -> float:
    if number == 0:
        raise ValueError("a factor of 0 would turn every number into 0")
    return number


Factor = Annotated[float, AfterValidator(_not_zero)]
"""What a number is multiplied by."""

Name = Annotated[
    str,
    _matching(_NAME, "names use lower-case letters, digits, - and _, at most 63"),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"}),
]
"""A name chosen in the file: it becomes part of source ids, so it holds no `/`."""

SecretName = Annotated[
    str,
    _matching(_NAME, "not the name of a declared secret; a secret itself is never written here"),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"}),
]
"""A key of `secrets`."""

EnvironmentVariable = Annotated[
    str,
    _matching(_ENVIRONMENT_VARIABLE, "the name of an environment variable, in capitals"),
    WithJsonSchema({"type": "string", "pattern": f"^{_ENVIRONMENT_VARIABLE.pattern}$"}),
]

Citation = Annotated[
    str,
    _matching(_CITATION, "a place in a runbook is its id and a line: A:252"),
    WithJsonSchema({"type": "string", "pattern": f"^{_CITATION.pattern}$"}),
]
"""A runbook's id and a line in it."""

Identifier = Annotated[
    str,
    _matching(_IDENTIFIER, "a name in the database has 1 to 63 characters, and no quotes or dots"),
    WithJsonSchema({"type": "string", "pattern": _IDENTIFIER.pattern}),
]
"""A schema or a column, written as it is (capitals matter), without quotation marks."""

TableName = Annotated[
    str,
    _matching(_TABLE, "a table or view is written with its schema: public.audit_logs"),
    WithJsonSchema({"type": "string", "pattern": _TABLE.pattern}),
]
"""A table or view with its schema, without quotation marks."""

MetricName = Annotated[
    str,
    _matching(_METRIC, "a metric's name uses lower-case letters, digits and _: error_percent"),
    WithJsonSchema({"type": "string", "pattern": f"^{_METRIC.pattern}$"}),
]

HeaderName = Annotated[
    str,
    _matching(_HEADER_NAME, "not the name of an HTTP header"),
    WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"}),
]

YearMonth = Annotated[
    str,
    _matching(_YEAR_MONTH, 'a month or a day in quotes: "2025-01" or "2025-01-31"'),
    WithJsonSchema({"type": "string", "pattern": f"^{_YEAR_MONTH.pattern}$"}),
]

Url = Annotated[str, AfterValidator(_url), WithJsonSchema({"type": "string", "format": "uri"})]
BaseUrl = Annotated[
    str, AfterValidator(_base_url), WithJsonSchema({"type": "string", "format": "uri"})
]
"""Without a trailing slash, so that paths can be appended."""

UrlPath = Annotated[
    str, AfterValidator(_path), WithJsonSchema({"type": "string", "pattern": r"^/"})
]
Address = Annotated[
    str, AfterValidator(_address), WithJsonSchema({"type": "string", "pattern": r"^.+:\d+$"})
]
Host = Annotated[str, AfterValidator(_host), WithJsonSchema({"type": "string"})]
"""A name, an IP address, or the folder of a Unix socket."""
