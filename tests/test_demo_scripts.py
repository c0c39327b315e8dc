"""The demo's scripts on the demo's PostgreSQL: what a backup holds, a restore brings back."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from demo.backups import seed
from demo.postgres import DemoDatabase
from demo.postgres_staging import FILE, STAGING
from providers.clock import SystemClock
from providers.postgres.identity import identity_of
from providers.postgres.options import DatabaseOptions
from providers.secrets import Secret
from tests.postgres_fixtures import blank

SCRIPTS = files("demo") / "data" / "scripts"
COUNT = "SELECT count(*) FROM public.orders"


def script(name: str, *args: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(SCRIPTS / f"{name}.py"), *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def newest(folder: Path) -> str:
    return str(max(folder.glob("*.gz"), key=lambda path: path.stat().st_mtime))


async def test_what_a_backup_holds_a_restore_brings_back(tmp_path: Path) -> None:
    folder = seed(tmp_path / "backups", SystemClock().now().at)
    database = DemoDatabase(blank())
    await database.start(tmp_path)
    place = str(tmp_path / FILE)
    try:
        made = script("master_backup", str(folder), place, "master")
        assert made.returncode == 0, made.stderr
        assert "100 %" in made.stdout
        assert script("verify_backup", str(folder)).returncode == 0

        admin = await database._admin(STAGING)
        before = await admin.fetchval(COUNT)
        await admin.execute("TRUNCATE public.orders CASCADE")
        file = newest(folder)
        refused = script("restore_backup", place, file, "production")
        restored = script("restore_backup", place, file, "staging")
        after = await admin.fetchval(COUNT)
        await admin.close()
        production = await identity_of(options_of(database, tmp_path, database.database))
        staging = await identity_of(options_of(database, tmp_path, STAGING))
        again = await identity_of(options_of(database, tmp_path, STAGING, "localhost"))
    finally:
        await database.stop()

    assert refused.returncode == 3
    assert restored.returncode == 0, restored.stderr
    assert "to staging" in restored.stdout
    assert before > 0
    assert after == before
    assert not production.is_same(staging)
    assert staging.is_same(again)
    assert staging.size_bytes > 1_000_000
    assert not (tmp_path / FILE).exists()


def options_of(
    database: DemoDatabase, folder: Path, name: str, host: str = "127.0.0.1"
) -> DatabaseOptions:
    secret = Secret((folder / "database-password").read_text())

    async def password() -> Secret:
        return secret

    return DatabaseOptions(
        host=host, port=database.port, database=name, user=database.user,
        password=password, tls="disable",
    )  # fmt: skip
