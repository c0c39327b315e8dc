"""The rules of a KPI that can fire, by name; pure."""

from typing import Final

from msgspec.structs import replace

from monitor.bands import LEVELS, alarms, limit_words
from monitor.replay_episodes import RuleName
from monitor.uptime_track import BURN_UNIT, rule_name
from monitor.words import span_words
from monitor.workspace import KpiSpec

NO_DATA: Final = "no-data"


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
