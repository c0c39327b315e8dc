"""How long the screen's loop is ever busy in one go: a key waits for at most that.

Run as a program it is the product with a stop-watch on every callback of its main thread; what the
longest one took of the CPU since it was last asked goes into a file when SIGUSR2 comes.
"""

import asyncio.events
import os
import runpy
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from msgspec.structs import replace

from benchmarks.budgets import Row
from benchmarks.scene import Scene, open_scene, press

WATCHED_S = 20.0
KEYS = 40


def watch(report: Path) -> None:
    """Measure every callback of this thread's loop from now on."""
    longest_s, ours = 0.0, threading.get_ident()
    run = asyncio.events.Handle._run  # noqa: SLF001 - what every callback goes through

    def timed(handle: asyncio.events.Handle) -> None:
        nonlocal longest_s
        began = time.thread_time()
        run(handle)
        if threading.get_ident() == ours:
            longest_s = max(longest_s, time.thread_time() - began)

    def tell(_number: int, _frame: FrameType | None) -> None:
        nonlocal longest_s
        report.write_text(f"{longest_s * 1000:.3f}", encoding="ascii")
        longest_s = 0.0

    asyncio.events.Handle._run = timed  # type: ignore[method-assign, assignment]  # noqa: SLF001
    signal.signal(signal.SIGUSR2, tell)


def rows(scene: Scene) -> Iterator[Row]:
    """The wall of this scene: while it starts, and with keys and news once it has."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as folder:
        report = Path(folder) / "longest"
        argv = [sys.executable, "-m", "benchmarks.stretch", str(report), *scene.argv[3:]]
        terminal = open_scene(replace(scene, argv=argv))
        try:
            terminal.until(scene.live, 20.0)
            terminal.drain(5.0)
            started_ms = _asked(terminal.pid, report)
            terminal.drain(WATCHED_S)
            press(terminal, scene, KEYS)
            for key in (b"?", b"\x1b", b"\t", b"\r", b"\x1b"):
                terminal.send(key)
                terminal.drain(0.5)
            busy_ms = _asked(terminal.pid, report)
            terminal.send(b"q")
            terminal.wait_end(5.0)
        finally:
            terminal.close()
    yield Row("longest work on the screen's loop, ms CPU", busy_ms, 30.0)
    yield Row("the same in the first 5 s", started_ms)


def _asked(pid: int, report: Path) -> float | None:
    report.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR2)
    for _ in range(100):
        if report.exists() and (text := report.read_text(encoding="ascii")):
            return float(text)
        time.sleep(0.02)
    return None


def main(arguments: Sequence[str]) -> None:
    """The product with the stop-watch."""
    watch(Path(arguments[0]))
    sys.argv = ["quarterdeck", *arguments[1:]]
    runpy.run_module("tui", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
