"""Scripts as actions: real processes under their keeper, through the real runner."""

import asyncio
import hashlib
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from actions.limits import Limits
from actions.plan import Plan, ScriptStep, Target, plan_json, plan_of
from actions.scripts.family import ScriptFamily, target_of
from actions.scripts.places import Onto, Production, ScriptPlace, Use
from actions.scripts.records import Records, begin
from actions.scripts.run_record import RunPhase, read
from actions.scripts.views import view_of
from actions.verbs import Outcome, State, Unplannable
from providers.base import SourceKind
from providers.clock import SystemClock
from providers.errors import Refused, Unreachable
from providers.postgres.identity import Identity
from providers.script_mapping import BackupOptions, ScriptOptions
from providers.script_runs import RunView, ScriptRuns
from providers.script_sources import ScriptsSource
from providers.script_values import ScriptSpec
from providers.secrets import Secret
from providers.system_readings import SystemReading
from providers.text import Foreign
from tests.fakes import ManualClock
from tests.runs_rig import Bench, blocked, words_of
from tests.test_scripts import alive, until_gone
from tests.vendor_rigs import spec_of
from tests.waiting import until

QUICK = Limits(poll_s=0.05)
MAKES = """
import sys, pathlib
print('50 %', flush=True)
pathlib.Path(sys.argv[1], 'master_new.sql.gz').write_bytes(b'x' * 4096)
print('wrote master_new.sql.gz')
"""


class Ops(Struct):
    """A folder with backups, its scripts as actions, and a runner."""

    folder: Path
    records: Records
    places: dict[str, ScriptPlace]
    family: ScriptFamily
    bench: Bench

    def target(self, use: Use) -> Target:
        return target_of(self.places[use.value])


def identity(name: str, number: str = "16400", server: str = "s1", **more: object) -> Identity:
    fields = {"place": "db.internal:5432", "host": "db.internal", "size_bytes": 4096, "sessions": 2}
    return Identity(name=Foreign(name), number=number, server=server, **{**fields, **more})  # type: ignore[arg-type]


def spec(name: str, code: str, folder: Path, *args: str, **more: object) -> ScriptSpec:
    argv = (sys.executable, "-u", "-c", code, *args)
    made = ScriptSpec(name=name, argv=argv, folder=str(folder), timeout_s=20.0)
    return replace(made, **more)


def onto(*productions: Identity | Exception, aim: Identity | None = None, **more: object) -> Onto:
    def asker(found: Identity | Exception):  # type: ignore[no-untyped-def]
        async def ask() -> Identity:
            if isinstance(found, Exception):
                raise found
            return found

        return ask

    made = Onto(
        environment="staging",
        production=False,
        database="Database",
        ask=asker(aim or identity("lma_staging", "16401")),
        productions=tuple(
            Production(title="lma/production/main", ask=asker(p)) for p in productions
        ),
    )
    return replace(made, **more)


def ops(tmp_path: Path, codes: dict[Use, str] | None = None, **more: object) -> Ops:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / "master_old.sql.gz"
    old.write_bytes(b"x" * 2048)
    old.chmod(0o600)
    os.utime(old, (1_700_000_000,) * 2)
    total = hashlib.sha256(old.read_bytes()).hexdigest()
    (folder / "master_old.sql.gz.sha256").write_text(f"{total}  {old.name}\n")
    backups = BackupOptions(
        key="backups-master", title="Backups", folder=str(folder), pattern="master_*.sql.gz",
        warning_s=1.0, critical_s=2.0, least_bytes=1024,
    )  # fmt: skip
    usual = {
        Use.BACKUP: MAKES,
        Use.VERIFY: "print('ok: the sum is right')",
        Use.DUMP: MAKES,
        Use.RESTORE: "import sys; print(sys.argv[1:])",
    }
    places = {}
    for use, code in {**usual, **(codes or {})}.items():
        restore = use is Use.RESTORE
        args = () if restore or use is Use.VERIFY else (str(folder),)
        made = ScriptPlace(
            workspace="lma", environment="staging" if restore else "production",
            production=not restore, use=use, system="ops", title=use.value.capitalize(),
            spec=spec(use.value, code, folder, *args), backups=backups, with_file=restore,
            onto=onto(identity("lma")) if restore else None,
        )  # fmt: skip
        places[use.value] = replace(made, **more)
    records = Records(tmp_path / "state" / "scripts")
    (tmp_path / "state").mkdir()
    clock = SystemClock()
    family = ScriptFamily(tuple(places.values()), records, clock)
    bench = Bench(family.verbs, tmp_path / "audit.jsonl", clock, QUICK)
    return Ops(folder=folder, records=records, places=places, family=family, bench=bench)


async def test_a_backup_runs_once_and_is_done_when_its_file_is_there(tmp_path: Path) -> None:
    at = ops(tmp_path)
    proposal = await at.bench.proposed("backup", at.target(Use.BACKUP))
    running = await at.bench.confirmed(proposal)
    entries = await at.bench.entries("intent", "outcome")
    await at.bench.aclose()

    step = proposal.plan.steps[0]
    assert isinstance(step, ScriptStep)
    assert step.argv == at.places["backup"].spec.argv
    assert running.outcome is Outcome.DONE, running.words
    assert "exit 0" in running.words
    assert "master_new.sql.gz, 4.0 KiB" in running.words
    assert words_of(entries) == [("intent", ""), ("outcome", "done")]
    record = Path(proposal.plan.pinned["record"])
    made = at.folder / "master_new.sql.gz"
    assert [mode_of(path) for path in (record, record / "output", made)] == [0o700, 0o600, 0o600]


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("print('disk full'); raise SystemExit(4)", "exit 4"),
        ("print('all well')", "left no new file"),
        ("import os; os.kill(os.getpid(), 9)", "killed by signal 9"),
        (MAKES.replace("4096", "10"), "has only 10 B"),
    ],
)
async def test_a_backup_that_went_wrong_is_failed(tmp_path: Path, code: str, words: str) -> None:
    at = ops(tmp_path, {Use.BACKUP: code})
    running = await at.bench.done("backup", at.target(Use.BACKUP))
    await at.bench.aclose()

    assert running.outcome is Outcome.FAILED
    assert words in running.words


async def test_what_it_says_is_told_while_it_runs(tmp_path: Path) -> None:
    said: list[str] = []
    heard = asyncio.Event()
    code = "import sys, pathlib; print('42 %'); f = pathlib.Path(sys.argv[1])\n"
    code += "import time\nwhile not (f / 'go').exists(): time.sleep(0.02)\n"
    at = ops(tmp_path, {Use.BACKUP: code + MAKES})

    def told(running) -> None:  # type: ignore[no-untyped-def]
        said.append(running.words)
        if running.words == "42 %":
            heard.set()

    at.bench.runner.on_change = told
    task = asyncio.create_task(at.bench.done("backup", at.target(Use.BACKUP)))
    async with asyncio.timeout(20):
        await heard.wait()
    held = await at.bench.proposed("backup", at.target(Use.BACKUP))
    (at.folder / "go").touch()
    running = await task
    await at.bench.aclose()

    assert running.outcome is Outcome.DONE, running.words
    assert "blocked:idle" in blocked(held)
    assert "42 %" in said


FAMILY = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print(child.pid, flush=True); time.sleep(60)"
)


async def test_at_its_limit_it_is_killed_with_its_children(tmp_path: Path) -> None:
    at = ops(tmp_path, {Use.VERIFY: FAMILY})
    place = at.places["verify-backup"]
    slow = replace(place, spec=replace(place.spec, timeout_s=1.0))
    family = ScriptFamily((slow,), at.records, at.bench.clock)
    at.bench.runner.verbs = {verb.name: verb for verb in family.verbs}
    running = await at.bench.done("verify-backup", at.target(Use.VERIFY))
    await at.bench.aclose()

    assert running.outcome is Outcome.FAILED
    assert "time was up after" in running.words
    await until_gone(int(running.words.rpartition(": ")[2]))


async def test_leaving_does_not_kill_it_and_its_end_is_found_from_the_plan(tmp_path: Path) -> None:
    code = "import sys, pathlib, time; f = pathlib.Path(sys.argv[1])\n"
    code += "while not (f / 'go').exists(): time.sleep(0.02)\n"
    at = ops(tmp_path, {Use.BACKUP: code + MAKES})
    verb = at.bench.runner.verbs["backup"]
    proposal = await at.bench.proposed("backup", at.target(Use.BACKUP))
    task = at.bench.runner.start(proposal.confirmed(reason="due", typed="backup"))
    plan = from_audit(proposal.plan)

    async def state() -> State:
        return (await verb.settled(plan, None)).state

    async def has_begun() -> bool:
        return await state() is State.UNDER_WAY

    async def has_ended() -> bool:
        return not await has_begun()

    await until(has_begun)
    await at.bench.runner.aclose(0)
    left = await asyncio.gather(task, return_exceptions=True)
    running = await verb.settled(plan, None)
    (at.folder / "go").touch()
    await until(has_ended)
    ended = await verb.settled(plan, None)

    assert left
    assert running.state is State.UNDER_WAY
    assert ended.state is State.DONE, ended.words


def from_audit(plan: Plan) -> Plan:
    return plan_of(
        {name: value for name, value in plan_json(plan).items() if name != "fingerprint"}
    )


async def test_what_was_never_begun_or_lost_its_keeper_is_told_so(tmp_path: Path) -> None:
    at = ops(tmp_path, {Use.VERIFY: "import time; print('on', flush=True); time.sleep(60)"})
    verb = at.bench.runner.verbs["verify-backup"]
    plan = await verb.plan(at.target(Use.VERIFY), {})
    never = await verb.settled(from_audit(plan), None)
    await verb.send(plan, "k")
    again = await refusal_of(verb.send(plan, "k"))
    record = Path(plan.pinned["record"])
    keeper = int(eval((record / "state.json").read_text())["keeper"])  # noqa: S307 - our own file
    script = int(eval((record / "state.json").read_text())["pid"])  # noqa: S307 - our own file
    os.kill(keeper, signal.SIGKILL)
    await until_gone(keeper)
    lost = await verb.settled(from_audit(plan), None)
    assert alive(script)
    os.kill(script, signal.SIGKILL)
    foreign = replace(plan, pins=(("record", "/somewhere/else/scripts/a.1"),))
    elsewhere = await verb.settled(foreign, None)
    await at.bench.aclose()

    assert (never.state, never.words) == (State.FAILED, "it was never begun")
    assert "begun already" in again
    assert lost.state is State.UNKNOWN
    assert "whoever watched it is gone" in lost.words
    assert elsewhere.state is State.UNKNOWN


async def refusal_of(sending) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as found:
        await sending
    return found.value.reason


async def test_a_script_that_can_not_be_started_is_refused_or_failed(tmp_path: Path) -> None:
    at = ops(tmp_path)
    place = at.places["verify-backup"]
    gone = replace(place, spec=replace(place.spec, argv=(str(tmp_path / "no"),)))
    family = ScriptFamily((gone,), at.records, at.bench.clock)
    at.bench.runner.verbs = {verb.name: verb for verb in family.verbs}
    held = await at.bench.proposed("verify-backup", at.target(Use.VERIFY))
    await at.bench.aclose()

    assert "there is no program" in blocked(held)["blocked:program"]
    with pytest.raises(Refused, match="cannot be started"):
        begin(at.records.place("x", 1), gone.spec, ())
    assert read(at.records.place("x", 1)).phase is RunPhase.UNSTARTABLE


async def test_a_restore_names_file_size_sum_and_what_is_overwritten(tmp_path: Path) -> None:
    at = ops(tmp_path)
    proposal = await at.bench.proposed("restore-staging", at.target(Use.RESTORE))
    running = await at.bench.confirmed(proposal)
    await at.bench.aclose()

    change = proposal.plan.changes[0]
    assert change.before.text == "lma_staging at db.internal:5432"
    (overwritten, age, *_) = proposal.plan.effects
    assert (overwritten.number, overwritten.unit) == (4096.0, "bytes")
    assert age.number is not None
    for words in ("master_old.sql.gz", "2.0 KiB", "sha256"):
        assert words in change.after.text
    assert (proposal.plan.undo, bool(proposal.plan.no_undo)) == (None, True)
    assert running.outcome is Outcome.DONE, running.words
    assert str([str(at.folder / "master_old.sql.gz"), "staging"]) in running.words


@pytest.mark.parametrize(
    "there",
    [
        onto(identity("lma", "16401")),
        onto(identity("other", "1"), identity("lma_staging", "9", "another server")),
        onto(identity("lma"), environment="production", production=True),
    ],
    ids=["the same database under another name", "the same host and name", "production itself"],
)
async def test_production_is_never_restored_to(tmp_path: Path, there: Onto) -> None:
    at = ops(tmp_path)
    place = replace(at.places["restore-staging"], onto=there)
    family = ScriptFamily((place,), at.records, at.bench.clock)
    at.bench.runner.verbs = {verb.name: verb for verb in family.verbs}
    with pytest.raises(Unplannable, match="nothing is ever restored there"):
        await at.bench.proposed("restore-staging", target_of(place))
    await at.bench.aclose()

    assert not at.records.folder.exists()


async def test_a_production_that_does_not_answer_holds_a_restore_up(tmp_path: Path) -> None:
    at = ops(tmp_path)
    lost = onto(Unreachable("PostgreSQL", "connect", "no route"))
    place = replace(at.places["restore-staging"], onto=lost)
    family = ScriptFamily((place,), at.records, at.bench.clock)
    at.bench.runner.verbs = {verb.name: verb for verb in family.verbs}
    held = await at.bench.proposed("restore-staging", target_of(place))
    await at.bench.aclose()

    assert "could not be asked" in blocked(held)["not-known:not production"]


async def test_a_target_that_became_production_is_refused_before_it_is_started(
    tmp_path: Path,
) -> None:
    at = ops(tmp_path)
    known = [identity("lma_staging", "16401")]

    async def ask() -> Identity:
        return known[0]

    place = at.places["restore-staging"]
    assert place.onto is not None
    place = replace(place, onto=replace(place.onto, ask=ask))
    (verb,) = ScriptFamily((place,), at.records, at.bench.clock).verbs
    plan = await verb.plan(target_of(place), {})
    known[0] = identity("lma")
    reason = await refusal_of(verb.send(plan, "k"))
    known[0] = identity("lma_staging", "16402")
    changed = await refusal_of(verb.send(plan, "k"))
    await at.bench.aclose()

    assert "nothing is ever restored there" in reason
    assert "can not be told any more" in changed
    assert not at.records.folder.exists()


async def test_a_backup_that_changed_since_it_was_shown_is_refused(tmp_path: Path) -> None:
    at = ops(tmp_path)
    proposal = await at.bench.proposed("restore-staging", at.target(Use.RESTORE))
    (at.folder / "master_old.sql.gz").write_bytes(b"y" * 2048)
    running = await at.bench.confirmed(proposal)
    await at.bench.aclose()

    assert running.outcome is Outcome.REFUSED
    assert [one.code for one in running.because] == ["changed"]
    assert not at.records.folder.exists()


@given(st.text(max_size=40))
def test_only_a_file_of_the_folder_is_handed_over(name: str) -> None:
    from actions.scripts.files import chosen

    folder = Path(__file__).parent
    backups = BackupOptions(
        key="b", title="B", folder=str(folder), pattern="test_verb_s*.py",
        warning_s=1.0, critical_s=2.0,
    )  # fmt: skip
    try:
        found = chosen(backups, name)
    except Unplannable:
        return
    assert Path(found.path).parent == folder
    assert Path(found.path).name.startswith("test_verb_s")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "master_x.sql.gz; rm -rf /", "-rf"])
async def test_a_hostile_file_name_is_no_backup(tmp_path: Path, name: str) -> None:
    at = ops(tmp_path)
    with pytest.raises(Unplannable, match="no backup"):
        await at.bench.proposed("restore-staging", at.target(Use.RESTORE), file=name)
    await at.bench.aclose()


async def test_no_secret_is_written_down_and_nothing_it_says_acts(tmp_path: Path) -> None:
    secret = Secret("s3cret-of-the-keeper")
    code = f"print('\\x1b[2J {secret.reveal()} [/red]')"
    at = ops(tmp_path, {Use.VERIFY: code})
    proposal = await at.bench.proposed("verify-backup", at.target(Use.VERIFY))
    running = await at.bench.confirmed(proposal)
    await at.bench.aclose()

    written = (Path(proposal.plan.pinned["record"]) / "output").read_text()
    assert secret.reveal() not in written
    assert secret.reveal() not in running.words
    assert "\x1b" not in running.words


async def test_targets_by_name(tmp_path: Path) -> None:
    at: Ops = ops(tmp_path)
    assert await at.family.target("backup", "lma/ops") == at.target(Use.BACKUP)
    assert await at.family.target("backup", "lma/production") == at.target(Use.BACKUP)
    with pytest.raises(Unplannable, match="known: lma/ops"):
        await at.family.target("backup", "lma/nowhere")
    await at.bench.aclose()


async def test_what_goes_on_changing_is_measured_and_not_held_fast(tmp_path: Path) -> None:
    at = ops(tmp_path)
    place = at.places["restore-staging"]
    there = onto(identity("lma"), aim=identity("lma_staging", "16401", size_bytes=9, sessions=7))
    later = replace(place, onto=there)
    plans = [
        await ScriptFamily((one,), at.records, clock).verbs[0].plan(target_of(one), {})
        for one, clock in ((place, at.bench.clock), (later, ManualClock()))
    ]
    await at.bench.aclose()

    assert plans[0].fingerprint == plans[1].fingerprint
    assert plans[0].effects != plans[1].effects


async def test_the_board_tells_of_what_an_action_ran(tmp_path: Path) -> None:
    at = ops(tmp_path)
    place = at.places["backup"]

    def kept(name: str) -> RunView | None:
        return view_of(at.records.folder, place.record, name, at.bench.clock.now().at)

    source = ScriptsSource(
        spec_of("Scripts", SourceKind.SYSTEM), "Ops", (ScriptOptions(spec=place.spec, title="B"),),
        (), ScriptRuns(at.bench.clock), at.bench.clock, kept,
    )  # fmt: skip
    before = (await source.read()).payload
    await at.bench.done("backup", at.target(Use.BACKUP))
    after = (await source.read()).payload
    await at.bench.aclose()

    assert isinstance(before, SystemReading)
    assert isinstance(after, SystemReading)
    assert "not run" in before.sections[0].records[0].state.text
    record = after.sections[0].records[0]
    assert record.state.text == "exit 0"
    assert dict(record.details)["last line"].text == "wrote master_new.sql.gz"


# A line longer than is kept, then sixty thousand of them, a thousand in one write.
FLOOD = """import sys
sys.stdout.write('x' * 300_000)
for n in range(0, 60_000, 1000):
    sys.stdout.write(''.join(f'{n + m} {"y" * 60}\\n' for m in range(1000)))
"""


async def test_output_without_end_fills_no_disk(tmp_path: Path) -> None:
    at = ops(tmp_path, {Use.VERIFY: FLOOD})
    proposal = await at.bench.proposed("verify-backup", at.target(Use.VERIFY))
    running = await at.bench.confirmed(proposal)
    await at.bench.aclose()

    record = Path(proposal.plan.pinned["record"])
    assert running.outcome is Outcome.DONE, running.words
    assert "59999 " in running.words
    assert sum(path.stat().st_size for path in each_of(record)) < 2_300_000


def each_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())
