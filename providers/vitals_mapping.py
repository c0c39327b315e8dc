"""Core web vitals as CrUX and PageSpeed Insights tell them; pure.

Sources: `chromeuxreport` v1 `records:queryRecord` and `pagespeedonline` v5 `runPagespeed`. CrUX is
an average of 28 days, renewed daily: a trend, never an alarm. Its p75 of CLS is a text.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.system_readings import Condition, Record
from providers.text import EMPTY, Foreign
from providers.vendor import attempt

LCP: Final = "largest_contentful_paint"
INP: Final = "interaction_to_next_paint"
CLS: Final = "cumulative_layout_shift"

NO_DATA: Final = "too few visits for field data"


class Vital(Struct, frozen=True, kw_only=True):
    """One of the three."""

    metric: str
    """Our name of its number."""

    title: str
    unit: str
    good: float
    poor: float
    """Above `good` it needs work, above `poor` it is poor (web.dev/vitals)."""


VITALS: Final[Mapping[str, Vital]] = {
    LCP: Vital(metric="lcp_ms", title="LCP", unit="ms", good=2_500, poor=4_000),
    INP: Vital(metric="inp_ms", title="INP", unit="ms", good=200, poor=500),
    CLS: Vital(metric="cls", title="CLS", unit="", good=0.1, poor=0.25),
}
"""By CrUX's own names; p75 each."""


class FieldData(Struct, frozen=True, kw_only=True):
    """What real visitors met, by metric of CrUX; what is missing was not measured."""

    p75: Mapping[str, float]
    whole_site: bool
    """Whether it is of the origin, because the page alone has too few visits."""

    until: date | None
    """The last day of the 28."""


class PageView(Struct, frozen=True, kw_only=True):
    """One page with its field data, or why there is none."""

    title: str
    url: str
    data: FieldData | None
    reason: str = ""
    no_data: bool = False
    """Whether the reason is that too few people come by, which is no trouble."""


class Lab(Struct, frozen=True, kw_only=True):
    """One Lighthouse run."""

    score: float | None
    """0 to 100."""

    audits: Mapping[str, str]
    """What Lighthouse itself displays, by our title: `LCP` -> `2.1 s`."""

    problem: str = ""
    """Lighthouse's own error, when it could not judge the page."""


def field_data(value: object, system: str, operation: str, *, whole_site: bool) -> FieldData:
    """Read an answer of `queryRecord`.

    Raises:
        BadAnswer: It is none, or not one of the three numbers can be read.
    """
    record = Fields(value, system, operation).fields("record")
    metrics = record.fields("metrics")
    found = {name: p75 for name in VITALS if (p75 := _p75(metrics, name)) is not None}
    if not found and any(name in metrics for name in VITALS):
        raise BadAnswer(system, operation, "$.record.metrics: no p75 that is a number")
    period = record.optional_fields("collectionPeriod")
    last = period.optional_fields("lastDate") if period else None
    return FieldData(p75=found, whole_site=whole_site, until=_date(last))


def _p75(metrics: Fields, name: str) -> float | None:
    """A number, or a text that is one."""
    metric = metrics.optional_fields(name)
    percentiles = metric.optional_fields("percentiles") if metric else None
    if percentiles is None or "p75" not in percentiles:
        return None
    value, _ = attempt(lambda: percentiles.number("p75"), name)
    if value is not None:
        return _finite(value)
    said, _ = attempt(lambda: percentiles.optional_text("p75"), name)
    return None if said is None else _finite(_parsed(said.text))


def _parsed(text: str) -> float:
    try:
        return float(text[:32])
    except ValueError:
        return math.nan


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) and value >= 0 else None


def _date(fields: Fields | None) -> date | None:
    if fields is None:
        return None
    parts = [fields.optional_integer(name) for name in ("year", "month", "day")]
    try:
        return date(*(each for each in parts if each is not None))
    except (TypeError, ValueError, OverflowError):
        return None


_AUDITS: Final = {
    "largest-contentful-paint": "LCP",
    "cumulative-layout-shift": "CLS",
    "total-blocking-time": "TBT",
}


def lab_of(value: object, system: str, operation: str) -> Lab:
    """Read an answer of `runPagespeed`.

    Raises:
        BadAnswer: There is no Lighthouse result in it.
    """
    result = Fields(value, system, operation).fields("lighthouseResult")
    trouble = result.optional_fields("runtimeError")
    code = (trouble.optional_text("code") if trouble else None) or EMPTY
    problem = "" if code.text in {"", "NO_ERROR"} else code.line(60)
    categories = result.optional_fields("categories")
    performance = categories.optional_fields("performance") if categories else None
    score = performance.optional_number("score") if performance else None
    # A score out of range is not a score.
    score = None if score is None or not 0 <= score <= 1 else 100.0 * score
    audits = result.optional_fields("audits")
    shown = {
        title: (each.optional_text("displayValue") or EMPTY).line(20)
        for name, title in _AUDITS.items()
        if audits is not None and (each := audits.optional_fields(name)) is not None
    }
    return Lab(score=score, audits=shown, problem=problem)


def judged(name: str, p75: float | None) -> Condition:
    """Good, needs work, or poor; a slow page is no outage."""
    if p75 is None:
        return Condition.UNKNOWN
    limits = VITALS[name]
    if p75 > limits.poor:
        return Condition.DEGRADED
    return Condition.NOTABLE if p75 > limits.good else Condition.FINE


def page_record(view: PageView) -> Record:
    """One page with its three numbers."""
    data = view.data
    p75 = data.p75 if data is not None else {}
    condition = Condition.UNKNOWN
    if p75:
        known = [judged(name, p75[name]) for name in p75]
        order = (Condition.FINE, Condition.NOTABLE, Condition.DEGRADED)
        condition = max(known, key=order.index)
    elif view.no_data:
        condition = Condition.FINE
    return Record(
        id=view.url,
        title=Foreign(view.title),
        condition=condition,
        state=Foreign(_words(condition, view)),
        details=(
            *((VITALS[name].title, Foreign(amount(name, p75.get(name)))) for name in VITALS),
            ("of", Foreign("" if data is None else "whole site" if data.whole_site else "page")),
            ("until", Foreign(data.until.isoformat() if data and data.until else "")),
        ),
        url=view.url if view.url.startswith("https://") else "",
    )


_WORDS: Final = {
    Condition.FINE: "good",
    Condition.NOTABLE: "needs work",
    Condition.DEGRADED: "poor",
}


def _words(condition: Condition, view: PageView) -> str:
    if view.data is None or not view.data.p75:
        return view.reason or NO_DATA
    return _WORDS.get(condition, "unknown")


def amount(name: str, p75: float | None) -> str:
    """`2,340 ms`, `0.08`, `—`."""
    if p75 is None:
        return "—"
    unit = VITALS[name].unit
    return f"{p75:,.0f} {unit}" if unit else f"{p75:.2f}"


def worst_of(views: Sequence[PageView], name: str) -> float | None:
    """The highest p75 of all pages; None when no page has one."""
    found = [view.data.p75[name] for view in views if view.data and name in view.data.p75]
    return max(found, default=None)
