"""Numbers out of Prometheus text (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from providers.http_body import looks_like_html
from providers.metrics_line import sample_of

MOST_LINES: Final = 5_000
MOST_CHARACTERS: Final = 256 * 1024
"""Of the lines that carry a wanted name; all of them are held at once."""

_NAME: Final = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SELECTOR: Final = re.compile(rf"\s*({_NAME})\s*(?:\{{(.*)\}})?\s*", re.DOTALL)
_MATCHER: Final = re.compile(
    r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)', re.DOTALL
)
_SAMPLE: Final = re.compile(rf"(?:{_NAME})\s*[\s{{]")
_ADDABLE: Final = ("_total", "_count", "_sum", "_bucket")


class MetricsProblem(ValueError):
    """The text is not metrics, or holds no such number; the message says why, in our words."""


class Selector(Struct, frozen=True, kw_only=True):
    """Which samples are meant: a name, and conditions on labels."""

    name: str
    conditions: tuple[tuple[str, str, str], ...] = ()
    """Label, operator (`=`, `!=`, `=~`, `!~`), value; a missing label counts as empty."""

    @property
    def addable(self) -> bool:
        """Whether samples of this name may be added: it says that they count."""
        return self.name.endswith(_ADDABLE)

    def fits(self, labels: "dict[str, str]") -> bool:
        """Whether a sample with these labels is meant."""
        return all(
            _holds(labels.get(label, ""), operator, value)
            for label, operator, value in self.conditions
        )


def _holds(found: str, operator: str, wanted: str) -> bool:
    if operator in {"=", "!="}:
        return (found == wanted) == (operator == "=")
    return bool(re.fullmatch(wanted, found[:1_000])) == (operator == "=~")


def parse_selector(text: str) -> Selector:
    """A selector as in PromQL, without ranges and functions.

    Raises:
        MetricsProblem: It can not be read.
    """
    whole = _SELECTOR.fullmatch(text)
    if whole is None:
        raise MetricsProblem(f"the selector {text!r} can not be read")
    conditions: list[tuple[str, str, str]] = []
    rest = (whole.group(2) or "").strip()
    while rest:
        part = _MATCHER.match(rest)
        if part is None:
            raise MetricsProblem(f"the selector {text!r} can not be read")
        label, operator, quoted = part.groups()
        value = re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], quoted)
        conditions.append((label, operator, _checked(operator, value, text)))
        rest = rest[part.end() :]
    return Selector(name=whole.group(1), conditions=tuple(conditions))


def _checked(operator: str, value: str, text: str) -> str:
    if operator in {"=~", "!~"}:
        try:
            re.compile(value)
        except re.error:
            raise MetricsProblem(f"the selector {text!r} has a broken expression") from None
    return value


class MetricsText:
    """One answer in Prometheus text, of which only the wanted lines are parsed.

    Args:
        body: As it came.
        names: The sample names that will be asked for.

    Raises:
        MetricsProblem: It is not metrics.
    """

    def __init__(self, body: bytes, names: Sequence[str]) -> None:
        text = _decoded(body)
        wanted = tuple(names)
        lines = [line for line in text.split("\n") if line.startswith(wanted)] if wanted else []
        if len(lines) > MOST_LINES or sum(map(len, lines)) > MOST_CHARACTERS:
            raise MetricsProblem("too many samples of the wanted names")
        self._samples = tuple(_parsed(lines))

    def value(self, selector: Selector) -> float:
        """The number that is meant; may be NaN or infinite, as the format allows.

        Several samples are added when their name says that they count (`_total`, `_count`,
        `_sum`, `_bucket`); of anything else a sum would be an invented number.

        Raises:
            MetricsProblem: No sample fits, or several do.
        """
        found = self.values(selector)
        if not found:
            raise MetricsProblem(f"no sample of {selector.name} fits")
        if len(found) > 1 and not selector.addable:
            raise MetricsProblem(f"{len(found)} samples of {selector.name} fit: name a label")
        return sum(found)

    def labelled(self, selector: Selector) -> Iterator[tuple[dict[str, str], float]]:
        """All numbers that are meant, each with its labels."""
        for name, labels, value in self._samples:
            if name == selector.name and selector.fits(labels):
                yield labels, value

    def values(self, selector: Selector) -> tuple[float, ...]:
        """All numbers that are meant, for whoever knows that they may be added."""
        return tuple(value for _, value in self.labelled(selector))


def _decoded(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise MetricsProblem("not metrics: it is not text in UTF-8") from None
    if looks_like_html(body):
        raise MetricsProblem("not metrics: HTML")
    if text.lstrip()[:1] in {"{", "["}:
        raise MetricsProblem("not metrics: JSON")
    first = next((line for line in text.split("\n") if line.strip() and line[0] != "#"), None)
    if first is None:
        raise MetricsProblem("not metrics: it holds no sample")
    if not _SAMPLE.match(first.lstrip()):
        raise MetricsProblem("not metrics: its first line is no sample")
    return text


def _parsed(lines: Sequence[str]) -> Iterator[tuple[str, dict[str, str], float]]:
    try:
        for line in lines:
            yield sample_of(line)
    except ValueError:
        raise MetricsProblem("not metrics: a line of it can not be read") from None
