"""Processes that act, cheaply: one has everything loaded and divides for each of them."""

import asyncio
import contextlib
import gc
import os
import select
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from actions.audit import Audit
from actions.audit_entries import AuditKind, Author, Draft
from providers.clock import SystemClock
from tests.action_rig import main as acting

ROOT = Path(__file__).parents[1]
LATE_S = 100.0
PEOPLE = ("ana", "bo")


class Nursery:
    """The process that divides. One errand at a time."""

    def __init__(self, program: asyncio.subprocess.Process) -> None:
        self._program = program

    def act(self, url: str, path: Path, after_s: float | None) -> None:
        """Have somebody act, and killed so long after the confirmation; None: at `kill`."""
        self._say(f"kill {url} {path} {-1.0 if after_s is None else after_s}")

    def kill(self) -> None:
        """Now."""
        self._say("now")

    async def buried(self) -> None:
        """Wait for the end of who acted."""
        assert await self._hear() == "killed"

    async def raced(self, url: str, path: Path) -> list[str]:
        """How it ended for two who confirmed the same at the same moment."""
        self._say(f"race {url} {path}")
        return (await self._hear()).split()

    async def appended(self, path: Path, count: int) -> None:
        """Two write so many entries each, at once."""
        self._say(f"append {path} {count}")
        assert await self._hear() == "appended"

    def _say(self, words: str) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(f"{words}\n".encode())

    async def _hear(self) -> str:
        assert self._program.stdout is not None
        said = await asyncio.wait_for(self._program.stdout.readline(), LATE_S)
        return said.decode().strip()


@contextlib.asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """One of them, gone at the end."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.forked",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Nursery(program)
    finally:
        await asyncio.wait_for(program.communicate(b""), LATE_S)


class Child:
    """Somebody who acts in a process of their own, and what they say."""

    def __init__(self, url: str, path: str, who: str, deed: str) -> None:
        said, says = os.pipe()
        hears, self._go = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.dup2(says, 1)
            os.dup2(hears, 0)
            sys.stdin = os.fdopen(0)
            asyncio.run(acting(url, path, who, deed))
            os._exit(0)
        os.close(says)
        os.close(hears)
        self._said = os.fdopen(said)

    def line(self) -> str:
        """What is said next; empty when nothing is any more."""
        return self._said.readline().strip()

    def go(self) -> None:
        """Let them go on."""
        os.write(self._go, b"\n")

    def end(self) -> None:
        """Wait for the end."""
        os.waitpid(self.pid, 0)
        os.close(self._go)
        self._said.close()


def _kill(url: str, path: str, after_s: str) -> str:
    child = Child(url, path, "bo", "race")
    assert child.line() == "confirmed"
    if float(after_s) < 0:
        sys.stdin.readline()
    else:
        select.select([], [], [], float(after_s))
    os.kill(child.pid, signal.SIGKILL)
    child.end()
    return "killed"


def _race(url: str, path: str) -> str:
    both = [Child(url, path, who, "together") for who in PEOPLE]
    assert [child.line() for child in both] == ["ready", "ready"]
    for child in both:
        child.go()
    ends = [child.line().split()[0] for child in both]
    for child in both:
        child.end()
    return " ".join(ends)


def _append(path: str, count: str) -> str:
    """Without anybody else's help: two processes, one file."""
    children = []
    for who in PEOPLE:
        children.append(os.fork())
        if not children[-1]:
            author = Author(operator=who, login=who, host="bastion", pid=os.getpid())
            audit = Audit(Path(path), author, SystemClock(), patience_s=LATE_S)
            for number in range(int(count)):
                audit.append(Draft(kind=AuditKind.NOTE, words=f"{who} {number} " + "x" * 3_000))
            os._exit(0)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    return "appended"


_ERRANDS: Mapping[str, Callable[..., str]] = {"kill": _kill, "race": _race, "append": _append}


def _bring_up() -> None:
    """Divide for every line that is read, and say how it ended."""
    gc.freeze()
    while line := sys.stdin.readline():
        name, *given = line.split()
        print(_ERRANDS[name](*given), flush=True)


if __name__ == "__main__":
    _bring_up()
