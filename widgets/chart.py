"""The chart pane: one metric over time as a braille line, with limits and deploys."""

from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from monitor.snapshot import PaneState, PaneStatus
from widgets.blank import blank_line
from widgets.cells import Cell, Line, Tone
from widgets.chart_lines import ChartData, chart_lines
from widgets.glyphs import glyphs_of
from widgets.looks import blank_of, faded
from widgets.paint import Palette, paint, palette_of
from widgets.pane import Pane
from widgets.plain import Plain

LOADING = PaneStatus(state=PaneState.LOADING)


class Chart(Plain, can_focus=True):
    """A chart without a frame; paints only the lines that differ."""

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 1fr;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("enter", "open", "Open")]

    class Opened(Message):
        """The user wants to see the metric in detail."""

        def __init__(self, chart: "Chart") -> None:
            super().__init__()
            self.chart = chart

        @property
        def control(self) -> "Chart":
            """The chart itself."""
            return self.chart

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._data: ChartData | None = None
        self._status = LOADING
        self._lines: tuple[Line, ...] = ()
        self._palette: Palette | None = None

    def show(self, data: ChartData | None, status: PaneStatus = LOADING) -> None:
        """Show a metric, or in its place why there is none.

        Args:
            data: None while there is nothing to draw.
            status: Old data is drawn dim; without data it says what stands there.
        """
        again = faded(status) != faded(self._status)
        self._data, self._status = data, status
        self._set_lines(again=again)

    def _set_lines(self, *, again: bool) -> None:
        width, height = self.size
        glyphs = glyphs_of(self.app)
        if self._data is None:
            blank = blank_of(self._status)
            new = tuple(blank_line(blank, y, width, height, glyphs) for y in range(height))
        else:
            new = chart_lines(self._data, width, height)
        old, self._lines = self._lines, new
        if again or len(old) != len(new):
            self.refresh()
            return
        regions = [
            Region(0, y, width, 1)
            for y, (was, now) in enumerate(zip(old, new, strict=True))
            if was != now
        ]
        if regions:
            self.refresh(*regions)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._set_lines(again=True)

    def action_open(self) -> None:
        """Ask for the detail screen."""
        self.post_message(self.Opened(self))

    def render_line(self, y: int) -> Strip:
        """One line of the chart."""
        if self._palette is None:
            self._palette = palette_of(self.app, ascii_only=glyphs_of(self.app).ascii)
        line = self._lines[y] if y < len(self._lines) else ()
        return paint(line, self.outer_size.width, self._palette, faded=faded(self._status))

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._palette = None


class ChartPane(Pane):
    """A chart in a frame."""

    def __init__(
        self,
        number: int = 0,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        self.chart = Chart()
        super().__init__(self.chart, number=number, id=id, classes=classes)

    def show(self, data: ChartData | None, status: PaneStatus = LOADING) -> None:
        """Show a metric, or in its place why there is none."""
        self.chart.show(data, status)
        title = "Chart" if data is None else data.title
        subtitle = "" if data is None or not data.subtitle else f"  {data.subtitle}"
        self.entitle((Cell(title, Tone.TITLE), Cell(subtitle, Tone.MUTED)), status=status)
