"""The large chart of the details, drawn by plotext; loaded when the first one is opened.

plotext dies of infinities, of spans near 1e308 and of huge integers (promises §2.3), and costs
29 ms a frame: what it is given is bounded here, and it is drawn again only for other points.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from rich.color import Color as RichColor
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual_plotext import PlotextPlot

from monitor.words import number_words
from widgets.cells import Tone, fit
from widgets.chart_lines import FAR_OFF, HEADROOM, ChartData, blank_words
from widgets.chart_marks import Mark, begin_of, clusters
from widgets.time_ticks import ticks

MOST: Final = 1e12
"""Nothing that is charted is larger; what is, is left out."""

_TICKS: Final = 5
_GAP: Final = 2.5
_AXIS: Final = 12
"""Columns of the value axis, about."""

_VARIABLES: Final = {
    Tone.CRITICAL: "qd-critical",
    Tone.WARNING: "qd-warning",
    Tone.MUTED: "qd-muted",
    Tone.TITLE: "qd-title",
    Tone.NORMAL: "qd-foreground",
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
    top = max([*values, *(high for _, _, high in _ranges(data))], default=0.0)
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
        self._filled_for = 0
        """The width that labels of marks were put together for; 0: all is to be put in anew."""

    def show(self, data: ChartData) -> None:
        """Draw, when the points or the limits are others than those that stand there."""
        old, self._data = self._data, data
        if old is None or _drawn(old) != _drawn(data):
            self._filled_for = 0
            self.refresh()

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._filled_for = 0

    def render(self) -> Text:
        """The chart; in our own colours, where the widget would take Textual's surface."""
        plot, (width, height) = self.plt, self.size
        blank = blank_words(self._data) if self._data is not None else ""
        if blank:
            muted = Style(color=RichColor.from_rgb(*self._colour("qd-muted")))
            return Text("\n" * ((height - 1) // 2) + fit(blank, width, "centre"), muted)
        if self._data is not None and self._filled_for != width:
            self._filled_for = width
            self._fill(self._data)
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
        if spread := _ranges(data):
            highs = [high for _, _, high in spread]
            colour = self._colour("qd-muted")
            plot.scatter([place for place, _, _ in spread], highs, marker="·", color=colour)
        self._mark(data, top)
        for places, values in segments(data):
            plot.plot(places, values, marker="braille", color=self._colour("qd-accent"))
        self._label(data, top)

    def _mark(self, data: ChartData, top: float) -> None:
        """Signs of what happened at the upper edge, each over its line."""
        width = max(self.size.width - _AXIS, 20)
        placed: list[tuple[int, Mark]] = []
        for mark in data.marks:
            place = (mark.at - data.until).total_seconds()
            if -data.window_s <= place <= 0:
                self.plt.vline(place, color=self._colour("qd-muted"))
                placed.append((round((place / data.window_s + 1) * (width - 1)), mark))
        for cluster in clusters(placed, width):
            begin = begin_of(cluster, width)
            place = (begin / (width - 1) - 1) * data.window_s
            self.plt.text(
                cluster.text, place, top, alignment="left",
                color=self._colour(_VARIABLES.get(cluster.tone, "qd-accent")),
                background=self._colour("qd-background"),
            )  # fmt: skip

    def _label(self, data: ChartData, top: float) -> None:
        shown = ticks(data.until, data.window_s, data.zone, _TICKS)
        self.plt.xticks(
            [(at - data.until).total_seconds() for at, _ in shown], [words for _, words in shown]
        )
        heights = [0.0, top / 2, top / HEADROOM]
        self.plt.yticks(heights, [number_words(value, data.unit) for value in heights])

    def _colour(self, variable: str) -> tuple[int, int, int]:
        return Color.parse(self.app.theme_variables.get(variable, "#808080")).rgb


def _drawn(data: ChartData) -> tuple[object, ...]:
    """Everything that is seen of it, apart from the right edge that moves by itself."""
    return (data.points, data.ranges, data.limits, data.marks, data.window_s, data.zone)


def _ranges(data: ChartData) -> list[tuple[float, float, float]]:
    return [
        (place, low, high)
        for at, low, high in data.ranges
        if drawable(low)
        and drawable(high)
        and -data.window_s <= (place := (at - data.until).total_seconds()) <= 0
    ]


def values_of(data: ChartData) -> Sequence[float]:
    """Every value that can be drawn."""
    return [value for _, piece in segments(data) for value in piece]
