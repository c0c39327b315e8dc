"""What a KPI says of its limits, its groups and its error budget, in a row and on its page."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from monitor.band_words import gap_words, kind_words, rest_words, side_words
from monitor.budget import Budget, Burn
from monitor.counts import Things, count
from monitor.group_view import GroupView
from monitor.judge import judge
from monitor.rules import START, BandState, Sample
from monitor.snapshot import KpiView
from monitor.statistics import ratio
from monitor.verdicts import BandName, Comparison, Level, Phase, Verdict
from monitor.workspace import BurnSpec, Statistic
from tests.values_common import NOW, ago, fine
from tests.values_kpis import KPI_SPECS, band, kpi
from tui.screens.kpi_page import kpi_lines
from widgets.cells import Cell, Tone, plain
from widgets.glyphs import UNICODE
from widgets.kpi_fields import budget_words, kpi_fields, needs_somebody, rule_words
from widgets.tiers import Tier


def test_the_gap_between_goal_and_alarm_is_told_in_words() -> None:
    bands = (
        band(BandName.TARGET, 0.5, comparison=Comparison.AT_LEAST),
        band(BandName.REVIEW, 1, comparison=Comparison.AT_LEAST),
        band(BandName.WARNING, 2, 900),
    )
    spec = replace(KPI_SPECS[0], bands=bands)
    assert rule_words(replace(kpi(spec, 0.7), missed_target=True)) == "past target 0.5 %"
    reviewed = replace(fine(), band=bands[1])
    assert rule_words(replace(kpi(spec, 1.5, reviewed), missed_target=True)) == "past review 1 %"
    assert gap_words(bands, 0.7, "%") == "past target (0.5 %), below warning (2 %)"
    assert gap_words(bands, 1.5, "%") == "past review (1 %), below warning (2 %)"
    assert gap_words(bands, 0.4, "%") == gap_words(bands, 2.5, "%") == ""
    assert gap_words(bands[:1], 0.7, "%") == "past target (0.5 %), no alert is set"
    down = (
        band(BandName.TARGET, 98, comparison=Comparison.AT_MOST),
        band(BandName.WARNING, 95, comparison=Comparison.BELOW),
    )
    assert gap_words(down, 96, "%") == "past target (98 %), above warning (95 %)"


@pytest.mark.parametrize(
    ("comparison", "words"),
    [
        (Comparison.ABOVE, "fires above 5 %, not at it"),
        (Comparison.AT_LEAST, "fires at 5 % and above"),
        (Comparison.BELOW, "fires below 5 %, not at it"),
        (Comparison.AT_MOST, "fires at 5 % and below"),
    ],
)
def test_a_limit_says_whether_it_belongs_to_the_bad_side(
    comparison: Comparison, words: str
) -> None:
    limit = band(BandName.CRITICAL, 5, comparison=comparison)
    assert side_words(limit, "%") == words
    assert side_words(replace(limit, name=BandName.TARGET), "%") == words.replace("fires", "missed")


def test_a_band_that_is_only_proposed_says_so_and_never_fires() -> None:
    critical = replace(band(BandName.CRITICAL, 95, 120), proposed=True)
    assert side_words(critical, "%") == "would fire above 95 %, not at it"
    assert rest_words(critical).endswith("suggested, off until confirmed")
    goal = band(BandName.TARGET, 80, comparison=Comparison.AT_LEAST)
    assert kind_words((goal, critical)) == "target only"
    spec = replace(KPI_SPECS[4], bands=(goal, critical))
    assert rule_words(kpi(spec, 50)) == "target only 80 %"
    states: tuple[BandState, ...] = (START, START)
    now = ago(0)
    for age_s in (900, 600, 300, 0):
        sample = Sample(value=90.0, at=ago(age_s))
        judged = judge(spec.bands, states, sample, now, "%")
        states = judged.states
    assert judged.verdict.level is Level.OK
    assert judged.verdict.why == "misses target: 90 % >= 80 %"


def test_an_uptime_tells_what_is_left_and_how_little_was_seen() -> None:
    budget = Budget(
        asked_percent=99.9,
        start=ago(86_400).at,
        end=ago(-86_400 * 29).at,
        calendar=True,
        percent=99.99,
        rolling_percent=99.99,
        seen_percent=98,
        total_s=2_592,
        used_s=240,
        burns=(),
        exhausted_at=None,
    )
    assert budget_words(budget) == "39m of 43m left"
    assert budget_words(replace(budget, seen_percent=12)) == "39m left seen 12%"
    assert budget_words(replace(budget, used_s=3_000)) == "budget used up"
    assert rule_words(replace(kpi(KPI_SPECS[2], 99.99), budget=budget)) == "39m of 43m left"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("no data for 50s: read metrics: timed out", "no data for 50s"),
        ("no data for 6m47s: read metrics: timed out", "no data for 6m47s"),
        ("no data for 12m47s: read metrics: timed out", "no data 12m47s"),
        ("no data for 1h02m", "no data for 1h02m"),
        ("needs a second reading to compare with", "needs a second reading to compare with"),
    ],
)
def test_for_how_long_there_is_no_number_is_never_cut(reason: str, said: str) -> None:
    unknown = Verdict(level=Level.UNKNOWN, phase=Phase.UNKNOWN, why=reason)
    assert rule_words(kpi(KPI_SPECS[0], None, unknown, reason=reason)) == said


def test_a_number_with_a_long_unit_has_room() -> None:
    value = next(one for one in kpi_fields(Tier.WIDE, UNICODE) if one.column.key == "value")
    shown = kpi(replace(KPI_SPECS[0], unit="bytes"), 12.6 * 2**20)
    assert value.draw(shown) == Cell("12.6MiB", Tone.NORMAL)


def test_a_budget_that_burns_is_what_its_row_and_the_count_tell() -> None:
    fires = replace(fine(), phase=Phase.FIRING, level=Level.CRITICAL)
    burn = GroupView(name="burn-1h", value=33.9, verdict=fires)
    uptime = replace(kpi(KPI_SPECS[2], 99.0), burns=(burn,))
    assert rule_words(uptime) == "burns 33.9× in 1h"
    things = Things(workspace="lma", rows=(), kpis=(uptime,), databases=(), deploys=())
    assert (count(things, (), ago(0)).critical, needs_somebody(uptime)) == (1, True)
    unseen = replace(fine(), phase=Phase.UNKNOWN, level=Level.UNKNOWN)
    calm = replace(kpi(KPI_SPECS[2], 99.99), burns=(replace(burn, verdict=unseen),))
    assert count(replace(things, kpis=(calm,)), (), ago(0)).ok == 1


def test_green_is_only_what_is_judged_and_good() -> None:
    sign = kpi_fields(Tier.WIDE, UNICODE)[0].draw
    assert sign(kpi(KPI_SPECS[0], 0.1)) == Cell("●", Tone.OK)
    missed = replace(kpi(KPI_SPECS[0], 0.7), missed_target=True)
    assert sign(missed) == Cell("●", Tone.NORMAL)
    trend = kpi(replace(KPI_SPECS[0], bands=()), 5)
    assert sign(trend) == Cell("·", Tone.MUTED)
    unseen = replace(trend, verdict=replace(fine(), level=Level.UNKNOWN, phase=Phase.UNKNOWN))
    assert sign(unseen) == Cell("○", Tone.UNKNOWN)


def test_groups_past_their_limit_are_named_in_the_row() -> None:
    firing = replace(fine(), phase=Phase.FIRING, level=Level.CRITICAL)
    groups = tuple(
        GroupView(name=f"203.0.113.{host}", value=150.0, verdict=firing) for host in (7, 8, 9)
    )
    shown = replace(kpi(KPI_SPECS[0], 150, firing), groups=groups)
    assert rule_words(shown) == "203.0.113.7 +2"


def test_a_ratio_of_too_few_says_how_many_it_has_and_needs() -> None:
    reason = ratio(1.0, 7.0, 20.0).reason
    assert reason == "judged from 20 attempts on, 7 so far"
    unknown = Verdict(level=Level.UNKNOWN, phase=Phase.UNKNOWN, why=reason)
    assert rule_words(kpi(KPI_SPECS[0], None, unknown, reason=reason)) == "7 of 20 attempts"


def page(view: KpiView) -> list[str]:
    return [plain(line).rstrip() for line in kpi_lines(view, UTC, NOW, UNICODE)]


def test_the_page_of_an_uptime_has_its_budget_and_its_rules() -> None:
    fast = replace(band(BandName.CRITICAL, 14.4), proposed=True)
    spec = replace(
        KPI_SPECS[2],
        statistic=Statistic.UPTIME,
        calendar_month=True,
        burns=(BurnSpec(window_s=3_600, band=fast),),
    )
    budget = Budget(
        asked_percent=99.9,
        start=datetime(2025, 4, 1, tzinfo=UTC),
        end=datetime(2025, 5, 1, tzinfo=UTC),
        calendar=True,
        percent=99.99,
        rolling_percent=99.95,
        seen_percent=61,
        total_s=2_592,
        used_s=600,
        burns=(Burn(window_s=3_600, rate=2.5, seen_percent=100),),
        exhausted_at=datetime(2025, 4, 20, 14, tzinfo=UTC),
    )
    burning = GroupView(name="burn-1h", value=2.5, verdict=fine())
    lines = page(replace(kpi(spec, 99.99), budget=budget, burns=(burning,)))
    told = "\n".join(lines)
    assert "Error budget of April 2025   99.9 % asked for" in told
    berlin = replace(spec, zone=ZoneInfo("Europe/Berlin"))
    start = datetime(2025, 4, 30, 22, tzinfo=UTC)
    of_may = replace(kpi(berlin, 99.99), budget=replace(budget, start=start), burns=(burning,))
    assert "Error budget of May 2025   99.9 % asked for" in page(of_may)
    assert "33m12s of 43m12s left   10m00s used, 77 % left" in told
    assert "at this pace exhausted on 2025-04-20 14:00Z" in told
    assert "2.5× over 1h" in told
    assert "seen 61 % of the month so far; the rest counts neither way" in told
    assert "30 days      99.95 %" in told
    assert "critical above 14.4× over 1h   suggested, off until confirmed" in told
    assert "uptime over this month" in told


def test_the_page_of_groups_names_the_worst_first_and_what_is_not_followed() -> None:
    firing = replace(fine(), phase=Phase.FIRING, level=Level.CRITICAL, why="150 > 100")
    groups = (
        GroupView(name="203.0.113.7", value=150.0, verdict=firing),
        *(GroupView(name=f"192.0.2.{n}", value=float(n), verdict=fine()) for n in range(15)),
    )
    spec = replace(KPI_SPECS[0], grouped="address", unit="count")
    note = "3 of 19 addresses are not followed: no room for more"
    lines = page(replace(kpi(spec, 150, firing), groups=groups, groups_note=note))
    first = lines.index("By address") + 1
    assert lines[first] == "■       150  203.0.113.7   firing: 150 > 100"
    assert lines[first + 12 : first + 14] == ["and 4 more", note]


def test_the_page_says_of_every_band_whether_its_limit_counts() -> None:
    told = "\n".join(page(kpi(KPI_SPECS[0], 1.0)))
    assert "lower is better" in told
    assert "warning      fires above 2 %, not at it" in told
    trend = "\n".join(page(kpi(replace(KPI_SPECS[0], bands=()), 1.0)))
    assert "none: a trend, drawn and never judged" in trend
    goal = "\n".join(page(kpi(KPI_SPECS[2], 99.95)))
    assert "higher is better; target only: nothing alarms" in goal


def test_a_band_without_a_line_says_that_no_runbook_has_its_number() -> None:
    own = replace(band(BandName.WARNING, 90, 1_800), runbook="", severity="SEV2")
    assert rest_words(own) == "for 30m  SEV2  not from the runbook"
    assert "not from" not in rest_words(band(BandName.WARNING, 90))
