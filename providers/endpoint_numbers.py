"""Numbers out of an endpoint's answer, each a reading or the reason why there is none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from providers.clock import Moment
from providers.endpoint_options import MetricSpec
from providers.group_numbers import grouped_readings, json_groups, label_groups
from providers.json_path import PathProblem, find
from providers.metrics_text import MetricsProblem, MetricsText, Selector, parse_selector
from providers.readings import Reading, SourceId

Look = Callable[[MetricSpec], object]
"""Finds what a metric names; raises `PathProblem` or `MetricsProblem`."""


def no_readings(
    source: SourceId, metrics: Sequence[MetricSpec], at: Moment, reason: str
) -> Iterator[Reading]:
    """Every metric without a number, for one reason."""
    for spec in metrics:
        yield Reading(
            source=source, metric=spec.name, value=None, unit=spec.unit, at=at, reason=reason
        )


def json_readings(
    source: SourceId, metrics: Sequence[MetricSpec], at: Moment, document: object
) -> Iterator[Reading]:
    """The metrics by their paths in a JSON document."""
    for spec in metrics:
        if spec.group_by:
            yield from _groups(source, spec, at, partial(json_groups, spec, document))
        else:
            yield from _readings(source, (spec,), at, lambda one: find(one.path, document))


def text_readings(
    source: SourceId, metrics: Sequence[MetricSpec], at: Moment, body: bytes
) -> Iterator[Reading]:
    """The metrics by their selectors in Prometheus text.

    Raises:
        MetricsProblem: The body is no such text.
    """
    selectors = dict(_selectors(metrics))
    text = MetricsText(body, [each.name for each in selectors.values()])

    def look(spec: MetricSpec) -> object:
        return text.value(selectors.get(spec.path) or parse_selector(spec.path))

    for spec in metrics:
        if spec.group_by:
            yield from _groups(source, spec, at, partial(_labelled, spec, text, selectors))
        else:
            yield from _readings(source, (spec,), at, look)


def _labelled(
    spec: MetricSpec, text: MetricsText, selectors: Mapping[str, Selector]
) -> list[tuple[str, float]]:
    selector = selectors.get(spec.path) or parse_selector(spec.path)
    return label_groups(spec, text.labelled(selector), addable=selector.addable)


def _groups(
    source: SourceId,
    spec: MetricSpec,
    at: Moment,
    look: Callable[[], list[tuple[str, float]]],
) -> Iterator[Reading]:
    try:
        found = look()
    except (PathProblem, MetricsProblem) as problem:
        yield from no_readings(source, (spec,), at, str(problem))
        return
    yield from grouped_readings(source, spec.name, spec.unit, at, found)


def _selectors(metrics: Sequence[MetricSpec]) -> Iterator[tuple[str, Selector]]:
    for spec in metrics:
        try:
            yield spec.path, parse_selector(spec.path)
        except MetricsProblem:
            # Told where this metric is read.
            continue


def _readings(
    source: SourceId, metrics: Sequence[MetricSpec], at: Moment, look: Look
) -> Iterator[Reading]:
    for spec in metrics:
        try:
            raw = look(spec)
        except (PathProblem, MetricsProblem) as problem:
            yield from no_readings(source, (spec,), at, str(problem))
            continue
        reading = Reading.of(source, spec.name, raw, spec.unit, at)
        if reading.value is not None and spec.scale != 1.0:
            reading = Reading.of(source, spec.name, reading.value * spec.scale, spec.unit, at)
        yield reading
