"""Restores a backup, into staging and nowhere else."""

import gzip
import sys
import time
from pathlib import Path


def main(file: Path, target: str) -> int:
    """Read a backup as a restore would; refuses every target but staging."""
    if target != "staging":
        print(f"refused: {target} is not staging", file=sys.stderr)  # noqa: T201 - a script prints
        return 3
    with gzip.open(file, "rt", encoding="utf-8") as dump:
        for number, _ in enumerate(dump, start=1):
            if number % 5_000 == 0:
                print(f"{number:,} statements", flush=True)  # noqa: T201 - as above
                time.sleep(0.3)
    print(f"restored {file.name} to {target}")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
