"""The rules of a KPI that can fire, by name; pure."""

from typing import Final

from msgspec.structs import replace

from monitor.bands import LEVELS, alarms, limit_words
from monitor.flapping import NOTHING_SEEN
from monitor.replay_episodes import RuleName
from monitor.rules import BandState
from monitor.uptime_track import BURN_UNIT, rule_name
from monitor.verdicts import Band, Comparison, Phase
from monitor.words import span_words
from monitor.workspace import KpiSpec, Statistic

NO_DATA: Final = "no-data"

BETWEEN: Final = frozenset(
    {
        Statistic.LAST,
        Statistic.AVERAGE,
        Statistic.MAXIMUM,
        Statistic.MINIMUM,
        Statistic.P50,
        Statistic.P95,
    }
)
"""Statistics that lie between the least and the greatest reading in the window."""


def replayable(spec: KpiSpec) -> str:
    """Why a KPI can not be replayed; empty when it can, or never fires at all."""
    if spec.grouped:
        return f"history keeps no numbers by {spec.grouped}"
    return ""


def kpi_rules(workspace: str, spec: KpiSpec) -> tuple[RuleName, ...]:
    """The rules of a KPI that can fire: its bands, burn rates and missing data."""
    key = f"kpi/{workspace}/{spec.key}"
    about = RuleName(
        alert=key, part="", subject=spec.key, workspace=workspace, unit=spec.unit, title=spec.title
    )
    found = [
        replace(
            about,
            part=band.name.value,
            title=f"{spec.title} {limit_words(band, spec.unit)}",
            severity=band.severity,
            level=LEVELS[band.name],
        )
        for band in spec.bands
        if alarms(band)
    ]
    for burn in spec.burns:
        name = rule_name(burn)
        words = f"{spec.title} burns {limit_words(burn.band, BURN_UNIT)}"
        found.append(
            replace(
                about,
                alert=f"{key}/{name}",
                part=name,
                title=f"{words} over {span_words(burn.window_s)}",
                severity=burn.band.severity,
                level=LEVELS[burn.band.name],
                unit=BURN_UNIT,
            )
        )
    if spec.no_data_s is not None:
        words = f"{spec.title}: no data for {span_words(spec.no_data_s)}"
        severity = spec.no_data_severity
        alert = f"{key}/{NO_DATA}"
        found.append(
            replace(about, alert=alert, part=NO_DATA, title=words, severity=severity, unit="s")
        )
    return tuple(found)


def downwards(band: Band | None) -> bool:
    """Whether a smaller number is the worse one."""
    return band is not None and band.comparison in {Comparison.BELOW, Comparison.AT_MOST}


def alarming(spec: KpiSpec) -> KpiSpec:
    """The KPI with the bands alone that can fire."""
    return replace(spec, bands=tuple(band for band in spec.bands if alarms(band)))


def is_calm(state: BandState) -> bool:
    """Whether one more good sample would change nothing that matters."""
    alike = state.seen > NOTHING_SEEN and not state.seen & (state.seen - 1)
    return state.phase is Phase.OK and state.missing_since is None and alike
