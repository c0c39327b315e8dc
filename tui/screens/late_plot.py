"""The place of the large chart, which is there when its library has been loaded."""

import asyncio
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from textual.widget import Widget

from widgets.chart_lines import ChartData

if TYPE_CHECKING:
    from tui.screens.big_chart import BigChart

_MODULE: Final = "tui.screens.big_chart"


class LatePlot(Widget):
    """A large chart; the first one waits for plotext in a thread: 43 ms that no key waits for."""

    DEFAULT_CSS = """
    LatePlot { width: 1fr; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.chart: BigChart | None = None
        """None until it is loaded."""

        self._data: ChartData | None = None

    async def on_mount(self) -> None:
        """Put the chart here, or load it first."""
        if _MODULE in sys.modules:
            await self._put()
        else:
            self.run_worker(self._load(), name="plot")

    async def _load(self) -> None:
        await asyncio.to_thread(import_module, _MODULE)
        if self.is_attached:
            await self._put()

    async def _put(self) -> None:
        from tui.screens.big_chart import BigChart

        chart = BigChart()
        chart.can_focus = False
        await self.mount(chart)
        self.chart = chart
        if self._data is not None:
            chart.show(self._data)

    def show(self, data: ChartData) -> None:
        """Draw it, as soon as there is something to draw with."""
        self._data = data
        if self.chart is not None:
            self.chart.show(data)
