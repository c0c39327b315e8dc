"""What changed in the last minutes, over everything that is watched."""

from collections.abc import Collection

from monitor.changes import LATELY_S, Change, changes
from monitor.snapshot import WorkspaceView
from monitor.words import span_words
from providers.readings import SourceId
from tui.screens.list_screen import ListScreen, faint
from tui.screens.parts import ago, foreign_lines, labelled, when
from tui.screens.subjects import https
from tui.view import View
from widgets.blank import Blank, BlankKind
from widgets.board_rows import Look
from widgets.cells import Cell, Line, Tone
from widgets.change_fields import change_fields
from widgets.fields import columns_of, rows_of
from widgets.grid import Grid
from widgets.tiers import Tier

SPANS_S = (LATELY_S, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""How far back, by `[` and `]`."""


class ChangesScreen(ListScreen):
    """Deploys, alerts, vendors, configuration and what systems tell, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._place = 0
        self._changes: tuple[Change, ...] = ()

    def sources(self, view: View, pane: WorkspaceView) -> Collection[SourceId]:
        """Every system: a change is to be seen when it happens."""
        return (*(system.spec.id for system in pane.systems), *pane.spec.deploy_sources)

    def concern(self, view: View, pane: WorkspaceView) -> object:
        """What it is made of."""
        return (pane.timeline, pane.deploys, pane.systems, self._place)

    def fill(self, view: View, pane: WorkspaceView, look: Look) -> None:
        """A row a change."""
        wanted = {"", view.environment} if view.environment else None
        self._changes = tuple(
            change
            for change in changes(pane, view.now, SPANS_S[self._place])
            if wanted is None or change.environment in wanted
        )
        fields = change_fields(look)
        self.grid.set_columns(columns_of(fields), header=look.tier > Tier.NARROW)
        words = f"nothing changed in the last {span_words(SPANS_S[self._place])}"
        blind = [one for one in pane.systems if one.reading is None]
        systems = "1 system that has" if len(blind) == 1 else f"{len(blind)} systems that have"
        more = (f"not known of {systems} not answered",) if blind else ()
        self.grid.set_blank(Blank(kind=BlankKind.FINE, lines=(words, *more)))
        self.grid.set_rows(rows_of(self._changes, fields, lambda change: change.key))

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """How far back."""
        words = f"What changed in the last {span_words(SPANS_S[self._place])}"
        return (Cell(words, Tone.TITLE, bold=True),)

    def facts(self, view: View, pane: WorkspaceView) -> Line:
        """How many, and how to look further back."""
        count = len(self._changes)
        return faint(f"{count} {'change' if count == 1 else 'changes'} · [ ] span")

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """A link is there where the change has one; the span has two ends."""
        if action == "open_link":
            change = self._meant()
            ok = change is not None and https(change.url)
            return "" if ok else "this row has no page with an https address"
        if action == "window":
            place = self._place + (parameters[0] if isinstance(parameters[0], int) else 0)
            return "" if 0 <= place < len(SPANS_S) else "there is no such span"
        return super().why_not(action, parameters)

    def action_window(self, by: int) -> None:
        """Look further back, or less far."""
        self._place = max(0, min(self._place + by, len(SPANS_S) - 1))
        if self.view is not None:
            self.show_view(self.view)

    def _meant(self) -> Change | None:
        key = self.grid.cursor_key
        return next((change for change in self._changes if change.key == key), None)

    async def action_open_link(self) -> None:
        """Open or show its page."""
        change = self._meant()
        if change is not None:
            await self.quarterdeck.links.open(change.url, change.what)

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """All of it."""
        event.stop()
        change, view = self._meant(), self.view
        if change is None or view is None:
            return
        lines: list[Line] = [
            labelled("when", Cell(when(change.at, view.zone, view.now)),
                     Cell(f"   {ago(change.at, view.now)}", Tone.MUTED)),
            *foreign_lines("what", change.text),
            *(foreign_lines("state", change.state) if change.state else ()),
        ]  # fmt: skip
        if change.environment:
            lines.append(labelled("where", Cell(change.environment)))
        if https(change.url):
            lines.append(labelled("page", Cell(change.url, Tone.ACCENT)))
        self.quarterdeck.open_text(change.what, tuple(lines))
