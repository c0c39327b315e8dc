"""Whether what operators say about alerts can be kept, and be seen by the others."""

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from monitor.care_journal import CareJournal, JournalTrouble
from providers.clock import Clock
from tui.config.model import Config
from tui.doctor.findings import Finding, Mark
from tui.wire_care import care_folder, journals

_AREA: Final = "acknowledgements"
_LITTLE_BYTES: Final = 100 * 1024 * 1024
_NOTHING_BYTES: Final = 1024 * 1024


def shared_findings(config: Config, clock: Clock) -> Iterator[Finding]:
    """The folder, its mode, its room, and each journal in it."""
    folder = care_folder(config)
    shared = config.settings.shared_folder is not None
    try:
        found = folder.stat()
    except OSError as error:
        yield _finding(folder, Mark.FAILED, f"{error.strerror}", _made(folder))
        return
    problems = list(_problems(folder, found, shared=shared))
    yield from problems
    if not problems:
        yield _finding(folder, Mark.OK, _words(found, shared=shared))
    for journal in journals(config, clock, folder).values():
        yield from _journal(journal)


def _words(found: os.stat_result, *, shared: bool) -> str:
    if not shared:
        return "your own: nobody else sees what you acknowledge (settings.shared_folder shares it)"
    return f"shared by the group {_group(found.st_gid)}, owned by {_user(found.st_uid)}"


def _problems(folder: Path, found: os.stat_result, *, shared: bool) -> Iterator[Finding]:
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISDIR(found.st_mode):
        yield _finding(folder, Mark.FAILED, "is no folder", _made(folder))
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        words = f"you may not write there: it is {_group(found.st_gid)}'s, mode {mode:04o}"
        yield _finding(folder, Mark.FAILED, words, f"join the group: {_group(found.st_gid)}")
    if mode & stat.S_IWOTH:
        words = f"anybody on this host may write there: mode {mode:04o}"
        yield _finding(folder, Mark.FAILED, words, f"chmod 2770 {folder}")
    elif shared and not (mode & stat.S_IWGRP and mode & stat.S_ISGID):
        words = (
            f"the others of {_group(found.st_gid)} can not write what you write: mode {mode:04o}"
        )
        yield _finding(folder, Mark.FAILED, words, f"chmod 2770 {folder}")
    elif shared and mode & stat.S_IROTH:
        words = f"anybody on this host may read names and notes: mode {mode:04o}"
        yield _finding(folder, Mark.WARNING, words, f"chmod 2770 {folder}")
    yield from _room(folder)


def _room(folder: Path) -> Iterator[Finding]:
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < _LITTLE_BYTES:
        mark = Mark.FAILED if free < _NOTHING_BYTES else Mark.WARNING
        words = f"{free // (1024 * 1024)} MiB free on its disk"
        yield _finding(folder, mark, words, "make room there")


def _journal(journal: CareJournal) -> Iterator[Finding]:
    path = journal.path
    if path is None:
        return
    try:
        entries = journal.read()
    except JournalTrouble as error:
        yield _finding(path, Mark.FAILED, str(error), f"look at who owns it: ls -l {path}")
        return
    if journal.skipped:
        lines = "1 line is" if journal.skipped == 1 else f"{journal.skipped} lines are"
        yield _finding(path, Mark.WARNING, f"{lines} no entry, and left out", f"look at {path}")
    elif path.exists() and not os.access(path, os.W_OK):
        yield _finding(path, Mark.FAILED, "you may not write to it", f"chmod 0660 {path}")
    elif entries:
        yield _finding(path, Mark.OK, "1 entry" if len(entries) == 1 else f"{len(entries)} entries")


def _finding(path: Path, mark: Mark, words: str, fix: str = "") -> Finding:
    return Finding(area=_AREA, subject=str(path), mark=mark, words=words, fix=fix)


def _made(folder: Path) -> str:
    return f"install -d -g GROUP -m 2770 {folder}, GROUP being that of the operators"


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return f"group {number}"


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
