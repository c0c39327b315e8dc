"""Actions under way and over, what can be taken back, what is still open, and the audit."""

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from actions.audit import AuditTrouble
from actions.audit_chain import Verified
from actions.audit_entries import AuditEntry
from actions.door_state import NOTHING_YET, DoorState, Wanted
from monitor.snapshot import WorkspaceView
from providers.readings import SourceId
from tui.bindings import bindings_for
from tui.command import Scope
from tui.door_link import NoDoor
from tui.screens.activity_rows import COLUMNS, NARROW_COLUMNS, NO_ITEM, Item, items
from tui.screens.activity_rows import Look as RowLook
from tui.screens.agreeing import agreement_lines
from tui.screens.deeds import Deeds
from tui.screens.list_screen import ListScreen, faint
from tui.view import View
from widgets.blank import Blank, BlankKind
from widgets.board_rows import Look
from widgets.cells import Cell, Line, Tone
from widgets.frame import Hint
from widgets.grid import Grid
from widgets.tiers import Tier

if TYPE_CHECKING:
    from actions.plan import Undo

_NOTHING = Blank(
    kind=BlankKind.FINE,
    lines=("nothing was done, refused or armed so far", "x on any row shows what can be done"),
)
_ALL = 1_000_000


class ActivityScreen(Deeds, ListScreen):
    """Everything about actions in one list."""

    HINTS: ClassVar[tuple[Hint, ...]] = (
        Hint(key="enter", words="look"),
        Hint(key="/", words="filter"),
        Hint(key="r", words="read back"),
        Hint(key="e", words="export"),
        Hint(key="v", words="verify"),
        Hint(key="esc", words="back"),
    )

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.ACTIVITY)

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[AuditEntry, ...] = ()
        self._trouble = ""
        self._verified: Verified | None = None
        self._read_for: DoorState | None = None
        self._items: dict[str, Item] = {}

    @property
    def _state(self) -> DoorState:
        door = self.quarterdeck.door
        return (door.state if door is not None else None) or NOTHING_YET

    def sources(self, view: View, pane: WorkspaceView) -> Collection[SourceId]:
        """No source is read for it."""
        return ()

    def concern(self, view: View, pane: WorkspaceView) -> object:
        """What it is made of; the audit is read again when anything has happened."""
        state = self._state
        if state is not self._read_for:
            self._read_for = state
            self.run_worker(self._read(), name="audit", group="audit", exclusive=True)
        return (state, self._entries, self._trouble, self._verified)

    def fill(self, view: View, pane: WorkspaceView, look: Look) -> None:
        """Sections with their rows."""
        rows = RowLook(glyphs=look.glyphs, zone=view.zone, now=view.now)
        self._items = {one.row.key: one for one in items(self._state, self._entries, rows)}
        columns = COLUMNS if look.tier > Tier.NARROW else NARROW_COLUMNS
        self.grid.set_columns(columns, header=False)
        self.grid.set_blank(_NOTHING)
        self.grid.set_rows([one.row for one in self._items.values()])

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """What it is, and whether the audit is whole as far as anybody looked."""
        title = Cell("Actions and audit", Tone.TITLE, bold=True)
        trouble = self._trouble or self._state.trouble
        if trouble:
            return (title, Cell(f"  {trouble}", Tone.CRITICAL))
        found = self._verified
        if found is None:
            return (title, Cell("  append-only, hash-chained", Tone.MUTED))
        glyphs = self.quarterdeck.glyphs
        if found.sound:
            words = f"  {glyphs.ok} chain whole, {found.entries} entries"
            return (title, Cell(words, Tone.OK))
        words = f"  {glyphs.critical} NOT whole: {found.problems[0].words}"
        return (title, Cell(words, Tone.CRITICAL, bold=True))

    def facts(self, view: View, pane: WorkspaceView) -> Line:
        """How many there are of each."""
        state = self._state
        busy = sum(not one.over for one in state.running)
        return faint(f"{busy} under way · {len(state.undos)} undo · {len(self._entries)} entries")

    async def _read(self) -> None:
        door = self.quarterdeck.door
        if door is None:
            return
        try:
            self._entries, self._trouble = await door.entries(), ""
        except (AuditTrouble, NoDoor) as error:
            self._trouble = str(error)
        if self.view is not None:
            self.show_view(self.view)

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """An action is followed, an inverse is looked at, an entry is read."""
        event.stop()
        found, view = self._items.get(event.key), self.view
        if found is None or view is None or self.app.screen is not self:
            return
        if found.running is not None:
            from tui.screens.action import ActionScreen

            self.app.push_screen(ActionScreen(found.running))
        elif found.undo is not None:
            self.action_undo()
        elif found.entry is not None:
            from tui.screens.audit_page import entry_lines

            width = min(self.app.size.width, 110) - 4
            lines = entry_lines(found.entry, view.zone, width)
            self.quarterdeck.open_text(f"Audit #{found.entry.seq}", lines)
        elif found.settles:
            self.settle(found.settles, found.lines)
        elif found.wanted is not None and found.wanted.login != self._state.login:
            self._ask_to_agree(found.wanted)
        elif found.lines:
            self.quarterdeck.open_text("Action", found.lines)

    def _ask_to_agree(self, wanted: Wanted) -> None:
        now, glyphs = self.quarterdeck.clock.now(), self.quarterdeck.glyphs
        self.agree(wanted, lambda width: agreement_lines(wanted, now, glyphs, width))

    def undo_meant(self) -> "Undo | None":
        """The inverse of the row under the cursor."""
        return self._item.undo

    def unknown_meant(self) -> str:
        """The request of the row under the cursor, when nobody knows how it ended."""
        return self._item.settles

    @property
    def _item(self) -> Item:
        return self._items.get(self.grid.cursor_key or "", NO_ITEM)

    def action_verify(self) -> None:
        """Look whether the audit is whole."""
        self.run_worker(self._verify(), name="verify", group="verify", exclusive=True)

    async def _verify(self) -> None:
        door = self.quarterdeck.door
        if door is None:
            return
        try:
            self._verified = await door.verified()
        except (AuditTrouble, NoDoor) as error:
            self.quarterdeck.notify(f"not looked at: {error}", severity="error")
            return
        found = self._verified
        words = f"{found.entries} entries, {'whole' if found.sound else 'NOT whole'}"
        self.quarterdeck.notify(words, severity="information" if found.sound else "error")
        if self.view is not None:
            self.show_view(self.view)

    def action_export(self, form: str) -> None:
        """Write the audit to a file of one's own."""
        self.run_worker(self._export(form), name="export", group="export", exclusive=True)

    async def _export(self, form: str) -> None:
        from tui.screens.audit_export import export

        door, folder = self.quarterdeck.door, self.quarterdeck.settings.state_dir
        if door is None or folder is None:
            self.quarterdeck.notify("there is no folder to write to", severity="warning")
            return
        try:
            entries = await door.entries(_ALL)
            at = self.quarterdeck.clock.now().at
            place = await asyncio.to_thread(export, folder, entries, form, at)
        except (AuditTrouble, NoDoor, OSError) as error:
            self.quarterdeck.notify(f"not written: {error}", severity="error")
        else:
            self.quarterdeck.notify(f"{len(entries)} entries are in {place}")
