"""A line of a dialog that says what is missing, or what was just refused."""

from widgets.cells import Line
from widgets.one_line import OneLine


class SaidLine(OneLine):
    """One line of words."""

    def __init__(self) -> None:
        super().__init__()
        self._words: Line = ()

    def say(self, words: Line) -> None:
        """Say this."""
        self._words = words
        self.draw()

    def draw(self) -> None:
        """Fit the words to the width."""
        self.set_line(self._words)
