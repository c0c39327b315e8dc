"""One program measured from outside: start-up, keys, idle, quit."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from benchmarks.terminal import Terminal


class Scene(Struct, frozen=True, kw_only=True):
    """A program and how to use it."""

    name: str
    argv: Sequence[str]
    painted: Callable[[str], bool]
    """Whether the screen shows the program's own picture."""

    live: Callable[[str], bool]
    """Whether the screen shows something only the sources can give."""

    keys: Sequence[bytes]
    """Pressed in turn; each has to change what is on the screen."""

    before_keys: bytes = b""
    """Pressed once before them."""

    env: Mapping[str, str] = field(default_factory=dict)
    columns: int = 160
    lines: int = 48


class Figures(Struct, frozen=True, kw_only=True):
    """What one run cost; None where it did not come to that."""

    first_paint_s: float | None
    first_live_s: float | None
    cpu_to_live_s: float
    bytes_first_3s: int
    key_p50_ms: float | None
    key_p95_ms: float | None
    idle_cpu_percent: float
    idle_bytes_per_s: float
    rss_mb: float
    pss_mb: float
    quit_s: float | None
    exit_code: int | None
    left_on: Sequence[str]


def open_scene(scene: Scene, rate: float | None = None) -> Terminal:
    """The program in a terminal of its size; at most `rate` bytes a second are read."""
    return Terminal(scene.argv, scene.columns, scene.lines, scene.env, rate)


def measure(scene: Scene, *, idle_s: float, keys_n: int, rest_s: float = 3.0) -> Figures:
    """Run the scene once.

    Args:
        scene: What to run.
        idle_s: How long to leave it alone for the idle figures.
        keys_n: How many keys to press.
        rest_s: How long it runs before it counts as idle.
    """
    terminal = open_scene(scene)
    try:
        paint = terminal.until(scene.painted, 20.0)
        live = paint if paint and scene.live(terminal.text) else terminal.until(scene.live, 20.0)
        cpu = terminal.usage().cpu_s if terminal.alive() else 0.0
        terminal.drain(max(0.0, 3.0 - (time.perf_counter() - terminal.began)))
        first_bytes = terminal.bytes_read
        terminal.drain(rest_s)
        idle_cpu, idle_bytes = idle(terminal, idle_s)
        pressed = press(terminal, scene, keys_n)
        usage = terminal.usage()
        terminal.send(b"q")
        quit_s = terminal.wait_end(5.0)
        return Figures(
            first_paint_s=paint,
            first_live_s=live,
            cpu_to_live_s=cpu,
            bytes_first_3s=first_bytes,
            key_p50_ms=percentile(pressed, 50),
            key_p95_ms=percentile(pressed, 95),
            idle_cpu_percent=idle_cpu,
            idle_bytes_per_s=idle_bytes,
            rss_mb=usage.rss_mb,
            pss_mb=usage.pss_mb,
            quit_s=quit_s,
            exit_code=terminal.code,
            left_on=terminal.left_on(),
        )
    finally:
        terminal.close()


def press(terminal: Terminal, scene: Scene, count: int) -> list[float]:
    """Milliseconds from each key to the last change before 60 ms of silence."""
    took: list[float] = []
    if scene.before_keys:
        terminal.send(scene.before_keys)
        terminal.drain(0.5)
    for turn in range(count):
        terminal.drain(0.05)
        while terminal.read(0.0):
            pass
        terminal.send(scene.keys[turn % len(scene.keys)])
        settled = terminal.settle(0.06, 3.0)
        if settled is not None:
            took.append(settled * 1000)
    return took


def follow(terminal: Terminal, scene: Scene, count: int = 7) -> float | None:
    """Milliseconds from a key in the endpoints pane to the chart of that endpoint.

    Counted to its title in the frame; the median, because a chart may already be on the screen.
    """
    terminal.drain(5.0)
    terminal.send(scene.before_keys)
    terminal.drain(1.0)
    took: list[float] = []
    for turn in range(count):
        titles, began = _chart_title(terminal.text), time.perf_counter()
        terminal.send(scene.keys[turn % len(scene.keys)])
        while time.perf_counter() - began < 2.0:
            if terminal.read(0.05) and _chart_title(terminal.text) != titles:
                took.append((terminal.arrived - began) * 1000)
                break
        terminal.drain(0.5)
    return percentile(took, 50)


def _chart_title(text: str) -> str:
    """What stands behind the number of the chart's pane."""
    return text.partition("─ 6 ")[2].partition("─")[0]


def idle(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """CPU in percent of a core and bytes a second while nobody touches it."""
    cpu, seen, began = terminal.usage().cpu_s, terminal.bytes_read, time.perf_counter()
    terminal.drain(seconds)
    took = time.perf_counter() - began
    return (
        100 * (terminal.usage().cpu_s - cpu) / took,
        (terminal.bytes_read - seen) / took,
    )


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Nearest-rank percentile; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(0, min(len(ordered) - 1, round(percent / 100 * len(ordered) + 0.5) - 1))
    return ordered[rank]


def median(runs: Sequence[Figures], name: str) -> float | None:
    """The median of one figure over the runs that have it."""
    values = [value for run in runs if isinstance(value := getattr(run, name), int | float)]
    return statistics.median(values) if values else None
