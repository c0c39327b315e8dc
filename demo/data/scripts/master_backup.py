r"""Writes a backup of the database into a folder, with its sum beside it, and says how far it is.

As `pg_dump --data-only` would write it: `COPY table (columns) FROM stdin;`, rows, `\.`.
"""

import asyncio
import gzip
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

TABLES = (
    "auth.users",
    "public.events",
    "public.registrations",
    "public.orders",
    "public.items",
    "public.payments",
    "public.user_roles",
    "public.audit_logs",
)
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
PACE_S = 0.2


async def main(folder: Path, way: dict[str, str], prefix: str) -> int:
    """Make one backup."""
    name = f"{prefix}_{datetime.now(UTC):%Y%m%d_%H%M%S}.sql.gz"
    # Whoever looks for the newest backup meanwhile does not find half of one.
    path = folder / f".{name}.part"
    connection = await asyncpg.connect(
        host=way["host"],
        port=int(way["port"]),
        user=way["user"],
        password=way["password"],
        database=way["database"],
        ssl=False,
    )
    try:
        with gzip.open(path, "wb", compresslevel=1) as dump:
            path.chmod(0o600)
            # One look for all tables, so that they belong together.
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                for done, table in enumerate(TABLES, start=1):
                    rows = await written(connection, table, dump)
                    percent = 100 * done // len(TABLES)
                    print(f"{percent:3} %  {table}, {rows:,} rows", flush=True)  # noqa: T201 - a script prints
                    await asyncio.sleep(PACE_S)
    finally:
        await connection.close()
    total = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / f"{name}.sha256").write_text(f"{total}  {name}\n", encoding="ascii")
    path = path.rename(folder / name)
    print(f"wrote {name}, {path.stat().st_size:,} bytes")  # noqa: T201 - as above
    return 0


async def written(connection: asyncpg.Connection, table: str, dump: gzip.GzipFile) -> int:
    """Write one table; gives how many rows it has."""
    schema, _, name = table.partition(".")
    columns = [row["column_name"] for row in await connection.fetch(COLUMNS, schema, name)]
    listed = ", ".join(columns)
    dump.write(f"COPY {table} ({listed}) FROM stdin;\n".encode())

    async def keep(piece: bytes) -> None:
        dump.write(piece)

    status: str = await connection.copy_from_table(
        name, schema_name=schema, columns=columns, output=keep, format="text"
    )
    dump.write(b"\\.\n")
    return int(status.rpartition(" ")[2])


if __name__ == "__main__":
    ways = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    sys.exit(asyncio.run(main(Path(sys.argv[1]), ways["production"], sys.argv[3])))
