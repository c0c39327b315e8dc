"""What only some KPIs have: groups, months, rates, budgets, alerts without data."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from monitor.verdicts import BandName, Comparison
from monitor.workspace import KpiSpec, Statistic
from tests.config_texts import problems, small
from tui.config.load import parse
from tui.wire_specs import workspace_specs

BASE = "title: K, environment: production"
UP = "from: [{check: api/health, metric: up}]"
UPTIME = f"{UP}, statistic: uptime, unit: '%'"
GOAL = "bands: {target: {at_least: 99.9}}"


def text_of(given: str) -> str:
    return small("    kpis:\n", f"    kpis:\n      k: {{{BASE}, {given}}}\n")


def spec_of(given: str) -> KpiSpec:
    text = text_of(given)
    assert problems(text) == []
    (workspace, *_) = workspace_specs(parse(text.encode(), "c.yaml").config)
    return next(one for one in workspace.kpis if one.key == "k")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (f"{UP}, window: calendar_month", "only an uptime has a calendar month"),
        (f"{UPTIME}, window: calendar_week", "not a duration"),
        (f"{UPTIME}, window: 30d, time_zone: UTC", "only a calendar_month begins at a midnight"),
        (f"{UPTIME}, window: calendar_month, time_zone: Europa/Berlin", "no time zone"),
        (f"{UPTIME}, window: 30d, scale: 100", "in percent already"),
        (f"{UPTIME}, window: 1h", "over a day or more"),
        (f"{UPTIME}, window: 30d, burn: [{{above: 6, over: 1h}}]", "needs a goal"),
        (f"{UPTIME}, window: 30d, {GOAL}, burn: [{{over: 1h}}]", "above"),
        (f"{UPTIME}, window: 30d, {GOAL}, burn: [{{above: 0, over: 1h}}]", "must be more than 0"),
        (
            f"{UPTIME}, window: 30d, {GOAL}, burn: [{{above: 6, over: 1h, clear_at: 7}}]",
            "it would clear while it fires",
        ),
        (
            f"{UPTIME}, window: 30d, {GOAL}, burn: [{{above: 6, over: 1h, severity: P9}}]",
            "no such severity",
        ),
        (f"{UP}, burn: [{{above: 6, over: 1h}}]", "only an uptime has it"),
        (f"{UP}, per: minute", "only a rate has it"),
        (f"{UP}, statistic: increase, window: 2d", "a day at most"),
        (f"{UP}, grouped: address", "it can not be grouped; give the metric group_by"),
        (f"{UP}, grouped: IP address", "grouped"),
        (f"{UP}, no_data: {{after: 0s}}", "must be from 1s"),
        (f"{UP}, no_data: {{severity: P9}}", "no such severity"),
        (f"{UP}, bands: {{target: {{below: 1, proposed: true}}}}", "unknown setting"),
        (f"{UP}, bands: {{warning: {{above: 1, keep_firing: 8d}}}}", "must be from 0s to 7d"),
    ],
)
def test_what_does_not_go_together_is_told_with_its_place(given: str, words: str) -> None:
    found = problems(text_of(given))
    assert len(found) == 1
    assert words in found[0]
    line, column, _ = found[0].split(":", 2)
    assert line.isdigit()
    assert column.isdigit()


def test_a_rate_may_be_told_per_minute() -> None:
    assert spec_of(f"{UP}, statistic: rate").scale == 1
    assert spec_of(f"{UP}, statistic: rate, per: minute").scale == 60
    assert spec_of(f"{UP}, statistic: rate, per: hour, scale: 2").scale == 7_200


def test_a_month_of_the_calendar_has_its_zone() -> None:
    month = spec_of(f"{UPTIME}, window: calendar_month, time_zone: Europe/Berlin, {GOAL}")
    assert (month.calendar_month, month.zone) == (True, ZoneInfo("Europe/Berlin"))
    assert month.statistic is Statistic.UPTIME
    assert month.window_s == 31 * 86_400
    rolling = spec_of(f"{UPTIME}, window: 30d, {GOAL}")
    assert (rolling.calendar_month, rolling.zone, rolling.burns) == (False, UTC, ())


def test_a_rule_about_a_budget_is_a_band_of_its_own() -> None:
    burns = "[{above: 14.4, over: 1h, for: 5m}, {above: 6, over: 6h, level: warning}]"
    fast, slow = spec_of(f"{UPTIME}, window: 30d, {GOAL}, burn: {burns}").burns
    assert (fast.window_s, fast.band.limit, fast.band.for_s) == (3_600, 14.4, 300)
    assert (fast.band.name, fast.band.comparison) == (BandName.CRITICAL, Comparison.ABOVE)
    assert (slow.window_s, slow.band.name) == (21_600, BandName.WARNING)


def test_the_rules_of_a_band_are_handed_on() -> None:
    bands = "{warning: {above: 1, keep_firing: 5m, flapping: false, proposed: true}}"
    (band,) = spec_of(f"{UP}, bands: {bands}").bands
    assert (band.keep_firing_s, band.flapping, band.proposed) == (300, False, True)
    (plain,) = spec_of(f"{UP}, bands: {{warning: {{above: 1}}}}").bands
    assert (plain.keep_firing_s, plain.flapping, plain.proposed) == (0, True, False)


def test_an_alert_without_data_has_its_own_time() -> None:
    assert spec_of(UP).no_data_s is None
    kpi = spec_of(f"{UP}, no_data: {{after: 10m}}")
    assert (kpi.no_data_s, kpi.no_data_severity) == (600, "")
    assert spec_of(f"{UP}, no_data: {{}}").no_data_s == 180


def test_what_gives_groups_may_be_grouped() -> None:
    kpi = spec_of("from: [{database: main, metric: connections_by_application}], grouped: user")
    assert kpi.grouped == "user"
