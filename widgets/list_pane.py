"""A pane whose body is a list: it takes a view, makes rows of it and says what its frame says."""

from abc import abstractmethod
from typing import ClassVar

from monitor.snapshot import PaneState, PaneStatus, WorkspaceView
from providers.clock import Moment
from widgets.blank import Blank
from widgets.cells import Cell, Line, Tone
from widgets.fields import RowMaker
from widgets.grid import Grid
from widgets.listing import Row
from widgets.looks import blank_of, faded, steadied, turn
from widgets.pane import Pane
from widgets.tiers import Tier, tier_of


class ListPane(Pane):
    """A framed list of one kind of thing of a workspace.

    Args:
        number: The key that focuses the pane.
    """

    TITLE: ClassVar[str] = ""

    AGES: ClassVar[bool] = True
    """Whether it tells how long ago something was: then it is drawn anew as time passes."""

    SHORT_TITLE: ClassVar[str] = ""
    """For narrow panes; empty: the same."""

    def __init__(
        self,
        number: int = 0,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        self.grid = Grid()
        super().__init__(self.grid, number=number, id=id, classes=classes)
        self._shown: tuple[WorkspaceView, Moment] | None = None
        self.maker = RowMaker()
        self._drawn_from: tuple[object, ...] = ()

    def show(self, view: WorkspaceView, now: Moment) -> None:
        """Show a workspace as it is; what has not changed is not painted again."""
        self._shown = (view, now)
        self.draw()

    def draw(self) -> None:
        """Make the rows for this width."""
        if self.size:
            self._draw()

    def come_forward(self) -> None:
        """Have rows before there is a place for them: the next key is meant for one of them."""
        if not self.size:
            self.tier = tier_of(self.app.size.width)
            self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        view, now = self._shown
        status = self.status(view)
        grid = self.grid
        look = (self.tier, grid.size, self.zone)
        source = (self.concern(view), steadied(status), turn(now) if self.AGES else 0, *look)
        if source == self._drawn_from:
            return
        self._drawn_from = source
        grid.set_blank(self.blank(view))
        rows = self.fill(grid, view, now)
        if faded(status):
            rows = tuple(row.as_faded() for row in rows)
        grid.set_rows(rows if status.state is not PaneState.NOT_CONFIGURED else ())
        self.entitle(self.heading(view), facts=self.facts(view, now), status=status)

    def on_grid_resized(self) -> None:
        """Make the rows for the width the list has got."""
        self.draw()

    @abstractmethod
    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """Set the columns for the width and give the rows."""

    @abstractmethod
    def concern(self, view: WorkspaceView) -> object:
        """The part of the view that is drawn; while it is equal nothing is made anew."""

    @abstractmethod
    def status(self, view: WorkspaceView) -> PaneStatus:
        """The state of what the pane shows."""

    def blank(self, view: WorkspaceView) -> Blank:
        """What stands in place of rows when there are none."""
        return blank_of(self.status(view))

    def heading(self, view: WorkspaceView) -> Line:
        """The title."""
        return (Cell(self.caption, Tone.TITLE),)

    def facts(self, view: WorkspaceView, now: Moment) -> Line:
        """What the lower edge tells of the content."""
        return ()

    @property
    def caption(self) -> str:
        """The title there is room for."""
        short = self.tier < Tier.WIDE and self.SHORT_TITLE
        return self.SHORT_TITLE if short else self.TITLE


def subtitle(words: str) -> Line:
    """What stands dim after a title; nothing for no words."""
    return (Cell(f"  {words}", Tone.MUTED),) if words else ()
