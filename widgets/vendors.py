"""The vendor strip: what status pages say; context, never proof."""

from typing import ClassVar

from msgspec.structs import replace

from monitor.snapshot import PaneState, WorkspaceView
from monitor.states import Freshness
from monitor.strip import strip
from monitor.words import minute_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.frame import FrameKind
from widgets.looks import blank_of, faded, steadied, turn
from widgets.one_line import OneLine
from widgets.pane import Pane
from widgets.tiers import Tier
from widgets.vendor_line import vendor_line


class VendorsPane(Pane):
    """Status pages of one workspace in a line."""

    DEFAULT_CSS = """
    VendorsPane {
        height: 3;
    }
    VendorsPane.-bare {
        height: 1;
    }
    """

    NARROW_FRAME: ClassVar[FrameKind] = FrameKind.BARE
    NORMAL_FRAME: ClassVar[FrameKind] = FrameKind.BARE

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        self.strip = OneLine()
        super().__init__(self.strip, id=id)
        self._shown: tuple[WorkspaceView, Moment] | None = None
        self._drawn_from: tuple[object, ...] = ()

    def show(self, view: WorkspaceView, now: Moment) -> None:
        """Show the vendors of a workspace."""
        self._shown = (view, now)
        self.draw()

    def draw(self) -> None:
        """Fit the strip to the width."""
        if self._shown is None:
            return
        view, now = self._shown
        source = (
            _told_of(view),
            self._facts(view),
            steadied(view.vendors_status),
            turn(now),
            self.tier,
            self.strip.size,
        )
        if source == self._drawn_from:
            return
        self._drawn_from = source
        self.strip.set_line(self._line(view, now))
        title = (Cell("Vendors", Tone.TITLE),)
        self.entitle(title, facts=self._facts(view), status=view.vendors_status)

    def on_one_line_resized(self) -> None:
        """Fit the vendors to the width the strip has got."""
        self.draw()

    def _line(self, view: WorkspaceView, now: Moment) -> Line:
        status = view.vendors_status
        vendors = strip(view.vendors, view.systems, view.databases)
        if not vendors:
            blank = blank_of(status)
            bare = status.state is PaneState.NOT_CONFIGURED
            hatch = Cell(f"{self.glyphs.hatch * 3} " if bare else "", Tone.BORDER)
            return (hatch, Cell(" · ".join(line for line in blank.lines if line), Tone.MUTED))
        if faded(status) and view.vendors:
            vendors = tuple(replace(each, freshness=_older(each.freshness)) for each in vendors)
        return vendor_line(
            vendors,
            now,
            glyphs=self.glyphs,
            width=self.strip.size.width,
            words=self.tier > Tier.NARROW,
        )

    def _facts(self, view: WorkspaceView) -> Line:
        oldest = min((each.at.at for each in view.vendors if each.at is not None), default=None)
        return (
            ()
            if oldest is None
            else (Cell(f"status pages {minute_words(oldest, self.zone)}", Tone.MUTED),)
        )


def _told_of(view: WorkspaceView) -> tuple[object, ...]:
    """All that the strip says of vendors and systems: not when they last answered."""
    pages = ((one.name, one.state, one.freshness, one.reading, one.failure) for one in view.vendors)
    systems = (
        (one.spec, one.condition, one.freshness, one.reading and one.reading.summary, one.failure)
        for one in view.systems
    )
    databases = ((one.spec, one.status.state) for one in view.databases)
    return (*pages, *systems, *databases)


def _older(freshness: Freshness) -> Freshness:
    """What is live in a pane that is old, is old as well."""
    return Freshness.STALE if freshness is Freshness.LIVE else freshness
