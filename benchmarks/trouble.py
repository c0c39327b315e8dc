"""What happens when things go badly: a slow link, a terminal that hangs, signals."""

import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.budgets import Row
from benchmarks.estate import ASKED
from benchmarks.scene import Scene, open_scene, percentile, press
from benchmarks.terminal import Terminal

SLOW_BYTES_PER_S = 10_000.0
STALL_S = 25.0
INTERVAL_S = 10.0
"""Of the endpoints in the reference scene."""

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def slow(scene: Scene) -> Iterator[Row]:
    """A terminal that reads 10 kB a second, once the start is over."""
    terminal = open_scene(scene, rate=SLOW_BYTES_PER_S)
    try:
        terminal.until(scene.live, 30.0)
        terminal.drain(12.0)
        took = press(terminal, scene, 12)
        terminal.send(b"q")
        quit_s = terminal.wait_end(10.0)
    finally:
        terminal.close()
    yield Row("10 kB/s terminal: key p95, ms", percentile(took, 95), 500.0)
    yield Row("10 kB/s terminal: quit, s", quit_s, 1.0)


def stalled(scene: Scene, config: Path) -> Iterator[Row]:
    """A terminal that reads nothing for a while, then everything."""
    terminal = open_scene(scene)
    try:
        terminal.until(scene.live, 30.0)
        terminal.drain(5.0)
        before, began = terminal.usage(), time.monotonic()
        time.sleep(STALL_S)
        ended, after, seen = time.monotonic(), terminal.usage(), terminal.bytes_read
        terminal.drain(1.0)
        backlog = terminal.bytes_read - seen
        terminal.send(b"q")
        terminal.wait_end(5.0)
    finally:
        terminal.close()
    gap_s = longest_gap_s(config.parent / ASKED, began - INTERVAL_S, ended)
    label = f"{STALL_S:.0f} s stalled terminal"
    yield Row(f"{label}: longest poll gap, intervals", gap_s / INTERVAL_S, 2.0)
    yield Row(f"{label}: backlog, bytes", backlog, 120_000)
    yield Row(f"{label}: growth, MB", after.rss_mb - before.rss_mb, 4.0)


def longest_gap_s(asked: Path, began_s: float, ended_s: float) -> float:
    """The longest time between two requests for the same path, as the server saw them."""
    times: dict[str, list[float]] = defaultdict(list)
    for line in asked.read_text(encoding="utf-8").splitlines():
        at, path = line.split(" ", 1)
        if began_s <= float(at) <= ended_s:
            times[path].append(float(at))
    gaps = [
        after - before
        for moments in times.values()
        for before, after in zip(moments, [*moments[1:], ended_s], strict=True)
    ]
    return max(gaps, default=ended_s - began_s)


def signalled(scene: Scene, numbers: Sequence[signal.Signals] = SIGNALS) -> Iterator[Row]:
    """Whether a signal ends it soon, with its exit status and a clean terminal."""
    for number in numbers:
        terminal = open_scene(scene)
        try:
            terminal.until(scene.live, 30.0)
            os.kill(terminal.pid, number)
            took = terminal.wait_end(5.0)
        finally:
            terminal.close()
        wrong = _wrong(terminal, number)
        yield Row(f"{number.name}: end, s", took, 0.7, note=wrong)
        yield Row(f"{number.name}: modes left on or wrong status", len(wrong.split()), 0)


def _wrong(terminal: Terminal, number: signal.Signals) -> str:
    status = "" if terminal.code == 128 + number else f"status-{terminal.code}"
    return " ".join([*(name.replace(" ", "-") for name in terminal.left_on()), status]).strip()
