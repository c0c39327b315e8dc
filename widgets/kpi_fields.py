"""The columns of the KPI pane: number, gauge against its limits, history, and the rule in words."""

import re
from functools import partial
from typing import Final

from msgspec.structs import replace

from monitor.band_words import TARGET_ONLY, TREND, kind_words
from monitor.bands import alarms
from monitor.budget import Budget, rate_words
from monitor.group_view import GroupView
from monitor.kpi_shown import burning, shown
from monitor.snapshot import KpiView
from monitor.verdicts import Band, BandName, Level, Phase
from monitor.words import number_words, span_words
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.fields import Field
from widgets.gauge import Scale, gauge, limits_of, scale_of
from widgets.glyphs import Glyphs
from widgets.looks import (
    PENDING,
    flapping_words,
    limit_words,
    pending_words,
    reach_words,
    recovering_words,
)
from widgets.spark import spark
from widgets.tiers import Tier
from widgets.tones import text_tone, verdict_tone

KpiField = Field[KpiView]

HISTORY: Final = 12
_GAUGES: Final = {Tier.NARROW: 14, Tier.NORMAL: 11, Tier.WIDE: 18, Tier.HUGE: 18}


_FEW: Final = re.compile(r"judged from (\S+) attempts on, (\S+) so far")
"""Why a ratio is none yet, in more words than a row has room for."""

_VALUE: Final = 7
"""The room for `7.03 s` or `12 %`; `12.6 MiB` stands there without its blank."""

_RULE: Final = 17
"""The room for `pending 50s/1m30s`."""

_MOSTLY: Final = 50.0
"""Below this share, in percent, of a period that was seen its number is no figure to lean on."""

_NO_DATA_FOR: Final = "no data for "

_ALARMS: Final = frozenset({Tone.WARNING, Tone.CRITICAL})


def needs_somebody(kpi: KpiView) -> bool:
    """Whether a KPI is anything but well: all that a narrow wall shows."""
    verdict = shown(kpi)
    return verdict.level is not Level.OK or verdict.phase is not Phase.OK


def kpi_fields(
    tier: Tier, glyphs: Glyphs, *, loading: bool = False, cramped: bool = False
) -> tuple[KpiField, ...]:
    """The columns there is room for.

    Args:
        tier: How wide the terminal is.
        glyphs: The signs to draw with.
        loading: Nothing has answered yet: not known is not yet a state.
        cramped: There is no room for gauge and rule both: the rule says more.
    """
    if loading:
        glyphs = replace(glyphs, unknown=glyphs.loading)
    width, beside = _GAUGES[tier], tier >= Tier.WIDE
    fields: list[KpiField] = [
        Field(column=Column(key="level", width=1), draw=partial(_sign, glyphs), rank=_rank),
        Field(column=Column(key="title", width=36 if tier is Tier.HUGE else 16), draw=_title),
        Field(
            column=Column(key="value", width=_VALUE, align="right"),
            draw=_value,
            rank=lambda kpi: kpi.value,
        ),
    ]
    if not cramped:
        draw = partial(_gauge, width, beside)
        fields.append(Field(column=Column(key="gauge", width=width), draw=draw))
    if beside:
        fields.append(
            Field(column=Column(key="history", width=HISTORY), draw=partial(_history, HISTORY))
        )
    rule = Column(key="rule", width=_RULE, grows=True)
    fields.append(Field(column=rule, draw=lambda kpi: Cell(rule_words(kpi), _rule_tone(kpi))))
    return tuple(fields)


def _tone(kpi: KpiView) -> Tone:
    verdict = shown(kpi)
    return text_tone(verdict_tone(verdict.level, verdict.phase))


def _rank(kpi: KpiView) -> float:
    verdict = shown(kpi)
    return -float(verdict.level) - (0.5 if verdict.phase is Phase.PENDING else 0)


def _sign(glyphs: Glyphs, kpi: KpiView) -> Cell:
    return kpi_sign(kpi, glyphs)


def kpi_sign(kpi: KpiView, glyphs: Glyphs) -> Cell:
    """Green is for what is judged and good: a trend is never judged, a missed goal is not good."""
    verdict = shown(kpi)
    tone = verdict_tone(verdict.level, verdict.phase)
    sign = glyphs.verdict(verdict.level, verdict.phase)
    if tone is not Tone.OK:
        return Cell(sign, tone)
    if not kpi.spec.bands:
        return Cell(glyphs.note, Tone.MUTED)
    return Cell(sign, Tone.NORMAL if kpi.missed_target else tone)


def _title(kpi: KpiView) -> Cell:
    critical = shown(kpi).level is Level.CRITICAL
    return Cell(kpi.spec.title, Tone.TITLE if critical else Tone.NORMAL, bold=critical)


def _value(kpi: KpiView) -> Cell:
    unseen = kpi.budget is not None and kpi.budget.seen_percent < _MOSTLY
    words = number_words(kpi.value, kpi.spec.unit)
    words = words if len(words) <= _VALUE else words.replace(" ", "")
    if (unseen or kpi.covers_s is not None) and shown(kpi).phase is Phase.OK:
        # A share over a part of its window is no figure to lean on yet.
        return Cell(words, Tone.MUTED)
    return Cell(words, _tone(kpi))


def _gauge(width: int, beside: bool, kpi: KpiView) -> Line:
    """Limits are lit only where one is passed: a healthy wall stays quiet.

    A trend has no limits and so no gauge; its history stands here unless it does beside it.
    """
    if not kpi.spec.bands:
        return () if beside else (_history(width, kpi),)
    tone = _tone(kpi)
    limits = limits_of(kpi.spec.bands, lit=tone in _ALARMS)
    filled = Tone.MUTED if tone is Tone.NORMAL else tone
    return gauge(kpi.value, limits, width, _scale(kpi), filled)


def _scale(kpi: KpiView) -> Scale:
    return scale_of(kpi.spec.bands, kpi.spec.span, percent=kpi.spec.unit == "%")


def _history(width: int, kpi: KpiView) -> Cell:
    """On the scale of the gauge beside it: a high bar is bad for every KPI. A trend has its own."""
    if not kpi.spec.bands:
        return Cell(spark(kpi.history, width), Tone.MUTED)
    scale = _scale(kpi)
    shares = [None if value is None else scale.share(value) for value in kpi.history]
    return Cell(spark(shares, width, ceiling=1.0), Tone.MUTED)


def rule_words(kpi: KpiView) -> str:
    """Where the rule stands: its waiting time, why there is no number, or what it watches for."""
    burn = burning(kpi)
    return _number_rule_words(kpi) if burn is None else _burn_words(burn)


def _number_rule_words(kpi: KpiView) -> str:
    verdict = kpi.verdict
    match verdict.phase:
        case Phase.PENDING if verdict.band is not None and not verdict.required_s:
            return f"{PENDING}{verdict.failures} of {verdict.band.consecutive}"
        case Phase.PENDING:
            return pending_words(verdict.elapsed_s, verdict.required_s)
        case Phase.RECOVERING:
            return recovering_words(verdict.elapsed_s, verdict.required_s)
        case Phase.FLAPPING:
            return flapping_words(verdict.changes, verdict.checks)
        case Phase.UNKNOWN:
            return _unknown_words(kpi.reason or verdict.why)
        case Phase.OK if kpi.covers_s is not None:
            return _covered_words(kpi.covers_s, kpi.spec.window_s)
        case Phase.OK if kpi.budget is not None:
            return budget_words(kpi.budget)
        case _ if kpi.missed_target and kpi.spec.bands:
            return _past_words(verdict.band or kpi.spec.bands[0], kpi.spec.unit)
        case Phase.FIRING if kpi.groups:
            return _groups_words(kpi)
        case _:
            return _rest_words(kpi)


def _unknown_words(reason: str) -> str:
    """Why there is no number; for how long goes whole before why."""
    words = _FEW.sub(r"\2 of \1 attempts", reason)
    since, _, _ = words.partition(":")
    if len(words) <= _RULE or not since.startswith(_NO_DATA_FOR):
        return words
    return since if len(since) <= _RULE else since.replace(_NO_DATA_FOR, "no data ")


def _burn_words(burn: GroupView) -> str:
    """How fast its budget is used: `burns 33.9× in 1h`."""
    told = "" if burn.value is None else f" {rate_words(burn.value)}"
    return f"burns{told} in {burn.name.removeprefix('burn-')}"


def budget_words(budget: Budget) -> str:
    """What is left of an error budget: `38m of 43m left`; with how little of it was seen."""
    if budget.left_s <= 0:
        return "budget used up"
    left = reach_words(budget.left_s)
    if budget.seen_percent < _MOSTLY:
        return f"{left} left seen {budget.seen_percent:.0f}%"
    return f"{left} of {reach_words(budget.total_s)} left"


def _past_words(band: Band, unit: str) -> str:
    """Past a goal, and no alarm: `past target 0.5 %`."""
    words = f"past {band.name.value} {limit_words(band.limit, unit)}"
    return words if len(words) <= _RULE else f"past {limit_words(band.limit, unit)}"


def _groups_words(kpi: KpiView) -> str:
    """Who is past the limit: `203.0.113.7 +2`."""
    firing = sum(group.verdict.phase is Phase.FIRING for group in kpi.groups)
    more = f" +{firing - 1}" if firing > 1 else ""
    return f"{kpi.groups[0].name[: _RULE - len(more)]}{more}"


def _rest_words(kpi: KpiView) -> str:
    """What it watches for; one that can not alarm says so."""
    kind, unit = kind_words(kpi.spec.bands), kpi.spec.unit
    if kind != TARGET_ONLY:
        return band_words(kpi.verdict.band or _first_alarm(kpi), unit)
    limit = limit_words(kpi.spec.bands[0].limit, unit)
    words = (f"{kind} {limit}", f"{kind} {limit.replace(' ', '')}")
    return next((one for one in words if len(one) <= _RULE), kind)


def _covered_words(covers_s: float, window_s: float) -> str:
    """How little of the window has been seen: `2m of 30d so far`."""
    return f"{reach_words(covers_s)} of {span_words(window_s)} so far"


def _rule_tone(kpi: KpiView) -> Tone:
    if kpi.verdict.phase is Phase.UNKNOWN:
        return Tone.UNKNOWN
    return Tone.NORMAL if kpi.missed_target else Tone.MUTED


def _first_alarm(kpi: KpiView) -> Band | None:
    """The mildest band that alarms; else the mildest of all."""
    alarming = [each for each in kpi.spec.bands if alarms(each)]
    return next(iter(alarming or kpi.spec.bands), None)


def band_words(band: Band | None, unit: str) -> str:
    """A band as its rule: `> 5 s for 15m`, `target 99.9 %`; `trend` without bands."""
    if band is None:
        return TREND
    limit = limit_words(band.limit, unit)
    if band.name is BandName.TARGET:
        return f"target {limit}"
    passed = f"{band.comparison.value} {limit}"
    if not band.for_s:
        return f"{passed} ×{band.consecutive}" if band.consecutive > 1 else passed
    words = f"{passed} for {span_words(band.for_s)}"
    return words if len(words) <= _RULE else f"{passed} {span_words(band.for_s)}"
