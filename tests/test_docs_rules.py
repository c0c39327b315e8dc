"""docs/rules.md speaks of everything that the rules know."""

import re
from pathlib import Path

import monitor
from monitor.flapping import ENTER, LEAVE, SAMPLES
from monitor.verdicts import Phase
from tests.test_runbook_rules import RULES
from tui.config.model_kpis import Alarm, NoData

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """The first table under a heading: its first column, and the others."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in cells[2:]}


def test_each_phase_has_its_row_and_each_cell_says_something() -> None:
    assert list(rows("Words")) == [
        "ok", "pending", "firing", "recovering", "flapping", "unknown"]  # fmt: skip
    assert set(rows("Words")) == {phase.value for phase in Phase}
    for table in ("Bands", "Endpoint checks"):
        found = rows(table)
        assert set(found) == {phase.value for phase in Phase} - {"unknown"}
        assert all(all(row) for phase, row in found.items() if phase != "flapping")
    assert set(rows("No data")) == {"ok", "pending", "firing", "recovering"}


def test_the_numbers_of_flapping_are_those_of_the_code() -> None:
    words = PAGE.partition("\n## Flapping\n")[2]
    assert f"last {SAMPLES} samples" in words
    assert f"{ENTER} of {SAMPLES - 1} ({100 * ENTER // (SAMPLES - 1)} %)" in words
    assert f"{LEAVE} of {SAMPLES - 1} ({100 * LEAVE // (SAMPLES - 1)} %)" in words


def test_each_setting_of_a_rule_is_named() -> None:
    fields = {**Alarm.model_fields, **NoData.model_fields}
    names = {field.alias or name for name, field in fields.items()}
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", PAGE))))
    assert names - {"runbook"} <= named


def test_each_file_it_names_exists() -> None:
    last = PAGE.partition("\n## Where it is\n")[2]
    names = [name.rpartition("/")[2] for name in re.findall(r"`([a-z_/]+\.py)`", last)]
    assert names
    folder = Path(monitor.__path__[0])
    assert all((folder / name).exists() for name in names)


def test_the_16_rules_stand_there_as_they_are_configured() -> None:
    found = rows("The 16 rules of runbook A")
    assert list(found) == ["A060", *(rule.id for rule in RULES)]
    for rule in RULES:
        config, _, _, _, respond, line = found[rule.id]
        kinds = [f"`{rule.kpi}`", rule.band] + [f"by {rule.by}"] * bool(rule.by)
        assert config == ", ".join(kinds)
        assert line == rule.line
        severity, _, within = respond.rpartition(", ")
        assert severity == rule.severity
        assert within == {"P0": "15 m", "P1": "1 h", "": "4 h"}[rule.severity]
