"""What a KPI says of its limits, its groups and its error budget, in a row and on its page."""

import pytest
from msgspec.structs import replace

from monitor.band_words import gap_words, kind_words, rest_words, side_words
from monitor.budget import Budget
from monitor.group_view import GroupView
from monitor.judge import judge
from monitor.rules import START, Sample
from monitor.verdicts import BandName, Comparison, Level, Phase
from tests.values_common import ago, fine
from tests.values_kpis import KPI_SPECS, band, kpi
from widgets.kpi_fields import budget_words, rule_words


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
    states, now = (START, START), ago(0)
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


def test_groups_past_their_limit_are_named_in_the_row() -> None:
    firing = replace(fine(), phase=Phase.FIRING, level=Level.CRITICAL)
    groups = tuple(
        GroupView(name=f"203.0.113.{host}", value=150.0, verdict=firing) for host in (7, 8, 9)
    )
    shown = replace(kpi(KPI_SPECS[0], 150, firing), groups=groups)
    assert rule_words(shown) == "203.0.113.7 +2"
