"""`quarterdeck rules` as a user meets it, on a history that the engine wrote."""

import asyncio
import json
import re
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from monitor.history_store import Keep, Store
from monitor.rule_states import encode_bands
from monitor.rules import START, Sample, step
from providers.clock import Moment
from providers.harvest import Harvest
from providers.probe_readings import ProbeReading
from tests.config_texts import SMALL, config
from tests.fakes import ManualClock, ScriptedSource, probe, source_spec
from tests.sixteen_rules import EXAMPLE
from tests.test_cli import again, run
from tests.test_monitor_engine import running
from tui.cli import quarterdeck
from tui.config.load import parse
from tui.rules_edit import edited
from tui.wire_specs import workspace_specs

pytestmark = pytest.mark.xdist_group("rules-commands")

BEGIN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NAME = "shop/production/api/health"
QUIET, HIGH, HIGHER = {"errors": 0.5}, {"errors": 3.0}, {"errors": 6.0}
FILE = SMALL.replace("path: /health\n", "path: /health\n            every: 10s\n")

STEPS: Final[list[Any]] = [
    *[QUIET] * 12,
    *[HIGH] * 42,
    *[QUIET] * 30,
    *[HIGHER] * 6,
    *[QUIET] * 30,
    *[probe(503)] * 5,
    *[QUIET] * 60,
]
"""Two minutes well, seven past the warning, five well, one past critical, five well, down."""


class Endpoint(ScriptedSource):
    """One that says with each answer whether it was good, as endpoints do."""

    def harvest(
        self, payload: ProbeReading, numbers: dict[str, float | None] | None = None
    ) -> Harvest:
        return super().harvest(payload, {**(numbers or {}), "up": float(payload.status_expected)})


async def record(path: Path) -> None:
    """Half an hour of a running engine, by a clock that is told to go on."""
    clock = ManualClock(BEGIN)
    api = Endpoint(source_spec(NAME, interval_s=10.0, timeout_s=10.0), clock, STEPS)
    (spec,) = workspace_specs(config(FILE))
    async with running(clock, [api], spec, path=path) as rig:
        await rig.run(1_860)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "config.yaml").write_text(FILE)
    asyncio.run(record(folder / "history.sqlite3"))
    return folder


FROM = ("--from", "2026-11-20T03:00", "--to", "2026-11-20T03:31")


def line(folder: Path, *arguments: str, past: str = "history.sqlite3") -> list[str]:
    """The arguments with the files of a folder."""
    history = () if arguments[0] == "list" else ("--history", str(folder / past))
    return ["--config", str(folder / "config.yaml"), "rules", *arguments, *history]


def rules(folder: Path, *arguments: str, code: int = 0, past: str = "history.sqlite3") -> str:
    """What it says, in this process: a new one for each would cost a second."""
    home = {"HOME": str(folder), "XDG_STATE_HOME": None, "XDG_CONFIG_HOME": None}
    done = CliRunner().invoke(quarterdeck, line(folder, *arguments, past=past), env=home)
    # Left to itself click says 2 of a line that makes no sense; the program says 64.
    assert (64 if done.exit_code == 2 else done.exit_code) == code, (done.output, done.exception)
    return done.stdout or done.stderr


def document(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    found = json.loads(rules(folder, *arguments, "--json", code=code))
    assert found["version"] == 1
    return dict(found)


def test_the_list_says_all_of_every_rule(recorded: Path) -> None:
    said = rules(recorded, "list")
    assert "fires at failure 3 in a row" in said
    assert "missed at 1 and above" in said
    assert "fires above 2, not at it for 5m" in said
    assert "SEV2 respond within next business day" in said
    assert "noticed within 35s" in said
    found = document(recorded, "list")["workspaces"]["shop"]
    bands = {one["name"]: one for group in found for one in group["rules"]}
    assert (bands["warning"]["limit"], bands["warning"]["limit_included"]) == (2.0, False)
    assert (bands["target"]["limit_included"], bands["target"]["clears"]) == (True, None)
    assert bands["warning"]["for_s"] == 300


def test_the_past_is_told_as_it_was(recorded: Path) -> None:
    found = document(recorded, "test", *FROM, code=1)
    fired = {one["rule"]: one["episodes"] for one in found["rules"]}
    assert {name: len(each) for name, each in fired.items()} == {
        "api/health.down": 1, "errors.warning": 1, "errors.critical": 1,
    }  # fmt: skip
    (warning,) = fired["errors.warning"]
    assert warning["worst"] == 3.0
    assert 300 <= seconds(warning["fired"], warning["onset"]) < 310
    (critical,) = fired["errors.critical"]
    assert critical["fired"] == critical["onset"]
    told = {one["alert"]: one for one in found["told_at_the_time"]}
    assert set(told) == {"kpi/shop/errors", f"check/{NAME}"}
    assert all(not (one["only_told"] or one["only_replayed"]) for one in told.values())
    said = rules(recorded, "test", *FROM, code=1)
    assert "would have fired once, " in said
    assert "worst 6" in said
    assert "as the current thresholds give it" in said


def seconds(one: str, other: str) -> float:
    return (datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()


def test_a_changed_value_is_told_by_what_differs(recorded: Path) -> None:
    said = rules(recorded, "test", *FROM, "--set", "errors.critical.above=2.5", code=1)
    assert "would have fired twice instead of once" in said
    assert "    + 2026-11-20 03:0" in said
    assert "2 rules would have fired as now." in said
    found = document(recorded, "test", *FROM, "--set", "errors.critical.above=2.5", code=1)
    (one,) = found["differences"]
    assert one["rule"] == "errors.critical"
    assert (len(one["more"]), one["fewer"], one["moved"]) == (1, [], [])


def test_no_difference_is_zero_and_a_longer_wait_is_fewer(recorded: Path) -> None:
    same = document(recorded, "test", *FROM, "--set", "errors.critical.above=5.5")
    assert (same["differs"], same["differences"]) == (False, [])
    found = document(recorded, "test", *FROM, "--set", "errors.warning.for=8m", code=1)
    (one,) = found["differences"]
    assert (len(one["fewer"]), one["changed"]["fired"]) == (1, 0)
    check = document(recorded, "test", *FROM, "--set", "api/health.failures_to_fire=6", code=1)
    assert [one["rule"] for one in check["differences"]] == ["api/health.down"]


def test_a_value_is_changed_in_the_example_as_it_stands() -> None:
    before = parse(EXAMPLE.read_bytes(), "example")
    change = ("lma:error-rate.warning.above=3",)
    after = edited(before, change, None).model_dump()
    warning = after["workspaces"]["lma"]["kpis"]["error-rate"]["bands"]["warning"]
    assert warning["above"] == 3
    warning["above"] = 2
    assert after == before.config.model_dump()


def test_an_edited_file_is_compared(recorded: Path, tmp_path: Path) -> None:
    edited = tmp_path / "edited.yaml"
    edited.write_text(FILE.replace("critical: {above: 5,", "critical: {above: 2.5, for: 1m,"))
    found = document(recorded, "test", *FROM, "--against", str(edited), code=1)
    (one,) = found["differences"]
    assert (one["now"]["fired"], one["changed"]["fired"]) == (1, 1)
    edited.write_text(FILE.replace("above: 5", "above: high"))
    assert "edited.yaml" in rules(recorded, "test", "--against", str(edited), code=78)


def test_a_quiet_time_is_zero_and_says_how_much_of_it_was_seen(recorded: Path) -> None:
    said = rules(recorded, "test", "--from", "2026-11-20T02:00", "--to", "2026-11-20T03:01")
    assert "3 rules would not have fired." in said
    assert "the history begins at 2026-11-20 03:00Z" in said
    assert "recorded: 59s of it" in said or "recorded: 1m0" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "erors.critical.above=3"), "did you mean errors?"),
        (("--set", "errors.critical.abov=3"), "did you mean above?"),
        (("--set", "errors.critical.above"), "write it as"),
        (("--set", "errors.critical.above=high"), "--set: workspaces.shop.kpis.errors"),
        (("--kpi", "erors"), "did you mean errors?"),
        (("--workspace", "shp"), "did you mean shop?"),
        (("--since", "7"), "needs a unit"),
        (("--from", "yesterday"), "is no time"),
        (("--since", "7d", "--from", "2026-11-20"), "exclude each other"),
    ],
)
def test_a_wrong_line_is_answered_with_the_right_one(
    recorded: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in rules(recorded, "test", *arguments, code=64)


def test_a_history_that_is_missing_damaged_or_empty_is_told(recorded: Path) -> None:
    assert "is not there" in rules(recorded, "test", code=66, past="none.sqlite3")
    (recorded / "damaged.sqlite3").write_text("no database at all" * 100)
    assert "not a database" in rules(recorded, "test", code=66, past="damaged.sqlite3")
    assert "can not be read" in rules(
        recorded, "explain", "errors", code=66, past="damaged.sqlite3"
    )
    (recorded / "empty.sqlite3").touch()
    Store(recorded / "empty.sqlite3", Keep()).close()
    assert "nothing has been recorded" in rules(recorded, "test", code=66, past="empty.sqlite3")
    shutil.copy(recorded / "empty.sqlite3", recorded / "later.sqlite3")
    with sqlite3.connect(recorded / "later.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert "version 99" in rules(recorded, "test", code=66, past="later.sqlite3")


def test_it_reads_beside_a_writer_and_locks_nothing(recorded: Path) -> None:
    path = recorded / "busy.sqlite3"
    shutil.copy(recorded / "history.sqlite3", path)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO state VALUES ('mine', '', 0)")
    rules(recorded, "test", *FROM, code=1, past="busy.sqlite3")
    writer.execute("COMMIT")
    writer.close()


def at(seconds_on: float) -> str:
    return (BEGIN + timedelta(seconds=seconds_on)).isoformat()


def test_a_rule_is_explained_with_what_it_has_and_what_it_lacks(recorded: Path) -> None:
    said = rules(recorded, "explain", "errors", "--at", at(280))
    assert "past it: 3 > 2; past it for 2m" in said
    assert re.search(r"of 5m; fires at 03:0[67]:[0-9]{2}Z if it stays", said)
    assert "inside: 3, limit > 5; does not fire" in said
    assert "a goal, it never fires" in said
    assert said.count("03:04:") >= 3, "the last readings"
    said = rules(recorded, "explain", "kpi/shop/errors", "--at", at(460))
    assert re.search(r"fires since 03:0[67]:[0-9]{2}Z", said)
    said = rules(recorded, "explain", "errors", "--at", at(1_000_000))
    assert "no reading was recorded" in said


def test_a_check_is_explained_and_what_is_unknown_is_answered(recorded: Path) -> None:
    said = rules(recorded, "explain", "api/health", "--at", at(1_250))
    assert re.search(r"down since 03:20:[0-9]{2}Z", said)
    found = document(recorded, "explain", "api/health", "--at", at(1_216))
    (one,) = found["explained"]
    assert (one["phase"], one["alert"]) == ("pending", f"check/{NAME}")
    assert "did you mean errors?" in rules(recorded, "explain", "erors", code=1)


def test_without_a_time_the_saved_states_are_told(recorded: Path) -> None:
    found = document(recorded, "explain", "errors")
    (one,) = found["explained"]
    assert one["phase"] == "ok"
    assert one["lines"][-1]["words"].startswith("nothing after 2026-11-20 03:3")


UPTIME: Final = """    kpis:
      uptime:
        title: Uptime
        unit: "%"
        environment: production
        from: [{check: api/health, metric: up}]
        statistic: uptime
        window: calendar_month
        bands:
          target: {at_least: 99.9}
        burn: [{above: 14.4, over: 1h, level: critical, proposed: false}]
"""


def test_a_budget_that_burns_is_told_once_with_its_number(recorded: Path, tmp_path: Path) -> None:
    text = FILE.replace("    kpis:\n", UPTIME)
    (tmp_path / "config.yaml").write_text(text)
    path = Path(shutil.copy(recorded / "history.sqlite3", tmp_path))
    (spec,) = workspace_specs(config(text))
    (burn,) = next(kpi.burns for kpi in spec.kpis if kpi.key == "uptime")
    down = Moment(at=BEGIN + timedelta(seconds=1_240), tick_s=0.0)
    state = step(burn.band, START, Sample(value=20.0, at=down))
    saved = json.dumps({"burn-1h": encode_bands((burn.band,), (state,))})
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO state VALUES ('kpi/shop/uptime/inner', ?, 0)", (saved,))
    db.close()
    (one,) = document(tmp_path, "explain", "uptime")["explained"]
    (words,) = [line["words"] for line in one["lines"] if line["about"] == "burn-1h"]
    assert re.fullmatch(r"2[0-9.]+ × > 14.4 ×; fires since 03:20:40Z", words)


def test_as_a_process_it_says_the_same_and_leaves_with_its_code(recorded: Path) -> None:
    told = run(*line(recorded, "test", *FROM), home=recorded)
    assert (told.returncode, told.stderr) == (1, "")
    assert told.stdout == rules(recorded, "test", *FROM, code=1)
    wrong = again(*line(recorded, "test", "--set", "erors.critical.above=3"), home=recorded)
    assert (wrong.returncode, wrong.stdout) == (64, "")
    explained = again(*line(recorded, "explain", "errors", "--at", at(280)), home=recorded)
    assert explained.returncode == 0
    assert "if it stays" in explained.stdout


def test_a_workspace_may_stand_before_the_name_of_a_rule(recorded: Path) -> None:
    (plain,) = document(recorded, "explain", "errors", "--at", at(280))["explained"]
    (found,) = document(recorded, "explain", "shop:errors", "--at", at(280))["explained"]
    assert found == plain
    assert "past it" in rules(recorded, "explain", "shop:kpi/shop/errors", "--at", at(280))
    assert "did you mean errors?" in rules(recorded, "explain", "shop:erors", code=1)
    changed = document(recorded, "test", *FROM, "--set", "shop:errors.critical.above=2.5", code=1)
    assert [one["rule"] for one in changed["differences"]] == ["errors.critical"]
    alone = document(recorded, "test", *FROM, "--kpi", "shop:errors", code=1)
    assert {one["rule"] for one in alone["rules"]} == {"errors.warning", "errors.critical"}
    assert "no KPI or check" in rules(recorded, "test", "--kpi", "shp:errors", code=64)


def test_numbers_by_a_key_are_told_as_not_kept(recorded: Path, tmp_path: Path) -> None:
    grouped = FILE.replace("        bands:\n", "        grouped: address\n        bands:\n")
    grouped = grouped.replace("path: errors.total}", "path: errors.total, group_by: address}")
    (tmp_path / "config.yaml").write_text(grouped)
    shutil.copy(recorded / "history.sqlite3", tmp_path)
    said = rules(tmp_path, "test", *FROM, code=1)
    assert "not replayed: Errors: history keeps no numbers by address" in said
    said = rules(tmp_path, "explain", "errors", "--at", at(280))
    assert "history keeps no numbers by address" in said


def test_help_names_the_commands(tmp_path: Path) -> None:
    said = run("rules", "--help", home=tmp_path).stdout
    assert all(word in said for word in ("list", "test", "explain"))
    near = run("rules", "tset", home=tmp_path)
    assert near.returncode == 64
    script = run("completion", "bash", home=tmp_path)
    assert script.returncode == 0
