"""The journal on a real disk: two writers, hostile lines, a full disk, a lock that is held."""

import fcntl
import json
import os
import resource
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.care_entries import (
    LONGEST_LINE,
    BrokenLine,
    CareEntry,
    EntryKind,
    NewerLine,
    decode,
    encode,
    new_id,
)
from monitor.care_journal import Author, CareJournal, JournalTrouble
from monitor.verdicts import Level
from tests.fakes import START, ManualClock

ANA = Author(operator="ana", login="ana", host="bastion")
BO = Author(operator="bo", login="bo", host="bastion")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "care-lma.jsonl"


def journal(path: Path | None, clock: ManualClock, by: Author = ANA) -> CareJournal:
    return CareJournal(path, "lma", by, clock)


def ack(by: CareJournal, key: str = "check/x", note: str = "") -> CareEntry:
    entry = by.entry(EntryKind.ACKNOWLEDGED, key)
    until = entry.at + timedelta(hours=4)
    return replace(entry, until=until, level=Level.CRITICAL, note=note, onset=entry.at)


def test_what_one_writes_the_other_reads(path: Path, clock: ManualClock) -> None:
    ana, bo = journal(path, clock), journal(path, clock, BO)
    assert bo.read() == ()
    first = ack(ana, note="looking")
    ana.append([first])
    assert bo.read() == (first,)
    second = ack(bo)
    bo.append([second])
    assert ana.read() == (first, second)
    assert ana.read() is ana.read()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["operator"] for line in lines] == ["ana", "bo"]
    assert set(lines[0]) == {
        "v", "id", "at", "kind", "operator", "login", "host", "workspace", "key", "onset",
        "until", "level", "note",
    }  # fmt: skip


def test_of_several_who_claim_a_thing_the_first_gets_it(path: Path, clock: ManualClock) -> None:
    ana, bo = journal(path, clock), journal(path, clock, BO)
    assert ana.claim("slack/x")
    assert not bo.claim("slack/x")
    assert not ana.claim("slack/x")
    assert bo.claim("slack/y")
    clock.advance(2 * 86_400 + 1)
    assert bo.claim("slack/x")
    assert not ana.claim("slack/x")


def test_processes_that_claim_at_once_get_it_once(path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from monitor.care_journal import Author, CareJournal\n"
        "from providers.clock import SystemClock\n"
        "by = Author(operator='x', login='x', host='h')\n"
        "journal = CareJournal(Path(sys.argv[1]), 'lma', by, SystemClock())\n"
        "print(sum(journal.claim(f'k{n}') for n in range(20)))\n"
    )
    root = Path(__file__).parent.parent
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    won = [int(run.communicate(timeout=60)[0]) for run in runs]
    assert sum(won) == 20
    assert len(path.read_text().splitlines()) == 20


def test_hostile_lines_say_nothing_and_are_counted(path: Path, clock: ManualClock) -> None:
    ana = journal(path, clock)
    good = ack(ana, note="fine")
    year = json.loads(encode(good))
    broken = [
        b"",
        b"{",
        b"null",
        b"[" * 4_000,
        b"\xff\xfe\x00",
        b'{"v":1}',
        json.dumps(year | {"until": "2099-01-01T00:00:00Z", "id": "a"}).encode(),
        json.dumps(year | {"kind": "snoozed", "id": "b", "until": year["at"][:11] + "x"}).encode(),
        json.dumps(year | {"at": "2026-11-21T16:00:00", "id": "c"}).encode(),
        json.dumps(year | {"at": "9999-12-31T23:59:59Z", "id": "d"}).encode(),
        json.dumps(year | {"kind": "deleted", "id": "e"}).encode(),
        json.dumps(year | {"level": "dire", "id": "f"}).encode(),
        json.dumps(year | {"id": "../../x"}).encode(),
        json.dumps(year | {"v": 2, "id": "g"}).encode(),
        json.dumps(year | {"note": "x" * LONGEST_LINE, "id": "h"}).encode(),
    ]
    path.write_bytes(b"\n".join([*broken, encode(good)]))
    assert ana.read() == (good,)
    assert ana.skipped == len(broken) - 1


def test_words_of_others_are_cleaned(path: Path, clock: ManualClock) -> None:
    ana = journal(path, clock)
    line = json.loads(encode(ack(ana)))
    line |= {"operator": "\x1b[31mroot\x07", "note": "a\u202eb\nc", "subject": "[bold]x" * 80}
    path.write_text(json.dumps(line) + "\n")
    (found,) = ana.read()
    assert "\x1b" not in found.operator
    assert found.note == "a<U+202E>b c"
    assert len(found.subject) <= 120


def test_another_workspace_s_entries_are_not_ours(path: Path, clock: ManualClock) -> None:
    other = CareJournal(path, "localloop", BO, clock)
    other.append([ack(other)])
    assert journal(path, clock).read() == ()


def test_half_a_line_spoils_no_other(path: Path, clock: ManualClock) -> None:
    """Somebody was killed while writing."""
    ana = journal(path, clock)
    first, second = ack(ana), ack(ana)
    ana.append([first])
    with path.open("ab") as file:
        file.write(encode(second)[:40])
    third = ack(ana)
    ana.append([third])
    assert ana.read() == (first, third)
    assert ana.skipped == 1


def test_it_stays_small(path: Path, clock: ManualClock) -> None:
    ana = journal(path, clock)
    for _ in range(5):
        ana.append([ack(ana, note="x" * 150) for _ in range(100)])
        ana.claim(new_id())
        clock.advance(9 * 86_400)
    newer = json.dumps(json.loads(encode(ack(ana))) | {"v": 9}).encode()
    with path.open("ab") as file:
        file.write(newer + b"\n")
    for _ in range(8):
        ana.append([ack(ana, note="x" * 150) for _ in range(100)])
    ages = {(START - one.at).days for one in ana.read()}
    kept = path.read_bytes()
    assert len(kept) < 600_000
    assert newer in kept
    oldest = min(one.at for one in ana.read())
    assert clock.now().at - oldest < timedelta(days=30)
    assert ages
    assert not [each.name for each in path.parent.iterdir() if each.name.startswith(".")]


def test_files_in_a_group_s_folder_are_the_group_s(tmp_path: Path, clock: ManualClock) -> None:
    old = os.umask(0o077)
    try:
        for mode, expected in ((0o2770, 0o660), (0o700, 0o600)):
            folder = tmp_path / f"{mode:o}"
            folder.mkdir()
            folder.chmod(mode)
            path = folder / "care-lma.jsonl"
            ana = journal(path, clock)
            ana.append([ack(ana, note="x" * 150) for _ in range(400)])
            clock.advance(31 * 86_400)
            ana.append([ack(ana)])
            assert stat.S_IMODE(path.stat().st_mode) == expected
            assert len(ana.read()) == 1
            for each in folder.iterdir():
                assert stat.S_IMODE(each.stat().st_mode) == expected
    finally:
        os.umask(old)


def test_what_can_not_be_read_or_written_is_told(tmp_path: Path, clock: ManualClock) -> None:
    missing = journal(tmp_path / "gone" / "care-lma.jsonl", clock)
    assert missing.read() == ()
    with pytest.raises(JournalTrouble, match="No such file"):
        missing.append([ack(missing)])
    link = tmp_path / "link.jsonl"
    link.symlink_to("/etc/passwd")
    with pytest.raises(JournalTrouble):
        journal(link, clock).read()
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    with pytest.raises(JournalTrouble, match="no regular file"):
        journal(pipe, clock).read()
    with pytest.raises(JournalTrouble):
        journal(pipe, clock).append([ack(missing)])


def test_a_full_disk_is_told_and_spoils_nothing(path: Path, clock: ManualClock) -> None:
    ana = journal(path, clock)
    first = ack(ana)
    ana.append([first])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50, limits[1]))
    try:
        with pytest.raises(JournalTrouble, match="full"):
            ana.append([ack(ana)])
        with pytest.raises(JournalTrouble, match="too large"):
            ana.append([ack(ana)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    second = ack(ana)
    ana.append([second])
    assert ana.read() == (first, second)


def test_a_lock_that_is_never_given_back_is_told(path: Path, clock: ManualClock) -> None:
    ana = CareJournal(path, "lma", ANA, clock, patience_s=0.05)
    ana.append([ack(ana)])
    with path.with_name(f"{path.name}.lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(JournalTrouble, match="holds its lock"):
            ana.append([ack(ana)])
    ana.append([ack(ana)])
    assert len(ana.read()) == 2


def test_threads_that_wait_all_get_their_turn(path: Path, clock: ManualClock) -> None:
    def write() -> None:
        one = journal(path, clock)
        for _ in range(10):
            one.append([ack(one)])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(journal(path, clock).read()) == 40


def test_without_a_file_it_holds_for_this_run(clock: ManualClock) -> None:
    ana = journal(None, clock)
    first = ack(ana)
    ana.append([first])
    assert ana.read() == (first,)
    assert ana.claim("x")
    assert not ana.claim("x")
    ana.end({"check/x": EntryKind.ENDED})
    ana.end({"check/x": EntryKind.ENDED})
    assert [one.kind for one in ana.read() if one.key == "check/x"][1:] == [EntryKind.ENDED]


@given(st.binary(max_size=300))
def test_no_line_is_worse_than_broken(text: bytes) -> None:
    try:
        entry = decode(text)
    except BrokenLine:
        return
    assert decode(encode(entry)) == entry


WORDS = st.text(max_size=200)


@given(WORDS, WORDS, st.sampled_from(EntryKind), st.integers(0, 86_400))
def test_what_is_written_is_read(note: str, key: str, kind: EntryKind, lasts_s: int) -> None:
    surrogates = any("\ud800" <= sign <= "\udfff" for sign in note + key)
    entry = CareEntry(
        id=new_id(), at=START, kind=kind, operator="ana", login="ana", host="h", workspace="lma",
        key=key or "k", until=START + timedelta(seconds=lasts_s), level=Level.WARNING,
    )  # fmt: skip
    if surrogates:
        return
    text = encode(entry)
    assert text.count(b"\n") == 1
    assert decode(text) == entry
    with pytest.raises(NewerLine):
        decode(json.dumps(json.loads(text) | {"v": 2}).encode())
