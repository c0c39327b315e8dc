"""Frames that send only the columns that changed.

Textual 8.2.8 sends a changed span together with everything to the left of it in the same widget:
a clock at the end of a header cost 600 bytes a second. This sends the span alone.
"""

from rich.console import Console, RenderableType
from rich.control import Control
from textual._compositor import ChopsUpdate


class TightUpdate(ChopsUpdate):
    """The same update, cropped on its left as well."""

    def render_segments(self, console: Console) -> str:
        """The update as what is written to the terminal."""
        written: list[str] = []
        for y, first, last in self.spans:
            for end, (start, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                begin, stop = max(start, first), min(end, last)
                if strip is None or begin >= stop:
                    continue
                written.append(Control.move_to(begin, y).segment.text)
                written.append(strip.crop(begin - start, stop - start).render(console))
        return "".join(written)


def tightened(frame: RenderableType | None) -> RenderableType | None:
    """A frame as an app's `_display` gets it, without what has not changed."""
    if type(frame) is ChopsUpdate:
        return TightUpdate(frame.chops, frame.spans, frame.chop_ends)
    return frame
