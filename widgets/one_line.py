"""A widget of one line that paints only the columns that differ."""

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from widgets.cells import Cell, Line, fit_line, line_width
from widgets.glyphs import Glyphs, glyphs_of
from widgets.paint import Palette, paint, palette_of
from widgets.plain import Plain


class OneLine(Plain):
    """One line of cells across the screen."""

    DEFAULT_CSS = """
    OneLine {
        width: 1fr;
        height: 1;
    }
    """

    class Resized(Message):
        """The line has another width; what was fitted to the old one must be given anew."""

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._line: Line = ()
        self._palette: Palette | None = None

    def set_line(self, line: Line) -> None:
        """Show this line; repaints from the first column that differs to the last one."""
        fitted = fit_line(line, self.outer_size.width)
        if fitted == self._line:
            return
        start, end = differing(self._line, fitted)
        self._line = fitted
        self.refresh(Region(start, 0, end - start, 1))

    @property
    def shown(self) -> Line:
        """The line as it is drawn."""
        return self._line

    @property
    def glyphs(self) -> Glyphs:
        """The signs this terminal can draw."""
        return glyphs_of(self.app)

    def draw(self) -> None:
        """Set the line again, as for another width; those with content override it."""

    def on_resize(self) -> None:
        """Fit the line to the new width."""
        self.draw()
        self.post_message(self.Resized())

    def render_line(self, y: int) -> Strip:
        """The line, or nothing below it."""
        if self._palette is None:
            self._palette = palette_of(self.app, ascii_only=self.glyphs.ascii)
        return paint(self._line if y == 0 else (), self.outer_size.width, self._palette)

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._palette = None


def differing(old: Line, new: Line) -> tuple[int, int]:
    """First and one past the last column in which two lines of one width differ.

    Cells are compared whole; lines of different width differ everywhere.
    """
    width = line_width(old)
    if width != line_width(new):
        return 0, max(width, line_width(new))
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    start = line_width(old[:head])
    before, after = _marks(old[head : len(old) - tail]), _marks(new[head : len(new) - tail])
    places = [place for place, mark in enumerate(before) if mark != after[place]]
    return (start + places[0], start + places[-1] + 1) if places else (0, 0)


def _alike(old: Line, new: Line) -> int:
    """How many cells are the same at the beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (was, now) in pairs if was != now), min(len(old), len(new)))


def _marks(line: Line) -> list[tuple[str, Cell | None]]:
    """One entry for each column: the sign that starts there, and the look of its cell."""
    marks: list[tuple[str, Cell | None]] = []
    for cell in line:
        look = Cell("", cell.tone, cell.bold, cell.reverse)
        for sign in cell.text:
            wide = Cell(sign).width
            if wide:
                marks.append((sign, look))
                marks.extend([("", look)] * (wide - 1))
    return marks
