"""The audit on a real disk: what was changed is found, what was torn is said, nothing mixes."""

import json
import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.audit import Audit, AuditTrouble, is_alive, open_intents
from actions.audit_chain import Head, verified
from actions.audit_entries import (
    GENESIS,
    AuditEntry,
    AuditKind,
    Author,
    BrokenEntry,
    Draft,
    canonical,
    decode,
    digest,
    sealed,
)
from actions.audit_names import head_file
from providers.processes import process_start
from providers.secrets import Secret
from tests.examples import examples
from tests.fakes import START, ManualClock

ANA = Author(operator="ana", login="ana", host="bastion", origin="10.0.0.9 5022 10.0.0.1 22")
BO = Author(operator="bo", login="bo", host="bastion")


def note(words: str = "looked") -> Draft:
    return Draft(kind=AuditKind.NOTE, workspace="lma", environment="production", words=words)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.fixture
def audit(path: Path) -> Audit:
    return Audit(path, ANA, ManualClock())


def filled(path: Path, count: int = 5) -> Audit:
    audit = Audit(path, ANA, ManualClock())
    for number in range(1, count + 1):
        audit.append(note(f"number {number}"))
    return audit


def rewritten(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def what(audit: Audit) -> list[tuple[str, int]]:
    return [(one.what, one.seq) for one in audit.verify().problems]


def test_entries_are_chained_from_the_first(audit: Audit, path: Path) -> None:
    first, second = audit.append(note()), audit.append(note("again"))
    assert (first.seq, first.prev, second.prev) == (1, GENESIS, first.hash)
    assert audit.entries() == (first, second)
    assert first.origin == ANA.origin
    found = audit.verify()
    assert found.sound
    assert (found.entries, found.head) == (2, Head(seq=2, hash=second.hash))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(head_file(path).stat().st_mode) == 0o600


def test_in_a_folder_of_a_group_the_group_may_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    audit = filled(tmp_path / "audit.jsonl", 1)
    assert stat.S_IMODE(audit.path.stat().st_mode) == 0o660


def test_control_characters_and_lone_surrogates_are_escaped(audit: Audit, path: Path) -> None:
    hostile = "a\x1b]52;c;x\x07\n{}\u202e\x9b\ud800"
    entry = audit.append(note(hostile))
    raw = path.read_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == 1
    assert not any(byte < 0x20 for byte in raw.rstrip(b"\n"))
    assert json.loads(raw)["words"] == hostile
    assert "\x1b" not in entry.words
    assert audit.verify().sound


def test_no_secret_is_written_in_any_form(audit: Audit, path: Path) -> None:
    Secret("hunter2/hunter2")
    plan: dict[str, object] = {
        "steps": [{"body": '{"k":"hunter2/hunter2"}', "url": "/x?t=hunter2%2Fhunter2"}],
        "hunter2/hunter2": 1,
    }
    audit.append(Draft(kind=AuditKind.INTENT, reason="hunter2/hunter2", plan=plan))
    assert b"hunter2" not in path.read_bytes()


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_changed_entry_is_found(path: Path, seq: int) -> None:
    audit = filled(path)
    lines = path.read_bytes().splitlines()
    lines[seq - 1] = lines[seq - 1].replace(b"number", b"Number")
    rewritten(path, lines)
    assert what(audit) == [("changed", seq)]


def test_a_changed_entry_with_a_new_hash_is_found(path: Path) -> None:
    audit = filled(path)
    lines = path.read_bytes().splitlines()
    fields = json.loads(lines[2]) | {"words": "nothing happened"}
    fields["hash"] = digest(fields)
    lines[2] = canonical(fields)
    rewritten(path, lines)
    assert what(audit) == [("does not follow", 4)]


def test_a_blank_that_changes_no_value_is_found(path: Path) -> None:
    audit = filled(path)
    lines = path.read_bytes().splitlines()
    lines[1] = lines[1].replace(b'"seq":', b'"seq": ')
    rewritten(path, lines)
    assert what(audit) == [("changed", 2)]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ([1, 2, 4, 5], [("removed", 3)]),
        ([1, 4, 5], [("removed", 2)]),
        ([2, 3, 4, 5], [("removed", 1)]),
        ([1, 2, 4, 3, 5], [("reordered", 3)]),
        ([1, 2, 3, 3, 4, 5], [("reordered", 3)]),
        ([1, 2, 3, 4], [("cut", 5)]),
        ([1, 2], [("cut", 5)]),
        ([], [("cut", 5)]),
    ],
)
def test_removed_reordered_repeated_and_cut_entries_are_found(
    path: Path, order: list[int], found: list[tuple[str, int]]
) -> None:
    audit = filled(path)
    lines = path.read_bytes().splitlines()
    rewritten(path, [lines[seq - 1] for seq in order])
    assert what(audit) == found


def test_a_file_that_is_gone_is_found_and_nothing_is_added(path: Path) -> None:
    audit = filled(path)
    path.unlink()
    assert what(audit) == [("cut", 5)]
    with pytest.raises(AuditTrouble, match="#5 had been written"):
        audit.append(note())
    assert not path.exists()


def test_an_audit_without_its_head_takes_nothing(path: Path) -> None:
    audit = filled(path)
    head_file(path).unlink()
    assert what(audit) == [("no head", 5)]
    with pytest.raises(AuditTrouble, match="set-aside"):
        audit.append(note())


def test_an_end_that_was_changed_is_not_taken_for_a_torn_line(path: Path) -> None:
    audit = filled(path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(AuditTrouble, match="ends with #4"):
        audit.append(note())
    assert what(audit) == [("cut", 5)]


def test_a_whole_new_chain_is_found_by_what_was_written_down_elsewhere(path: Path) -> None:
    audit = filled(path)
    known = audit.verify().head
    path.unlink()
    head_file(path).unlink()
    forger = Audit(path, ANA, ManualClock())
    for _ in range(5):
        forger.append(note("nothing happened"))
    assert audit.verify().sound
    assert [one.what for one in audit.verify(known).problems] == ["rewritten"]


@pytest.mark.parametrize("entries", [0, 1, 5, 9])
def test_who_saw_the_old_chain_adds_nothing_to_a_new_one(path: Path, entries: int) -> None:
    audit, other = filled(path), Audit(path, BO, ManualClock())
    assert other.append(note()).seq == 6
    assert audit.append(note()).seq == 7
    path.unlink()
    head_file(path).unlink()
    for _ in range(entries):
        Audit(path, BO, ManualClock()).append(note("nothing happened"))
    for one in (audit, other):
        with pytest.raises(AuditTrouble, match=r"another file: it does not have the #[67]"):
            one.append(note())
    assert path.exists() == bool(entries)
    Audit(path, BO, ManualClock()).append(note("begun"))
    Audit(path, BO, ManualClock()).set_aside("somebody had removed it")
    assert [one.append(note()).seq for one in (audit, other)] == [2, 3]
    assert audit.verify().sound


def test_a_damaged_audit_is_set_aside_and_named_in_the_new_one(path: Path) -> None:
    audit = filled(path)
    rewritten(path, path.read_bytes().splitlines()[:2])
    aside = audit.set_aside("disk was swapped")
    assert aside.exists()
    [first] = audit.entries()
    assert (first.seq, first.prev, first.reason) == (1, GENESIS, "disk was swapped")
    assert aside.name in first.words
    assert "ends with #2" in first.words
    assert audit.verify().sound


def test_a_torn_line_is_kept_and_said(path: Path) -> None:
    audit = filled(path, 2)
    half = sealed(note(), ANA, 3, START, "0" * 64)[:100]
    with path.open("ab") as file:
        file.write(half)
    assert audit.verify().unfinished
    assert audit.verify().sound
    assert len(audit.entries()) == 2
    entry = audit.append(note("after"))
    found = audit.verify()
    assert (found.sound, found.unfinished, found.torn) == (True, False, 1)
    assert entry.seq == 4
    assert [one.action for one in audit.entries()] == ["", "", "torn", ""]
    assert half in path.read_bytes()


def test_an_entry_without_its_head_is_a_crash_and_no_crime(path: Path) -> None:
    audit = filled(path, 2)
    before = head_file(path).read_bytes()
    audit.append(note())
    head_file(path).write_bytes(before)
    assert audit.verify().sound
    assert audit.append(note()).seq == 4
    assert audit.verify().sound


@given(cut=st.integers(0, 5_000), data=st.binary(max_size=40))
@settings(suppress_health_check=list(HealthCheck), max_examples=examples(60))
def test_whatever_is_done_to_the_bytes_is_found(
    tmp_path_factory: pytest.TempPathFactory, cut: int, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("audit") / "audit.jsonl"
    audit = filled(path, 3)
    whole = path.read_bytes()
    place = cut % len(whole)
    changed = whole[:place] + data + whole[place + len(data) :]
    path.write_bytes(changed)
    assert audit.verify().sound == (changed == whole)


def test_lines_that_are_no_objects_are_no_entries() -> None:
    for line in (b"", b"[]", b"1", b"{}", b"\xff", b"[" * 100_000, b'{"seq":NaN}'):
        with pytest.raises(BrokenEntry):
            decode(line)
    assert not verified([b"[]"], Head(seq=1, hash="x"), unfinished=False).sound


def test_two_who_write_at_once_never_mix(path: Path) -> None:
    audits = [Audit(path, by, ManualClock(), patience_s=30) for by in (ANA, BO)]

    def write(audit: Audit) -> None:
        for _ in range(20):
            audit.append(note("x" * 3_000))

    threads = [threading.Thread(target=write, args=(audit,)) for audit in audits for _ in "12"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    found = audits[0].verify()
    assert (found.sound, found.entries) == (True, 80)


def test_what_is_decided_sees_all_that_was_written_before(path: Path) -> None:
    """Of two programs that both want to begin, the second sees the first."""
    seen: list[int] = []

    def begin(audit: Audit) -> None:
        def upon(entries: tuple[AuditEntry, ...]) -> tuple[Draft, ...]:
            seen.append(len(entries))
            return (note(),)

        audit.decide(upon)

    audits = [Audit(path, ANA, ManualClock(), patience_s=30) for _ in range(8)]
    threads = [threading.Thread(target=begin, args=(audit,)) for audit in audits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    assert sorted(seen) == list(range(8))


def test_a_full_disk_is_trouble_and_the_next_entry_says_so(path: Path) -> None:
    filled(path, 2)
    limit = path.stat().st_size + 50
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from actions.audit import Audit, AuditTrouble\n"
        "from tests.test_audit_file import ANA, note\n"
        "from tests.fakes import ManualClock\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "try:\n"
        "    Audit(Path(sys.argv[1]), ANA, ManualClock()).append(note())\n"
        "except AuditTrouble as error:\n"
        "    print('trouble', error)\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=root, capture_output=True, text=True
    )
    assert done.stdout.startswith("trouble"), done.stderr
    assert "full" in done.stdout
    audit = Audit(path, ANA, ManualClock())
    assert audit.append(note("room again")).seq == 4
    found = audit.verify()
    assert (found.sound, found.torn) == (True, 1)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)


def test_a_folder_that_is_not_there_and_a_link_are_trouble(tmp_path: Path) -> None:
    with pytest.raises(AuditTrouble):
        Audit(tmp_path / "no" / "audit.jsonl", ANA, ManualClock()).append(note())
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditTrouble):
        Audit(tmp_path / "audit.jsonl", ANA, ManualClock()).append(note())
    assert not (tmp_path / "elsewhere").exists()


def test_intents_without_an_outcome_are_open(audit: Audit) -> None:
    audit.append(Draft(kind=AuditKind.INTENT, request="a"))
    second = audit.append(Draft(kind=AuditKind.INTENT, request="b"))
    audit.append(Draft(kind=AuditKind.OUTCOME, request="a", outcome="done"))
    assert open_intents(audit.recent()) == (second,)


def test_a_process_that_runs_is_told_from_one_that_is_gone(path: Path) -> None:
    here = Author(
        operator="ana", login="ana", host="h", session="s",
        pid=os.getpid(), started=process_start(os.getpid()),
    )  # fmt: skip
    entry = Audit(path, here, ManualClock()).append(note())
    other = Author(operator="bo", login="bo", host="h", session="t")
    assert is_alive(entry, other) is True
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = Author(operator="a", login="a", host="h", session="u", pid=gone.pid, started="1")
    assert is_alive(Audit(path, dead, ManualClock()).append(note()), other) is False
    reused = Author(operator="a", login="a", host="h", session="v", pid=os.getpid(), started="1")
    if process_start(os.getpid()):
        assert is_alive(Audit(path, reused, ManualClock()).append(note()), other) is False
    assert is_alive(entry, Author(operator="c", login="c", host="elsewhere")) is None
