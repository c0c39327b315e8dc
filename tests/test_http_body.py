"""Bodies: every way of cutting and packing them ends in the same bytes or in words."""

import gc
import gzip
import json
import math
import zlib
from functools import partial

import jmespath
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from providers.errors import BadAnswer, ProviderError, TooLarge
from providers.http_body import Inflater, decode_json, looks_like_html, size_words
from providers.json_path import PathProblem, find, number, same, shown
from providers.squeeze import squeezed
from providers.vendor import entries, sort_out
from tests.either import either
from tests.examples import examples

CALM = settings(max_examples=examples(60))
"""A busy machine is no failure."""


def _through(coding: str, packed: bytes, *, limit: int = 10_000, piece: int = 7) -> bytes:
    inflater = Inflater("V", "x", coding, limit)
    for start in range(0, len(packed), piece):
        inflater.feed(packed[start : start + piece])
    return inflater.whole()


def _bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@CALM
@given(st.binary(max_size=2_000), st.integers(1, 300))
def test_every_coding_gives_back_what_went_in(body: bytes, piece: int) -> None:
    assert _through("", body, piece=piece) == body
    assert _through("identity", body, piece=piece) == body
    assert _through("gzip", gzip.compress(body), piece=piece) == body
    assert _through("X-GZip", gzip.compress(body), piece=piece) == body
    assert _through("deflate", zlib.compress(body), piece=piece) == body
    middle = len(body) // 2
    members = gzip.compress(body[:middle]) + gzip.compress(body[middle:])
    assert _through("gzip", members, piece=piece) == body


@CALM
@given(st.binary(min_size=1, max_size=500))
def test_bare_deflate(body: bytes) -> None:
    packed = _bare(body)
    if packed[0] & 0x0F == 8:
        # Looks like zlib's header; nobody can tell them apart.
        return
    assert _through("deflate", packed) == body


@CALM
@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_cut_is_always_seen(body: bytes, data: st.DataObject) -> None:
    for coding, packed in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        cut = data.draw(st.integers(1, len(packed) - 1))
        with pytest.raises(BadAnswer, match=r"cut before its end|is broken"):
            _through(coding, packed[:cut])


@CALM
@given(st.binary(max_size=300))
@example(gzip.compress(b"whole"))
@example(zlib.compress(b"whole"))
@example(b"\x03\x00")
def test_junk_is_refused_in_words(junk: bytes) -> None:
    for coding, windows in (("gzip", (31,)), ("deflate", (15, -15))):
        found = either(partial(_through, coding, junk), BadAnswer)
        if isinstance(found, BadAnswer):
            assert found.reason.isprintable()
            assert "compress" in found.reason
        else:
            assert found in [_unpacked(junk, window) for window in windows]


def _unpacked(packed: bytes, window: int) -> bytes | None:
    """By the library alone; None where that is not the format."""
    try:
        return zlib.decompressobj(window).decompress(packed)
    except zlib.error:
        return None


@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
def test_the_limit_is_exact(coding: str) -> None:
    def pack(body: bytes) -> bytes:
        return {"": body, "gzip": gzip.compress(body), "deflate": zlib.compress(body)}[coding]

    assert len(_through(coding, pack(b"a" * 100), limit=100)) == 100
    with pytest.raises(TooLarge, match="went past 100 bytes"):
        _through(coding, pack(b"a" * 101), limit=100)


def test_an_empty_body_may_call_itself_compressed() -> None:
    assert _through("gzip", b"") == b""


def test_bytes_behind_the_end() -> None:
    with pytest.raises(BadAnswer, match="follows the end"):
        _through("deflate", zlib.compress(b"a") + b"more")
    with pytest.raises(BadAnswer, match="gzip compression is broken"):
        _through("gzip", gzip.compress(b"a") + b"more")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", None),
        (b" \r\n", None),
        (b"null", None),
        (b"\xef\xbb\xbf[1]", [1]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        ('"ü"'.encode(), "ü"),
        (b"[" * 64 + b"]" * 64, None),
        (b'"' + b"[" * 5_000 + b'"', "[" * 5_000),
    ],
)
def test_json_that_is_read(body: bytes, value: object) -> None:
    found = decode_json("V", "x", body)
    if body.startswith(b"[["):
        assert isinstance(found, list)
    else:
        assert found == value


@CALM
@given(st.binary(max_size=300))
@example(b'{"a": [1, null, "b"]}')
@example(b'{"a": 1, "a": 2}')
@example(b"[NaN]")
def test_any_bytes_are_json_or_a_bad_answer(body: bytes) -> None:
    found = either(lambda: decode_json("V", "x", body), BadAnswer)
    if isinstance(found, BadAnswer):
        assert found.reason
        assert found.reason.isprintable()
    else:
        assert found == (json.loads(body) if body.strip() else None)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@CALM
@given(_JSON)
def test_json_comes_through_whole(value: object) -> None:
    found = decode_json("V", "x", json.dumps(value).encode())
    assert found == value
    assert same(found, value)


def _looked_at(value: object) -> object:
    if isinstance(value, Raw):
        return decode_json("V", "x", bytes(value))
    if isinstance(value, list):
        return [_looked_at(each) for each in value]
    if isinstance(value, dict):
        return {name: _looked_at(each) for name, each in value.items()}
    return value


@CALM
@given(
    st.lists(_JSON) | st.dictionaries(st.sampled_from(["data", "more", ""]), _JSON),
    st.sampled_from(["data", ""]),
)
def test_items_that_stay_json_are_the_same_once_they_are_looked_at(
    value: object, listed: str
) -> None:
    found = decode_json("V", "x", json.dumps(value).encode(), listed)
    items = found if not listed else found.get(listed) if isinstance(found, dict) else None
    assert not isinstance(items, list) or all(isinstance(item, Raw) for item in items)
    assert same(_looked_at(found), value)


@CALM
@given(st.binary(max_size=300), st.sampled_from(["a", ""]))
@example(b'{"a": [1, null, "b"]}', "a")
@example(b"[NaN]", "")
@example(b"[" * 70 + b"]" * 70, "")
def test_any_bytes_with_a_list_are_json_or_refused(body: bytes, listed: str) -> None:
    found = either(lambda: decode_json("V", "x", body, listed), ProviderError)
    eager = either(lambda: decode_json("V", "x", body), ProviderError)
    assert isinstance(eager, ProviderError) or repr(_looked_at(found)) == repr(eager)


def test_an_item_that_can_not_be_read_is_left_out_alone() -> None:
    body = b'{"data": [{"id": "a"}, {"id": "\xff"}, {"id": "b"}], "more": false}'
    value = decode_json("V", "x", body, "data")
    found = sort_out(entries(value, "data", "V", "x"), lambda item: item.word("id"), "charge")
    assert found.kept == ("a", "b")
    assert "1 charge could not be read and is left out: it is not text in UTF-8" in found.notice


@pytest.mark.parametrize(
    "text",
    [
        "123456789012345678901234567890",
        "-0.0",
        "5e-324",
        "123456789.123456789123456789",
        '{"twice": 1, "twice": 2}',
        '["\\ud83d\\ude00", "\\u0000", "\\ud800"]',
        "[NaN, Infinity, 1e999]",
    ],
)
def test_json_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert repr(decode_json("V", "x", text.encode())) == repr(json.loads(text))


@CALM
@given(_JSON, _JSON)
def test_sameness_is_that_of_json(left: object, right: object) -> None:
    # Python's `==` calls true and 1 the same; JSON does not.
    assert same(left, right) == same(right, left)
    if same(left, right):
        assert left == right


@CALM
@given(_JSON)
def test_values_are_shown_in_a_line(value: object) -> None:
    text = shown(value).text
    assert text
    assert "\n" not in text
    assert len(text) <= 200


@CALM
@given(st.text(max_size=30), _JSON)
def test_any_path_finds_or_is_refused_in_words(path: str, value: object) -> None:
    found = either(lambda: find(path, value), PathProblem)
    if isinstance(found, PathProblem):
        assert repr(path) in str(found)
    else:
        counted = number(found)
        assert counted is None or (math.isfinite(counted) and counted == found)


_PATHS = (
    *("sum(@)", "max(@)", "avg(@)", "length(@)", "sort(@)", "keys(@)", "to_number(@)"),
    *("sort_by(@, &a)", "max_by(@, &a)", "map(&a, @)", "join(',', @)", "@[0]", "@[::0]", "a < `1`"),
)


@CALM
@given(st.sampled_from(_PATHS), _JSON)
def test_functions_fit_or_are_refused(path: str, value: object) -> None:
    found = either(lambda: find(path, value), PathProblem)
    if isinstance(found, PathProblem):
        assert str(found) == f"the path {path!r} does not fit the answer"
    else:
        assert json.loads(json.dumps(found)) == found


_SHORT = st.sampled_from(["a", "_b1", "null", "length"])


@CALM
@given(
    st.lists(_SHORT, min_size=1, max_size=4).map(".".join),
    st.recursive(
        st.none() | st.integers() | st.text() | st.lists(st.integers()),
        lambda inner: st.dictionaries(_SHORT, inner),
    ),
)
def test_names_lead_where_the_library_says(path: str, value: object) -> None:
    assert find(path, value) == jmespath.search(path, value)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (b"<!DOCTYPE html>", True),
        (b"\xef\xbb\xbf \n<html>", True),
        (b"{}", False),
        (b"", False),
        (b"a < b", False),
    ],
)
def test_pages_are_known_by_their_start(body: bytes, html: bool) -> None:
    assert looks_like_html(body) is html


def test_sizes_in_words() -> None:
    assert [size_words(n) for n in (0, 100, 1024, 5 * 1024**2, 10**10)] == [
        "0 bytes",
        "100 bytes",
        "1 KiB",
        "5 MiB",
        "9 GiB",
    ]


def test_what_stands_at_a_path_is_found_without_leaving_garbage() -> None:
    gc.collect()
    for path in ("a.b", "@.a.b"):
        assert [find(path, {"a": {"b": number}}) for number in range(200)] == list(range(200))
    assert gc.collect() < 200


@CALM
@given(st.binary(max_size=2_000), st.integers(1, 9), st.integers(1, 40))
def test_what_was_squeezed_comes_out_whole_and_no_larger_than_otherwise(
    plain: bytes, level: int, times: int
) -> None:
    packed = squeezed(plain * times, level)
    assert zlib.decompress(packed) == plain * times
    assert len(packed) <= len(zlib.compress(plain * times, level)) * 1.1 + 64
