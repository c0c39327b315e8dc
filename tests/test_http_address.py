"""Addresses: read by one parser, and never turned into a request for somewhere else."""

import contextlib
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.http_address import Address, join_address, parse_address, read_address
from tests.examples import examples

CALM = settings(max_examples=examples(100))
"""A busy machine is no failure."""

BASE = parse_address("https://api.example.com/v1/x?token=geheim")


@pytest.mark.parametrize(
    ("text", "origin", "target", "shown"),
    [
        ("https://a.b", "https://a.b", b"/", "https://a.b/"),
        ("HTTP://A.B:80/x", "http://a.b", b"/x", "http://a.b/x"),
        ("http://a.b:443", "http://a.b:443", b"/", "http://a.b:443/"),
        ("https://[::1]:8443/x", "https://[::1]:8443", b"/x", "https://[::1]:8443/x"),
        ("http://b\u00fccher.de/\u00e4?\u00f6=1#f", "http://xn--bcher-kva.de", None, None),
        ("https://a.b/x?key=geheim", "https://a.b", b"/x?key=geheim", "https://a.b/x"),
        ("http://under_score.internal/", "http://under_score.internal", b"/", None),
        ("http://a.b/%2e%2e/x", "http://a.b", b"/%2e%2e/x", None),
    ],
)
def test_addresses(text: str, origin: str, target: bytes | None, shown: str | None) -> None:
    found = parse_address(text)
    assert str(found.origin) == origin
    assert target is None or found.target == target
    assert shown is None or found.shown == shown
    assert "geheim" not in found.shown


@pytest.mark.parametrize(
    ("reference", "origin", "target"),
    [
        ("/y", "https://api.example.com", b"/y"),
        ("y?z", "https://api.example.com", b"/v1/y?z"),
        ("?z", "https://api.example.com", b"/v1/x?z"),
        ("//other.example/y", "https://other.example", b"/y"),
        ("http://other.example:8080", "http://other.example:8080", b"/"),
        ("../../../..", "https://api.example.com", b"/"),
        ("#part", "https://api.example.com", b"/v1/x?token=geheim"),
    ],
)
def test_references(reference: str, origin: str, target: bytes) -> None:
    found = join_address(BASE, reference)
    assert str(found.origin) == origin
    assert found.target == target


def _sane(found: Address) -> bool:
    host = found.origin.host
    return (
        found.origin.scheme in {"http", "https"}
        and 0 < found.origin.port < 65_536
        and bool(re.fullmatch(r"[a-z0-9._:%-]+", host))
        and bool(re.fullmatch(rb"/[!-~]*", found.target))
        and bool(re.fullmatch(r"[!-~]+", found.shown))
    )


_PIECES = st.lists(
    st.sampled_from(
        ["http://", "https://", "//", "/", "\\", "@", ":", "?", "#", "%", "[", "]", "..", "a.b"]
    )
    | st.text(max_size=3)
    | st.integers(-1, 70_000).map(str),
    max_size=8,
).map("".join)


@CALM
@given(_PIECES)
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for each in (text, f"http://{text}", f"https://a.b/{text}", f"http://a.b:{text}"):
        with contextlib.suppress(ValueError):
            assert _sane(parse_address(each))


@CALM
@given(_PIECES)
def test_any_reference_is_an_address_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert _sane(join_address(BASE, text))


@pytest.mark.parametrize(
    ("text", "loopback", "private"),
    [
        ("http://127.0.0.1", True, True),
        ("http://127.9.9.9", True, True),
        ("http://[::1]", True, True),
        ("http://localhost", True, True),
        ("http://localhost.example", False, False),
        ("http://10.0.0.1", False, False),
        ("http://0x7f.1", False, False),
        ("https://a.b", False, True),
    ],
)
def test_where_a_credential_may_go(text: str, loopback: bool, private: bool) -> None:
    origin = parse_address(text).origin
    assert origin.loopback is loopback
    assert origin.private_to_us is private


_PLAIN = st.from_regex(
    r"https?://[a-z0-9_.-]{1,12}(:[0-9]{1,6})?(/[A-Za-z0-9._~%?#-]{0,6}){0,3}", fullmatch=True
)
_USUAL = st.from_regex(
    r"https?://[a-z][a-z-]{0,8}\.[a-z]{2}(:443|:80|:0)?(/[a-z.]{0,3})*/?", fullmatch=True
)


def _outcome(parse: Callable[[str], Address], text: str) -> Address | str:
    try:
        return parse(text)
    except ValueError as error:
        return str(error)


_ASKED = st.from_regex(
    r"https?://[a-z]{1,4}\.[a-z]{2}(/[a-z.]{0,3})?\?([a-z0-9._~=&?#:,+-]|%[0-9A-Fa-f]{0,2}){0,12}",
    fullmatch=True,
)
"""With a query."""


@given(_PLAIN | _USUAL | _ASKED)
@settings(max_examples=examples(500))
def test_plain_addresses_are_read_as_by_the_parser_of_all(text: str) -> None:
    assert _outcome(parse_address, text) == _outcome(read_address, text)
