"""The large chart of the details, drawn by plotext; loaded when the first one is opened.

plotext dies of infinities, of spans near 1e308 and of huge integers (promises §2.3), and costs
29 ms a frame: what it is given is bounded here, and it is drawn again only for other points.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from rich.color import Color as RichColor
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual_plotext import PlotextPlot

from monitor.words import minute_words, number_words
from widgets.cells import Tone, fit
from widgets.chart_lines import FAR_OFF, HEADROOM, ChartData, blank_words

MOST: Final = 1e12
"""Nothing that is charted is larger; what is, is left out."""

_TICKS: Final = 5
_GAP: Final = 2.5

_VARIABLES: Final = {
    Tone.CRITICAL: "qd-critical",
    Tone.WARNING: "qd-warning",
    Tone.MUTED: "qd-muted",
}

Segment = tuple[list[float], list[float]]
"""Places in seconds before the right edge, and values."""


def drawable(value: float | None) -> bool:
    """Whether plotext survives it."""
    return value is not None and math.isfinite(value) and abs(value) <= MOST


def segments(data: ChartData) -> Iterator[Segment]:
    """The points in pieces without a gap; a value that can not be drawn is a gap."""
    places: list[float] = []
    values: list[float] = []
    for at, value in data.points:
        place = (at - data.until).total_seconds()
        far = bool(places) and place - places[-1] > _GAP * data.interval_s
        if places and (far or not drawable(value)):
            yield places, values
            places, values = [], []
        if value is not None and drawable(value) and -data.window_s <= place <= 0:
            places.append(place)
            values.append(value)
    if places:
        yield places, values


def highest(data: ChartData) -> float:
    """The top of the chart: above all values, and above the limits that are not far off."""
    values = [value for _, piece in segments(data) for value in piece]
    top = max(values, default=0.0)
    near = [limit.at for limit in data.limits if drawable(limit.at) and limit.at <= top * FAR_OFF]
    return max(top, *near, 0.0) * HEADROOM or 1.0


class BigChart(PlotextPlot):
    """One metric over its window, with limits and deploys."""

    DEFAULT_CSS = """
    BigChart { width: 1fr; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._data: ChartData | None = None

    def show(self, data: ChartData) -> None:
        """Draw, when the points or the limits are others than those that stand there."""
        old, self._data = self._data, data
        if old is None or (old.points, old.limits, old.marks, old.window_s, old.zone) != (
            data.points,
            data.limits,
            data.marks,
            data.window_s,
            data.zone,
        ):
            self._fill(data)
            self.refresh()

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        if self._data is not None and self.is_mounted:
            self._fill(self._data)

    def render(self) -> Text:
        """The chart; in our own colours, where the widget would take Textual's surface."""
        plot, (width, height) = self.plt, self.size
        blank = blank_words(self._data) if self._data is not None else ""
        if blank:
            muted = Style(color=RichColor.from_rgb(*self._colour("qd-muted")))
            return Text("\n" * ((height - 1) // 2) + fit(blank, width, "centre"), muted)
        plot.plotsize(width, height)
        # plotext 5.3 keeps an older size without this, as textual-plotext 1.0.1 notes too.
        plot._set_size(width, height)  # noqa: SLF001  # no public way
        plot.canvas_color(self._colour("qd-background"))
        plot.axes_color(self._colour("qd-background"))
        plot.ticks_color(self._colour("qd-muted"))
        return Text.from_ansi(plot.build())

    def _fill(self, data: ChartData) -> None:
        plot, top = self.plt, highest(data)
        plot.clear_data()
        plot.clear_figure()
        plot.xlim(-data.window_s, 0)
        plot.ylim(0, top)
        for limit in data.limits:
            if drawable(limit.at) and 0 <= limit.at <= top:
                plot.hline(limit.at, color=self._colour(_VARIABLES.get(limit.tone, "qd-muted")))
        for mark in data.marks:
            plot.vline((mark.at - data.until).total_seconds(), color=self._colour("qd-muted"))
        for places, values in segments(data):
            plot.plot(places, values, marker="braille", color=self._colour("qd-accent"))
        self._label(data, top)

    def _label(self, data: ChartData, top: float) -> None:
        steps = [-data.window_s * (_TICKS - 1 - index) / (_TICKS - 1) for index in range(_TICKS)]
        self.plt.xticks(steps, [_time(data, step) for step in steps])
        heights = [0.0, top / 2, top / HEADROOM]
        self.plt.yticks(heights, [number_words(value, data.unit) for value in heights])

    def _colour(self, variable: str) -> tuple[int, int, int]:
        return Color.parse(self.app.theme_variables.get(variable, "#808080")).rgb


def _time(data: ChartData, before_s: float) -> str:
    return minute_words(data.until + timedelta(seconds=before_s), data.zone)


def values_of(data: ChartData) -> Sequence[float]:
    """Every value that can be drawn."""
    return [value for _, piece in segments(data) for value in piece]
