"""`make bench`: what the wall costs beside a blank Textual app, measured in the same run.

Wall times move with the machine's mood, so they are judged as ratios to the blank app where the
budget is one; bytes, memory and exit states are absolute. The budgets are the project's own.
"""

import argparse
import compileall
import contextlib
import functools
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks import (
    backends,
    busy_list,
    checks,
    everything,
    history_month,
    many,
    rules_pass,
    stretch,
    trouble,
)
from benchmarks.budgets import HEAD, Row
from benchmarks.estate import running
from benchmarks.scene import Figures, Scene, follow, idle, measure, median, open_scene

PACKAGES = ("actions", "demo", "monitor", "providers", "themes", "tui", "widgets")

BUDGETS: tuple[tuple[str, str, float, bool], ...] = (
    ("first painted wall, s", "first_paint_s", 1.4, True),
    ("first live data, s", "first_live_s", 2.0, True),
    ("CPU to first live data, s", "cpu_to_live_s", 0.55, False),
    ("bytes in the first 3 s", "bytes_first_3s", 100_000, False),
    ("key to settled p50, ms", "key_p50_ms", 8.0, False),
    ("key to settled p95, ms", "key_p95_ms", 25.0, False),
    ("idle CPU, % of a core", "idle_cpu_percent", 1.5, False),
    ("idle bytes a second", "idle_bytes_per_s", 1000.0, False),
    ("RSS, MB", "rss_mb", 65.0, False),
    ("PSS, MB", "pss_mb", 55.0, False),
    ("quit, s", "quit_s", 0.7, False),
    ("exit code", "exit_code", 0.0, False),
)
"""Label, figure, budget, and whether that is a multiple of the blank app's."""

STARTING = {"first_paint_s", "first_live_s", "cpu_to_live_s"}
"""Of a start, which is short: a few say more of the machine's mood than of the wall."""

MORE_STARTS = 6
"""Beside the runs, one after the other."""


def blank() -> Scene:
    """The floor."""
    return Scene(
        name="blank",
        argv=[sys.executable, "-m", "benchmarks.blank"],
        painted=lambda text: "BENCH READY" in text,
        live=lambda text: "BENCH READY" in text,
        keys=[b"a"],
    )


def wall(config: str, home: str) -> Scene:
    """The wall over the reference scene, with a home of its own; keys walk down the endpoints."""
    return Scene(
        name="wall",
        argv=[sys.executable, "-m", "tui", "--config", config],
        painted=lambda text: "Alerts" in text,
        live=lambda text: "● 200" in text,
        before_keys=b"3",
        keys=[b"j", b"k"],
        env={"HOME": home, "XDG_STATE_HOME": f"{home}/state", "XDG_CACHE_HOME": f"{home}/cache"},
    )


@contextlib.contextmanager
def surroundings() -> Iterator[Scene]:
    """The reference scene, and the wall over it as it starts for the second time."""
    with (
        tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as home,
        running(["-m", "benchmarks.estate"]) as config,
    ):
        scene = wall(config, home)
        # The first start judges the configuration and keeps it; the ones after it are measured.
        cold = measure(scene, idle_s=0.5, keys_n=1)
        print(f"first start ever: CPU to first live data {cold.cpu_to_live_s:.2f} s")
        yield scene


def side_by_side(scene: Scene, runs: int, idle_s: float) -> Iterator[Row]:
    """Blank and wall in turn, so that both meet the same machine."""
    floor: list[Figures] = []
    measured: list[Figures] = []
    for turn in range(runs):
        _tell(f"run {turn + 1} of {runs}")
        floor.append(measure(blank(), idle_s=min(idle_s, 10.0), keys_n=30))
        measured.append(measure(scene, idle_s=idle_s, keys_n=60))
    _tell(f"{MORE_STARTS} more starts")
    began = [
        (measure(blank(), idle_s=0.1, keys_n=0), measure(scene, idle_s=0.1, keys_n=0, rest_s=0.1))
        for _ in range(MORE_STARTS)
    ]
    for label, figure, must, relative in BUDGETS:
        more = began if figure in STARTING else []
        base = median([*floor, *(each for each, _ in more)], figure)
        value = median([*measured, *(each for _, each in more)], figure)
        yield Row(label, value, must, floor=base, relative=relative)
    bytes_per_s = median(measured, "idle_bytes_per_s")
    yield Row("bytes written a minute, idle", bytes_per_s and bytes_per_s * 60, 60_000)
    left = sorted({mode for run in measured for mode in run.left_on})
    yield Row("terminal modes left on", len(left), 0, note=", ".join(left))


def standing_still(scene: Scene, idle_s: float) -> Iterator[Row]:
    """Idle while the view is held: sources are read, nothing on the screen changes."""
    terminal = open_scene(scene)
    try:
        terminal.until(scene.live, 20.0)
        terminal.drain(3.0)
        terminal.send(b"p")
        terminal.drain(2.0)
        cpu, written = idle(terminal, idle_s)
        terminal.send(b"q")
        terminal.wait_end(5.0)
    finally:
        terminal.close()
    yield Row("view held: idle CPU, % of a core", cpu, 0.8)
    yield Row("view held: idle bytes a second", written)


def lasting(scene: Scene, seconds: float) -> Iterator[Row]:
    """How much memory the wall holds once it has stood a while, and how soon a chart follows."""
    terminal = open_scene(scene)
    try:
        terminal.until(scene.live, 20.0)
        followed_ms = follow(terminal, scene)
        terminal.drain(seconds)
        usage = terminal.usage()
        terminal.send(b"q")
        terminal.wait_end(5.0)
    finally:
        terminal.close()
    yield Row("cursor to its own chart, ms", followed_ms, 300.0)
    yield Row(f"RSS after {seconds:.0f} s, MB", usage.rss_mb, 65.0)
    yield Row(f"PSS after {seconds:.0f} s, MB", usage.pss_mb, 55.0)


def smallest(scene: Scene, idle_s: float) -> Iterator[Row]:
    """The same scene at 80x24."""
    figures = measure(replace(scene, columns=80, lines=24), idle_s=idle_s, keys_n=30)
    yield Row("80x24: key p95, ms", figures.key_p95_ms, 25.0)
    yield Row("80x24: idle CPU, % of a core", figures.idle_cpu_percent, 1.5)
    yield Row("80x24: idle bytes a second", figures.idle_bytes_per_s, 1000.0)


def headless() -> Iterator[Row]:
    """`--demo status --json`, the whole process."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tui", "--demo", "status", "--json"],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield Row("--demo status --json, s", time.perf_counter() - began, 6.0)


def _on_the_wall(runs: int, idle_s: float) -> Iterator[Row]:
    with surroundings() as scene:
        config = Path(scene.argv[-1])
        yield from side_by_side(scene, runs, idle_s)
        for name, part in {
            "view held": functools.partial(standing_still, scene, idle_s),
            "longest stretch": functools.partial(stretch.rows, scene),
            "two minutes": functools.partial(lasting, scene, 120.0),
            "80x24": functools.partial(smallest, scene, min(idle_s, 15.0)),
            "slow terminal": functools.partial(trouble.slow, scene),
            "stalled terminal": functools.partial(trouble.stalled, scene, config),
            "signals": functools.partial(trouble.signalled, scene),
        }.items():
            _tell(name)
            yield from part()


def _tell(words: str) -> None:
    print(f"  {words} …", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything; 0 when every budget holds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of blank and wall")
    parser.add_argument("--idle", type=float, default=30.0, help="idle seconds of each run")
    parser.add_argument("--days", type=int, default=30, help="days of history that are simulated")
    parts: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
        "wall": lambda given: _on_the_wall(given.runs, given.idle),
        "status": lambda _: headless(),
        "list": lambda _: busy_list.rows(),
        "checks": lambda _: checks.rows(),
        "systems": lambda _: everything.rows(),
        "many": lambda _: many.rows(),
        "database": lambda _: backends.rows(),
        "rules": lambda _: rules_pass.rows(),
        "history": lambda given: history_month.rows(given.days),
    }
    parser.add_argument("--only", choices=list(parts), help="measure only this")
    given = parser.parse_args(arguments)
    # A stale file would be compiled anew at each start, where nothing may write beside it.
    for package in PACKAGES:
        compileall.compile_dir(package, quiet=2)
    print(HEAD)
    held = True
    for name, part in parts.items():
        for row in part(given) if given.only in {None, name} else ():
            print(row.text(), flush=True)
            held = held and row.held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
