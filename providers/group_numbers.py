"""One number of an answer for each of many: by source, by address, by label.

Of each look at them there is also one reading without a group: the largest. It says that there was
a look, even when nobody was to be named, and is what the history keeps.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from providers.clock import Moment
from providers.endpoint_options import MetricSpec
from providers.json_path import PathProblem, find, number
from providers.metrics_text import MetricsProblem
from providers.readings import Reading, SourceId
from providers.secrets import redact
from providers.text import Foreign

MOST_GROUPS: Final = 200
"""Of one number in one answer; the largest stay."""

_NAME_WIDTH: Final = 80
_UNNAMED: Final = "(no name)"


def grouped_readings(
    source: SourceId,
    metric: str,
    unit: str,
    at: Moment,
    numbers: Iterable[tuple[str, float]],
    most: int = MOST_GROUPS,
) -> Iterator[Reading]:
    """The largest first, after the one that speaks for all; 0 for all where there is none.

    Args:
        source: Whose they are.
        metric: What is counted.
        unit: As in `Reading.unit`.
        at: When it was so.
        numbers: Names, not yet safe to draw, with finite numbers.
        most: How many are told.
    """
    ordered = sorted(numbers, key=lambda one: (-one[1], one[0]))
    largest = ordered[0][1] if ordered else 0.0
    yield Reading(source=source, metric=metric, value=largest, unit=unit, at=at)
    told: set[str] = set()
    for raw, value in ordered:
        name = Foreign(redact(raw)).line(_NAME_WIDTH) or _UNNAMED
        if name not in told and len(told) < most:
            told.add(name)
            yield Reading(source=source, metric=metric, value=value, unit=unit, at=at, group=name)


def json_groups(spec: MetricSpec, document: object) -> list[tuple[str, float]]:
    """Names and numbers where the metric's path leads; those that are no numbers are left out.

    Raises:
        PathProblem: There is neither an object of numbers nor a list that can be told apart, or
            none of it is a number.
    """
    found = find(spec.path, document)
    if isinstance(found, Mapping):
        pairs: list[tuple[object, object]] = list(found.items())
    elif isinstance(found, list):
        pairs = [_pair(spec, entry) for entry in found]
    else:
        kind = "nothing" if found is None else "one value"
        raise PathProblem(f"{kind} stands at {spec.path!r}, neither an object nor a list")
    known = [
        (str(name), value * spec.scale)
        for name, raw in pairs
        if isinstance(name, str | int) and (value := number(raw)) is not None
    ]
    if pairs and not known:
        raise PathProblem(f"what stands at {spec.path!r} names no group with a number")
    return known


def _pair(spec: MetricSpec, entry: object) -> tuple[object, object]:
    """Name and number of one entry of a list: by their fields, or as a pair."""
    if isinstance(entry, Mapping):
        return entry.get(spec.group_by), find(spec.value, entry) if spec.value else None
    if isinstance(entry, list) and len(entry) == 2:
        return entry[0], entry[1]
    return None, None


def label_groups(
    spec: MetricSpec, samples: Iterable[tuple[dict[str, str], float]], *, addable: bool
) -> list[tuple[str, float]]:
    """Names and numbers by the values of a label; samples that share one are added up.

    Raises:
        MetricsProblem: No sample has the label, or several of what can not be added share a value.
    """
    sums: dict[str, float] = {}
    for labels, value in samples:
        name = labels.get(spec.group_by)
        if name is None or (checked := number(value)) is None:
            continue
        if name in sums and not addable:
            raise MetricsProblem(f"several samples share a {spec.group_by}: name more labels")
        sums[name] = sums.get(name, 0.0) + checked * spec.scale
    if not sums:
        raise MetricsProblem(f"no sample has the label {spec.group_by}")
    return list(sums.items())
