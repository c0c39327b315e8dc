"""Local scripts: real processes, their ends, their children, and what they may see."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from providers.base import SourceKind, SourceSpec
from providers.clock import SystemClock
from providers.errors import BadAnswer, NotFound
from providers.script_files import newest_files
from providers.script_mapping import BackupOptions, ScriptOptions
from providers.script_process import allowed
from providers.script_runs import ScriptRuns
from providers.script_sources import CheckSource, ScriptsSource
from providers.scripts import (
    MOST_LINES,
    ScriptEnd,
    ScriptLine,
    ScriptResult,
    ScriptSpec,
    run,
)
from providers.secrets import Secret
from providers.system_readings import Condition, Section, SystemReading
from tests.fakes import ManualClock
from tests.hostile_texts import TEXTS, forbidden
from tests.vendor_rigs import numbers_of, spec_of
from tests.waiting import until

HOUR_S = 3_600.0


def python(code: str, **changes: object) -> ScriptSpec:
    made = ScriptSpec(name="script", argv=(sys.executable, "-u", "-c", code), timeout_s=20.0)
    return replace(made, **changes)


def texts(result: ScriptResult) -> list[str]:
    return [line.text.text for line in result.lines]


async def test_output_exit_code_and_duration() -> None:
    code = "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"
    result = await run(python(code))

    assert (result.end, result.exit_code, result.good) == (ScriptEnd.EXITED, 3, False)
    assert sorted((line.text.text, line.error) for line in result.lines) == [
        ("one", False),
        ("two", True),
    ]
    assert 0 < result.duration_s < 20
    assert result.words == "exit 3"


async def test_arguments_are_words_and_no_shell_sees_them() -> None:
    hostile = ("$(id)", "; rm -rf /", "a b", "*", "`id`", "")
    result = await run(python("import sys; print(sys.argv[1:])"), hostile)

    assert texts(result) == [str(list(hostile))]
    assert result.good


async def test_progress_is_told_while_it_runs() -> None:
    seen: list[str] = []
    first = asyncio.Event()

    def heard(line: ScriptLine) -> None:
        seen.append(line.text.text)
        first.set()

    with_pipe = (
        "import sys; print('begun', flush=True); sys.stdin.read(); import time; time.sleep(60)"
    )
    task = asyncio.create_task(run(python(with_pipe), (), heard))
    async with asyncio.timeout(20):
        await first.wait()
    assert seen == ["begun"]
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


FAMILY = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print(child.pid, flush=True); "
)


async def until_gone(pid: int) -> None:
    await until(lambda: not alive(pid))


async def test_at_its_limit_it_is_killed_with_its_children() -> None:
    result = await run(python(f"{FAMILY}time.sleep(60)", timeout_s=1.0))

    assert (result.end, result.exit_code) == (ScriptEnd.TIMED_OUT, None)
    assert "time was up after 1 s" in result.words
    await until_gone(int(texts(result)[0]))


async def test_when_it_is_cancelled_its_children_go_too() -> None:
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def heard(line: ScriptLine) -> None:
        begun.set_result(int(line.text.text))

    task = asyncio.create_task(run(python(f"{FAMILY}time.sleep(60)"), (), heard))
    async with asyncio.timeout(20):
        child = await begun
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_gone(child)


async def test_a_child_that_stays_behind_does_not_hold_it_up() -> None:
    result = await run(python(f"{FAMILY}print('done', flush=True)"))

    assert result.good
    assert result.duration_s < 15
    assert texts(result)[-1] == "done"
    await until_gone(int(texts(result)[0]))


async def test_cancelled_before_it_has_begun_it_does_not_run_on(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    code = f"import time; time.sleep(1); open({str(mark)!r}, 'w')"
    task = asyncio.create_task(run(python(code)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await run(python("import time; time.sleep(1.2)"))).good
    assert not mark.exists()


async def test_killed_by_a_signal_is_said_so() -> None:
    result = await run(python("import os; os.kill(os.getpid(), 9)"))

    assert (result.end, result.exit_code, result.signal) == (ScriptEnd.SIGNALLED, None, 9)
    assert result.words == "killed by signal 9"


async def test_output_without_end_keeps_only_its_last_lines() -> None:
    result = await run(python(f"for n in range({MOST_LINES * 3}): print(n)"))

    assert len(result.lines) == MOST_LINES
    assert result.left_out == MOST_LINES * 2
    assert texts(result)[-1] == str(MOST_LINES * 3 - 1)


async def test_a_line_without_end_is_cut() -> None:
    result = await run(python("import sys; sys.stdout.write('x' * 3_000_000)"))

    assert result.good
    assert all(len(text) <= 2_000 for text in texts(result))


async def test_what_it_writes_is_harmless_and_holds_no_secret() -> None:
    secret = Secret("s3cret-of-the-script")
    code = f"print('\\x1b[2J\\x1b]52;c;aGk=\\x07 {secret.reveal()} [/red]'); "
    result = await run(python(f"{code} import sys; sys.stdout.buffer.write(b'\\xff\\xfe\\n')"))

    shown = "".join(texts(result))
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert secret.reveal() not in shown


async def test_69_texts_that_it_writes_are_harmless(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_bytes("\n".join(TEXTS.values()).encode("utf-8", "surrogatepass"))
    code = f"import sys; sys.stdout.buffer.write(open({str(said)!r}, 'rb').read())"
    result = await run(python(code))

    shown = "\n".join(texts(result))
    assert "SELECT a[1], b[i] FROM t" in shown
    assert not forbidden(shown)


async def test_it_sees_only_what_it_may(tmp_path: Path) -> None:
    code = "import os; print(sorted(os.environ)); print(os.getcwd())"
    result = await run(python(code, folder=str(tmp_path)))

    # Python itself may add LC_CTYPE.
    assert set(eval(texts(result)[0])) <= {*allowed((), os.environ), "LC_CTYPE"}  # noqa: S307 - our own output
    assert texts(result)[1] == str(tmp_path)


def test_the_environment_is_a_list_of_what_is_allowed() -> None:
    ours = {"PATH": "/bin::.:/usr/bin", "HOME": "/h", "AWS_SECRET": "x", "BUCKET": "b"}

    assert allowed(("BUCKET", "MISSING"), ours) == {
        "PATH": "/bin:/usr/bin",
        "HOME": "/h",
        "BUCKET": "b",
        "TERM": "dumb",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"argv": ("/no/such/program",)}, "no such file"),
        ({"argv": ("/etc/passwd",)}, "permission denied"),
        ({"argv": (sys.executable, "a\0b")}, "bad argument"),
        ({"folder": "/no/such/folder"}, "no such file"),
    ],
)
async def test_what_cannot_be_started(change: dict[str, object], words: str) -> None:
    with pytest.raises(BadAnswer, match=words):
        await run(python("", **change))


@pytest.fixture
def backups(tmp_path: Path) -> Callable[..., Path]:
    now = datetime(2026, 11, 18, 12, 0, tzinfo=UTC).timestamp()

    def make(**files: tuple[float, int]) -> Path:
        for name, (hours_ago, size) in files.items():
            path = tmp_path / f"{name}.tar.gz"
            path.write_bytes(b"x" * size)
            os.utime(path, (now - hours_ago * HOUR_S,) * 2)
        return tmp_path

    return make


def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 18, 12, 0, tzinfo=UTC))


def system_spec() -> SourceSpec:
    return spec_of("Scripts", SourceKind.SYSTEM)


def looking(folder: Path | str, **changes: object) -> ScriptsSource:
    given = BackupOptions(
        key="backups",
        title="Backups",
        folder=str(folder),
        pattern="master_*.tar.gz",
        warning_s=26 * HOUR_S,
        critical_s=50 * HOUR_S,
        least_bytes=10,
    )
    now = clock()
    backups = (replace(given, **changes),)
    return ScriptsSource(system_spec(), "Ops", (), backups, ScriptRuns(now), now)


async def section_of(source: ScriptsSource) -> Section:
    payload = (await source.read()).payload
    assert isinstance(payload, SystemReading)
    return payload.sections[-1]


@pytest.mark.parametrize(
    ("files", "condition", "state"),
    [
        ({"master_a": (2, 20)}, Condition.FINE, "newest"),
        ({"master_a": (2, 20), "master_b": (26, 20)}, Condition.FINE, "newest"),
        ({"master_a": (27, 20)}, Condition.DEGRADED, "older than 26 h"),
        ({"master_a": (60, 20)}, Condition.BROKEN, "older than 2 d"),
        ({"master_a": (2, 5)}, Condition.BROKEN, "smaller than 10 B"),
        ({"master_a": (2, 20), "master_b": (26, 90)}, Condition.NOTABLE, "less than half"),
        ({"master_a": (-3, 20)}, Condition.NOTABLE, "from the future"),
        ({"other": (2, 20)}, Condition.BROKEN, "missing"),
    ],
)
async def test_the_newest_backup_is_judged(
    backups: Callable[..., Path],
    files: dict[str, tuple[float, int]],
    condition: Condition,
    state: str,
) -> None:
    record = (await section_of(looking(backups(**files)))).records[0]

    assert record.condition is condition
    assert record.state.text.startswith(state)


async def test_age_and_size_are_numbers(backups: Callable[..., Path]) -> None:
    folder = backups(master_a=(30, 20), master_b=(55, 40))

    numbers = numbers_of(await looking(folder).read())
    assert numbers == {
        "backup_age_s": 30 * HOUR_S,
        "backup_size_bytes": 20,
        "scripts_failed": None,
    }


async def test_no_backup_is_no_age_of_nought(tmp_path: Path) -> None:
    numbers = numbers_of(await looking(tmp_path).read())

    assert numbers["backup_age_s"] is None


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        await looking(tmp_path / "gone").read()


def test_links_and_folders_are_no_backups(backups: Callable[..., Path]) -> None:
    folder = backups(master_a=(30, 20))
    (folder / "master_link.tar.gz").symlink_to("/etc/passwd")
    (folder / "master_folder.tar.gz").mkdir()

    assert [file.name for file in newest_files(str(folder), "master_*")] == ["master_a.tar.gz"]


def given(code: str, *, check: bool = True) -> ScriptOptions:
    return ScriptOptions(spec=python(code), title="Verify", check=check)


async def test_a_check_runs_and_its_end_is_told_by_both_sources() -> None:
    now = SystemClock()
    runs = ScriptRuns(now)
    verify = given("print('sum differs'); raise SystemExit(4)")
    harvest = await CheckSource(system_spec(), verify, runs, now).read()
    overview = await ScriptsSource(system_spec(), "Ops", (verify,), (), runs, now).read()

    assert numbers_of(harvest)["exit_code"] == 4
    assert numbers_of(harvest)["failed"] == 1
    for payload in (harvest.payload, overview.payload):
        assert isinstance(payload, SystemReading)
        assert payload.condition is Condition.BROKEN
        assert dict(payload.sections[0].records[0].details)["last line"].text == "sum differs"


async def test_looking_runs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    runs = ScriptRuns(clock())
    restore = given(f"open({str(mark)!r}, 'w')", check=False)
    source = ScriptsSource(system_spec(), "Ops", (restore,), (), runs, clock())
    payload = (await source.read()).payload

    assert not mark.exists()
    assert isinstance(payload, SystemReading)
    assert payload.condition is Condition.FINE
    assert "not run" in payload.sections[0].records[0].state.text


async def test_a_run_under_way_shows_its_last_line() -> None:
    runs = ScriptRuns(SystemClock())
    begun = asyncio.Event()
    backup = given("print('42 %', flush=True); import time; time.sleep(60)", check=False)
    task = asyncio.create_task(runs.run(backup.spec, (), lambda _line: begun.set()))
    async with asyncio.timeout(20):
        await begun.wait()
    source = ScriptsSource(system_spec(), "Ops", (backup,), (), runs, SystemClock())
    payload = (await source.read()).payload
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert isinstance(payload, SystemReading)
    record = payload.sections[0].records[0]
    assert record.state.text.startswith("running for")
    assert dict(record.details)["last line"].text == "42 %"
    assert runs.last() == {}
