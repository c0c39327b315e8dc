"""Fields: what breaks the contract is named by its path (P13, P23)."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.errors import BadAnswer, TooLarge
from providers.fields import Fields, list_items
from providers.secrets import Secret
from providers.text import Foreign
from tests.examples import examples

CALM = settings(max_examples=examples(60))
"""A busy machine is no failure."""

VALUE: dict[str, object] = {
    "text": "hello\x1b[31m",
    "empty": "",
    "word": "READY",
    "odd": "a b\u202e/c.d:e@f+g-h_i",
    "number": 3.5,
    "whole": 7,
    "float_whole": 7.0,
    "nan": float("nan"),
    "infinite": float("inf"),
    "huge": 10**400,
    "yes": True,
    "no": False,
    "null": None,
    "ms": 1_790_000_000_123,
    "iso": "2026-11-21T16:32:49.5+02:00",
    "iso_z": "2026-11-21T16:32:49Z",
    "iso_naive": "2026-11-21 16:32:49",
    "object": {"inner": {"deep": 1}},
    "list": [{"id": "a"}, {"id": "b"}],
    "mixed": [{"id": "a"}, 5],
    "words": ["one", "t wo", 3],
}
FIELDS = Fields(VALUE, "Vercel", "list deployments")


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (FIELDS.text("text"), Foreign("hello\x1b[31m")),
        (FIELDS.text("missing", Foreign("–")), Foreign("–")),
        (FIELDS.text("null", Foreign("–")), Foreign("–")),
        (FIELDS.text("empty"), Foreign("")),
        (FIELDS.optional_text("missing"), None),
        (FIELDS.word("word"), "READY"),
        (FIELDS.word("odd"), "a?b?/c.d:e@f+g-h_i"),
        (FIELDS.word("whole"), "7"),
        (FIELDS.word("missing", "none"), "none"),
        (FIELDS.word("empty", "none"), "none"),
        (FIELDS.optional_word("empty"), None),
        (FIELDS.integer("whole"), 7),
        (FIELDS.integer("float_whole"), 7),
        (FIELDS.optional_integer("null"), None),
        (FIELDS.number("number"), 3.5),
        (FIELDS.number("whole"), 7.0),
        (FIELDS.optional_number("missing"), None),
        (FIELDS.flag("yes"), True),
        (FIELDS.flag("no"), False),
        (FIELDS.flag("no", True), False),
        (FIELDS.flag("missing", True), True),
        (FIELDS.optional_flag("null"), None),
        (FIELDS.moment_ms("ms"), datetime(2026, 9, 21, 14, 13, 20, 123000, UTC)),
        (FIELDS.moment_iso("iso"), datetime(2026, 11, 21, 14, 32, 49, 500000, UTC)),
        (FIELDS.moment_iso("iso_z"), datetime(2026, 11, 21, 16, 32, 49, 0, UTC)),
        (FIELDS.moment_iso("iso_naive"), datetime(2026, 11, 21, 16, 32, 49, 0, UTC)),
        (FIELDS.optional_moment_ms("missing"), None),
        (FIELDS.optional_moment_iso("null"), None),
        (FIELDS.fields("object").fields("inner").integer("deep"), 1),
        (FIELDS.optional_fields("null"), None),
        ([each.word("id") for each in FIELDS.items("list")], ["a", "b"]),
        (FIELDS.items("list")[1].path, "$.list[1]"),
        (FIELDS.optional_items("missing"), None),
        (FIELDS.words("words"), ("one", "t?wo", "3")),
        (FIELDS.words("missing"), ()),
        ("word" in FIELDS, True),
        ("null" in FIELDS, False),
        ("missing" in FIELDS, False),
    ],
)
def test_what_is_there(got: object, wanted: object) -> None:
    assert got == wanted
    assert type(got) is type(wanted)


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda: FIELDS.text("missing"), "$.missing: missing"),
        (lambda: FIELDS.text("null"), "$.null: missing"),
        (lambda: FIELDS.text("whole"), "$.whole: expected text, got a whole number"),
        (lambda: FIELDS.word("empty"), "$.empty: missing"),
        (lambda: FIELDS.word("yes"), "$.yes: expected text, got true or false"),
        (lambda: FIELDS.word("list"), "$.list: expected text, got a list"),
        (lambda: FIELDS.integer("yes"), "$.yes: expected a whole number, got true or false"),
        (lambda: FIELDS.integer("number"), "$.number: expected a whole number, got a number"),
        (lambda: FIELDS.integer("text"), "$.text: expected a whole number, got text"),
        (lambda: FIELDS.integer("huge"), "$.huge: a number too large"),
        (lambda: FIELDS.number("nan"), "$.nan: not a finite number"),
        (lambda: FIELDS.number("infinite"), "$.infinite: not a finite number"),
        (lambda: FIELDS.number("huge"), "$.huge: a number too large"),
        (lambda: FIELDS.number("yes"), "$.yes: expected a number, got true or false"),
        (lambda: FIELDS.number("missing"), "$.missing: missing"),
        (lambda: FIELDS.optional_number("text"), "$.text: expected a number, got text"),
        (lambda: FIELDS.flag("whole"), "$.whole: expected true or false, got a whole number"),
        (lambda: FIELDS.flag("missing"), "$.missing: missing"),
        (lambda: FIELDS.moment_ms("text"), "$.text: expected a number, got text"),
        (lambda: FIELDS.moment_iso("text"), "$.text: not a time in ISO 8601"),
        (lambda: FIELDS.moment_iso("whole"), "$.whole: expected text, got a whole number"),
        (lambda: FIELDS.fields("list"), "$.list: expected an object, got a list"),
        (lambda: FIELDS.fields("missing"), "$.missing: missing"),
        (lambda: FIELDS.items("object"), "$.object: expected a list, got an object"),
        (lambda: FIELDS.items("mixed"), "$.mixed[1]: expected an object, got a whole number"),
        (
            lambda: FIELDS.fields("object").fields("inner").text("deep"),
            "$.object.inner.deep: expected text, got a whole number",
        ),
        (lambda: Fields([], "V", "x"), "$: expected an object, got a list"),
        (lambda: Fields(None, "V", "x"), "$: expected an object, got null"),
        (lambda: list_items({}, "V", "x"), "$: expected a list, got an object"),
    ],
)
def test_what_breaks_the_contract(ask: Callable[[], object], reason: str) -> None:
    with pytest.raises(BadAnswer) as raised:
        ask()
    assert raised.value.reason == reason


def test_the_error_names_system_and_operation() -> None:
    with pytest.raises(BadAnswer, match=r"^Vercel: list deployments: \$\.x: missing$"):
        FIELDS.text("x")


def test_lists_are_bounded() -> None:
    value: dict[str, object] = {"list": [{}] * 1_001}
    with pytest.raises(TooLarge, match="more than 1,000 entries"):
        Fields(value, "V", "x").items("list")


def test_secrets_are_masked() -> None:
    secret = Secret("sk-live-0f9e8d7c6b5a")
    fields = Fields({"text": f"use {secret.reveal()}!", "word": secret.reveal()}, "V", "x")
    assert fields.text("text").text == "use •••!"
    assert secret.reveal() not in fields.word("word")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)
_ASKS = ("text", "word", "integer", "number", "flag", "moment_ms", "moment_iso", "words")
_MORE = ("fields", "items", "names")


@CALM
@given(_JSON, st.sampled_from((*_ASKS, *_MORE[:2])), st.booleans())
def test_any_value_is_read_or_refused_by_name(value: object, ask: str, optional: bool) -> None:
    fields = Fields({"a": value}, "V", "x")
    name = f"optional_{ask}" if optional and ask != "words" else ask
    with contextlib.suppress(BadAnswer):
        found = getattr(fields, name)("a")
        if ask == "word" and found is not None:
            assert found.isascii()
            assert found.isprintable()
            assert " " not in found
        if ask == "number" and found is not None:
            assert found == found
            assert abs(found) != float("inf")


def test_what_json_gives_can_be_read() -> None:
    value = json.loads('{"a": "\\ud800x"}')
    assert Fields(value, "V", "x").text("a").text == "<U+D800>x"
    assert Fields(value, "V", "x").word("a") == "?x"
