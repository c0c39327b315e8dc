"""Alerts of KPIs: of the number, of each group past its limit, of a budget that burns; pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from monitor.bands import is_bad, limit_words, past_words
from monitor.budget import rate_words
from monitor.group_view import GroupView
from monitor.groups import folded, plural
from monitor.snapshot import AlertView, KpiView
from monitor.uptime_track import BURN_UNIT
from monitor.verdicts import Band, Level, Phase, Verdict
from monitor.words import number_words
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment

MOST_ALONE: Final = 5
"""Groups of one KPI with an alert each; the others share one."""

REST: Final = "~more"
"""Ends the key of the shared one; sorts behind all names that people give."""

_SHOWN: Final = frozenset({Phase.PENDING, Phase.FIRING, Phase.RECOVERING, Phase.FLAPPING})


def kpi_alerts(spec: WorkspaceSpec, view: KpiView, now: Moment) -> Iterator[AlertView]:
    """What a KPI alarms for."""
    key = f"kpi/{spec.name}/{view.spec.key}"
    if view.spec.grouped:
        yield from _group_alerts(key, view, now)
    elif _alarming(view.verdict):
        yield _alert(key, view, _whole(view), view.spec.unit, now)
    if view.no_data is not None and view.no_data.phase in _SHOWN:
        yield _no_data_alert(f"{key}/no-data", view, view.no_data, now)
    for burn in view.burns:
        if _alarming(burn.verdict):
            yield _burn_alert(f"{key}/{burn.name}", view, burn, now)


def is_calm(view: KpiView) -> bool:
    """Whether there is nothing to look for: what nearly all are, at every instant."""
    calm = view.verdict.phase is Phase.OK and not view.spec.grouped
    return calm and view.no_data is None and not view.burns


def _alarming(verdict: Verdict) -> bool:
    unseen = verdict.phase is Phase.UNKNOWN and verdict.level >= Level.WARNING
    return verdict.band is not None and (verdict.phase in _SHOWN or unseen)


def _whole(view: KpiView) -> GroupView:
    return GroupView(name="", value=view.value, verdict=view.verdict)


def _group_alerts(key: str, view: KpiView, now: Moment) -> Iterator[AlertView]:
    troubled = [group for group in view.groups if _alarming(group.verdict)]
    alone, rest = folded(troubled, MOST_ALONE)
    for group in alone:
        yield _alert(f"{key}/{group.name}", view, group, view.spec.unit, now)
    if rest:
        yield _rest_alert(f"{key}/{REST}", view, rest, now)


def _alert(key: str, view: KpiView, one: GroupView, unit: str, now: Moment) -> AlertView:
    verdict, band = one.verdict, one.verdict.band
    if band is None:
        raise ValueError("an alert has a band that decided")
    origin = f" from {one.name}" if one.name else ""
    return AlertView(
        key=key,
        title=f"{view.spec.title} {limit_words(band, unit)}{origin}",
        subject=view.spec.title,
        fact=_fact(one, band, unit),
        needed=0 if band.for_s else band.consecutive,
        level=verdict.level,
        phase=verdict.phase,
        severity=band.severity,
        environment=view.spec.environment,
        since=verdict.onset or verdict.since or now,
        onset=verdict.onset,
        fired=verdict.fired,
        changes=verdict.changes,
        checks=verdict.checks,
        why=verdict.why,
        elapsed_s=verdict.elapsed_s,
        required_s=verdict.required_s,
        failures=verdict.failures,
        detection=view.detection,
        runbook=band.runbook,
        source=view.spec.series[0].source if view.spec.series else None,
        kpi=view.spec.key,
        service=view.spec.service,
        group=one.name,
    )


def _no_data_alert(key: str, view: KpiView, verdict: Verdict, now: Moment) -> AlertView:
    """Nothing to judge by for too long: beside what its bands last said."""
    return AlertView(
        key=key,
        title=f"{view.spec.title}: no data",
        subject=view.spec.title,
        fact="numbers again" if verdict.phase is Phase.RECOVERING else "no data",
        level=verdict.level,
        phase=verdict.phase,
        severity=view.spec.no_data_severity,
        environment=view.spec.environment,
        since=verdict.onset or now,
        onset=verdict.onset,
        fired=verdict.fired,
        why=verdict.why,
        elapsed_s=verdict.elapsed_s,
        required_s=verdict.required_s,
        failures=0,
        runbook=view.spec.runbook,
        source=view.spec.series[0].source if view.spec.series else None,
        kpi=view.spec.key,
        service=view.spec.service,
    )


def _rest_alert(key: str, view: KpiView, rest: Sequence[GroupView], now: Moment) -> AlertView:
    """One alert for the groups that have none of their own."""
    first = rest[0]
    words = f"+{len(rest)} more {plural(view.spec.grouped)}"
    values = [one.value for one in rest if one.value is not None]
    told = f"{number_words(max(values), view.spec.unit)} at most" if values else "no data"
    like = _alert(key, view, first, view.spec.unit, now)
    return replace(
        like,
        title=f"{view.spec.title} {words}",
        fact=words,
        why=f"{words} past their limit, {told}",
        group="",
    )


def _burn_alert(key: str, view: KpiView, burn: GroupView, now: Moment) -> AlertView:
    """An error budget that is used too fast; its name says over how long."""
    over = burn.name.removeprefix("burn-")
    like = _alert(key, view, burn, BURN_UNIT, now)
    band = burn.verdict.band
    told = "no data" if burn.value is None else rate_words(burn.value)
    limit = "" if band is None else f" ({band.comparison.value} {rate_words(band.limit)})"
    return replace(
        like,
        title=f"{view.spec.title}: error budget burns",
        fact=f"burns {told} over {over}{limit}",
        group="",
    )


def _fact(one: GroupView, band: Band, unit: str) -> str:
    """The fact with whose it is: `150 > 100 from 203.0.113.7`, `3, back inside (203.0.113.7)`."""
    words = fact_words(one.value, band, unit)
    if not one.name:
        return words
    bad = one.value is not None and is_bad(band, one.value)
    return f"{words} from {one.name}" if bad else f"{words} ({one.name})"


def fact_words(value: float | None, band: Band, unit: str) -> str:
    """The number against its limit: `2.4 % > 2 %`; `1.2 %, back inside` once it is again."""
    if value is None:
        return "no data, was firing"
    if is_bad(band, value):
        number, sign, limit = past_words(band, value, unit).partition(f" {band.comparison.value} ")
        last = limit.rpartition(" ")[2]
        # `212 > 200 ms` reads as well; a percentage keeps its sign, as people say it.
        short = number.removesuffix(f" {last}") if last != "%" else number
        return f"{short}{sign}{limit}"
    return f"{number_words(value, unit)}, back inside"
