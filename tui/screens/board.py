"""A board: systems that belong together, with everything they say of themselves."""

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from monitor.snapshot import WorkspaceView
from monitor.system_view import SystemView
from monitor.words import span_words
from providers.readings import SourceId
from providers.system_readings import Record, Section
from tui.boards import Board, systems_of, worst
from tui.screens.list_screen import ListScreen, faint
from tui.screens.record_page import record_lines, system_lines
from tui.screens.subjects import https
from tui.view import View
from widgets.blank import Blank, BlankKind
from widgets.board_folds import SECTION, Folds, asking, section_key
from widgets.board_rows import Look, board_columns, board_rows
from widgets.cells import Cell, Line, Tone
from widgets.frame import Hint
from widgets.grid import Grid
from widgets.looks import CHECKING
from widgets.tiers import Tier
from widgets.tones import level_tone

if TYPE_CHECKING:
    from actions.families import Row


class BoardScreen(ListScreen):
    """The systems of a few areas as one list; long sections without anything to see are folded.

    Args:
        board: Which.
    """

    HINTS: ClassVar[tuple[Hint, ...]] = (
        Hint(key="enter", words="detail"),
        Hint(key="space", words="open or close"),
        Hint(key="n", words="next to look at"),
        Hint(key="/", words="filter"),
        Hint(key="esc", words="back"),
    )

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board
        self._systems: tuple[SystemView, ...] = ()
        self._folds = Folds()

    def sources(self, view: View, pane: WorkspaceView) -> Collection[SourceId]:
        """Every source of the board, the other environments' too: `e` shows them at once."""
        return tuple(system.spec.id for system in systems_of(pane, self.board))

    def concern(self, view: View, pane: WorkspaceView) -> object:
        """The systems, and what of them is open."""
        return systems_of(pane, self.board, view.environment), self._folds

    def fill(self, view: View, pane: WorkspaceView, look: Look) -> None:
        """A row a system, a section, a record."""
        self._systems = systems_of(pane, self.board, view.environment)
        self.grid.set_columns(board_columns(look.tier), header=look.tier > Tier.NARROW)
        self.grid.set_blank(self._blank())
        self.grid.set_rows(board_rows(self._systems, look, self._folds))

    def _blank(self) -> Blank:
        if self._systems:
            return Blank(kind=BlankKind.LOADING, lines=(CHECKING,))
        areas = ", ".join(area.value for area in self.board.areas if area.value)
        lines = (f"no system of {areas or 'this kind'} is configured",
                 "add one under systems: in the workspace")  # fmt: skip
        return Blank(kind=BlankKind.FINE, lines=lines)

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """The board, and its worst state."""
        level = worst(self._systems)
        sign = self.quarterdeck.glyphs.level(level)
        return (Cell(self.board.title, Tone.TITLE, bold=True), Cell(f"  {sign}", level_tone(level)))

    def facts(self, view: View, pane: WorkspaceView) -> Line:
        """How often it is read."""
        paces = [system.spec.interval_s for system in self._systems]
        if not paces:
            return ()
        shortest, longest = span_words(min(paces)), span_words(max(paces))
        return faint(f"read every {shortest}" + (f" to {longest}" if shortest != longest else ""))

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """Open what the row stands for."""
        event.stop()
        view = self.view
        found = self._meant()
        if view is None or found is None:
            return
        system, section, record = found
        if section is not None and record is None and self._is_closed(system, section):
            self.action_fold()
        elif record is None:
            lines = system_lines(system, view.snapshot.sources.get(system.spec.id), view,
                                 self.quarterdeck.glyphs)  # fmt: skip
            self.quarterdeck.open_text(system.spec.title, lines)
        else:
            title = f"{system.spec.title}: {record.title.line(60)}"
            self.quarterdeck.open_text(title, record_lines(record, view.zone, view.now))

    def _is_closed(self, system: SystemView, section: Section) -> bool:
        return self._folds.closed(section_key(system, section), section)

    def action_fold(self) -> None:
        """Open or close the section that the row belongs to; the cursor goes to its line."""
        found = self._meant()
        section = found[1] if found is not None else None
        if found is None or section is None:
            return
        system = found[0]
        key = section_key(system, section)
        self._folds = self._folds.turned(key, section)
        self._draw()
        self.grid.move_to(key)

    def action_next_asking(self, by: int) -> None:
        """Go to the next row that is not fine, or to the one before; round at the ends."""
        keys = [row.key for row in self.grid.rows]
        wanted = asking(self._systems, self._folds)
        cursor = self.grid.cursor_key
        start = keys.index(cursor) if cursor in keys else -1
        places = range(1, len(keys) + 1)
        circle = (keys[(start + by * step) % len(keys)] for step in places)
        if found := next((key for key in circle if key in wanted), None):
            self.grid.move_to(found)

    def narrow(self, grid: Grid, typed: str) -> None:
        """Look through the folded sections too."""
        self._folds = replace(self._folds, whole=bool(typed))
        self._draw()
        super().narrow(grid, typed)

    def _draw(self) -> None:
        if self.view is not None:
            self.show_view(self.view)

    def action_rows(self) -> "tuple[Row, ...]":
        """The record, section or system, as the families of actions know it."""
        from tui.screens.acting_rows import row_of_record

        found = self._meant()
        environment = self.view.environment if self.view else ""
        return () if found is None else (row_of_record(*found, environment),)

    def about_row(self) -> str:
        """The record, section or system, in words."""
        found = self._meant()
        if found is None:
            return super().about_row()
        system, section, record = found
        what = record.title.line(60) if record else section.title if section else ""
        return f"{system.spec.title}: {what}" if what else system.spec.title

    def _meant(self) -> tuple[SystemView, Section | None, Record | None] | None:
        """The system, section and record that the row under the cursor stands for."""
        key = self.grid.cursor_key
        if key is None:
            return None
        name, _, rest = key.partition(SECTION)
        system = next((one for one in self._systems if str(one.spec.id) == name), None)
        if system is None or system.reading is None:
            return None if system is None else (system, None, None)
        section_key, _, record_id = rest.partition(SECTION)
        for section in system.reading.sections:
            if section.key == section_key:
                found = (one for one in section.records if record_id and one.id == record_id)
                return system, section, next(found, None)
        return system, None, None

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """A link is there where the record has one, a section to fold where there is one."""
        if action == "fold":
            found = self._meant()
            section = found[1] if found is not None else None
            return "" if section and section.records else "this row is no part of a list"
        if action == "next_asking":
            shown = {row.key for row in self.grid.rows}
            some = shown & asking(self._systems, self._folds)
            return "" if some else "everything here is fine"
        if action == "open_link":
            return "" if self._url() else "this row has no page with an https address"
        return super().why_not(action, parameters)

    async def action_open_link(self) -> None:
        """Open or show the record's page."""
        if url := self._url():
            await self.quarterdeck.links.open(url, "the page")

    def _url(self) -> str:
        found = self._meant()
        return https(found[2].url) if found is not None and found[2] is not None else ""
