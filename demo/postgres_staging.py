"""Staging's database beside production's, and the role with which the products' scripts come."""

import json
import secrets
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

import asyncpg

STAGING: Final = "lma_staging"
OPS: Final = "ops"
FILE: Final = "ops-databases.json"

Admin = Callable[[str], Awaitable[asyncpg.Connection]]


async def add_staging(admin: Admin, production: str, host: str, port: int, folder: Path) -> Path:
    """Copy production's database, which nobody uses yet, and write down how scripts reach both.

    Args:
        admin: Connects to a database as its superuser.
        production: Its name.
        host: Of the server.
        port: Of the server.
        folder: Where the file with the password goes; it exists.

    Returns:
        The file, of mode 0600.
    """
    password = secrets.token_urlsafe(18)
    connection = await admin("postgres")
    await connection.execute(_sql("ops_roles").format(password=password))
    copying = f"CREATE DATABASE {STAGING} TEMPLATE {production} STRATEGY FILE_COPY"
    await connection.execute(copying)
    await connection.close()
    connection = await admin(STAGING)
    await connection.execute(_sql("staging"))
    await connection.close()
    way = {"host": host, "port": port, "user": OPS, "password": password}
    place = folder / FILE
    place.touch(mode=0o600)
    known = {
        "production": {**way, "database": production},
        "staging": {**way, "database": STAGING},
    }
    place.write_text(json.dumps(known), encoding="utf-8")
    return place


def _sql(name: str) -> str:
    return files("demo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
