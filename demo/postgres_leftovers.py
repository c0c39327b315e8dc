"""Finds and removes demo servers whose owner died together with their guard."""

import contextlib
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

import psutil  # comes with the wheel that carries the server

PREFIX = "quarterdeck-pg-"
_MARK = "owner"


def mark(folder: Path) -> None:
    """Write down that this very process owns `folder`."""
    ourselves = psutil.Process()
    owner = {"pid": ourselves.pid, "since": ourselves.create_time()}
    (folder / _MARK).write_text(json.dumps(owner))


def sweep(where: Path | None = None) -> list[Path]:
    """Remove what dead processes of ours left behind.

    Args:
        where: The folder to look in; None: the one for temporary files.

    Returns:
        The folders that were removed.
    """
    removed = []
    root = where or Path(tempfile.gettempdir())
    for folder in root.resolve().glob(f"{PREFIX}*"):
        if _is_leftover(folder):
            _stop_server(folder)
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _is_leftover(folder: Path) -> bool:
    # Anybody may make a folder of this name in a shared /tmp: only our own, with our own mark.
    try:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return False
        owner = json.loads((folder / _MARK).read_text())
        pid, since = int(owner["pid"]), float(owner["since"])
    except (OSError, ValueError, TypeError, KeyError):
        return False
    try:
        return abs(psutil.Process(pid).create_time() - since) > 1.0
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def _stop_server(folder: Path) -> None:
    data = str(folder / "data")
    found = [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and data in (process.info["cmdline"] or ())
    ]
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=3)
