"""What is demanded of a JSON answer, and the numbers taken out of it (P23)."""

import json

import pytest

from providers.endpoint import AssertionSpec, MetricSpec
from tests.endpoint_rigs import check_once
from tests.servers import answer, sending, serving

OK_ASSERTION = (AssertionSpec(path="status", equals="ok"),)


def _body(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("spec", "value", "passed", "expectation", "found"),
    [
        (AssertionSpec(path="a", equals="ok"), "ok", True, 'a == "ok"', '"ok"'),
        (AssertionSpec(path="a", equals="ok"), "OK", False, 'a == "ok"', '"OK"'),
        (AssertionSpec(path="a", equals=1), 1.0, True, "a == 1", "1.0"),
        (AssertionSpec(path="a", equals=1), True, False, "a == 1", "true"),
        (AssertionSpec(path="a", equals=True), 1, False, "a == true", "1"),
        (AssertionSpec(path="a", equals=False), False, True, "a == false", "false"),
        (AssertionSpec(path="a", equals=1), "1", False, "a == 1", '"1"'),
        (AssertionSpec(path="a", equals="x"), None, False, 'a == "x"', "null"),
        (AssertionSpec(path="a.b", equals="x"), "x", False, 'a.b == "x"', "null"),
        (AssertionSpec(path="a", equals=[1, {"b": 2}]), [1, {"b": 2}], True, None, "list of 2"),
        (AssertionSpec(path="a", matches="v[0-9]+"), "v12", True, "a matches v[0-9]+", None),
        (AssertionSpec(path="a", matches="v[0-9]+"), "v12x", False, None, None),
        (AssertionSpec(path="a", matches="[0-9]+"), 12, False, None, None),
        (AssertionSpec(path="a", at_least=3), 3, True, "a >= 3", "3"),
        (AssertionSpec(path="a", at_least=3), 2.9, False, "a >= 3", "2.9"),
        (AssertionSpec(path="a", at_most=3), 3.5, False, "a <= 3", "3.5"),
        (AssertionSpec(path="a", at_most=3), "2", False, "a <= 3", '"2"'),
        (AssertionSpec(path="a", at_most=3), None, False, "a <= 3", "null"),
        (AssertionSpec(path="a", at_most=3), False, False, "a <= 3", "false"),
        (AssertionSpec(path="a", at_most=3), float("nan"), False, "a <= 3", "NaN"),
        (AssertionSpec(path="a", at_least=3), float("inf"), False, "a >= 3", "Infinity"),
        (AssertionSpec(path="a", at_most=3), 10**400, False, "a <= 3", None),
        (AssertionSpec(path="a"), 0, True, "a exists", "0"),
        (AssertionSpec(path="a"), None, False, "a exists", "null"),
        (AssertionSpec(path="b", exists=False), 1, True, "b is absent", "null"),
        (AssertionSpec(path="a", exists=False), 1, False, "a is absent", "1"),
        (AssertionSpec(path="length(a)", at_least=2), [1, 2], True, "length(a) >= 2", "2"),
        (AssertionSpec(path="length(a)", at_least=2), 5, False, None, "does not fit"),
        (AssertionSpec(path="a[", equals=1), 1, False, None, "can not be read"),
        (AssertionSpec(path="nosuch(a)", equals=1), 1, False, None, "does not fit"),
        (AssertionSpec(path="&a", equals=1), 1, False, None, "no value"),
        (AssertionSpec(path="a", matches="("), "x", False, None, None),
    ],
)
async def test_assertions(
    spec: AssertionSpec, value: object, passed: bool, expectation: str | None, found: str | None
) -> None:
    async with serving(sending(answer(_body({"a": value})))) as server:
        reading, numbers = await check_once(server.url(), assertions=(spec,))
    (result,) = reading.assertions
    assert result.passed is passed
    assert expectation is None or result.expectation == expectation
    assert found is None or found in result.found.text
    assert numbers["up"].value == float(passed)
    if not passed:
        assert reading.failure is not None
        assert result.expectation in reading.failure.sentence


async def test_all_demands_of_one_assertion_must_hold() -> None:
    spec = AssertionSpec(path="a", at_least=1, at_most=5)
    async with serving(sending(answer(b'{"a": 9}'))) as server:
        reading, _ = await check_once(server.url(), assertions=(spec, *OK_ASSERTION))
    assert [each.passed for each in reading.assertions] == [True, False, False]
    assert reading.failure is not None
    assert reading.failure.sentence == "a <= 5: found 9 (and 1 more)"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty body instead of JSON"),
        (b"  \n", "an empty body instead of JSON"),
        (b"<html>", "HTML instead of JSON"),
        (b"OK", "not JSON"),
        (b"null", 'status == "ok": found null'),
        (b"[]", 'status == "ok": found null'),
        (b"{}", 'status == "ok": found null'),
        (b'{"status": {"ok": "ok"}}', "found object of 1"),
        (b'{"status": "degraded"}', 'found "degraded"'),
        (b'{"status": "\\ud800[/red]\\u001b[2J"}', 'found "<U+D800>[/red]\\u001b[2J"'),
        (b'{"status": "down", "status": "ok"}', ""),
    ],
)
async def test_what_stands_where_json_is_due(body: bytes, words: str) -> None:
    async with serving(sending(answer(body))) as server:
        reading, numbers = await check_once(server.url(), assertions=OK_ASSERTION)
    assert numbers["up"].value == (0.0 if words else 1.0)
    assert (reading.failure.sentence if reading.failure else "").find(words) >= 0


@pytest.mark.parametrize(
    ("raw", "value", "reason"),
    [
        ("41.5", 41.5, ""),
        ("0", 0.0, ""),
        ("-3", -3.0, ""),
        ("NaN", None, "not a finite number"),
        ("Infinity", None, "not a finite number"),
        ("-Infinity", None, "not a finite number"),
        ("1e999", None, "not a finite number"),
        ("1" + "0" * 400, None, "number too large"),
        ('"41.5"', None, "not a number but str"),
        ("true", None, "not a number but bool"),
        ("null", None, "no data"),
        ("[]", None, "not a number but list"),
        ("{}", None, "not a number but dict"),
        ("1.7e308", None, "not a finite number"),
    ],
)
async def test_numbers_out_of_json(raw: str, value: float | None, reason: str) -> None:
    scale = 1_000.0 if raw == "1.7e308" else 1.0
    metrics = (
        MetricSpec(name="it", path="n", unit="%", scale=scale),
        MetricSpec(name="other", path="o"),
        MetricSpec(name="broken", path="n["),
    )
    async with serving(sending(answer(f'{{"n": {raw}, "o": 1}}'.encode()))) as server:
        reading, numbers = await check_once(server.url(), metrics=metrics)
    assert numbers["it"].value == value
    assert numbers["it"].reason == reason
    assert numbers["it"].unit == "%"
    assert numbers["other"].value == 1.0
    assert "can not be read at column" in numbers["broken"].reason
    assert reading.failure is None
