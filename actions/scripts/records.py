"""Runs of scripts on the disk: one folder each, made before the script is started.

A run is a folder of its own (0700) below the state folder, named by place, script and number. The
number is part of the plan, and the folder is made exclusively just before the script is started:
so the same plan can not start it twice, and whoever has only the plan finds how it went. Blocks:
everything here is called in a thread.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

from actions.scripts import keeper
from actions.scripts.run_record import RunPhase, RunRecord, read, runs_of
from providers.errors import BadAnswer, Refused
from providers.processes import process_start
from providers.script_process import allowed, at_home
from providers.script_values import SYSTEM, ScriptSpec
from providers.secrets import MASK, forms_known
from providers.text import Foreign

MOST_KEPT: Final = 30
"""Runs of one script that are kept."""

_BEGIN_S: Final = 10.0


class Records:
    """The runs of all scripts of one operator.

    Args:
        folder: Where they lie; made on first use, 0700.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def next_number(self, name: str) -> int:
        """The number that the next run of a script gets; from 1 on."""
        return max((number for number, _ in runs_of(self.folder, name)), default=0) + 1

    def place(self, name: str, number: int) -> Path:
        """The folder of a run."""
        return self.folder / f"{name}.{number}"

    def running(self, name: str) -> bool:
        """Whether a run of this script is under way."""
        return any(read(path).phase is RunPhase.RUNNING for _, path in runs_of(self.folder, name))

    def usual_s(self, name: str) -> float | None:
        """How long the last run took that ended well; None when there was none."""
        for _, path in sorted(runs_of(self.folder, name), reverse=True):
            found = read(path)
            if (found.end, found.code) == ("exited", 0):
                return found.duration_s
        return None

    def latest(self, name: str) -> RunRecord | None:
        """The newest run of a script; None when it was never run."""
        newest = max(runs_of(self.folder, name), default=None)
        return None if newest is None else read(newest[1])

    def prune(self, name: str) -> None:
        """Let the oldest runs go that are over."""
        for _, path in sorted(runs_of(self.folder, name))[:-MOST_KEPT]:
            if read(path).phase is not RunPhase.RUNNING:
                shutil.rmtree(path, ignore_errors=True)


def begin(record: Path, spec: ScriptSpec, args: tuple[str, ...]) -> None:
    """Start a script under a keeper of its own, once.

    Raises:
        Refused: It was begun before, or can not be started: nothing runs.
        BadAnswer: Whether it runs nobody knows; `after_sending` is set.
    """
    operation = f"run {Foreign(spec.name).line(60)}"
    _make(record, operation)
    given = {
        "began_s": record.stat().st_mtime,
        "argv": [at_home(spec.argv[0]), *spec.argv[1:], *args],
        "folder": at_home(spec.folder),
        "environment": allowed(spec.environment, os.environ),
        "timeout_s": spec.timeout_s,
        "secrets": forms_known(),
        "mask": MASK,
    }
    try:
        process = subprocess.Popen(  # noqa: S603 - ourselves, no shell, no outside text
            [sys.executable, "-I", "-S", str(Path(keeper.__file__)), str(record)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath},
            start_new_session=True,
        )
    except OSError as error:
        shutil.rmtree(record, ignore_errors=True)
        words = os.strerror(error.errno or 0).lower()
        raise Refused(SYSTEM, operation, f"its keeper can not be started: {words}") from None
    _told(process, json.dumps(given).encode(), record, operation)


def _make(record: Path, operation: str) -> None:
    try:
        private_folder(record.parent)
        record.mkdir(mode=0o700)
        # Until its keeper says more, we are whoever watches it.
        ours = {"keeper": os.getpid(), "keeper_started": process_start(os.getpid())}
        began = {"began_s": record.stat().st_mtime}
        text = json.dumps({"phase": "starting", **began, **ours})
        (record / keeper.STATE).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise Refused(SYSTEM, operation, "it was begun already, by somebody else") from None
    except OSError as error:
        words = os.strerror(error.errno or 0).lower()
        raise Refused(SYSTEM, operation, f"no record of it can be kept: {words}") from None


def _told(process: "subprocess.Popen[bytes]", given: bytes, record: Path, operation: str) -> None:
    try:
        process.communicate(given, timeout=_BEGIN_S)
    except (OSError, subprocess.TimeoutExpired):
        process.kill()
        process.wait()
        error = BadAnswer(SYSTEM, operation, "its keeper did not say whether it began")
        error.after_sending = True
        raise error from None
    if process.returncode == keeper.UNSTARTABLE:
        why = read(record).why or "its keeper could not start it"
        raise Refused(
            SYSTEM,
            operation,
            f"it cannot be started: {why}",
            advice="check its path, its folder and that it may be executed",
        )
    if process.returncode != 0:
        error = BadAnswer(SYSTEM, operation, "its keeper ended at once")
        error.after_sending = True
        raise error


def private_folder(place: Path) -> Path:
    """The folder, made with mode 0700 where it is missing.

    Raises:
        OSError: It can not be made, or it is not a folder of our own.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = place.stat(follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(1, f"{place} is not a folder of our own")
    if found.st_mode & 0o077:
        place.chmod(0o700)
    return place
