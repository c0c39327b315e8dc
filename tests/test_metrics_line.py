"""A line of Prometheus text, held against the parser of the Prometheus project."""

import math
import time

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from providers.metrics_line import sample_of
from tests.examples import examples

CALM = settings(max_examples=examples(150))
"""A busy machine is no failure."""

Sample = tuple[str, dict[str, str], float]

NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", fullmatch=True)
LABELS = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,8}", fullmatch=True)
BLANKS = st.text(" ", min_size=0, max_size=2)


def theirs(line: str) -> Sample:
    """What the other parser reads."""
    (family,) = text_string_to_metric_families(line)
    (sample,) = family.samples
    return sample.name, dict(sample.labels), float(sample.value)


def same(one: Sample, other: Sample) -> bool:
    """Equal, where NaN is NaN."""
    both_nan = math.isnan(one[2]) and math.isnan(other[2])
    return one[:2] == other[:2] and (both_nan or one[2] == other[2])


def escaped(value: str) -> str:
    """As it stands between quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, dict[str, str], float]:
    """A well-formed line, its labels and its value."""
    labels = draw(st.dictionaries(LABELS, st.text(max_size=12), max_size=4))
    # A line ends at any sign that ends a line for Python; the format knows one alone.
    assume(all(len(value.splitlines()) < 2 for value in labels.values()))
    value = draw(st.floats() | st.integers(-(10**20), 10**20))
    pairs = [
        f'{draw(BLANKS)}{name}{draw(BLANKS)}={draw(BLANKS)}"{escaped(each)}"{draw(BLANKS)}'
        for name, each in labels.items()
    ]
    comma = draw(st.sampled_from(["", ","])) if pairs else ""
    bare = not pairs and draw(st.sampled_from([True, False]))
    braces = "" if bare else f"{{{','.join(pairs)}{comma}}}"
    when = draw(st.sampled_from(["", " 1395066363000", " -3982045"]))
    line = f"{draw(NAMES)}{draw(BLANKS) if braces else ''}{braces} {draw(BLANKS)}{value}{when}"
    return line, labels, float(value)


@CALM
@given(lines())
def test_a_well_formed_line_is_read_as_it_was_meant(
    made: tuple[str, dict[str, str], float],
) -> None:
    line, labels, value = made
    found = sample_of(line)
    assert same((found[0], labels, value), found)
    assert same(found, theirs(line))


@CALM
@given(st.text('ab_:{}="\\,. 01eE+-nN\t\u00e9', max_size=24).map("wanted".__add__))
@example('wanted{a="1"} 1_0')
@example('wanted{a="1" b="2"} 1')
@example('wanted{a="1",a="2"} 1')
@example('wanted{__name__="other"} 1')
@example('wanted{a="1"}{b="2"} 1')
@example('wanted{"a b"="}"} 1')
@example("wanted 1 2 3")
@example("wanted \u0661")
def test_whatever_is_read_the_other_parser_reads_alike(line: str) -> None:
    try:
        found = sample_of(line)
    except ValueError:
        return
    assert same(found, theirs(line))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "wanted",
        "wanted ",
        "wanted one",
        "wanted 1_000",
        "wanted 0x10",
        "wanted 1 2 3",
        "wanted{a=b} 1",
        "wanted{a} 1",
        'wanted{a="b" 1',
        'wanted{a="b"c="d"} 1',
        'wanted{a="b} 1',
        "wanted{,} 1",
        'wanted{a="1",a="2"} 1',
        'wanted{__name__="b"} 1',
        "1wanted 1",
        "wanted \u0661",
    ],
)
def test_what_is_no_sample(line: str) -> None:
    with pytest.raises(ValueError, match="no "):
        sample_of(line)


@pytest.mark.parametrize(
    ("line", "sample"),
    [
        ('wanted{le="0.1"} 8 # {trace="a b"} 0.05 1.5', ("wanted", {"le": "0.1"}, 8.0)),
        ('wanted{"a.b"="c"}+Inf', ("wanted", {"a.b": "c"}, math.inf)),
        ('wanted{a="\\\\n\\t\\""} 1\r', ("wanted", {"a": '\\n\\t"'}, 1.0)),
    ],
)
def test_the_rarer_forms(line: str, sample: Sample) -> None:
    assert sample_of(line) == sample


@pytest.mark.parametrize(
    "line",
    [
        'wanted{a="' + "\\" * 200_000,
        "wanted{" + 'a="b",' * 40_000,
        "wanted" + " " * 200_000 + "x",
        "wanted " + "1" * 200_000 + "x",
        "wanted{" + " " * 200_000 + "}",
        'wanted{a="b"' + " " * 200_000 + "x} 1",
    ],
)
def test_no_line_takes_longer_than_its_length(line: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match="no "):
        sample_of(line)
    assert time.process_time() - began < 0.5
