"""The screen of a terminal, by pyte, as most tests read it: its texts without their colours.

A wall is drawn in hundreds of pieces, each in its colours, and looked at after each of them: to
make a screen of that takes pyte alone as long as it takes the program to draw it.
"""

import re
from typing import Final

import pyte
from pyte import modes
from pyte.screens import Char, wcwidth

_COLOURS: Final = re.compile(rb"\x1b\[[\d;]*m")
_UNKNOWN: Final = re.compile(rb"\x1b\[[<>][\d;]*u|\x1b\[\?2026\$p|\x1b\[\?2048\$p")
"""What pyte would write to the screen."""


class _Narrow(dict[str, Char]):
    """A place of the screen with each sign that takes one; there is none for the others."""

    def __missing__(self, sign: str) -> Char:
        if wcwidth(sign) != 1:
            raise KeyError(sign)
        found = self[sign] = Char(sign)
        return found


_NARROW: Final = _Narrow()


class TextScreen(pyte.Screen):
    """Without colours; what is drawn is mostly a piece of one line, in signs of a place each."""

    def __init__(self, columns: int, lines: int) -> None:
        self._lines: list[str] = []
        super().__init__(columns, lines)
        self._stream = pyte.ByteStream(self)

    def feed(self, data: bytes) -> None:
        """The next bytes of the program."""
        self._stream.feed(_COLOURS.sub(b"", _UNKNOWN.sub(b"", data)))

    def draw(self, data: str) -> None:
        """Put a text where the cursor is."""
        cursor, start = self.cursor, self.cursor.x
        end = start + len(data)
        try:
            cells = [_NARROW[sign] for sign in data]
        except KeyError:
            cells = []
        if not cells or end > self.columns or modes.IRM in self.mode:
            # What combines may do so with the end of the line above.
            self.dirty.add(max(cursor.y - 1, 0))
            # One by one: pyte leaves out all that stands behind a sign which it can not draw.
            for sign in data:
                super().draw(sign)
            return
        self.buffer[cursor.y].update(zip(range(start, end), cells, strict=True))
        cursor.x = end
        self.dirty.add(cursor.y)

    def select_graphic_rendition(self, *_: int, **__: bool) -> None:
        """Colours in a piece that was cut in two."""

    @property
    def display(self) -> list[str]:
        """The texts of the lines, put together anew only where something was drawn."""
        if len(self._lines) != self.lines:
            self._lines = [""] * self.lines
            self.dirty.update(range(self.lines))
        for y in self.dirty:
            if y < self.lines:
                row = self.buffer[y]
                self._lines[y] = "".join([row[x].data for x in range(self.columns)])
        self.dirty.clear()
        return list(self._lines)


def in_colours(raw: bytes, columns: int, lines: int) -> pyte.Screen:
    """The screen after all that a program has drawn, with its colours."""
    screen = pyte.Screen(columns, lines)
    pyte.ByteStream(screen).feed(_UNKNOWN.sub(b"", raw))
    return screen
