"""A demo server's life and death: nothing of it stays, whoever dies first."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from demo.postgres_binaries import Account, NoPostgres, find_installation, installation_for
from demo.postgres_cluster import Cluster
from demo.postgres_leftovers import PREFIX, sweep
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent

ORPHAN = """
import os, signal
from demo.postgres_cluster import Cluster
cluster = Cluster()
cluster.start()
print(cluster.folder, cluster.pid, cluster._guard.pid, flush=True)
{more}
os.kill(os.getpid(), signal.SIGKILL)
"""


async def gone(folder: Path, pid: int) -> None:
    async def is_gone() -> bool:
        return folder.name not in _entries(folder.parent) and _is_dead(pid)

    await until(is_gone)


def _entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def orphan(more: str = "") -> tuple[Path, int, int]:
    made = subprocess.run(
        [sys.executable, "-c", ORPHAN.format(more=more)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert made.returncode == -signal.SIGKILL
    folder, pid, guard = made.stdout.split()
    return Path(folder), int(pid), int(guard)


async def test_when_the_owner_is_killed_the_guard_cleans_up() -> None:
    folder, pid, _ = await asyncio.to_thread(orphan)

    await gone(folder, pid)


async def test_when_the_guard_is_killed_too_the_next_start_cleans_up() -> None:
    kill_guard = "os.kill(cluster._guard.pid, signal.SIGKILL)"
    folder, pid, _ = await asyncio.to_thread(orphan, kill_guard)

    await asyncio.to_thread(sweep)
    await gone(folder, pid)


def test_a_sweep_spares_what_is_in_use(postgres: Cluster) -> None:
    assert postgres.folder not in sweep(postgres.folder.parent)
    assert postgres.pid is not None


@pytest.mark.parametrize("mark", ["not json", '{"pid": 1}', '{"pid": "x", "since": 0}', "[]", None])
def test_a_sweep_spares_what_has_no_mark_of_ours(tmp_path: Path, mark: str | None) -> None:
    strange = tmp_path / f"{PREFIX}strange"
    strange.mkdir()
    if mark is not None:
        (strange / "owner").write_text(mark)

    assert sweep(tmp_path) == []
    assert strange.exists()


def test_a_sweep_follows_no_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "owner").write_text('{"pid": 4194304, "since": 0}')
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)

    assert sweep(tmp_path) == []
    assert elsewhere.exists()


def test_a_sweep_takes_what_a_dead_process_of_ours_left(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / "owner").write_text('{"pid": 4194304, "since": 0}')

    assert sweep(tmp_path) == [left]
    assert not left.exists()


def test_children_get_no_environment_of_ours(postgres: Cluster) -> None:
    assert postgres.pid is not None
    environment = psutil.Process(postgres.pid).environ()

    assert not set(environment) - {"PATH", "LC_ALL", "TZ", "PGDATA", "PG_GRANDPARENT_PID"}


def test_an_install_closed_to_others_is_copied_runs_and_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = find_installation().parent
    home = tmp_path / "home"
    shutil.copytree(package, home / package.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name)
    home.chmod(0o700)
    monkeypatch.syspath_prepend(str(home))
    private = tmp_path / "private"
    private.mkdir()

    used = installation_for(Account(uid=os.geteuid(), gid=os.getegid()), private)

    assert private in used.parents
    said = subprocess.run(
        [used / "bin" / "initdb", "--version"], capture_output=True, text=True, check=True
    )
    assert "PostgreSQL" in said.stdout
    for path in used.rglob("*"):
        assert path.is_symlink() or path.stat().st_mode & stat.S_IROTH, path
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_wheel_has_a_server() -> None:
    assert (find_installation() / "bin" / "initdb").is_file()


def test_a_server_that_does_not_start_says_why() -> None:
    cluster = Cluster({"max_connections": "none at all"})

    with pytest.raises(NoPostgres, match="max_connections"):
        cluster.start()

    with pytest.raises(NoPostgres, match="not started"):
        _ = cluster.folder
