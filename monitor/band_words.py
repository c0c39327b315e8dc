"""What a KPI asks for and where it stands, in full sentences for pages and text; pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from monitor.bands import ALERTING, alarms, is_bad, usable
from monitor.verdicts import Band, Comparison
from monitor.words import number_words, span_words
from monitor.workspace import KpiSpec, Statistic

_BAD_SIDE: Final = {
    Comparison.ABOVE: "above {limit}, not at it",
    Comparison.AT_LEAST: "at {limit} and above",
    Comparison.BELOW: "below {limit}, not at it",
    Comparison.AT_MOST: "at {limit} and below",
}
TARGET_ONLY: Final = "target only"
TREND: Final = "trend"
UNCITED: Final = "not from the runbook"
_PER: Final = {60.0: "per minute", 3_600.0: "per hour"}


def limit_text(band: Band, unit: str) -> str:
    """A limit as people write it: `2 %`, `99.95 %`, `5 s`."""
    number, blank, sign = number_words(band.limit, unit).partition(" ")
    short = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{short}{blank}{sign}"


def side_words(band: Band, unit: str) -> str:
    """On which side of its limit a band is passed, and whether at the limit too."""
    verb = "fires" if band.name in ALERTING else "missed"
    verb = "would fire" if band.proposed else verb
    side = _BAD_SIDE[band.comparison].format(limit=limit_text(band, unit))
    return f"{verb} {side}"


def rest_words(band: Band) -> str:
    """What a band asks for besides its limit: times, counts, severity, its line in the runbook.

    A number without a line is somebody's own, or taken over from elsewhere, and says so.
    """
    parts = [f"for {span_words(band.for_s)}"] if band.for_s else []
    parts += [f"{band.consecutive} in a row"] if band.consecutive > 1 else []
    parts += [f"kept {span_words(band.keep_firing_s)}"] if band.keep_firing_s else []
    parts += [band.severity] if band.severity else []
    parts += [f"runbook {band.runbook}"] if band.runbook else []
    if band.proposed:
        parts += ["suggested, off until confirmed"]
    elif not band.runbook:
        parts += [UNCITED]
    return "  ".join(parts)


def direction_words(bands: Sequence[Band]) -> str:
    """Which way is better; empty without bands."""
    if not bands:
        return ""
    lower = bands[0].comparison in {Comparison.ABOVE, Comparison.AT_LEAST}
    return "lower is better" if lower else "higher is better"


def kind_words(bands: Sequence[Band]) -> str:
    """What a KPI without an alert is: `target only`, or `trend`; empty for one that can alarm."""
    if not bands:
        return TREND
    return "" if any(alarms(band) for band in bands) else TARGET_ONLY


def gap_words(bands: Sequence[Band], value: float | None, unit: str) -> str:
    """Between goal and alarm: `past target (0.5 %), below warning (2 %)`; empty anywhere else."""
    known = usable(value)
    if known is None:
        return ""
    missed = [band for band in bands if band.name not in ALERTING and is_bad(band, known)]
    firing = [band for band in bands if alarms(band)]
    if not missed or any(is_bad(band, known) for band in firing):
        return ""
    words = f"past {missed[-1].name.value} ({limit_text(missed[-1], unit)})"
    if not firing:
        return f"{words}, no alert is set"
    upwards = firing[0].comparison in {Comparison.ABOVE, Comparison.AT_LEAST}
    side = "below" if upwards else "above"
    return f"{words}, {side} {firing[0].name.value} ({limit_text(firing[0], unit)})"


def made_words(spec: KpiSpec) -> str:
    """How its number is made: `ratio over 5m, judged from 20 attempts on`."""
    name = spec.statistic.value
    if spec.statistic is Statistic.RATE:
        name += f" {_PER.get(spec.scale, 'per second')}"
    span = "this month" if spec.calendar_month else span_words(spec.window_s)
    words = f"{name} over {span}"
    if spec.minimum_attempts:
        words += f", judged from {spec.minimum_attempts:g} attempts on"
    if spec.grouped:
        words += f", by {spec.grouped}"
    return words


def band_lines(bands: Sequence[Band], unit: str) -> Iterator[tuple[str, str, str]]:
    """Each band: name, side of its limit, and what else it asks for."""
    for band in bands:
        yield band.name.value, side_words(band, unit), rest_words(band)
