"""`quarterdeck action` by the program itself, over the demo world: effects, exit codes, audit."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from actions.audit import Audit
from actions.audit_entries import AuditEntry, AuditKind, Author
from actions.record import about
from demo.estate import API_PRODUCTION
from demo.faults import Fault, FaultKind
from providers.clock import SystemClock
from tests.forked_program import Done, forked
from tests.terminal_rig import ROOT
from tests.values_actions import plan
from tests.whole_terminal import Home
from tests.whole_world import Ground, Tree, ground, without_systems
from tui.action_text import json_value

pytestmark = [pytest.mark.xdist_group("action-command"), pytest.mark.timeout(180)]

STAGING, PRODUCTION = "lma/staging/api", "lma/production/api"
BO = Author(operator="bo", login="somebody-else", host="bastion")

FROM = "10.0.0.9 50222 10.0.0.1 22"


class Desk:
    """A home, a world, and the command line between them."""

    def __init__(self, world: Ground, place: Path) -> None:
        self.ground = world
        self.home = Home(place)
        self.shared = place / "shared"
        self.shared.mkdir(mode=0o770)
        self.config = world.file(f"{place.name}.yaml", without_systems, self._alone)
        self.audit = Audit(self.shared / "audit.jsonl", BO, SystemClock())

    def _alone(self, tree: Tree) -> None:
        tree["settings"]["shared_folder"] = str(self.shared)

    def line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tui", "--config", str(self.config), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        own = {"COLUMNS": "120", "SSH_CONNECTION": FROM}
        return {**os.environ, **self.home.environment, **own}

    def run(self, *arguments: str) -> Done:
        return forked("--config", str(self.config), *arguments, environment=self.environment)

    def begun(self, *arguments: str) -> "subprocess.Popen[str]":
        """Under way; what it says is read by the test."""
        return subprocess.Popen(
            self.line(*arguments),
            cwd=ROOT, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def restart(self, target: str, *more: str, typed: str = "api") -> Done:
        return self.run(
            "action", "run", "restart-api", target, "--reason", "pool exhausted",
            "--confirm", typed, "--json", *more,
        )  # fmt: skip

    @property
    def restarts(self) -> int:
        events = self.ground.world.estate.render.events
        return sum(one.type == "server_restarted" for one in events)

    def since(self, seq: int) -> list[AuditEntry]:
        return [one for one in self.audit.entries() if one.seq > seq]

    @property
    def seq(self) -> int:
        entries = self.audit.entries()
        return entries[-1].seq if entries else 0


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with ground(database=False) as made:
        yield Desk(made, tmp_path_factory.mktemp("desk"))


@pytest.fixture(autouse=True)
def a_new_minute(desk: Desk) -> None:
    """All these programs together ask more than Render allows in one."""
    desk.ground.world.services.render.forget_requests()


@pytest.fixture
def another(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Desk]:
    """More homes in the same world, of people who know nothing of each other."""
    return lambda: Desk(desk.ground, tmp_path_factory.mktemp("another"))


def told_until(program: "subprocess.Popen[str]", words: str) -> None:
    """Read what it says until it says this."""
    assert program.stderr is not None
    said = []
    for line in iter(program.stderr.readline, ""):
        said.append(line)
        if words in line:
            return
    pytest.fail(f"it never said {words!r}: {''.join(said)}")


def kinds(entries: list[AuditEntry]) -> list[str]:
    return [f"{one.kind.value} {one.outcome}".strip() for one in entries]


def test_the_list_says_what_there_is_and_how_it_is_asked_for(desk: Desk) -> None:
    done = desk.run("action", "list", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    [restart] = [one for one in document["actions"] if one["name"] == "restart-api"]
    assert document["version"] == 1
    assert restart["target"] == "WORKSPACE/ENVIRONMENT/SERVICE"
    assert restart["danger"] in {"change", "outage"}
    assert document["refused"]["lma/staging"] == ""
    refused = desk.run("--read-only", "action", "list").stdout
    assert "lma/staging: read-only: started with --read-only" in refused


def test_a_plan_shows_everything_and_sends_and_writes_nothing(desk: Desk) -> None:
    before = desk.seq
    done = desk.run("action", "plan", "restart-api", PRODUCTION, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["plan"]["steps"][0]["method"] == "POST"
    assert document["plan"]["target"]["name"] == "API"
    assert (document["verdict"], document["confirm"]) == ("challenge", "api")
    assert document["asks"] == ["lease", "reason", "name"]
    assert document["preconditions"]
    said = desk.run("action", "plan", "restart-api", PRODUCTION).stdout
    assert "PRODUCTION" in said
    assert document["plan"]["fingerprint"] in said
    assert "can be confirmed with --confirm api" in said
    assert desk.since(before) == []


def test_it_is_carried_out_once_and_stands_in_the_audit(desk: Desk) -> None:
    before, restarts = desk.seq, desk.restarts
    done = desk.restart(PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "done"
    assert desk.restarts == restarts + 1
    entries = desk.since(before)
    assert kinds(entries) == ["lease", "intent", "outcome done", "lease"]
    assert [one.action for one in entries if one.kind is AuditKind.LEASE] == ["arm", "disarm"]
    _, intent, outcome, _ = entries
    assert {one.origin for one in entries} == {FROM}
    assert {(one.login, one.host) for one in entries} == {(intent.login, os.uname().nodename)}
    assert (intent.action, intent.place, intent.reason) == (
        "restart-api", "lma/production", "pool exhausted"
    )  # fmt: skip
    assert intent.target.endswith(API_PRODUCTION)
    assert outcome.request == intent.request
    assert desk.audit.path.stat().st_mode & 0o007 == 0
    again = desk.restart(PRODUCTION)
    assert again.returncode == 3
    assert json.loads(again.stdout)["outcome"] == "refused"
    assert "wait" in again.stderr
    assert desk.restarts == restarts + 1


RUN = ("action", "run", "restart-api", STAGING)
ONCE = ("action", "run", "restart-api", PRODUCTION, "--reason", "x", "--confirm", "api")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*RUN, "--reason", "x", "--confirm", "API"), "not api, letter by letter"),
        ((*RUN, "--reason", "x", "--confirm", "\u0430pi"), "cyrillic small letter a"),
        (("--read-only", *RUN, "--reason", "x", "--confirm", "api"), "--read-only"),
        ((*RUN, "--reason", " \u200b\u3164", "--confirm", "api"), "needs a reason"),
        (("action", "plan", "restart-api", "lma/staging/nothing"), "refused"),
    ],
)
def test_what_is_refused_sends_nothing(desk: Desk, arguments: tuple[str, ...], words: str) -> None:
    restarts = desk.restarts
    done = desk.run(*arguments)
    assert done.returncode == 3, done.stderr
    assert words in done.stderr
    assert desk.restarts == restarts


@pytest.mark.parametrize(
    "arguments",
    [
        ("action", "plan", "reboot", STAGING),
        ("action", "plan", "restart-api", STAGING, "--set", "colour=red"),
        ("action", "run", "restart-api", STAGING, "--confirm", "api"),
    ],
)
def test_a_line_that_makes_no_sense_is_told(desk: Desk, arguments: tuple[str, ...]) -> None:
    done = desk.run(*arguments)
    assert done.returncode == 64
    assert "Error" in done.stderr


LIMITED = """import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"""


def test_what_goes_wrong_after_sending_hides_no_outcome(another: Callable[[], Desk]) -> None:
    unread = another()
    restarts = unread.restarts
    with unread.begun(*ONCE) as program:
        told_until(program, "intent written")
        assert program.stderr is not None
        assert program.stdout is not None
        program.stderr.close()
        program.stdout.close()
        assert program.wait(timeout=60) == 0
    assert unread.restarts == restarts + 1
    assert kinds(unread.since(0)) == ["lease", "intent", "outcome done", "lease"]
    lines = (unread.shared / "audit.jsonl").read_bytes().splitlines(keepends=True)
    full = another()
    room = sum(len(one) for one in lines[:3]) + len(lines[3]) // 2
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(room), *full.line(*ONCE)[1:]],
        cwd=ROOT, env=full.environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "done: restarted" in done.stderr
    assert "disarmed, and the audit does not say so" in done.stderr
    assert "nothing was sent" not in done.stderr
    assert kinds(full.since(0)) == ["lease", "intent", "outcome done"]
    assert full.restarts == restarts + 2


def test_of_two_at_once_one_acts_and_the_other_is_told(another: Callable[[], Desk]) -> None:
    host = another()
    restarts = host.restarts
    both = [host.begun(*ONCE) for _ in range(2)]
    said = [program.communicate(timeout=60)[1] for program in both]
    assert host.restarts == restarts + 1
    assert sorted(program.returncode for program in both) == [0, 3], said
    [refused] = [words for words, one in zip(said, both, strict=True) if one.returncode == 3]
    assert re.search("is under way|: wait", refused), refused
    assert [one.kind for one in host.since(0)].count(AuditKind.INTENT) == 1


def test_two_signals_leave_it_as_unknown_and_say_so(desk: Desk) -> None:
    before = desk.seq
    faults = desk.ground.world.faults
    faults.on(Fault(service="render", kind=FaultKind.HANG, path="*/restart"))
    line = (*RUN, "--reason", "x", "--confirm", "api", "--json")
    program = desk.begun(*line)
    try:
        told_until(program, "sent once")
        program.send_signal(signal.SIGTERM)
        told_until(program, "ending")
        program.send_signal(signal.SIGTERM)
        said, _ = program.communicate(timeout=30)
    finally:
        program.kill()
        program.wait()
        faults.off("render")
    assert program.returncode == 4
    assert json.loads(said)["outcome"] == "unknown"
    outcome = next(one for one in desk.since(before) if one.kind is AuditKind.OUTCOME)
    assert outcome.outcome == "unknown"
    assert "interrupted" in outcome.words
    again = desk.run("action", "settle", outcome.request[:8])
    assert again.returncode == 4, again.stderr
    assert "last read: Render tells of no restart" in again.stdout


def test_a_second_account_sees_a_plan_and_agrees_to_it(desk: Desk) -> None:
    of = plan()
    desk.audit.append(about(AuditKind.ASKED, of, ""))
    listed = desk.run("action", "approve")
    assert of.fingerprint[:16] in listed.stdout
    shown = desk.run("action", "approve", of.fingerprint[:16])
    assert shown.returncode == 3
    assert "https://x/services/srv-1/restart" in shown.stdout
    before = desk.seq
    agreed = desk.run("action", "approve", of.fingerprint[:16], "--reason", "seen it")
    assert agreed.returncode == 0, agreed.stderr
    [entry] = desk.since(before)
    assert (entry.kind, entry.fingerprint) == (AuditKind.APPROVAL, of.fingerprint)
    assert entry.login != BO.login


def test_values_of_others_are_made_plain() -> None:
    told = json_value({"name": {"text": "a\x1b[31mb"}, "list": ["\u202ex", 1, None, True]})
    assert isinstance(told, dict)
    assert "\x1b" not in json.dumps(told, ensure_ascii=False)
    assert "\u202e" not in json.dumps(told, ensure_ascii=False)
    assert isinstance(told["name"], str)
