"""The whole wall over 100 and 1,000 endpoints that are asked every 10 s."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.budgets import Row
from benchmarks.checks import address, server
from benchmarks.scene import Scene, idle, open_scene

BUDGETS = {100: 4.0, 1000: 25.0}
"""Endpoints, and percent of a core that the whole program may use for them."""

WARM_S = 25.0
"""Every endpoint has been asked twice, its connection is kept."""

MEASURED_S = 30.0


def config_text(count: int, port: int) -> str:
    """A configuration of so many services with one check each."""
    check = {"path": "/", "every": "10s", "timeout": "5s"}
    services = {
        f"service-{number}": {
            "title": f"Service {number:04}",
            "checks": {"health": check},
            "environments": {"production": {"url": f"http://{address(number)}:{port}"}},
        }
        for number in range(count)
    }
    workspace = {
        "title": f"{count} endpoints",
        "environments": {"production": {"label": "PROD", "production": True}},
        "services": services,
    }
    return yaml.safe_dump({"version": 1, "workspaces": {"many": workspace}}, sort_keys=False)


def rows() -> Iterator[Row]:
    """For the report."""
    if sys.platform != "linux":
        yield Row("many endpoints: only Linux answers on all of 127.0.0.0/8", 0.0)
        return
    memory: dict[int, float] = {}
    with server() as port:
        for count, must in BUDGETS.items():
            cpu, memory[count] = _measured(count, port)
            yield Row(f"{count:,} endpoints each 10 s: whole program, % CPU", cpu, must)
            yield Row(f"{count:,} endpoints each 10 s: RSS, MB", memory[count])
    each_kb = (memory[1000] - memory[100]) * 1024 / 900
    yield Row("an endpoint more, after a minute: kB", each_kb, 150.0)


def _measured(count: int, port: int) -> tuple[float | None, float]:
    """CPU in percent once everything was asked twice, and megabytes."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as folder:
        config = Path(folder) / "config.yaml"
        config.touch(mode=0o600)
        config.write_text(config_text(count, port), encoding="utf-8")
        scene = Scene(
            name="many",
            argv=[sys.executable, "-m", "tui", "--config", str(config)],
            painted=lambda text: "Alerts" in text,
            live=lambda text: f"{count} ok" in text,
            keys=(),
            env={
                "HOME": folder,
                "XDG_STATE_HOME": f"{folder}/state",
                "XDG_CACHE_HOME": f"{folder}/cache",
            },
        )
        terminal = open_scene(scene)
        try:
            live = terminal.until(scene.live, 60.0)
            terminal.drain(WARM_S)
            cpu, _ = idle(terminal, MEASURED_S)
            rss_mb = terminal.usage().rss_mb
            terminal.send(b"q")
            terminal.wait_end(5.0)
        finally:
            terminal.close()
    return None if live is None else cpu, rss_mb
