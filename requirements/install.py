"""Installs what a lock file names, by several pips at once with a share each.

What takes pip long is to look through all that an index has of every package, which is the work of
one processor, and to wait for downloads. A lock names everything, each with its hashes: no share
needs to know of the others.

    python requirements/install.py requirements/dev.lock
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

_FEWEST, _MOST = 2, 4
_PIP = (
    *("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--progress-bar", "off"),
    # Compiled afterwards, on all processors.
    *("--no-compile", "--no-deps", "--require-hashes"),
)


def shares(lock: str, count: int) -> list[str]:
    """The lines of a lock dealt out by package, a package's hashes with its name."""
    dealt = [""] * count
    place = -1
    for line in lock.splitlines(keepends=True):
        if line[0].isalnum():
            place += 1
        if place >= 0:
            dealt[place % count] += line
    return [share for share in dealt if share]


def main() -> int:
    """Install, and leave with 0 when all of it is there."""
    lock = Path(sys.argv[1]).read_text(encoding="utf-8")
    count = max(_FEWEST, min(_MOST, os.cpu_count() or 1))
    with tempfile.TemporaryDirectory() as folder:
        begun = []
        for number, share in enumerate(shares(lock, count)):
            part = Path(folder, f"{number}.lock")
            part.write_text(share, encoding="utf-8")
            line = [sys.executable, *_PIP, "-r", str(part)]
            begun.append(subprocess.Popen(line))  # noqa: S603 - pip, of this very Python
        codes = [pip.wait() for pip in begun]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
