"""`status` and `doctor` over the demo world: exit codes, stable names, fixes, no secrets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo.faults import FaultKind
from tests.forked_program import Done, forked, started
from tests.hostile_texts import forms_of, traces_of
from tests.terminal_rig import ROOT
from tests.whole_terminal import Home, shown, wall
from tests.whole_world import Ground, Tree, ground, hurry, patient, without_systems

pytestmark = [pytest.mark.xdist_group("whole-headless"), pytest.mark.timeout(180)]

PATHS = Path(__file__).parent / "whole_status_paths.txt"


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground() as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


def run(home: Home, *arguments: str) -> Done:
    """The program in a process of its own, without a terminal."""
    return forked(*arguments, environment=environment(home))


def environment(home: Home) -> dict[str, str]:
    return {**os.environ, **home.environment, "COLUMNS": "120"}


def slow_after_3_s(tree: Tree) -> None:
    for workspace in tree["workspaces"].values():
        for service in workspace["services"].values():
            for check in service["checks"].values():
                check["slow_over"] = "3s"


@pytest.mark.parametrize(
    ("service", "kind", "code", "words"),
    [
        ("", None, 0, "0 critical, 0 warning"),
        ("lma-web-staging", FaultKind.SLOW, 1, "slower than 3"),
        ("lma-api-production", FaultKind.UNAVAILABLE, 2, "answered 503, expected 200"),
        ("github", FaultKind.UNAUTHORIZED, 3, "the credential was refused"),
    ],
)
def test_the_exit_code_is_the_worst_level(
    world: Ground, home: Home, service: str, kind: FaultKind | None, code: int, words: str
) -> None:
    if kind is None:
        file = world.file("patient.yaml", patient)
        done = started("--config", str(file), "status", environment=environment(home))
    else:
        file = world.file("few.yaml", patient, slow_after_3_s, without_systems)
        with world.fault(service, kind, seconds=3.1):
            done = run(home, "--config", str(file), "status")
    assert done.returncode == code, done.stdout
    assert words in done.stdout
    assert done.stderr == ""


NOBODY = "http://127.0.0.1:1"


def offline(tree: Tree) -> None:
    """Nothing can be reached: what tells our own network trouble apart, and what is watched."""
    patient(tree)
    for account in tree["accounts"].values():
        if "base_url" in account:
            account["base_url"] = NOBODY
    for workspace in tree["workspaces"].values():
        for name, page in workspace["status_pages"].items():
            page["url"] = f"{NOBODY}/{name}"
        for service in workspace["services"].values():
            for place in service["environments"].values():
                place["url"] = NOBODY
    tree["settings"]["connectivity"] = {"targets": ["nowhere.invalid:443"], "timeout": "1s"}


def test_our_own_network_trouble_is_one_line_and_not_ten_alarms(world: Ground, home: Home) -> None:
    done = run(
        home, "--config", str(world.file("offline.yaml", offline, without_systems)), "status"
    )
    assert done.returncode == 3, done.stdout
    assert done.stdout.count("OFFLINE: ") == 1
    assert "CRIT" not in done.stdout


def everything(tree: Tree) -> None:
    """Whatever the document can hold is in it: alerts, sessions, incidents, drift."""
    patient(tree)
    for workspace in tree["workspaces"].values():
        for database in workspace["databases"].values():
            database |= {"long_query": "1s", "long_query_critical": "2s"}


def paths_of(value: object, path: str = "$") -> Iterator[str]:
    """Every path of a document; names of workspaces are not part of it."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from paths_of(item, f"{path}.*" if path == "$.workspaces" else f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from paths_of(item, f"{path}[]")
    else:
        yield path


async def trouble(world: Ground) -> None:
    """A blocked database and an incident at a vendor."""
    page = world.world.estate.pages["supabase"]
    page.report("Slow", "minor", ("Database",), "degraded_performance", "We look into it.")
    await world.world.databases["lma"].set_load("incident")


async def calm(world: Ground) -> None:
    world.world.estate.pages["supabase"].update("Slow", "resolved", "Well again.")
    await world.world.databases["lma"].set_load("calm")


def test_the_document_keeps_its_names(world: Ground, home: Home) -> None:
    file = world.file("everything.yaml", everything)
    world.do(trouble(world))
    try:
        with (
            world.fault("lma-api-production", FaultKind.UNAVAILABLE),
            world.fault("github", FaultKind.UNAUTHORIZED),
            world.fault("status-stripe", FaultKind.HTML),
        ):
            done = run(home, "--config", str(file), "status", "--json")
    finally:
        world.do(calm(world))
    document = json.loads(done.stdout)
    assert done.returncode == document["exit_code"] == 2
    assert document["version"] == 1
    assert document["workspaces"]["lma"]["databases"][0]["sessions"]
    found = sorted(set(paths_of(document)))
    # Names are only ever added within one version.
    assert not set(PATHS.read_text().split()) - set(found)


NARROW = 'p@ss/w"rd ö%41+x'
"""Looks different in each of the forms in which it could leak."""


async def narrow_role(world: Ground) -> None:
    """A role that may connect and nothing else."""
    admin = await world.world.databases["localloop"]._admin()
    try:
        word = NARROW.replace("'", "''")
        await admin.execute(f"CREATE ROLE narrow LOGIN PASSWORD '{word}'")
    finally:
        await admin.close()


@pytest.fixture(scope="module")
def troubled(world: Ground) -> Path:
    """A file with one thing wrong in each place that doctor looks at."""
    world.do(narrow_role(world))
    folder = world.world.config_path.parent
    for name, value in (("narrow", NARROW), ("wrong", "vc_wrong-token-of-somebody")):
        path = folder / f"{name}.secret"
        path.touch(mode=0o600)
        path.write_text(value + "\n")

    def change(tree: Tree) -> None:
        hurry(tree)
        tree["secrets"]["render"] = {"file": str(folder / "nowhere.secret")}
        tree["secrets"]["vercel-localloop"] = {"file": str(folder / "wrong.secret")}
        tree["secrets"]["narrow"] = {"file": str(folder / "narrow.secret")}
        databases = {name: tree["workspaces"][name]["databases"] for name in ("lma", "localloop")}
        databases["lma"]["main"]["environments"]["production"]["tls"] = "require"
        databases["localloop"]["main"]["environments"]["production"] |= {
            "user": "narrow",
            "password": "narrow",
        }

    return world.file("troubled.yaml", change, without_systems)


@pytest.fixture(scope="module")
def examined(home: Home, troubled: Path) -> Done:
    return run(home, "--config", str(troubled), "doctor")


def fix_of(done: Done, subject: str, words: str) -> str:
    """The fix below the finding of a subject that says something."""
    lines = done.stdout.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if subject in line and words in line:
            assert "FAIL" in line or "warn" in line, line
            return following.partition("→")[2].strip()
    raise AssertionError(f"no finding of {subject} that says {words!r}:\n{done.stdout}")


@pytest.mark.parametrize(
    ("subject", "words", "fix"),
    [
        ("render", "nowhere.secret", "chmod 600"),
        ("vercel-localloop", "403", "check its scopes"),
        ("lma/production/db/main", "TLS", "tls"),
        ("localloop/production/db/main", "GRANT pg_read_all_stats", ""),
        ("localloop/production/deploys/site", "403", "check its scopes"),
    ],
)
def test_doctor_says_what_is_wrong_and_how_to_put_it_right(
    examined: Done, subject: str, words: str, fix: str
) -> None:
    assert fix in fix_of(examined, subject, words)


def test_doctor_leaves_with_1_when_something_is_wrong_and_0_when_not(
    examined: Done, world: Ground, home: Home
) -> None:
    assert examined.returncode == 1, examined.stdout
    assert examined.stderr == ""
    file = world.file("patient.yaml", patient)
    sound = started("--config", str(file), "doctor", environment=environment(home))
    assert sound.returncode == 0, sound.stdout
    assert "FAIL" not in sound.stdout
    assert "0 wrong" in sound.stdout


BUG = """
import sys, types, click, tui.cli
@click.command()
def status():
    token = "vc_" + "wrong-token-of-somebody"
    raise KeyError(len(token))
module = types.ModuleType("bug")
module.status = status
sys.modules["bug"] = module
tui.cli._COMMANDS["status"] = ("bug", "status")
sys.argv = ["quarterdeck", "status"]
tui.cli.main()
"""


def test_a_bug_in_a_command_is_one_line_and_not_a_warning(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG],
        cwd=ROOT,
        env={**os.environ, **home.environment},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 70
    assert len(done.stderr.splitlines()) == 1
    assert "ended by a bug: KeyError" in done.stderr
    reports = list(home.state.glob("crash-*.txt"))
    assert len(reports) == 1
    assert reports[0].stat().st_mode & 0o777 == 0o600
    assert "wrong-token-of-somebody" not in reports[0].read_text().partition("KeyError")[2]


def lacks_a_secret(source: Tree) -> bool:
    """Whether it fails for the file that is not there."""
    return source["failure"] is not None and "nowhere.secret" in source["failure"]["sentence"]


def command_lines(pid: int) -> Iterator[str]:
    """What anybody on this machine can read of the program and of what it has started."""
    program = psutil.Process(pid)
    for process in (program, *program.children(recursive=True)):
        yield " ".join(process.cmdline())


@pytest.mark.terminal
def test_no_secret_is_seen_anywhere(
    world: Ground, home: Home, troubled: Path, examined: Done
) -> None:
    secrets = {**world.secrets, "narrow": NARROW, "wrong": "vc_wrong-token-of-somebody"}
    page = world.world.estate.pages["stripe"]
    for name in ("github", "narrow"):
        said = " or ".join(forms_of(secrets[name]))
        page.report(f"Echo {said} of {name}", "minor", (), "degraded_performance", "")
    seen: dict[str, str] = {}
    with world.fault("vercel", FaultKind.REDIRECT_ELSEWHERE):
        with wall(home, "--config", str(troubled)) as terminal:
            shown(terminal, "Echo •••")
            seen["command lines"] = "\n".join(command_lines(terminal.pid))
            terminal.send("q")
            terminal.wait(15)
            seen["terminal"] = terminal.raw.decode("utf-8", "replace")
        done = run(home, "--config", str(troubled), "status")
        seen |= {"status": done.stdout + done.stderr, "doctor": examined.stdout + examined.stderr}
        seen["JSON"] = run(home, "--config", str(troubled), "status", "--json").stdout
    seen["files"] = home.everything().decode("utf-8", "replace")
    leaks = [
        (where, name)
        for where, text in seen.items()
        for name, secret in secrets.items()
        if any(trace in text for trace in traces_of(secret))
    ]
    assert leaks == []
    assert "Echo •••" in seen["terminal"]
    assert "Echo •••" in json.dumps(json.loads(seen["JSON"]), ensure_ascii=False)
    # The secret that is not there costs what needs it, and nobody else.
    told = json.loads(seen["JSON"])["sources"]
    assert {
        one["failure"]["sentence"].partition(":")[0] for one in told if lacks_a_secret(one)
    } == {"Render"}
    assert sum(one["failure"] is None for one in told) > 20
    # No credential followed the redirect to another origin; nothing went there at all.
    assert world.world.services.trap.caught == []
