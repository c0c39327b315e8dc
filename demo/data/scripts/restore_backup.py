"""Restores a backup into staging's database, all of it or nothing; refuses every other target."""

import asyncio
import gzip
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg

COPY = re.compile(r"COPY ([a-z_]+)\.([a-z_]+) \(([a-z_, ]+)\) FROM stdin;")
END = b"\\.\n"
MANY = 500


async def main(ways: dict[str, dict[str, str]], file: Path, target: str) -> int:
    """Empty the tables of the backup, and fill them from it."""
    if target != "staging" or not ways[target]["database"].endswith("_staging"):
        print(f"refused: {target} is not staging", file=sys.stderr)  # noqa: T201 - a script prints
        return 3
    way = ways[target]
    connection = await asyncpg.connect(
        host=way["host"],
        port=int(way["port"]),
        user=way["user"],
        password=way["password"],
        database=way["database"],
        ssl=False,
    )
    try:
        async with connection.transaction():
            with gzip.open(file, "rb") as dump:
                lines = iter(dump)
                for line in lines:
                    if match := COPY.match(line.decode()):
                        await filled(connection, match, lines)
    finally:
        await connection.close()
    print(f"restored {file.name} to {target}")  # noqa: T201 - as above
    return 0


async def filled(
    connection: asyncpg.Connection, match: re.Match[str], lines: Iterator[bytes]
) -> None:
    """Empty one table with what refers to it, and fill it."""
    schema, name, columns = match.groups()
    await connection.execute(f'TRUNCATE "{schema}"."{name}" CASCADE')
    status: str = await connection.copy_to_table(
        name, schema_name=schema, columns=columns.split(", "), source=rows(lines), format="text"
    )
    count = int(status.rpartition(" ")[2])
    print(f"{schema}.{name}: {count:,} rows", flush=True)  # noqa: T201 - as above
    await asyncio.sleep(0.1)


async def rows(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The rows of one table, many at a time."""
    held: list[bytes] = []
    for line in lines:
        if line == END:
            break
        held.append(line)
        if len(held) == MANY:
            yield b"".join(held)
            held = []
    yield b"".join(held)


if __name__ == "__main__":
    known = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(asyncio.run(main(known, Path(sys.argv[2]), sys.argv[3])))
