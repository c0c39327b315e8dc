"""A widget that is nothing but its lines: without border, padding or hatch."""

from collections.abc import Sequence

from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Plain(Widget):
    """What its `render_line` gives is what stands on the screen.

    Textual 8.2.8 asks for two dozen styles of each line and copies it three times, to find that
    nothing has to be put around it: half the time of a frame.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """As `Widget.render_lines`.

        The tint of a wall without news, and the fading of what is disabled, are left to Textual.
        """
        styles = self.styles
        if styles.tint.a or styles.opacity < 1:
            return super().render_lines(crop)
        width = self.outer_size.width
        strips = [self._in_width(self.render_line(y), width) for y in crop.line_range]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return filtered(self, strips)

    def _in_width(self, strip: Strip, width: int) -> Strip:
        """A line; until the widget has heard of a new size it draws those of the old one."""
        if strip.cell_length == width:
            return strip
        return strip.adjust_cell_length(width, self.rich_style)


def filtered(widget: Widget, strips: Sequence[Strip]) -> list[Strip]:
    """Lines as `NO_COLOR` and the like would have them.

    Palettes have true colours, or those of the terminal on purpose: none is to be looked up.
    """
    filters = [one for one in widget.get_line_filters() if not isinstance(one, ANSIToTruecolor)]
    shown = list(strips)
    if filters:
        _, background = widget.background_colors
        for each in filters:
            shown = [strip.apply_filter(each, background) for strip in shown]
    return shown
