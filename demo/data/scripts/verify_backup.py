"""Checks the newest backup of a folder: that it opens, and that its sum is the one written down."""

import gzip
import hashlib
import sys
from pathlib import Path


def main(folder: Path) -> int:
    """Read the newest backup to its end; 0 when it is whole."""
    newest = max(
        folder.glob("master_*.sql.gz"), key=lambda path: path.stat().st_mtime, default=None
    )
    if newest is None:
        print(f"no backup in {folder}", file=sys.stderr)  # noqa: T201 - a script prints
        return 2
    print(f"verifying {newest.name}")  # noqa: T201 - as above
    written = (folder / f"{newest.name}.sha256").read_text(encoding="ascii").split()[0]
    if hashlib.sha256(newest.read_bytes()).hexdigest() != written:
        print("the sum differs: the file is damaged", file=sys.stderr)  # noqa: T201 - as above
        return 4
    with gzip.open(newest, "rt", encoding="utf-8") as dump:
        tables = sum(line.startswith("COPY ") for line in dump)
    print(f"ok: {tables} tables, the sum is right")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
