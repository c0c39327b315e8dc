"""A list over the whole terminal: boards, logs, what changed."""

from abc import abstractmethod
from collections.abc import Collection
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.widget import Widget

from monitor.snapshot import WorkspaceView
from providers.readings import SourceId
from tui.bindings import bindings_for
from tui.command import Scope
from tui.engine_link import EngineCalls
from tui.screens.filtering import Filtering
from tui.screens.framed import FramedScreen
from tui.screens.subjects import Subject
from tui.view import View
from widgets.board_rows import Look
from widgets.cells import Cell, Line, Tone
from widgets.frame import Hint
from widgets.grid import Grid
from widgets.looks import turn
from widgets.tiers import tier_of

_OF_SOME: Final = frozenset({"follow", "fold", "next_asking"})


class ListScreen(FramedScreen, Filtering):
    """One list in a frame; what it lists is read at its own pace while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.LISTS, Scope.LIST)

    HINTS: ClassVar[tuple[Hint, ...]] = (
        Hint(key="enter", words="detail"),
        Hint(key="/", words="filter"),
        Hint(key="esc", words="back"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.grid = Grid()
        self._looked_at: frozenset[SourceId] = frozenset()
        self._shown: object = None

    def body(self) -> Widget:
        """The list."""
        return self.grid

    def reader(self) -> Widget:
        """The list."""
        return self.grid

    def hints(self) -> tuple[Hint, ...]:
        """Those of this list."""
        return self.HINTS

    def on_unmount(self) -> None:
        """What it showed may be read at leisure again."""
        self.look_at(frozenset())

    def show_view(self, view: View) -> None:
        """Draw what differs from the view before."""
        pane = view.pane
        if pane is None:
            return
        self.show_bars(view)
        self.look_at(frozenset(self.sources(view, pane)))
        tier = tier_of(self.app.size.width)
        mark = (self.concern(view, pane), tier, view.zone, view.environment, turn(view.now))
        if mark == self._shown:
            return
        self._shown = mark
        look = Look(glyphs=self.quarterdeck.glyphs, tier=tier, zone=view.zone, now=view.now)
        self.fill(view, pane, look)
        self.frame.entitle(self.heading(view, pane), facts=self.facts(view, pane))

    def look_at(self, sources: Collection[SourceId]) -> None:
        """Have the engine read these at their own pace while they are shown."""
        wanted = frozenset(sources)
        if wanted == self._looked_at:
            return
        self._looked_at = wanted

        async def look(engine: EngineCalls) -> None:
            engine.look_at(wanted)

        try:
            self.quarterdeck.engine.submit(look, 0.0)
        except RuntimeError:
            self._looked_at = frozenset()  # not running yet; the next view tries again

    @abstractmethod
    def sources(self, view: View, pane: WorkspaceView) -> Collection[SourceId]:
        """What it shows."""

    @abstractmethod
    def concern(self, view: View, pane: WorkspaceView) -> object:
        """The part of the view that is drawn; while it is equal nothing is made anew."""

    @abstractmethod
    def fill(self, view: View, pane: WorkspaceView, look: Look) -> None:
        """Give the list its columns and rows."""

    @abstractmethod
    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """The title of the frame."""

    def facts(self, view: View, pane: WorkspaceView) -> Line:
        """What the lower edge tells."""
        return ()

    def on_grid_resized(self) -> None:
        """Make the rows for the width the list has got."""
        self._shown = None
        if self.view is not None:
            self.show_view(self.view)

    def on_resize(self, _event: events.Resize) -> None:
        """The line to type in stays at the foot."""
        if self.filter_line is not None:
            self.filter_line.styles.offset = (0, self.app.size.height - 1)

    def grid_to_filter(self) -> Grid | None:
        """The one list."""
        return self.grid

    def meant(self) -> Subject | None:
        """Rows here are no rows of the wall."""
        return None

    def row_text(self) -> str:
        """The row as it stands on the screen."""
        row = self.grid.cursor_row
        return "" if row is None else " ".join(row.text().split())

    def sources_meant(self) -> tuple[tuple[SourceId, ...], str]:
        """All that is shown."""
        return tuple(self._looked_at), "what is shown here"

    async def action_copy_all(self) -> None:
        """Copy every row that is shown, and save them to a file as well."""
        text = "\n".join(row.text().rstrip() for row in self.grid.rows)
        await self.quarterdeck.links.copy(text, f"{len(self.grid.rows)} rows")

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Some keys are of one kind of list."""
        if action in _OF_SOME and not hasattr(self, f"action_{action}"):
            return "not in this list"
        return super().why_not(action, parameters)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.grid.sort_next()

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        self.grid.sort_reverse()

    @property
    def narrowed(self) -> bool:
        """Whether a filter can be taken back; without one `back` closes the list."""
        return True

    def go_back(self) -> None:
        """Take back the filter, else close."""
        if self.typed_before(self.grid):
            self.narrow(self.grid, "")
        else:
            self.app.pop_screen()

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """Other keys may work on another row."""
        event.stop()
        self.refresh_bindings()
        self.call_after_refresh(self.show_hints)


def faint(words: str) -> Line:
    """Words that may be overlooked."""
    return (Cell(words, Tone.MUTED),) if words else ()
