"""Expectations of a JSON answer: held against it, and told in words."""

import json
import re
from collections.abc import Iterator
from typing import Final

from providers.endpoint_options import AssertionSpec
from providers.json_path import PathProblem, find, number, same, shown
from providers.probe_readings import AssertionResult
from providers.text import Foreign

LONGEST_MATCHED: Final = 1_000
"""Characters of a text that an expression of the configuration is tried on."""


def assertion_results(spec: AssertionSpec, document: object) -> tuple[AssertionResult, ...]:
    """One result for each thing the specification demands."""
    try:
        value = find(spec.path, document)
    except PathProblem as problem:
        found = Foreign(str(problem))
        return tuple(
            AssertionResult(expectation=words, found=found, passed=False)
            for words, _ in _demands(spec, None)
        )
    found = shown(value)
    return tuple(
        AssertionResult(expectation=words, found=found, passed=passed)
        for words, passed in _demands(spec, value)
    )


def _demands(spec: AssertionSpec, value: object) -> Iterator[tuple[str, bool]]:
    figure = number(value)
    if spec.equals is not None:
        wanted = json.dumps(spec.equals, ensure_ascii=False, default=str)
        yield f"{spec.path} == {wanted}", same(value, spec.equals)
    if spec.matches is not None:
        yield f"{spec.path} matches {spec.matches}", _matches(spec.matches, value)
    if spec.at_least is not None:
        yield f"{spec.path} >= {spec.at_least:g}", figure is not None and figure >= spec.at_least
    if spec.at_most is not None:
        yield f"{spec.path} <= {spec.at_most:g}", figure is not None and figure <= spec.at_most
    if spec.exists is False:
        yield f"{spec.path} is absent", value is None
    elif spec.exists or _nothing_else(spec):
        yield f"{spec.path} exists", value is not None


def _nothing_else(spec: AssertionSpec) -> bool:
    return all(each is None for each in (spec.equals, spec.matches, spec.at_least, spec.at_most))


def _matches(pattern: str, value: object) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST_MATCHED:
        return False
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return False
