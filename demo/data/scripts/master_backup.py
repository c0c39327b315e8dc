"""Writes a backup into a folder, with its sum beside it, and says how far it is."""

import gzip
import hashlib
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

TABLES = ("auth.users", "public.events", "public.registrations", "public.payments", "public.orders")


def main(folder: Path) -> int:
    """Make one backup."""
    name = f"master_{datetime.now(UTC):%Y%m%d_%H%M%S}.sql.gz"
    path = folder / name
    with gzip.open(path, "wt", encoding="utf-8") as dump:
        for done, table in enumerate(TABLES, start=1):
            rows = (f"COPY {table} {number};\n" for number in range(4_000))
            dump.writelines(rows)
            print(f"{100 * done // len(TABLES):3} %  {table}", flush=True)  # noqa: T201 - a script prints
            time.sleep(0.4)
    path.chmod(0o600)
    total = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / f"{name}.sha256").write_text(f"{total}  {name}\n", encoding="ascii")
    print(f"wrote {name}, {path.stat().st_size:,} bytes")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
