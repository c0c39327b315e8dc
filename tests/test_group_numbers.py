"""One number of an answer for each of many: objects and lists of JSON, labels of metrics."""

import json
from collections.abc import Mapping

import pytest

from providers.clock import Moment
from providers.endpoint_numbers import json_readings, text_readings
from providers.endpoint_options import MetricSpec
from providers.group_numbers import MOST_GROUPS, grouped_readings
from providers.readings import Reading, SourceId
from providers.secrets import Secret
from tests.fakes import START

SOURCE = SourceId("localloop/production/site/system-status")
NOW = Moment(at=START, tick_s=1.0)
DOCUMENT = {
    "by": {"192.0.2.1": 61, "203.0.113.7": 1080, "odd": "x", "none": None, "flag": True},
    "list": [{"route": "/v1/orders", "n": {"m": 7}}, {"route": "/v1/carts", "n": {"m": 9}}, 3],
    "pairs": [["one", 1], ["two", 2]],
    "empty": {},
    "number": 5,
    "texts": {"a": "b"},
}
TEXT = """\
requests_total{source="a",code="200"} 5
requests_total{source="a",code="500"} 2
requests_total{source="b",code="200"} 9
requests_total{code="200"} 90
busy{source="a",pool="x"} 1
busy{source="a",pool="y"} 2
busy{source="b",pool="z"} NaN
plain 4
"""


def told(readings: tuple[Reading, ...]) -> tuple[dict[str, float | None], float | None, str]:
    """Each group, what is told of all, and why there is nothing."""
    groups = {one.group: one.value for one in readings if one.group}
    (whole,) = (one for one in readings if not one.group)
    assert readings[0] is whole, "that there was a look comes first"
    return groups, whole.value, whole.reason


@pytest.mark.parametrize(
    ("metric", "groups", "whole"),
    [
        ({"path": "by", "group_by": "source"}, {"203.0.113.7": 1080, "192.0.2.1": 61}, 1080),
        (
            {"path": "list", "group_by": "route", "value": "n.m"},
            {"/v1/carts": 9, "/v1/orders": 7},
            9,
        ),
        ({"path": "pairs", "group_by": "key"}, {"two": 2, "one": 1}, 2),
        ({"path": "empty", "group_by": "key"}, {}, 0),
    ],
)
def test_a_number_of_many_in_json(
    metric: Mapping[str, str], groups: Mapping[str, float], whole: float
) -> None:
    spec = MetricSpec(name="by", **metric)  # type: ignore[arg-type]
    found = told(tuple(json_readings(SOURCE, (spec,), NOW, DOCUMENT)))
    assert found == (groups, whole, "")


def test_a_name_that_holds_a_secret_is_masked() -> None:
    Secret("group-t0ken-of-ours")
    given = [("by group-t0ken-of-ours", 1.0)]
    found = told(tuple(grouped_readings(SOURCE, "by", "", NOW, given)))
    assert found[0] == {"by •••": 1.0}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("number", "one value stands at 'number'"),
        ("gone", "nothing stands at 'gone'"),
        ("texts", "names no group with a number"),
        ("list", "names no group with a number"),
        ("[", "can not be read"),
    ],
)
def test_what_can_not_be_told_apart_says_why(path: str, reason: str) -> None:
    spec = MetricSpec(name="by", path=path, group_by="route")
    groups, whole, why = told(tuple(json_readings(SOURCE, (spec,), NOW, DOCUMENT)))
    assert (groups, whole) == ({}, None)
    assert reason in why


@pytest.mark.parametrize(
    ("path", "label", "groups"),
    [
        ("requests_total", "source", {"b": 9, "a": 7}),
        ('requests_total{code="500"}', "source", {"a": 2}),
        ("busy", "pool", {"y": 2, "x": 1}),
    ],
)
def test_a_number_of_many_by_label(path: str, label: str, groups: Mapping[str, float]) -> None:
    spec = MetricSpec(name="by", path=path, group_by=label)
    found = told(tuple(text_readings(SOURCE, (spec,), NOW, TEXT.encode())))
    assert found == (groups, max(groups.values()), "")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("busy", "several samples share a source"),
        ("plain", "no sample has the label source"),
        ("a b", "can not be read"),
    ],
)
def test_labels_that_tell_nothing_apart_say_why(path: str, reason: str) -> None:
    spec = MetricSpec(name="by", path=path, group_by="source")
    groups, whole, why = told(tuple(text_readings(SOURCE, (spec,), NOW, TEXT.encode())))
    assert (groups, whole) == ({}, None)
    assert reason in why


def test_a_scale_is_applied_to_each() -> None:
    spec = MetricSpec(name="by", path="pairs", group_by="key", scale=60.0)
    groups, whole, _ = told(tuple(json_readings(SOURCE, (spec,), NOW, DOCUMENT)))
    assert (groups, whole) == ({"two": 120, "one": 60}, 120)


def test_names_are_made_safe_and_only_the_largest_are_told() -> None:
    hostile = {f"host-{number}": number for number in range(1_000)}
    document = json.loads(json.dumps({"by": {**hostile, "\x1b[31mevil\u202e": 5_000, "": 4_000}}))
    spec = MetricSpec(name="by", path="by", group_by="source")
    readings = tuple(json_readings(SOURCE, (spec,), NOW, document))
    assert len(readings) == MOST_GROUPS + 1
    names = [one.group for one in readings[1:4]]
    assert not any(sign in name for name in names for sign in "\x1b\u202e")
    assert "evil" in names[0]
    assert names[1:] == ["(no name)", "host-999"]


def test_two_names_that_look_the_same_are_told_once() -> None:
    found = list(grouped_readings(SOURCE, "by", "", NOW, [("a" * 90 + "1", 2.0), ("a" * 90, 1.0)]))
    assert [one.value for one in found] == [2.0, 2.0]
