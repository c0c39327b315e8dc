"""A changed file is picked up while running; a broken edit is told and not used."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.config_texts import SMALL, small
from tests.fakes import ManualClock
from tui.config.load import Loaded, read
from tui.config.watch import MISSING_LOOKS, Broken, ConfigWatch

CHANGED = small("title: Shop\n", "title: Shop two\n")
BROKEN = small("title: Shop\n", "titel: Shop\n")


class Watched:
    """A file under watch, and what was told of it."""

    def __init__(self, path: Path) -> None:
        path.write_text(SMALL)
        self.path = path
        self.clock = ManualClock()
        self.told: list[Loaded | Broken] = []
        self.watch = ConfigWatch(read(path).digest, path, self.clock)

    async def follow(self) -> None:
        async for change in self.watch.changes():
            self.told.append(change)

    async def look(self, times: int = 1) -> list[str]:
        """Let the watch look so often; what it told meanwhile, as titles or problems."""
        before = len(self.told)
        for _ in range(times):
            await self.clock.until_asleep()
            self.clock.advance(2)
        await self.clock.until_asleep()
        return [_words(change) for change in self.told[before:]]


def _words(change: Loaded | Broken) -> str:
    if isinstance(change, Loaded):
        return change.config.workspaces["shop"].title
    return str(change.problems[0]).rpartition("/")[2]


@asynccontextmanager
async def watched(path: Path) -> AsyncIterator[Watched]:
    """A watch at work."""
    file = Watched(path / "config.yaml")
    task = asyncio.create_task(file.follow())
    try:
        yield file
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_file_that_stays_is_not_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as file:
        assert await file.look(5) == []
        os.utime(file.path, ns=(1, 1))
        assert await file.look(5) == []


async def test_an_edit_in_place_is_told_once(tmp_path: Path) -> None:
    async with watched(tmp_path) as file:
        await file.look(2)
        file.path.write_text(CHANGED)
        assert await file.look(3) == ["Shop two"]
        assert await file.look(3) == []


async def test_a_file_that_is_still_being_written_is_not_read(tmp_path: Path) -> None:
    async with watched(tmp_path) as file:
        await file.look(2)
        file.path.write_text(CHANGED[:300])
        assert await file.look() == []
        file.path.write_text(CHANGED)
        assert await file.look(2) == ["Shop two"]


async def test_an_editor_may_replace_the_file(tmp_path: Path) -> None:
    async with watched(tmp_path) as file:
        await file.look(2)
        file.path.rename(tmp_path / "config.yaml~")
        assert await file.look(MISSING_LOOKS - 1) == []
        beside = tmp_path / ".config.yaml.swp"
        beside.write_text(CHANGED)
        beside.rename(file.path)
        assert await file.look(3) == ["Shop two"]


async def test_a_broken_edit_is_told_and_so_is_its_repair(tmp_path: Path) -> None:
    async with watched(tmp_path) as file:
        await file.look(2)
        file.path.write_text(BROKEN)
        assert await file.look(3) == ["config.yaml:10:3: workspaces.shop: title is missing"]
        assert await file.look(3) == []
        file.path.write_text(SMALL)
        assert await file.look(3) == ["Shop"]


@pytest.mark.parametrize("times", [1, 3])
async def test_a_file_that_is_gone_is_told_once_and_its_return_too(
    tmp_path: Path, times: int
) -> None:
    async with watched(tmp_path) as file:
        await file.look(2)
        for _ in range(times):
            file.path.unlink()
            assert await file.look(MISSING_LOOKS + 3) == [
                "config.yaml:1:1: no such file or directory"
            ]
            file.path.write_text(SMALL)
            assert await file.look(3) == ["Shop"]


async def test_a_file_that_turns_into_something_else_is_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as file:
        await file.look(2)
        file.path.unlink()
        os.mkfifo(file.path)
        assert await file.look(3) == ["config.yaml:1:1: not a regular file"]


async def test_a_command_in_a_file_that_all_may_write_is_not_taken_over(tmp_path: Path) -> None:
    async with watched(tmp_path) as file:
        await file.look(2)
        file.path.write_text(small("{env: TOKEN}", "{command: [pass, show]}"))
        file.path.chmod(0o666)
        (told,) = await file.look(3)
        assert "everybody may write this file" in told
