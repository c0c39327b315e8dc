"""The example's rules against the rows of runbook A (B.5), KPI for KPI, limit for limit."""

from pathlib import Path

import pytest
from msgspec import Struct

from demo.config_parts import data
from monitor.verdicts import Band, BandName, Comparison
from monitor.workspace import KpiSpec, Statistic, WorkspaceSpec
from tui.config.load import parse
from tui.config.model_kpis import Alarm, Kpi
from tui.wire_specs import workspace_specs

EXAMPLE = Path(__file__).parents[1] / "config.example.yaml"
SPECS: dict[str, WorkspaceSpec] = {
    spec.name: spec for spec in workspace_specs(parse(EXAMPLE.read_bytes(), EXAMPLE.name).config)
}
KPIS: dict[str, KpiSpec] = {spec.key: spec for spec in SPECS["localloop"].kpis}
MINUTE = 60.0
HOUR = 3_600.0


class Row(Struct, frozen=True, kw_only=True):
    """One rule as the runbook writes it."""

    id: str
    kpi: str
    band: str
    limit: str
    for_s: float
    severity: str
    line: str
    made: str
    """Statistic, window where it counts, what it is told apart by, least attempts."""

    @property
    def by(self) -> str:
        """What it is told apart by."""
        return self.made.partition(" by ")[2]


def rule(
    name: str, kpi: str, band: str, limit: str, for_s: float, severity: str, line: str, made: str
) -> Row:
    return Row(
        id=name,
        kpi=kpi,
        band=band,
        limit=limit,
        for_s=for_s,
        severity=severity,
        line=line,
        made=made,
    )


# A060 is a check; see below. A warning has no severity: A:288 has a clock of its own for it.
RULES = (
    rule("A061", "error-rate", "critical", "> 5", 5 * MINUTE, "P0", "A:275", "ratio 60s of 20"),
    rule("A062", "response-time", "critical", "> 10", 5 * MINUTE, "P0", "A:276", "last"),
    rule("A063", "connection-failures", "critical", "> 3", 0, "P0", "A:279", "count 300s"),
    rule("A064", "query-timeouts", "critical", "> 10", 0, "P0", "A:280", "last"),
    rule("A065", "disk-space", "critical", "> 90", 0, "P0", "A:281", "last"),
    rule("A066", "failed-logins", "critical", "> 100", 0, "P0", "A:284", "last by address"),
    rule("A067", "suspicious-usage", "critical", "> 1000", 0, "P0", "A:285", "last by source"),
    rule("A070", "response-time", "warning", "> 5", 15 * MINUTE, "", "A:291", "last"),
    rule("A071", "error-rate", "warning", "> 2", 15 * MINUTE, "", "A:292", "ratio 60s of 20"),
    rule("A072", "database-queries", "warning", "> 200", 15 * MINUTE, "", "A:293", "average 60s"),
    rule("A073", "connections", "warning", "> 80", 30 * MINUTE, "", "A:296", "last"),
    rule("A074", "memory", "warning", "> 90", 30 * MINUTE, "", "A:297", "last"),
    rule("A075", "disk-space", "warning", "> 85", 0, "", "A:298", "last"),
    rule("A076", "email-delivery", "warning", "< 95", HOUR, "", "A:301", "ratio 120s of 20"),
    # "Payment processing intermittent failures" is P1 (A:523), though the alert is a warning.
    rule("A077", "payment-failures", "warning", "> 5", HOUR, "P1", "A:302", "ratio 120s of 20"),
)
# A040 to A051 and the limits of A:52 to A:55: how the number should stand, and the line.
GOALS = {
    "response-time": "< 2 A:252",
    "critical-pages": "< 2 A:52",
    "error-rate": "< 0.5 A:253; < 1 A:53",
    "uptime": ">= 99.9 A:254",
    "database-queries": "< 50 A:255; < 100 A:55",
    "email-delivery": "> 98 A:261",
    "connections": "< 80 A:264",
    "memory": "< 85 A:265",
    "api-limits": "< 80 A:267",
}
TRENDS = {
    "event-creation": "A:258",
    "ticket-sales": "A:259",
    "registrations": "A:260",
    "storage": "A:266",
}
KEPT = {
    Comparison.ABOVE: "<=",
    Comparison.AT_LEAST: "<",
    Comparison.BELOW: ">=",
    Comparison.AT_MOST: ">",
}
"""How a number stands that does not pass such a limit."""


def band_of(kpi: str, name: str) -> Band:
    (found,) = (band for band in KPIS[kpi].bands if band.name is BandName(name))
    return found


def kpi_of(workspace: str, key: str) -> KpiSpec:
    (found,) = (spec for spec in SPECS[workspace].kpis if spec.key == key)
    return found


def made_of(spec: KpiSpec) -> str:
    words = spec.statistic.value
    if spec.statistic is not Statistic.LAST:
        words += f" {spec.window_s:g}s"
    words += f" of {spec.minimum_attempts:g}" if spec.minimum_attempts else ""
    return words + (f" by {spec.grouped}" if spec.grouped else "")


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.id)
def test_a_rule_is_as_the_runbook_says(row: Row) -> None:
    band = band_of(row.kpi, row.band)
    assert f"{band.comparison.value} {band.limit:g}" == row.limit
    assert (band.for_s, band.severity, band.runbook) == (row.for_s, row.severity, row.line)
    assert made_of(KPIS[row.kpi]) == row.made
    # It fires at once or by time alone, clears by two good samples, and is no proposal.
    assert (band.consecutive, band.clear_consecutive, band.clear_for_s) == (1, 2, 0)
    assert not band.proposed


def test_there_are_these_alarms_and_those_that_no_runbook_names() -> None:
    alarms = {
        (spec.key, band.name.value)
        for spec in KPIS.values()
        for band in spec.bands
        if band.name in {BandName.WARNING, BandName.CRITICAL} and not band.proposed
    }
    more = {
        # A:517: somebody must be at it within 15 minutes. A:514: payments completely down.
        ("unacknowledged", "critical"),
        ("payment-failures", "critical"),
        # A:343, A:398, A:118: without numbers in the runbook.
        ("names", "critical"),
        ("mail-records", "warning"),
        ("master-backup", "warning"),
    }
    assert alarms - more == {(row.kpi, row.band) for row in RULES}


def test_more_than_two_failures_are_the_third_on_every_health_route() -> None:
    """A060, A:274."""
    rows = SPECS["localloop"].rows
    assert {check.failures_to_fire for row in rows for check in row.checks.values()} == {3}
    (health,) = (row.checks["production"] for row in rows if row.key == "site/health")
    assert (health.successes_to_clear, health.severity, health.runbook) == (2, "P0", "A:274")


@pytest.mark.parametrize("key", GOALS)
def test_a_goal_is_as_the_runbook_says(key: str) -> None:
    goals = [
        f"{KEPT[band.comparison]} {band.limit:g} {band.runbook}"
        for band in KPIS[key].bands
        if band.name in {BandName.TARGET, BandName.REVIEW}
    ]
    assert "; ".join(goals) == GOALS[key]


@pytest.mark.parametrize("key", TRENDS)
def test_a_trend_has_no_bands(key: str) -> None:
    assert (KPIS[key].bands, KPIS[key].runbook) == ((), TRENDS[key])


def test_the_uptime_is_that_of_the_month() -> None:
    """A042: 43 m 12 s of a month of 30 days; no alert unless one of the proposals is taken."""
    spec = KPIS["uptime"]
    assert (spec.statistic, spec.calendar_month) == (Statistic.UPTIME, True)
    assert [burn.band.proposed for burn in spec.burns] == [True, True]


def test_a_full_disk_clears_one_point_lower() -> None:
    for name in ("warning", "critical"):
        band = band_of("disk-space", name)
        assert band.clear_limit == band.limit - 1


def test_connections_have_a_critical_limit_that_is_only_proposed() -> None:
    for spec in (KPIS["connections"], kpi_of("lma", "connections")):
        band = next(one for one in spec.bands if one.name is BandName.CRITICAL)
        assert (band.comparison, band.limit, band.for_s) == (Comparison.ABOVE, 95, 2 * MINUTE)
        assert band.proposed


def test_payments_that_all_fail_are_p0_from_ten_payments_on() -> None:
    """Each is in two readings: the window holds two, of the same quarter of an hour."""
    band = band_of("payment-failures", "critical")
    assert (band.comparison, band.limit, band.for_s) == (Comparison.AT_LEAST, 100, 5 * MINUTE)
    assert (band.severity, band.runbook) == ("P0", "A:514")
    assert KPIS["payment-failures"].minimum_attempts == 2 * 10
    assert KPIS["payment-failures"].window_s == 2 * MINUTE


def test_two_seconds_are_a_symptom_of_runbook_b_and_alarm_nobody() -> None:
    """B:247; its other numbers are taken over from runbook A, and cite no line of B."""
    spec = kpi_of("lma", "response-time")
    target, *alarms = spec.bands
    assert (target.name, target.comparison, target.limit) == (
        BandName.TARGET, Comparison.AT_LEAST, 2)  # fmt: skip
    assert target.runbook == "B:247"
    assert {band.runbook for band in alarms} == {""}
    health = next(row for row in SPECS["lma"].rows if row.key == "api/health")
    assert health.checks["production"].slow_ms == 2_000


def test_many_errors_and_slow_answers_are_sev2_in_runbook_b() -> None:
    """B:187 and B:125; SEV1 is a complete outage."""
    bands = (*kpi_of("lma", "error-rate").bands, *kpi_of("lma", "response-time").bands)
    alarms = [band for band in bands if band.name in {BandName.WARNING, BandName.CRITICAL}]
    assert {band.severity for band in alarms} == {"SEV2"}


TAKEN_OVER = ("error-rate", "response-time", "database-queries", "memory", "render-memory")


@pytest.mark.parametrize("key", TAKEN_OVER)
def test_runbook_b_is_cited_for_no_number_that_it_does_not_have(key: str) -> None:
    cited = {band.runbook for band in kpi_of("lma", key).bands}
    assert cited <= {"", "B:247"}


@pytest.mark.parametrize("workspace", ["lma", "localloop"])
def test_no_band_cites_the_other_runbook(workspace: str) -> None:
    book = {"lma": "B:", "localloop": "A:"}[workspace]
    cites = {band.runbook for spec in SPECS[workspace].kpis for band in spec.bands}
    assert {one[:2] for one in cites if one} == {book}


def test_the_schemes_have_the_clocks_of_the_runbooks() -> None:
    """A120 to A123 and B030 to B033; seconds, None for the next business day."""
    schemes = {
        name: [(one.label, one.response_s, one.business_hours) for one in spec.severities]
        for name, spec in SPECS.items()
    }
    assert schemes == {
        "localloop": [
            ("P0", 15 * MINUTE, False),
            ("P1", HOUR, False),
            ("P2", 4 * HOUR, True),
            ("P3", None, False),
        ],
        "lma": [
            ("SEV1", 15 * MINUTE, False),
            ("SEV2", 30 * MINUTE, False),
            ("SEV3", 2 * HOUR, False),
            ("SEV4", None, False),
        ],
    }
    lines = [one.runbook for name in ("localloop", "lma") for one in SPECS[name].severities]
    assert lines == ["A:511-518", "A:520-527", "A:529-536", "A:538-545",
                     "B:124", "B:125", "B:126", "B:127"]  # fmt: skip


def test_an_alert_without_a_severity_has_the_clock_of_its_level() -> None:
    """A068 (A:271, with P0's 15 minutes) and A069 (A:288): by the wall, not business hours."""
    for spec in SPECS.values():
        rules = {level.name: rule for level, rule in spec.response_by_level.items()}
        told = {name: (rule.within_s, rule.business_hours) for name, rule in rules.items()}
        assert told == {"CRITICAL": (15 * MINUTE, False), "WARNING": (4 * HOUR, False)}


SHORTER = 10
"""The demo waits a tenth of what the runbook says, and says so."""

DEMO_NAMES = {"response-time": "response-p95", "database-queries": "query-average"}


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.id)
def test_the_demo_has_the_same_rule_with_a_tenth_of_its_time(row: Row) -> None:
    fixed = data("localloop")
    given = {**fixed["kpis"], **fixed["database_kpis"]}[DEMO_NAMES.get(row.kpi, row.kpi)]
    kpi = Kpi.model_validate(given, strict=False)
    alarm: Alarm | None = getattr(kpi.bands, row.band)
    assert alarm is not None
    sign = {"above": ">", "below": "<"}[alarm.given[0]]
    assert f"{sign} {alarm.number:g}" == row.limit
    assert (alarm.for_s, alarm.severity or "", alarm.runbook) == (
        row.for_s / SHORTER, row.severity, row.line)  # fmt: skip
    assert (alarm.clear_at, kpi.grouped) == (band_of(row.kpi, row.band).clear_limit, row.by)
