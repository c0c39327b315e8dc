"""The end of the program, the clocks and the disk while an action is carried out (P5, P7)."""

import asyncio
import fcntl
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions.book import Book
from actions.running import Phase, Running
from actions.verbs import Unplannable, Verb
from tests.action_rig import QUICK, Rig, Service, standing
from tests.test_action_runner import kinds
from tests.waiting import until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with standing() as service:
        yield service


@pytest.fixture
async def rig(service: Service, path: Path) -> AsyncIterator[Rig]:
    rig = Rig(service, path).patient()
    yield rig
    await rig.runner.aclose(2)


async def test_what_is_known_is_not_told_as_unknown_when_the_program_ends_meanwhile(
    rig: Rig, service: Service, path: Path
) -> None:
    """The end comes while the outcome waits for the audit's lock: one outcome, the true one."""
    followed = asyncio.Event()
    held = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)

    def told(running: Running) -> None:
        if running.phase is Phase.FOLLOWING:
            fcntl.flock(held, fcntl.LOCK_EX)
            followed.set()

    rig.arm()
    confirmation = await rig.confirmed()
    rig.runner.on_change = told
    task = rig.runner.start(confirmation)
    await followed.wait()
    await until(_somebody_waits_for_a_lock)
    task.cancel()
    os.close(held)
    await asyncio.wait({task})
    assert kinds(rig.audit) == ["intent", "outcome done"]
    assert service.restarts == 1


async def _somebody_waits_for_a_lock() -> bool:
    return any(one.name == "care-lock" for one in threading.enumerate())


async def test_what_nobody_here_can_look_at_is_told_and_ends_no_program(rig: Rig) -> None:
    async def verbs() -> dict[str, Verb]:
        raise KeyError("a bug while the verbs are made")

    heard: list[object] = []
    book = Book(
        rig.record,
        rig.clock,
        verbs,
        QUICK,
        told=heard.append,
        news=lambda *one: heard.append(one),
        learned=heard.append,
    )
    with pytest.raises(Unplannable, match="nobody here can look: a bug in quarterdeck"):
        await book.look_again("p1")
    assert heard == []
    assert rig.audit.entries() == ()
