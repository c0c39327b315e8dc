"""The door for actions stays shut while nobody acts, and opens for whatever it has to tell."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.audit import Audit
from actions.audit_entries import AuditKind, Author, Draft
from actions.audit_names import can_begin, head_file, untouched
from actions.door import Door
from monitor.engine import Engine
from monitor.history import History
from providers.clock import SystemClock
from tests.fakes import ManualClock, settle
from tests.waiting import LATE_S
from tui.config.load import parse
from tui.config.model import Config
from tui.doorway import LOOK_S, Doorway
from tui.shut_door import ShutDoor
from tui.wire_clients import clients

BO = Author(operator="bo", login="bo", host="bastion")


class Hall:
    """An engine without sources, and the way to its door."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.config = _config(folder, read_only=read_only)
        self.path = folder / "audit.jsonl"
        self.audit = Audit(self.path, BO, SystemClock())
        self.clock = ManualClock()
        self.engine = Engine([], [], History.open(None, self.clock), self.clock)
        self.way = Doorway(self.clock, read_only=False)
        self.way.open(self.engine, self.config, clients(self.config, self.clock))

    async def until(self, holds: Callable[[], object]) -> None:
        """Let time pass until it holds."""
        async with asyncio.timeout(LATE_S):
            while not holds():
                await self.looked()

    async def looked(self) -> None:
        """Let the next look be taken, and end."""
        await self.clock.until_asleep()
        self.clock.advance(LOOK_S)
        await settle()
        await self.clock.until_asleep()

    async def shut(self) -> ShutDoor:
        await self.until(lambda: isinstance(self.engine.door, ShutDoor))
        for _ in range(3):
            await self.looked()
        assert isinstance(self.engine.door, ShutDoor)
        return self.engine.door

    async def open(self) -> Door:
        await self.until(lambda: isinstance(self.engine.door, Door))
        assert isinstance(self.engine.door, Door)
        return self.engine.door


def _config(folder: Path, *, read_only: bool) -> Config:
    text = f"""
version: 1
settings: {{shared_folder: {folder}, read_only: {str(read_only).lower()}}}
workspaces:
  shop:
    title: Shop
    environments: {{production: {{label: PROD, production: true, read_only: false}}}}
"""
    return parse(text.encode(), "config.yaml").config


@contextlib.asynccontextmanager
async def hall(folder: Path, *, read_only: bool = False) -> AsyncIterator[Hall]:
    made = Hall(folder, read_only=read_only)
    try:
        yield made
    finally:
        await made.way.aclose()
        await made.engine.history.aclose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir(mode=0o700)
    return made


async def test_it_stays_shut_and_says_what_may_be_changed(folder: Path) -> None:
    async with hall(folder) as made:
        shut = await made.shut()
        assert (shut.state, shut.catalogue) == (None, None)
        assert shut.refusal("shop", "production") is None
        assert shut.refusal("shop", "elsewhere") is not None
        assert shut.lease_s("shop", "production") == 1_800
        made.way.changed(_config(folder, read_only=True), clients(made.config, made.clock))
        assert shut.refusal("shop", "production") is not None
        assert not made.path.exists()


async def test_whoever_asks_opens_it_once_for_all(folder: Path) -> None:
    async with hall(folder) as made:
        shut = await made.shut()
        first, second = await asyncio.gather(shut.opened(), shut.opened())
        assert first is second is made.engine.door
        assert first.refusal("shop", "production") is None
        assert await first.book.entries() == ()


@pytest.mark.parametrize("read_only", [False, True])
async def test_what_somebody_else_begins_is_told(folder: Path, *, read_only: bool) -> None:
    async with hall(folder, read_only=read_only) as made:
        await made.shut()
        intent = Draft(
            kind=AuditKind.INTENT, workspace="shop", environment="production", request="a",
            action="restart-api", title="Restart API", target="service:srv-1",
        )  # fmt: skip
        made.audit.append(intent)
        made.audit.append(replace(intent, kind=AuditKind.OUTCOME, outcome="unknown", words="?"))
        door = await made.open()
        await made.until(lambda: door.state.unsettled)
        assert door.state.unsettled[0].title == "Restart API"


async def test_an_audit_whose_end_alone_is_there_opens_it(folder: Path) -> None:
    made = Audit(folder / "audit.jsonl", BO, SystemClock())
    made.append(Draft(kind=AuditKind.LEASE, workspace="shop", environment="production"))
    made.path.unlink()
    async with hall(folder) as found:
        door = await found.open()
        await found.until(lambda: door.state.trouble)
        assert "had been written" in door.state.trouble


async def test_an_audit_that_can_not_be_begun_is_told(folder: Path) -> None:
    (folder / "audit.jsonl.lock").mkdir()
    async with hall(folder) as made:
        door = await made.open()
        await made.until(lambda: door.state.trouble)
        assert not made.path.exists()
        assert "audit" in door.state.trouble


async def test_where_nothing_may_be_changed_no_audit_is_tried(folder: Path) -> None:
    (folder / "audit.jsonl.lock").mkdir()
    async with hall(folder, read_only=True) as made:
        shut = await made.shut()
        changed = _config(folder, read_only=False)
        made.way.changed(changed, clients(changed, made.clock))
        opened: object = await made.open()
        assert opened is not shut


def test_what_can_not_be_looked_at_counts_as_written(folder: Path) -> None:
    path = folder / "audit.jsonl"
    assert untouched(path)
    assert can_begin(path)
    assert untouched(path)
    head_file(path).touch()
    assert not untouched(path)
    assert not untouched(folder / "audit.jsonl.head" / "audit.jsonl")
    assert not can_begin(folder / "nowhere" / "audit.jsonl")
