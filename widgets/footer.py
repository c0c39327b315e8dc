"""The footer: the keys that work now, and no others."""

from collections.abc import Sequence

from widgets.cells import Cell, Line, Tone, join, line_width
from widgets.frame import Hint
from widgets.one_line import OneLine


def footer_line(hints: Sequence[Hint], width: int) -> Line:
    """As many hints as fit, in order; none is cut."""
    shown: list[Line] = []
    room = width - 2
    for hint in hints:
        part = (
            Cell(hint.key, Tone.ACCENT if hint.live else Tone.MUTED),
            Cell(f" {hint.words}", Tone.MUTED),
        )
        room -= line_width(part) + (2 if shown else 0)
        if room < 0:
            break
        shown.append(part)
    return (Cell(" "), *join(shown, Cell("  ")))


class Footer(OneLine):
    """The last line of every screen."""

    DEFAULT_CSS = """
    Footer {
        dock: bottom;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._hints: tuple[Hint, ...] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        """Show these keys."""
        self._hints = tuple(hints)
        self.draw()

    def draw(self) -> None:
        """Fit the hints to the width."""
        self.set_line(footer_line(self._hints, self.size.width))
