"""Faults are switched and counted; bending an answer keeps its shape."""

import json

from hypothesis import given
from hypothesis import strategies as st

from demo.distort import distort
from demo.faults import Fault, FaultKind, Faults


def test_switching_tells_whoever_watches() -> None:
    faults = Faults()
    told: list[int] = []
    faults.watch(lambda: told.append(len(faults.active)))
    faults.on(Fault(service="a", kind=FaultKind.HANG))
    faults.on(Fault(service="a", kind=FaultKind.REFUSE))
    faults.on(Fault(service="b", kind=FaultKind.HANG, path="/x"))

    assert [faults.refuses(name) for name in ("a", "b")] == [True, False]
    assert faults.strike("a", "/x") is None
    assert faults.off("b", "/y") == 0
    assert faults.off("b", "/x") == 1
    assert faults.off() == 1
    assert told == [1, 1, 2, 2, 1, 0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
BENDING = [
    FaultKind.NULLS,
    FaultKind.WRONG_TYPES,
    FaultKind.UNKNOWN_ENUM,
    FaultKind.HOSTILE_TEXT,
    FaultKind.NOT_A_NUMBER,
]


def shape(value: object) -> object:
    """What is left of a value when all leaves are alike."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "leaf"


@given(value=JSON, kind=st.sampled_from(BENDING))
def test_bending_keeps_the_shape_of_the_answer(value: object, kind: FaultKind) -> None:
    bent = json.loads(distort(json.dumps(value).encode(), kind))
    if kind is not FaultKind.WRONG_TYPES:
        assert shape(bent) == shape(value)
    else:
        assert isinstance(bent, type(value)) == isinstance(value, dict | list)


def test_what_is_no_json_is_left_alone() -> None:
    assert distort(b"<html>", FaultKind.NULLS) == b"<html>"
