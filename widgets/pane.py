"""A pane of the wall: a frame that tells number, title, state and keys around one body."""

from datetime import UTC, tzinfo
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from monitor.snapshot import PaneStatus
from widgets.cells import Cell, Line, Tone, cut
from widgets.frame import Frame, FrameKind, Hint, bottom_line, tone_of, top_line
from widgets.glyphs import Glyphs, glyphs_of
from widgets.grid import Grid
from widgets.looks import trouble_line
from widgets.paint import Palette, paint, palette_of
from widgets.plain import Plain
from widgets.tiers import Tier, tier_of

_NEEDLE: Final = 24
"""Columns of a filter in the title."""


class Pane(Plain):
    """A numbered frame around a body; subclasses say what is in it.

    Args:
        body: What the frame stands around; it takes the focus.
        number: The key that focuses the pane; 0 for one without.
    """

    DEFAULT_CSS = """
    Pane {
        width: 1fr;
        height: 1fr;
    }
    Pane > * {
        margin: 1 2;
    }
    Pane.-rule > * {
        margin: 1 0 0 1;
    }
    Pane.-bare > * {
        margin: 0 1;
    }
    """

    NARROW_FRAME: ClassVar[FrameKind] = FrameKind.RULE
    NORMAL_FRAME: ClassVar[FrameKind] = FrameKind.BOX

    def __init__(
        self,
        body: Widget,
        *,
        number: int = 0,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.body = body
        self.number = number
        self.tier = Tier.WIDE
        self.zone: tzinfo = UTC
        """In which times are told."""

        self._frame = Frame(kind=FrameKind.BOX, title=())
        self._drawn: tuple[Line, Line] = ((), ())
        self._palette: Palette | None = None

    def compose(self) -> ComposeResult:
        """The body."""
        yield self.body

    def draw(self) -> None:
        """Show what was last given again, as for another width; panes with content override it."""

    @property
    def hints(self) -> tuple[Hint, ...]:
        """The keys shown in the lower edge: only those that work now."""
        return self._frame.hints

    @hints.setter
    def hints(self, hints: tuple[Hint, ...]) -> None:
        self._reframe(hints=hints)

    def entitle(self, title: Line, *, facts: Line = (), status: PaneStatus | None = None) -> None:
        """Set what the frame says; paints only an edge that differs.

        Args:
            title: After the number; a stale or failed state is added.
            facts: What is known of the content.
            status: The state of the pane.
        """
        number = (Cell(f"{self.number} ", Tone.ACCENT),) if self.number else ()
        trouble = () if status is None else trouble_line(status, self.glyphs)
        self._reframe(title=(*number, *title), trouble=trouble, facts=facts)

    @property
    def glyphs(self) -> Glyphs:
        """The signs this terminal can draw."""
        return glyphs_of(self.app)

    @property
    def palette(self) -> Palette:
        """The colours of the active theme."""
        if self._palette is None:
            self._palette = palette_of(self.app, ascii_only=self.glyphs.ascii)
        return self._palette

    def focus_body(self) -> None:
        """Give the pane the focus."""
        self.body.focus()

    def _reframe(
        self,
        *,
        kind: FrameKind | None = None,
        title: Line | None = None,
        narrowed: Line | None = None,
        trouble: Line | None = None,
        facts: Line | None = None,
        hints: tuple[Hint, ...] | None = None,
        place: Line | None = None,
        focused: bool | None = None,
    ) -> None:
        old = self._frame
        self._frame = Frame(
            kind=old.kind if kind is None else kind,
            title=old.title if title is None else title,
            narrowed=old.narrowed if narrowed is None else narrowed,
            trouble=old.trouble if trouble is None else trouble,
            facts=old.facts if facts is None else facts,
            hints=old.hints if hints is None else hints,
            place=old.place if place is None else place,
            focused=old.focused if focused is None else focused,
        )
        if self._frame == old:
            return
        if old.kind is not self._frame.kind:
            self.refresh()
        elif self.is_mounted:
            self._refresh_edges(sides=tone_of(old) != tone_of(self._frame))

    def _refresh_edges(self, *, sides: bool) -> None:
        width, height = self.size
        edges = self._edges()
        if sides:
            self._drawn = edges
            self.refresh(*self._frame_regions())
            return
        places = (Region(0, 0, width, 1), Region(0, height - 1, width, 1))
        differing = [
            place for place, old, new in zip(places, self._drawn, edges, strict=True) if old != new
        ]
        self._drawn = edges
        if differing:
            self.refresh(*differing)

    def _edges(self) -> tuple[Line, Line]:
        box, width = self.glyphs.box, self.size.width
        top = top_line(self._frame, box, width) if self._frame.kind is not FrameKind.BARE else ()
        boxed = self._frame.kind is FrameKind.BOX
        return top, bottom_line(self._frame, box, width) if boxed else ()

    def _frame_regions(self) -> list[Region]:
        width, height = self.size
        return [
            Region(0, 0, width, 1),
            Region(0, height - 1, width, 1),
            Region(0, 0, 1, height),
            Region(width - 1, 0, 1, height),
        ]

    def render_line(self, y: int) -> Strip:
        """One line of the frame; the body covers the rest."""
        width, height = self.outer_size
        frame, box = self._frame, self.glyphs.box
        line: Line = ()
        if y == 0 and frame.kind is not FrameKind.BARE:
            line = top_line(frame, box, width)
        elif frame.kind is FrameKind.BOX:
            side = Cell(box.down, tone_of(frame))
            last = y == height - 1
            inner = Cell(" " * max(width - 2, 0))
            line = bottom_line(frame, box, width) if last else (side, inner, side)
        return paint(line, width, self.palette)

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._palette = None

    def on_resize(self, event: events.Resize) -> None:
        """Choose the frame the terminal has room for."""
        self.tier = tier_of(self.app.size.width)
        kind = {Tier.NARROW: self.NARROW_FRAME, Tier.NORMAL: self.NORMAL_FRAME}.get(
            self.tier, FrameKind.BOX
        )
        self.set_class(kind is FrameKind.RULE, "-rule")
        self.set_class(kind is FrameKind.BARE, "-bare")
        self._reframe(kind=kind)
        self.draw()

    def on_descendant_focus(self) -> None:
        """The frame shows who has the focus."""
        self._reframe(focused=True)

    def on_descendant_blur(self) -> None:
        """The frame is quiet again."""
        self._reframe(focused=False)

    def on_grid_view_moved(self, event: Grid.ViewMoved) -> None:
        """Tell which part of a longer list is in view, and what hides the rest."""
        first, last, count = event.grid.in_view
        all_shown = first <= 1 and last >= count
        words = "" if all_shown else f"{first}–{last} of {count}"
        self._reframe(
            place=(Cell(words, Tone.MUTED),) if words else (),
            narrowed=_narrowed(event.grid.needle, count, event.grid.given),
        )


def _narrowed(needle: str, count: int, given: int) -> Line:
    """A filter that is kept: `/web 1 of 7`."""
    if not needle:
        return ()
    return (Cell(f"  /{cut(needle, _NEEDLE)} {count} of {given}", Tone.WARNING),)
