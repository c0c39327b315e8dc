"""Panes sign by sign: the incident of the design at three widths, compared with text files.

After a wanted change: `python -m tests.test_widgets_pictures` draws the files anew; read the diff.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests import snapshot_values as values
from tests.snapshot_values import NOW
from tests.values_endpoints import STORM_MS
from tests.widget_host import Host, screen
from widgets.alerts import AlertsPane
from widgets.cells import Tone
from widgets.chart import ChartPane
from widgets.chart_lines import ChartData, ChartLimit
from widgets.chart_marks import Mark
from widgets.deploys import DeploysPane
from widgets.endpoints import EndpointsPane
from widgets.kpis import KpisPane
from widgets.list_pane import ListPane
from widgets.pane import Pane
from widgets.queries import QueriesPane
from widgets.timeline import TimelinePane
from widgets.vendors import VendorsPane

FOLDER = Path(__file__).parent / "pictures"
WIDTHS = (160, 120, 80)

PANES: dict[str, tuple[Callable[[], Pane], int]] = {
    "alerts": (lambda: AlertsPane(1), 7),
    "deploys": (lambda: DeploysPane(2), 7),
    "endpoints": (lambda: EndpointsPane(3), 10),
    "kpis": (lambda: KpisPane(4), 6),
    "queries": (lambda: QueriesPane(5), 8),
    "chart": (lambda: ChartPane(6), 12),
    "timeline": (lambda: TimelinePane(7), 11),
    "vendors": (VendorsPane, 3),
}


def incident_chart() -> ChartData:
    """An hour of latency: calm with a hole in it, then the deploy and the storm."""
    points = [
        (NOW.at - timedelta(seconds=age), None if 1900 < age < 2200 else _latency(age))
        for age in range(3600, 0, -15)
    ]
    return ChartData(
        title="API /health",
        subtitle="production  latency, 1 h",
        unit="ms",
        window_s=3600,
        until=NOW.at,
        points=tuple(points),
        interval_s=15,
        limits=(ChartLimit(at=2000, tone=Tone.CRITICAL),),
        marks=(Mark(at=NOW.at - timedelta(seconds=320), label="7d20b5e"),),
        pauses=((NOW.at - timedelta(seconds=2200), NOW.at - timedelta(seconds=1900)),),
    )


def _latency(age: int) -> float:
    return float(STORM_MS[(280 - age) // 15 % 20]) if age <= 280 else 160.0 + age % 40


async def drawn(name: str, width: int) -> str:
    make, height = PANES[name]
    pane = make()
    app = Host(pane)
    async with app.run_test(size=(width, height)) as pilot:
        if isinstance(pane, ListPane | VendorsPane):
            pane.show(values.incident(), NOW)
        elif isinstance(pane, ChartPane):
            pane.show(incident_chart())
        await pilot.pause()
        return "".join(f"{line.rstrip()}\n" for line in screen(app))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PANES)
async def test_a_pane_looks_like_its_picture(name: str, width: int) -> None:
    expected = (FOLDER / f"{name}-{width}.txt").read_text(encoding="utf-8")
    assert await drawn(name, width) == expected


async def _draw_all() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in PANES:
        for width in WIDTHS:
            picture = await drawn(name, width)
            (FOLDER / f"{name}-{width}.txt").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_draw_all())
