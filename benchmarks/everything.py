"""The whole wall over every system of both products: the demo world, in a process of its own."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import yaml

from benchmarks.budgets import Row
from benchmarks.estate import running
from benchmarks.scene import Scene, idle, measure, median, open_scene
from demo.incident import CALM
from demo.world import World

CHECKED_EVERY = "10s"
"""As in the reference scene."""

STARTS = 3
"""As for the reference scene: the median is told."""

WARM_S = 30.0
MEASURED_S = 60.0


def rows() -> Iterator[Row]:
    """For the report: the budgets are those of the reference scene."""
    with (
        tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as home,
        running(["-m", "benchmarks.everything"]) as config,
    ):
        scene = Scene(
            name="everything",
            argv=[sys.executable, "-m", "tui", "--config", config],
            painted=lambda text: "Alerts" in text,
            live=lambda text: "● 200" in text,
            before_keys=b"3",
            keys=[b"j", b"k"],
            env={
                "HOME": home,
                "XDG_STATE_HOME": f"{home}/state",
                "XDG_CACHE_HOME": f"{home}/cache",
            },
        )
        measure(scene, idle_s=0.5, keys_n=1)  # the first start judges the configuration
        starts = [measure(scene, idle_s=0.5, keys_n=30) for _ in range(STARTS)]
        cpu_s = median(starts, "cpu_to_live_s")
        yield Row("every system: CPU to first live data, s", cpu_s, 0.55)
        yield Row("every system: key p50, ms", median(starts, "key_p50_ms"), 8.0)
        yield Row("every system: key p95, ms", median(starts, "key_p95_ms"), 25.0)
        yield from _standing(scene)


def _standing(scene: Scene) -> Iterator[Row]:
    terminal = open_scene(scene)
    try:
        terminal.until(scene.live, 20.0)
        terminal.drain(WARM_S)
        cpu, written = idle(terminal, MEASURED_S)
        usage = terminal.usage()
        terminal.send(b"q")
        terminal.wait_end(5.0)
    finally:
        terminal.close()
    yield Row("every system: idle CPU, % of a core", cpu, 1.5)
    yield Row("every system: idle bytes a second", written, 1000.0)
    yield Row("every system: RSS, MB", usage.rss_mb, 65.0)
    yield Row("every system: PSS, MB", usage.pss_mb, 55.0)


def unhurried(tree: dict[str, Any]) -> None:
    """The cadences one would ask the real vendors with; the demo asks oftener, to be watched."""
    for workspace in tree["workspaces"].values():
        asked = [*workspace["status_pages"].values(), *workspace["databases"].values()]
        asked += [one for kind in workspace["systems"].values() for one in kind.values()]
        for service in workspace["services"].values():
            for check in service["checks"].values():
                check["every"] = CHECKED_EVERY
            for place in service["environments"].values():
                asked += [place[key] for key in ("deploys", "runs") if key in place]
        for each in asked:
            _unhurried(each)
        for kpi in workspace["kpis"].values():
            kpi["window"] = "1d"


def _unhurried(setting: dict[str, Any]) -> None:
    for key in [key for key in setting if key == "every" or key.endswith("_every")]:
        del setting[key]
    for inner in setting.values():
        if isinstance(inner, dict) and "secret" not in inner:
            _unhurried(inner)


def main() -> None:
    """Let the demo world stand until standard input is closed."""
    world = World(script=CALM)
    asyncio.run(world.start())
    try:
        tree = yaml.safe_load(world.config_path.read_text(encoding="utf-8"))
        unhurried(tree)
        world.config_path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
        print(world.config_path, flush=True)
        sys.stdin.read()
    finally:
        world.close()


if __name__ == "__main__":
    main()
