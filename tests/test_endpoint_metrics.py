"""Numbers out of Prometheus text, and what is no such text."""

from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from providers.endpoint import MetricSpec
from providers.metrics_text import MetricsProblem, MetricsText, parse_selector
from providers.probe_readings import Role
from tests.either import either
from tests.endpoint_rigs import check_once
from tests.examples import examples
from tests.servers import answer, sending, serving

CALM = settings(max_examples=examples(60))
"""A busy machine is no failure."""

TEXT = b"""\
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000
http_requests_total{method="get",code="200"} 100
# TYPE pool_connections gauge
pool_connections{db="main"} 18
pool_connections{db="replica"} 4
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="No file:\\n\\"F}\\""} 1.458e9
metric_without_labels 12.47
process_resident_memory_bytes 4.2e+07
something_weird{problem="division by zero"} +Inf -3982045
not_there NaN
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_sum 53423
rpc_duration_seconds{quantile="0.99"} 0.076
rpc_duration_seconds_longer_name 5
"""


@pytest.mark.parametrize(
    ("selector", "value", "reason"),
    [
        ("metric_without_labels", 12.47, ""),
        ("process_resident_memory_bytes", 4.2e7, ""),
        ('pool_connections{db="main"}', 18.0, ""),
        ("pool_connections{ db = 'main' }", None, "can not be read"),
        ('pool_connections{db!="main"}', 4.0, ""),
        ('pool_connections{db=~"ma.*"}', 18.0, ""),
        ('pool_connections{db!~"ma.*"}', 4.0, ""),
        ('pool_connections{db=~"("}', None, "broken expression"),
        ("pool_connections", None, "2 samples of pool_connections fit: name a label"),
        ('pool_connections{db="none"}', None, "no sample of pool_connections fits"),
        ('pool_connections{host=""}', None, "2 samples"),
        ("http_requests_total", 1130.0, ""),
        ('http_requests_total{code="200"}', 1127.0, ""),
        ('http_requests_total{code="200",method="get"}', 100.0, ""),
        ('http_requests_total{code="200",method="get",}', 100.0, ""),
        ('http_request_duration_seconds_bucket{le="0.05"}', 24054.0, ""),
        ("rpc_duration_seconds", 0.076, ""),
        ("rpc_duration_seconds_longer_name", 5.0, ""),
        (
            'msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT"}',
            1.458e9,
            "",
        ),
        ("something_weird", None, "not a finite number"),
        ("not_there", None, "not a finite number"),
        ("nowhere", None, "no sample of nowhere fits"),
        ("a b", None, "can not be read"),
        ("", None, "can not be read"),
        ("{}", None, "can not be read"),
        ("up{", None, "can not be read"),
    ],
)
async def test_numbers_by_selector(selector: str, value: float | None, reason: str) -> None:
    async with serving(sending(answer(TEXT, kind="text/plain; version=0.0.4"))) as server:
        reading, numbers = await check_once(
            server.url("/metrics"),
            role=Role.METRICS,
            metrics_format="prometheus",
            metrics=(
                MetricSpec(name="it", path=selector, unit="count"),
                MetricSpec(name="sure", path="metric_without_labels", scale=2.0),
            ),
        )
    assert numbers["it"].value == (pytest.approx(value) if value is not None else None)
    assert reason in numbers["it"].reason
    assert bool(numbers["it"].reason) == (value is None)
    assert numbers["sure"].value == pytest.approx(24.94)
    assert reading.failure is None
    assert b"Accept: text/plain" in server.requests[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>Login</body></html>", "not metrics: HTML"),
        (b'{"status": "ok"}', "not metrics: JSON"),
        (b"[1]", "not metrics: JSON"),
        (b"", "not metrics: it holds no sample"),
        (b"# only comments\n\n", "not metrics: it holds no sample"),
        (b"Internal error", "not metrics: a line|no sample of|not metrics"),
        (b"OK", "not metrics: its first line is no sample"),
        (b"\xff\xfe", "not metrics: it is not text in UTF-8"),
        (b"wanted{a=b} 1\n", "not metrics: a line of it can not be read"),
        (b"wanted one\n", "not metrics: a line of it can not be read"),
        (b"wanted " + b"9" * 5_000 + b"\n", "not a finite number|number too large|can not be"),
        (b'wanted{a="' + b"x" * 300_000 + b'"} 1\n', "too many samples"),
        (b'wanted{a="1"} 1\n' * 6_000, "too many samples"),
    ],
)
async def test_what_is_not_metrics(body: bytes, reason: str) -> None:
    async with serving(sending(answer(body))) as server:
        _, numbers = await check_once(
            server.url(),
            metrics_format="prometheus",
            metrics=(MetricSpec(name="it", path="wanted"),),
        )
    assert numbers["it"].value is None
    assert any(each in numbers["it"].reason for each in reason.split("|")), numbers["it"].reason


async def test_not_metrics_is_a_failed_check() -> None:
    async with serving(sending(answer(b"<html>"))) as server:
        reading, numbers = await check_once(
            server.url(),
            metrics_format="prometheus",
            metrics=(MetricSpec(name="it", path="wanted"),),
        )
    assert reading.failure is not None
    assert reading.failure.sentence == "not metrics: HTML"
    assert numbers["up"].value == 0.0


def test_a_large_exposition_is_read_in_little_time() -> None:
    import time

    line = b'some_other_metric_total{path="/a/b",code="200",pod="api-6f7d"} 12345\n'
    body = line * (4 * 1024 * 1024 // len(line)) + b"wanted 7\n"
    began = time.process_time()
    text = MetricsText(body, ["wanted"])
    assert time.process_time() - began < 0.5
    assert text.value(parse_selector("wanted")) == 7.0


@CALM
@example(b" 7")
@example(b'a="b"')
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_metrics_or_a_problem(body: bytes) -> None:
    for lines in (body, b"wanted" + body, b"wanted{" + body + b"} 1", b"ok 1\nwanted " + body):
        value = either(partial(_wanted, lines), MetricsProblem)
        if isinstance(value, MetricsProblem):
            assert str(value)
        else:
            told = [line.split() for line in lines.decode().split("\n") if "wanted" in line]
            assert str(value) in {str(_number(word)) for words in told for word in words}


def _wanted(lines: bytes) -> float:
    return MetricsText(lines, ["wanted"]).value(parse_selector("wanted"))


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


@CALM
@given(st.text(max_size=60))
def test_any_selector_is_read_or_refused(text: str) -> None:
    for each in (text, f"name{{{text}}}", f'name{{label="{text}"}}', f'name{{label=~"{text}"}}'):
        try:
            selector = parse_selector(each)
        except MetricsProblem:
            continue
        assert selector.name
        selector.fits({"label": "x"})


@CALM
@given(st.text(max_size=40))
def test_a_label_value_finds_itself(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    selector = parse_selector(f'name{{label="{quoted}"}}')
    assert selector.fits({"label": value})
    assert not selector.fits({"label": value + "x"})
