"""`quarterdeck audit`: list, verify, export, set aside; by the program itself."""

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.audit import Audit
from actions.audit_entries import AuditKind, Author, Draft
from providers.clock import SystemClock
from tests.forked_program import Done, forked, started
from tui.config.load import check, parse
from tui.doctor.audit import audit_findings
from tui.doctor.findings import Mark
from tui.wire_policy import audit_place, policy

BO = Author(operator="bo", login="bo", host="bastion")


class Place:
    """A home, a configuration with a shared folder, and an audit in it."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "shared"
        self.folder.mkdir(mode=0o700)
        self.config = place / "config.yaml"
        self.config.write_text(
            f"version: 1\nsettings: {{shared_folder: {self.folder}}}\nworkspaces:\n"
            "  shop:\n    title: Shop\n"
            "    environments: {production: {label: PROD, production: true}}\n"
        )
        self.config.chmod(0o600)
        self.home = place
        self.path = self.folder / "audit.jsonl"
        self.audit = Audit(self.path, BO, SystemClock())

    def write(self, *drafts: Draft) -> None:
        for one in drafts:
            self.audit.append(one)

    def run(self, *arguments: str) -> Done:
        return self._by(forked, *arguments)

    def run_anew(self, *arguments: str) -> Done:
        return self._by(started, *arguments)

    def _by(self, run: Callable[..., Done], *arguments: str) -> Done:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8"}
        line = ("--config", str(self.config), "audit", *arguments)
        return run(*line, environment=environment, timeout_s=50)


def draft(kind: AuditKind, request: str, **more: object) -> Draft:
    fields = {
        "kind": kind, "workspace": "shop", "environment": "production", "action": "restart-api",
        "title": "Restart API", "target": "service:srv-1", "target_name": "API",
        "request": request, **more,
    }  # fmt: skip
    return Draft(**fields)  # type: ignore[arg-type]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def filled(place: Place) -> Place:
    place.write(
        draft(AuditKind.INTENT, "a", reason="=pool exhausted", incident="INC-31"),
        draft(AuditKind.OUTCOME, "a", outcome="done", words="restarted"),
        draft(AuditKind.REFUSED, "b", words="read-only: settings.read_only is true"),
        draft(AuditKind.INTENT, "c", reason="bell \x07 and \x1b[31m red"),
    )
    return place


def test_it_lists_what_was_done_and_marks_what_is_open(filled: Place) -> None:
    done = filled.run_anew()
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr, len(lines)) == (0, "", 4)
    assert "bo@bastion" in lines[0]
    assert "INC-31 · =pool exhausted" in lines[0]
    assert " done " in lines[1]
    assert " refused " in lines[2]
    assert " OPEN " in lines[3]
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_json_since_and_grep(filled: Place) -> None:
    document = json.loads(filled.run("--json").stdout)
    assert document["version"] == 1
    assert [one["seq"] for one in document["entries"]] == [1, 2, 3, 4]
    only = json.loads(filled.run("--json", "--grep", "READ_ONLY").stdout)
    assert [one["kind"] for one in only["entries"]] == ["refused"]
    assert len(json.loads(filled.run("--json", "--since", "1h").stdout)["entries"]) == 4
    assert filled.run("--since", "yesterday").returncode == 64


def test_an_empty_audit_says_so(place: Place) -> None:
    assert "nothing" in place.run().stdout
    found = place.run("verify")
    assert (found.returncode, found.stdout) == (0, "0 entries, whole\n")


def test_verify_finds_what_was_changed_and_exits_1(filled: Place) -> None:
    whole = filled.run("verify")
    assert whole.returncode == 0
    anchor = whole.stdout.split("the last is ")[1].strip()
    assert filled.run("verify", "--anchor", anchor).returncode == 0
    assert filled.run("verify", "--anchor", "nonsense").returncode == 64
    other = filled.run("verify", "--anchor", f"4:{'0' * 64}")
    assert (other.returncode, "rewritten" in other.stdout) == (1, True)
    filled.path.write_bytes(filled.path.read_bytes().replace(b"restarted", b"exploded."))
    found = filled.run("verify", "--json")
    document = json.loads(found.stdout)
    assert (found.returncode, document["sound"]) == (1, False)
    assert [(one["what"], one["seq"]) for one in document["problems"]] == [("changed", 2)]


def test_export_is_json_lines_or_a_table_no_spreadsheet_calculates(filled: Place) -> None:
    lines = [json.loads(line) for line in filled.run("export").stdout.splitlines()]
    assert [one["seq"] for one in lines] == [1, 2, 3, 4]
    rows = list(csv.DictReader(filled.run("export", "--format", "csv").stdout.splitlines()))
    assert rows[0]["reason"] == "'=pool exhausted"
    assert rows[1]["outcome"] == "done"


def test_a_damaged_audit_is_set_aside(filled: Place) -> None:
    filled.path.write_bytes(b"".join(filled.path.read_bytes().splitlines(keepends=True)[:2]))
    assert filled.run("set-aside", "--reason", "disk swapped").returncode == 130
    done = filled.run("set-aside", "--reason", "disk swapped", "--yes")
    assert done.returncode == 0, done.stderr
    assert "audit-" in done.stdout
    assert filled.run("verify").returncode == 0
    assert "disk swapped" in filled.run().stdout


def test_doctor_looks_at_it(place: Place) -> None:
    config = parse(place.config.read_bytes(), "c.yaml").config

    def said() -> list[tuple[Mark, str]]:
        return [(one.mark, one.words) for one in audit_findings(config, SystemClock())]

    assert said() == []
    place.write(draft(AuditKind.INTENT, "a"))
    (whole, words), (open_, left) = said()
    assert (whole, words, open_) == (Mark.OK, "1 entry, whole", Mark.WARNING)
    assert left == "1 without an outcome, the last Restart API by bo@bastion"
    place.path.write_bytes(place.path.read_bytes().replace(b"Restart", b"Scaling"))
    assert said()[0][0] is Mark.FAILED
    assert "changed" in said()[0][1]
    place.path.unlink()
    assert said() == [(Mark.FAILED, "cut: the file is gone, and #1 had been written")]


def test_what_can_not_be_read_is_told_with_74(place: Place) -> None:
    place.path.mkdir()
    done = place.run()
    assert (done.returncode, done.stdout) == (74, "")
    assert "audit.jsonl" in done.stderr


def test_the_policy_says_what_the_configuration_says() -> None:
    config = parse(_config("").encode(), "c.yaml").config
    found = policy(config, flag_read_only=False)
    assert found.refusal("shop", "production") == (
        "read-only: shop/production does not allow changes"
    )
    assert found.refusal("shop", "staging") is None
    assert found.refusal("shop", "") is not None
    assert "--read-only" in str(policy(config, flag_read_only=True).refusal("shop", "staging"))
    armed = parse(_config(", read_only: false, lease: 5m").encode(), "c.yaml").config
    found = policy(armed, flag_read_only=False)
    assert found.refusal("shop", "production") is None
    rules = found.rules_of("shop", "production")
    assert (rules.production, rules.lease_s, rules.approval) == (True, 300.0, False)
    assert found.rules_of("shop", "").production
    assert not found.rules_of("shop", "staging").production


def test_a_lease_and_an_approval_have_their_bounds() -> None:
    for wrong, word in [
        (", lease: 9h", "8h"),
        (", lease: 10s", "1m"),
        (", approval: true", "shared_folder"),
        (", read_only: perhaps", "read_only"),
    ]:
        problems = check(_config(wrong), "c.yaml")
        assert len(problems) == 1, wrong
        assert word in str(problems[0])


def test_the_audit_is_in_the_shared_folder_else_in_one_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    own = audit_place(parse(_config("").encode(), "c.yaml").config)
    assert own == tmp_path / "state" / "quarterdeck" / "audit.jsonl"
    assert own.parent.stat().st_mode & 0o777 == 0o700
    text = _config("").replace("read_only: false", "read_only: false, shared_folder: /srv/q", 1)
    assert audit_place(parse(text.encode(), "c.yaml").config) == Path("/srv/q/audit.jsonl")


def _config(more: str) -> str:
    return (
        "version: 1\nsettings: {read_only: false}\nworkspaces:\n  shop:\n    title: Shop\n"
        "    environments:\n"
        f"      production: {{label: PROD, production: true{more}}}\n"
        "      staging: {label: STG}\n"
    )
