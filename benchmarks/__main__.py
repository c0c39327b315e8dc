"""`make bench`: what the wall costs beside a blank Textual app, measured in the same run.

Wall times move with the machine's mood, so they are judged as ratios to the blank app; bytes,
memory and exit states are absolute. The budgets are those of the project's design notes.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import checks
from benchmarks.scene import Figures, Scene, measure, median
from benchmarks.world import running_world


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One row of the report."""

    label: str
    figure: str
    must: float | None
    """None: told, not judged."""

    relative: bool = False
    """Against the blank app."""


BUDGETS = (
    Budget(label="first paint, s", figure="first_paint_s", must=1.4, relative=True),
    Budget(label="first live data, s", figure="first_live_s", must=2.0, relative=True),
    Budget(label="CPU to first live data, s", figure="cpu_to_live_s", must=0.55),
    Budget(label="bytes in the first 3 s", figure="bytes_first_3s", must=100_000),
    Budget(label="key to settled p50, ms", figure="key_p50_ms", must=8.0),
    Budget(label="key to settled p95, ms", figure="key_p95_ms", must=25.0),
    Budget(label="idle CPU, % of a core", figure="idle_cpu_percent", must=1.5),
    Budget(label="idle bytes a second", figure="idle_bytes_per_s", must=1000.0),
    Budget(label="RSS, MB", figure="rss_mb", must=65.0),
    Budget(label="PSS, MB", figure="pss_mb", must=55.0),
    Budget(label="quit, s", figure="quit_s", must=0.7),
    Budget(label="exit code", figure="exit_code", must=0.0),
)


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
    """The wall over a demo world in another process, with a home of its own."""
    return Scene(
        name="wall",
        argv=[sys.executable, "-m", "tui", "--config", config],
        painted=lambda text: "Alerts" in text,
        live=lambda text: "● 200" in text,
        keys=[b"j", b"k", b"\t"],
        env={"HOME": home, "XDG_STATE_HOME": f"{home}/state", "XDG_CACHE_HOME": f"{home}/cache"},
    )


def run(scene: Scene, runs: int, idle_s: float) -> list[Figures]:
    """Measure a scene several times, with a word about the progress."""
    figures = []
    for turn in range(runs):
        print(f"  {scene.name}: run {turn + 1} of {runs} …", file=sys.stderr, flush=True)
        figures.append(measure(scene, idle_s=idle_s, keys_n=60))
    return figures


def report(floor: Sequence[Figures], measured: Sequence[Figures]) -> bool:
    """Print the table; whether every budget holds."""
    print(f"{'figure':28} {'blank':>10} {'wall':>10} {'ratio':>7} {'budget':>9}")
    held = [_row(budget, floor, measured) for budget in BUDGETS]
    left = sorted({mode for run in measured for mode in run.left_on})
    print(f"{'terminal modes left on':28} {'':>10} {', '.join(left) or 'none':>10}")
    return all(held) and not left


def _row(budget: Budget, floor: Sequence[Figures], measured: Sequence[Figures]) -> bool:
    base, value = median(floor, budget.figure), median(measured, budget.figure)
    if value is None:
        print(f"{budget.label:28} {'':>10} {'not seen':>10}")
        return False
    ratio = value / base if base else None
    judged = ratio if budget.relative else value
    held = budget.must is None or (judged is not None and judged <= budget.must)
    limit = "" if budget.must is None else f"{budget.must:g}{'x' if budget.relative else ''}"
    print(
        f"{budget.label:28} {_figure(base):>10} {_figure(value):>10} {_figure(ratio):>7} {limit:>9}"
        f"{'' if held else '  over budget'}"
    )
    return held


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything; 0 when every budget holds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each program")
    parser.add_argument("--idle", type=float, default=30.0, help="idle seconds of each run")
    parser.add_argument("--only", choices=["wall", "checks"], help="measure only this")
    given = parser.parse_args(arguments)
    parts: dict[str, Callable[[], bool]] = {
        "wall": lambda: _wall(given.runs, given.idle),
        "checks": _checks,
    }
    held = [part() for name, part in parts.items() if given.only in {None, name}]
    return 0 if all(held) else 1


def _wall(runs: int, idle_s: float) -> bool:
    floor = run(blank(), runs, min(idle_s, 10.0))
    with (
        tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as home,
        running_world() as config,
    ):
        # The first start compiles and remembers; a shift is not opened on a cold machine.
        measure(wall(config, home), idle_s=1.0, keys_n=1)
        measured = run(wall(config, home), runs, idle_s)
    return report(floor, measured)


def _checks() -> bool:
    checks.main()
    return True


if __name__ == "__main__":
    sys.exit(main())
